/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See_same: what a reader makes of a text, compared with what it should make of it.
 */
#pragma once

#include "review/read/see.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* True when they are the same; else both are printed as TAP comments. */
static inline bool reads_as(
    reader_fn *reader, struct bytes document, const char *expected)
{
    struct seen s = see_read(reader, document);
    char *got = see_print(&s, true);
    bool same = s.status == OK && strcmp(got, expected) == 0;
    if (!same)
        printf("# got:\n%s# expected:\n%s# end\n", got, expected);
    free(got);
    see_end(&s);
    return same;
}

/* How many notes of a kind a reader makes of a text. */
static inline unsigned notes_of(
    reader_fn *reader, struct bytes document, enum note_kind kind)
{
    struct seen s = see_read(reader, document);
    unsigned n = 0;
    for (uint32_t i = 0; i < s.corpus.note_count; i++)
        n += s.corpus.notes[i].kind == kind;
    see_end(&s);
    return n;
}
