/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Presence by a button of the board: pressed once more while the screen asks.
 *
 * The question lives for a minute. The press that began it does not answer it, nor does one that
 * bounces after it: what comes within a second is the same finger. Not here: the button's device
 * (device/board/button), the screen.
 */
#pragma once

#include "core/port/clock.h"
#include "core/port/presence.h"

#include <stdint.h>

enum { BUTTON_ASKS_MS = 60000, BUTTON_BOUNCE_MS = 1000 };

struct presence_button { /* must stay where it is */
    struct presence port;
    const struct clock_port *clock;
    enum status answer; /* AGAIN while it is asked */
    uint64_t since_ms;  /* not sped up */
};

void presence_button_init(struct presence_button *p, const struct clock_port *clock);
void presence_button_press(struct presence_button *p);
