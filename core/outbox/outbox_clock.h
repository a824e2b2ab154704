/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wall clock of the outbox: what the store's time says of the monotonic clock.
 *
 * Runs on unaccelerated time. Not here: whether the time may be believed (outbox_answer.c).
 */
#pragma once

#include "core/port/clock.h"

struct outbox_clock {
    bool known;
    bool stepped;       /* since the last batch began */
    uint64_t offset_ms; /* UTC minus real_ms, modulo 2^64 */
    uint64_t set_ms;    /* real_ms when it was last confirmed */
};

enum { CLOCK_FRESH_MS = 3600000, CLOCK_STEP_MS = 2000, CLOCK_KEEP_MS = 1000 };

enum clock_change { CLOCK_KEPT, CLOCK_SET, CLOCK_CHANGED };

/* The server's clock showed utc_ms, give or take trip_ms / 2, at real_ms. */
enum clock_change outbox_clock_hear(
    struct outbox_clock *c, uint64_t real_ms, uint64_t trip_ms, uint64_t utc_ms);
/* False: not known, or outside 0..2^53-1. */
bool outbox_clock_utc(const struct outbox_clock *c, uint64_t real_ms, uint64_t *utc_ms);
enum clock_state outbox_clock_state(const struct outbox_clock *c, uint64_t real_ms);
