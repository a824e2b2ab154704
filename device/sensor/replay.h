/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replay: a recording played as if it were the sensor.
 *
 * The file is opened before confinement and read after it: whole once, every line of it, before its
 * first sample; then once for play, in bounded memory. It must not change between: what does not
 * parse in play ends the recording as BROKEN.
 *
 * Scale: with `bits` a channel's full scale becomes the port's 18 bits. Without, the largest
 * value decides: above 18 bits every channel is shifted right until it fits; below 12 bits
 * (cameras) left until the 17th bit is in use. A pleth, which rises at systole and has no
 * steady part, is hung below a steady 120000 counts with full scale 4000: pulse only.
 */
#pragma once

#include "core/base/conf.h"
#include "core/base/limits.h"
#include "core/port/sensor.h"
#include "device/sensor/check.h"
#include "device/sensor/csv.h"
#include "device/sensor/resample.h"

#include <stddef.h>

enum { REPLAY_BUFFER = 4096 };

struct replay {
    struct sensor port;
    int fd;
    uint8_t buffer[REPLAY_BUFFER];
    size_t buffer_at, buffer_len;
    uint8_t line[LIMIT_CSV_LINE];
    struct csv_head head;
    struct csv_columns columns;
    uint32_t line_count; /* lines taken so far */
    uint64_t byte_count; /* read so far, whatever fstat said */
    uint64_t row_count, row_us;
    uint64_t first_us, last_us; /* of the samples there are */
    uint64_t largest;           /* millionths */
    bool missed;                /* samples are missing before the next row */
    double scale;               /* counts in one unit of the file */
    bool unchanged_rate;
    struct resample resample;
    struct sensor_check check;
    struct resample_point held; /* for the gap of a recording that is not resampled */
    uint64_t given_count;
};

/* MALFORMED with *err when it is no regular file, or too large. No byte of it is read.
 * `r` must stay where it is until replay_close(): the port points to it. */
MUST_USE enum status replay_open(
    struct replay *r, const char *path, struct conf_error *err);
/* MALFORMED with *err when any line is wrong; then it is closed. The port is there once it is OK. */
MUST_USE enum status replay_look(struct replay *r, struct conf_error *err);
const struct sensor *replay_port(struct replay *r);
void replay_close(struct replay *r);
