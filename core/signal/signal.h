/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signal: red and infrared samples become SpO2, pulse rate, perfusion index and quality.
 *
 * Streaming, 100 samples a second, one call a sample, no look-ahead, fixed memory, float32.
 * Below quality there is no value, never a sentinel and never the last one. R is averaged, not
 * SpO2; the line from R to SpO2 is calibration data (struct calibration), not a constant.
 *
 * Not here: sample checks (device/sensor), alarms (core/alarm), display.
 */
#pragma once

#include "core/base/status.h"
#include "core/port/sensor.h"
#include "core/signal/beat.h"
#include "core/signal/filter.h"
#include "core/signal/rate.h"
#include "core/signal/shape.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

/* SpO2 [%] = a + b R + c R^2, valid for R in [r_min, r_max]. */
struct calibration {
    uint8_t id[8]; /* named in every batch */
    float a, b, c, r_min, r_max;
};

/* Bits of the status field: MDC 150604.n (ISO/IEEE 11073-10101). */
enum signal_status {
    STATUS_SENSOR_DISCONNECTED = 1u << 0,
    STATUS_SENSOR_MALFUNCTION = 1u << 1,
    STATUS_SENSOR_DISPLACED = 1u << 2,
    STATUS_SENSOR_UNSUPPORTED = 1u << 3,
    STATUS_SENSOR_OFF = 1u << 4,
    STATUS_INTERFERENCE = 1u << 5,
    STATUS_SEARCHING = 1u << 6,
    STATUS_PULSE_QUESTIONABLE = 1u << 7,
    STATUS_NON_PULSATILE = 1u << 8,
    STATUS_ERRATIC = 1u << 9,
    STATUS_LOW_PERFUSION = 1u << 10,
    STATUS_SIGNAL_POOR = 1u << 11,
    STATUS_SIGNAL_INADEQUATE = 1u << 12,
    STATUS_PROCESSING_IRREGULARITY = 1u << 13,
    STATUS_EQUIPMENT_MALFUNCTION = 1u << 14,
    STATUS_EXTENDED_UPDATE = 1u << 15,
};

struct vital { /* the output of one second */
    bool has_spo2, has_pulse, has_pi;
    uint16_t spo2_permille;   /* 0..1000 */
    uint16_t pulse_decibpm;   /* 0.1 bpm, 0..3000 */
    uint16_t pi_centipercent; /* 0.01 %, 0..2000 */
    uint16_t status;          /* enum signal_status */
    uint8_t quality;          /* 0..100 */
};

enum { SIGNAL_BEATS = 32 /* 8 s at 240 a minute */ };

struct signal_beat {
    float at;           /* samples since the wave began */
    float height;       /* slope sum */
    float swing;        /* AC / DC of infrared, peak to peak */
    float ratio;        /* R */
    float alike;        /* correlation of red and infrared */
    float shape;        /* correlation with the beats before */
    bool ratio_is_good; /* nothing disturbed the samples it came from */
};

struct signal_channel {
    float offset, last; /* ln of light, what was taken off it; the value before */
    bool seeded;
    struct filter ratio_high, ratio_low;
};

struct signal { /* the caller provides the memory; fields belong to signal.c */
    struct calibration cal;
    struct signal_channel red, ir;
    struct filter wave_high, wave_low;
    struct beat beat;
    struct rate rate;
    struct shape shape;
    bool shape_due; /* the last beat has yet to be compared */
    bool telling;   /* the beats are being told the rate: they were counted double */
    struct signal_beat beats[SIGNAL_BEATS]; /* oldest first, at most 8 s old */
    uint16_t beat_count;
    uint32_t since_start; /* samples since the wave was (re)started */
    uint8_t tick;         /* 0..99: place in the second */
    uint16_t dark_run, bad_run;
    bool off;
    uint8_t settle; /* samples still to be absorbed after a gain step */
    uint32_t flags; /* of the samples of this second */
    uint8_t bad_count, step_count;
    float step_rate; /* gain steps and jumps, forgotten over some seconds */
    /* The beat under way: */
    float sum_rr, sum_ii, sum_ri;
    float top, bottom;
    bool disturbed;
    float usual_swing; /* slow memory of AC / DC while all was well */
    float wave;
    uint32_t work; /* inner steps of the last call */
};

static_assert(sizeof(struct signal) <= 16 * 1024, "memory of one signal");

void signal_init(struct signal *s, const struct calibration *cal);

/* One call a sample. True at every hundredth: then *out is the second that has ended. */
MUST_USE bool signal_take(struct signal *s, const struct sample *in, struct vital *out);

/* Latest value of the wave for display (pleth.h scales it), up at systole; 0 without a finger. */
float signal_wave(const struct signal *s);
