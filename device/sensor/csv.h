/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CSV: the recorded form of a sensor, one line at a time.
 *
 * Line 1 `# key=value ...` with fs (and bits, rec), line 2 column names, then one row a sample.
 * Channels: red and ir; or pleth, green, ppg or G for the pulse only. Numbers are decimal
 * fractions without sign, at most 2^31 for a channel. An empty channel is a missing sample.
 *
 * Promise: an accepted value keeps the bounds written at its field.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/status.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    CSV_COLUMNS = 16,
    CSV_NAME = 32,
    CSV_FS_MIN_MHZ = 10000,   /* 10 Hz */
    CSV_FS_MAX_MHZ = 2000000, /* 2 kHz */
    CSV_FRACTION = 1000000,   /* values are kept in millionths */
};
#define CSV_VALUE_MAX ((uint64_t)1 << 31)
#define CSV_TIME_MAX  ((uint64_t)7 * 24 * 3600 * 1000) /* ms */

enum csv_kind {
    CSV_RED_IR,
    CSV_GREEN /* falls at systole */,
    CSV_PLETH /* rises at systole */
};

struct csv_head {
    uint32_t fs_mhz;    /* CSV_FS_MIN_MHZ..CSV_FS_MAX_MHZ */
    uint8_t bits;       /* 0: not said; else 8..31 */
    char rec[CSV_NAME]; /* printable, NUL-ended, may be empty */
};

struct csv_columns {
    enum csv_kind kind;
    uint8_t count; /* 1..CSV_COLUMNS */
    /* Places of the columns, below count; time_at and second are -1 where there is none. */
    int8_t time_at, first, second;
};

struct csv_row {
    bool present; /* false: a channel was empty */
    bool has_time;
    uint64_t time_us; /* <= CSV_TIME_MAX * 1000 */
    uint64_t first,
        second; /* millionths, <= CSV_VALUE_MAX * CSV_FRACTION; equal if one channel */
};

/* Each takes one line without its end. MALFORMED: *expected says what would have been right. */
MUST_USE enum status csv_head_parse(
    struct bytes line, struct csv_head *out, const char **expected);
MUST_USE enum status csv_columns_parse(
    struct bytes line, struct csv_columns *out, const char **expected);
MUST_USE enum status csv_row_parse(const struct csv_columns *columns, struct bytes line,
    struct csv_row *out, const char **expected);
