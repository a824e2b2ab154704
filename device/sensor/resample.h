/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resample: any sample times to 100 a second, by one causal filter.
 *
 * The output at time t is the mean, over the 10 ms that end at t, of the straight lines drawn
 * between the input samples: a sinc in frequency with its first zero at 100 Hz, constant delay
 * of 5 ms, no look-ahead beyond the input sample that closes the 10 ms. An input of exactly
 * 100 Hz without its own clock passes unchanged (replay.c does not come here for it).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { RESAMPLE_STEP_US = 10000 };

struct resample_point {
    double first, second;
};

struct resample {
    bool started;
    uint64_t start_us;       /* of the first input; outputs lie at start + k * 10 ms */
    uint64_t from_us, to_us; /* the line being walked */
    struct resample_point from, to;
    bool gap;                   /* between from and to samples are missing */
    uint64_t done_us;           /* what has been walked of it */
    uint64_t out_us;            /* time of the next output */
    struct resample_point area; /* gathered for the next output, value x us */
    bool area_gap;
};

void resample_init(struct resample *r);

/* Next input; later than the one before. Call only when resample_pull() has said false. */
void resample_push(
    struct resample *r, uint64_t at_us, struct resample_point in, bool gap);

/* True: *out is the next output, *gap says that no light was measured in part of it. */
bool resample_pull(struct resample *r, struct resample_point *out, bool *gap);

/* Outputs that inputs from first_us to last_us give. */
uint64_t resample_length(uint64_t first_us, uint64_t last_us);
