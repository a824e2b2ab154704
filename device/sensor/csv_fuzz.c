/* SPDX-License-Identifier: Apache-2.0 */
/* Takes a whole file; aborts when an accepted line breaks a bound that csv.h promises. */
#include "device/sensor/csv.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

static void must(bool kept)
{
    if (!kept)
        abort();
}

static struct bytes next_line(struct bytes *left)
{
    const uint8_t *end = left->len > 0 ? memchr(left->at, '\n', left->len) : NULL;
    size_t len = end != NULL ? (size_t)(end - left->at) : left->len;
    struct bytes line = {left->at, len};

    left->at += end != NULL ? len + 1 : len;
    left->len -= end != NULL ? len + 1 : len;
    return line;
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
    struct bytes left = {at, len};
    struct csv_head head;
    struct csv_columns columns;
    struct csv_row row;
    const char *expected = NULL;

    if (csv_head_parse(next_line(&left), &head, &expected) != OK) {
        must(expected != NULL);
        head.fs_mhz = CSV_FS_MIN_MHZ; /* go on: rows matter more than heads */
    }
    must(head.fs_mhz >= CSV_FS_MIN_MHZ && head.fs_mhz <= CSV_FS_MAX_MHZ);
    if (csv_columns_parse(next_line(&left), &columns, &expected) != OK)
        return 0;
    must(columns.count >= 1 && columns.count <= CSV_COLUMNS);
    must(columns.first >= 0 && columns.first < (int8_t)columns.count);
    must(columns.second < (int8_t)columns.count
        && columns.time_at < (int8_t)columns.count);
    must((columns.kind == CSV_RED_IR) == (columns.second >= 0));
    while (left.len > 0) {
        if (csv_row_parse(&columns, next_line(&left), &row, &expected) != OK)
            return 0;
        must(row.first <= CSV_VALUE_MAX * CSV_FRACTION);
        must(row.second <= CSV_VALUE_MAX * CSV_FRACTION);
        must(row.time_us <= CSV_TIME_MAX * 1000);
        must(columns.kind == CSV_RED_IR || row.first == row.second);
    }
    return 0;
}
