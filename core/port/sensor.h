/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sensor port: red and infrared light through a finger, 100 samples a second.
 *
 * Samples are bounds-checked by the driver before anyone does arithmetic on them: counts are
 * 18 bits. What is not a sample (gap, frozen, saturated, off) is a flag, never a number.
 */
#pragma once

#include "core/base/status.h"

#include <stdbool.h>
#include <stdint.h>

enum { SENSOR_HZ = 100, SENSOR_COUNT_MAX = 262143 };

enum sensor_flag {
    SENSOR_OFF = 1u << 0, /* probe off or end of the recording */
    SENSOR_GAP = 1u << 1, /* samples are missing before this one */
    SENSOR_SATURATED = 1u << 2,
    SENSOR_FROZEN =
        1u << 3, /* the same counts for longer than light can stay the same */
    SENSOR_GAIN_STEP =
        1u << 4, /* the driver changed LED current or range at this sample */
    SENSOR_PULSE_ONLY = 1u << 5, /* one channel only (pleth or green): no SpO2 */
    SENSOR_FAULT = 1u << 6,      /* the part does not answer */
};

struct sample {
    uint32_t red,
        ir;         /* 0..SENSOR_COUNT_MAX; more light, more counts: falls at systole */
    uint32_t flags; /* enum sensor_flag */
};

struct sensor {
    void *board;
    bool test_data; /* replay and simulation: every batch says so */
    /* Length of a recording in samples; 0 for a live sensor. Known before the first sample. */
    uint64_t length_samples;
    /* Next sample, in order, no look-ahead. AGAIN: none yet (live). FULL: the recording is over. */
    enum status (*next)(void *board, struct sample *out);
};
