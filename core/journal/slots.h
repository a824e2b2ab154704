/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Slots: one small record on two alternating flash sectors.
 *
 * Promise: after slots_write() returned OK, slots_read() gives that content until the next
 * write; a loss of power in a write leaves the old or the new content, whole. Never are both
 * sectors unsynced at once.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/status.h"
#include "core/port/flash.h"

#include <stdbool.h>

enum { SLOTS_MAX = 1024 };

struct slots {
    const struct flash *flash;
    uint32_t first_sector; /* and the one after it */
    uint64_t version;      /* in force; 0: none */
    bool damaged;          /* both were bad at the open */
    bool broken;           /* a flash call failed: only a new open helps */
};

/* Nothing is written. BROKEN: flash error. */
MUST_USE enum status slots_open(
    struct slots *s, const struct flash *flash, uint32_t first_sector);
/*
 * AGAIN: nothing was ever written (a torn first write included). DAMAGED: both are bad. FULL:
 * `into` is too small. BROKEN: flash error.
 */
MUST_USE enum status slots_read(const struct slots *s, struct room into, size_t *len);
/* At most SLOTS_MAX bytes. BROKEN: flash error; open anew, it reads as the old or the new. */
MUST_USE enum status slots_write(struct slots *s, struct bytes content);
