/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owners: who owns a path, by the CODEOWNERS file that code hosts read.
 *
 * Lines of a path pattern and its owners; the last line that matches decides, and one without
 * owners leaves the path to nobody. Patterns are those of .gitignore (review/read/ignore.h).
 */
#pragma once

#include "review/base/text.h"

enum { OWNERS_LINES_MAX = 1000 };

struct owners;

/* Never fails: lines beyond OWNERS_LINES_MAX and lines without a pattern are left out. */
struct owners *owners_parse(struct arena *a, struct bytes file);
/* The owners as written, blanks between; empty: nobody. */
struct bytes owners_of(const struct owners *o, struct bytes path);
