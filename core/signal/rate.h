/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rate: how often the wave repeats, by normalised square difference (McLeod and Wyvill's NSDF)
 * over the last 8 s at 25 Hz.
 *
 * The lags of one answer are worked out one a call, on a copy, so that no call is long.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
    RATE_HZ = 25,
    RATE_KEPT = 200,    /* 8 s */
    RATE_LEAST = 100,   /* 4 s before the first answer */
    RATE_LAG_FIRST = 5, /* one below the shortest period, for the curve's shoulder */
    RATE_LAG_LAST = 53, /* one above the longest: 28 to 250 a minute */
    RATE_LAGS = RATE_LAG_LAST - RATE_LAG_FIRST + 1,
};

struct rate {
    float ring[RATE_KEPT];
    uint16_t at, count;
    float copy[RATE_KEPT]; /* oldest first, mean taken off, clipped at 3 sigma */
    uint16_t copy_count;
    float alike[RATE_LAGS];
    uint8_t next_lag;
};

struct rate_found {
    float period_s;
    float clarity; /* 0..1: 1 is perfect repetition */
    float
        half; /* likeness at half the period: high if every other beat is only smaller */
};

void rate_init(struct rate *r);
void rate_take(struct rate *r, float in); /* 25 times a second */
void rate_start(struct rate *r);          /* copies; the lags before are forgotten */
uint32_t rate_work(struct rate *r); /* one lag, if one is left; returns inner steps */

/* After RATE_LAGS calls of rate_work(); false before, or if nothing repeats. */
bool rate_answer(const struct rate *r, struct rate_found *out);

/* Whether the wave also repeats near `period_s`, nearly as well as it does at its best. */
bool rate_supports(const struct rate *r, float period_s, struct rate_found *out);
