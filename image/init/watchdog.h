/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Watchdog: the hardware that starts the machine anew unless it is fed.
 *
 * holdfast-boot starts it and hands the descriptor to init; there is no way to stop it (the module's nowayout, and nobody
 * else may open it). No other program inherits it.
 */
#pragma once

#include "core/base/status.h"

#include <stdbool.h>

enum {
    WATCHDOG_FD = 10,
    WATCHDOG_S =
        15 /* what the timers of small boards can do too: the BCM2835's ends at 16 */
};

/* In holdfast-boot. BROKEN: there is none. */
MUST_USE enum status watchdog_start(void);
/* This start of the machine is its work. */
bool watchdog_fired(void);
/* In init: the one that holdfast-boot has started, if any, stays with this process. */
void watchdog_keep(void);
void watchdog_feed(void);
