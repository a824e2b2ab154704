/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Serials: which service tickets were used on this device.
 *
 * Promise: one that was used is never fresh again, however many there have been since and
 * whatever the clock says. Room for a few is enough: when one has to go, tickets that end no
 * later than it count as used.
 *
 * Not here: keeping them on flash (outbox_memory).
 */
#pragma once

#include "wire/ticket.h"

enum { SERIALS_KEPT = 4 };

struct used_serial {
    struct serial serial;
    uint32_t not_after_s; /* 0: an unused place */
    bool told;            /* a sealed batch says that it came into force */
};

struct serials {
    struct used_serial used[SERIALS_KEPT];
    uint32_t floor_s; /* what ends at or before it counts as used */
};

bool serials_fresh(
    const struct serials *s, const struct serial *serial, uint32_t not_after_s);
/* It is fresh. */
void serials_use(struct serials *s, const struct serial *serial, uint32_t not_after_s);
