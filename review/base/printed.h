/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Printed: what a writer of files writes, kept in memory.
 *
 * Out of memory ends the program, as in arena.h.
 */
#pragma once

#include "review/base/arena.h"

#include <stdio.h>

struct printed { /* stays where it is while somebody writes */
    FILE *out;
    char *at;
    size_t len;
};

void printed_begin(struct printed *p);
/* Closes; what was written, as a copy in the arena. */
struct bytes printed_end(struct printed *p, struct arena *a);
/* The same where the writer has closed `out` by itself. */
struct bytes printed_closed(struct printed *p, struct arena *a);
