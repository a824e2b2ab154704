/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clock port: time is handed in, so that a test or a replay can run at any speed.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum clock_state { CLOCK_UNSET, CLOCK_FREE_RUNNING, CLOCK_SYNCHRONISED, CLOCK_STEPPED };

struct clock_port {
    void *board;
    uint64_t (*mono_ms)(
        void *board); /* never goes back; counts while the device is on */
    uint64_t (*real_ms)(
        void *board); /* the same without any speed-up: for round trips only */
};
