/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Beat: finds pulse upstrokes in the band-passed wave, one sample a call.
 *
 * Slope sum over 170 ms against a threshold that follows the size of recent beats and falls
 * while none comes; refractory time and a size-and-interval guard keep the dicrotic wave out.
 *
 * Not here: what a beat is worth (ratio, quality).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { BEAT_SLOPE = 17 /* samples, 170 ms */, BEAT_KEPT = 5 };

struct beat_found {
    float
        at; /* samples since beat_init, with fraction: steepest point of the upstroke */
    float height; /* slope sum at its top */
};

struct beat {
    float rise[BEAT_SLOPE]; /* ring of upward differences */
    uint8_t rise_at;
    float sum, last;
    uint32_t now;  /* samples since the start */
    float closest; /* least gap between beats */
    float level;   /* size of recent beats, what the threshold follows */
    float heights[BEAT_KEPT], gaps[BEAT_KEPT];
    uint8_t height_count, gap_count;
    bool have_last, climbing;
    float last_at;
    /* The upstroke being climbed: */
    float top, steepest, steep_before, steep_after, steep_at;
    bool want_after;
    float rise_before; /* difference of the sample before */
};

void beat_init(struct beat *b);

/* What another way says the interval is, in samples: nothing much closer is a beat. 0: unknown. */
void beat_expect(struct beat *b, float gap);

/* True when an upstroke has just been completed and is a beat. */
bool beat_take(struct beat *b, float in, struct beat_found *out);

/* Moves the origin of time `samples` later, so that fractions stay fine for ever. */
void beat_shift(struct beat *b, uint32_t samples);
