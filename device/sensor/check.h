/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Check: the one door through which counts become samples.
 *
 * Bounds, saturation and frozen light are judged here, before anyone does arithmetic.
 */
#pragma once

#include "core/port/sensor.h"

enum {
    CHECK_FROZEN_RUN =
        100 /* samples: light through a finger never rests for a second */
};

struct sensor_check {
    uint32_t red, ir;
    uint32_t same_run;
};

void sensor_check_init(struct sensor_check *c);

/* Counts outside 0..SENSOR_COUNT_MAX are brought to the edge and flagged as saturated. */
void sensor_check(struct sensor_check *c, int64_t red, int64_t ir, uint32_t flags,
    struct sample *out);
