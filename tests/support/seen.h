/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Seen: a row of a reader's test is a document and what see_print() makes of it.
 */
#pragma once

#include "review/read/see.h"
#include "tests/support/check.h"

static inline void check_seen_by(
    reader_fn *reader, struct bytes document, bool positions, const char *expected)
{
    struct seen s = see_read(reader, document);
    char *got = see_print(&s, positions);
    CHECK(s.status == OK);
    CHECK(strcmp(got, expected) == 0);
    if (strcmp(got, expected) != 0)
        printf("# got:\n%s# expected:\n%s", got, expected);
    free(got);
    see_end(&s);
}

static inline void check_seen(
    reader_fn *reader, struct bytes document, const char *expected)
{
    check_seen_by(reader, document, true, expected);
}

/* Where the line is of no interest. */
static inline void check_units(
    reader_fn *reader, struct bytes document, const char *expected)
{
    check_seen_by(reader, document, false, expected);
}
