/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Placeholder: the names that may stand in braces in a defence text, and who fills them.
 *
 * A defence with a placeholder that nobody filled is none: the reviewer fills what it found
 * (`found`), the rest waits for a person.
 */
#pragma once

#include "review/base/text.h"

struct placeholder {
    const char *name, *meaning;
    bool found; /* by the reviewer: from documents, identifiers and results */
};

extern const struct placeholder placeholders[];
extern const size_t placeholder_count;

const struct placeholder *placeholder_find(struct bytes name);
/* The next {name} of a text, taken off the front of *rest with what is before it; an opening
 * brace without its end is a name of what follows. False: no more. */
bool placeholder_next(struct bytes *rest, struct bytes *name);
