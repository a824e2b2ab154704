/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Board clock: the clock port by the kernel's monotonic clock, at the speed of a replay.
 *
 * mono_ms runs `speed` times as fast from start_ms on; all roles of a run are given the same
 * start, so that they mean the same moment. real_ms never runs faster.
 */
#pragma once

#include "core/port/clock.h"

struct board_clock {
    struct clock_port port; /* points to this struct: it must stay where it is */
    uint64_t start_ms;      /* of the run, unaccelerated */
    uint32_t speed;         /* from 1 */
};

void board_clock_init(struct board_clock *c, uint64_t start_ms, uint32_t speed);
uint64_t board_clock_now_ms(void); /* the kernel's, unaccelerated */
/* Unaccelerated ms until the accelerated clock shows mono_ms; 0 if it does already. */
uint64_t board_clock_until(const struct board_clock *c, uint64_t mono_ms);
