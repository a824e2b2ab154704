/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Growing: bytes that a reader collects before it knows what they are.
 *
 * Out of memory ends the process with exit code 4: it is a reading child, and its parent
 * turns that code into a note.
 */
#pragma once

#include "review/base/text.h"

enum { GROWING_EXIT = 4 };

struct growing { /* {0} is empty */
    uint8_t *at;
    size_t len, cap;
};

void growing_add(struct growing *g, struct bytes more);
struct bytes growing_bytes(const struct growing *g); /* borrowed until the next add */
void growing_free(struct growing *g);
