/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Presence by a code: the screen shows six digits, and who can read them says them.
 *
 * For a board without a button. The code lives for a minute and three tries, is drawn anew for
 * each question, and is told to the screen alone: who has a shell and no eyes on the device does
 * not know it. Not here: the screen, the terminal at which it is typed.
 */
#pragma once

#include "core/port/clock.h"
#include "core/port/entropy.h"
#include "core/port/presence.h"

#include <stdbool.h>
#include <stdint.h>

enum { PRESENCE_CODES = 1000000, PRESENCE_TRIES = 3, PRESENCE_MS = 60000 };

struct presence_code { /* must stay where it is */
    struct presence port;
    const struct entropy *entropy;
    const struct clock_port *clock;
    enum status answer; /* AGAIN while it is asked */
    uint32_t code;
    uint8_t tries;
    uint64_t until_ms; /* not sped up */
};

void presence_code_init(struct presence_code *p, const struct entropy *entropy,
    const struct clock_port *clock);
/* True: *code is to be shown now. */
bool presence_code_shown(const struct presence_code *p, uint32_t *code);
/* Somebody says this. */
void presence_code_say(struct presence_code *p, uint32_t code);
