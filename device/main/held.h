/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Held: readings that measure has handed over, or not yet, and that are not known to be on
 * stable storage. A ring; the oldest gives way to the newest, and its number, which keeper never
 * sees, tells of the loss.
 */
#pragma once

#include "device/talk/messages.h"

enum { HELD_MAX = 4096 };

struct held {
    struct said_reading ring[HELD_MAX];
    uint64_t kept; /* number of the oldest that is held */
    uint64_t said; /* number of the next to be said */
    uint64_t next; /* number that the next reading gets */
};

/* base: the number of the first reading; measure's earlier runs gave those below. */
void held_init(struct held *h, uint64_t base);
void held_add(
    struct held *h, struct said_reading reading); /* its number is given here */
/* The next to be said, or NULL; held_said() after it was taken. */
const struct said_reading *held_peek(const struct held *h);
void held_said(struct held *h);
void held_say_again(struct held *h); /* a new keeper knows nothing of what was said */
/* REFUSED: keeper claims what it was never given; nothing changes. */
MUST_USE enum status held_forget(struct held *h, uint64_t below);
