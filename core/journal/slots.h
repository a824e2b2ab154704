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

enum { SLOTS_MAX = 1024 };

struct slots {
    const struct flash *flash;
    uint32_t first_sector; /* and the one after it */
    uint64_t version;
};

MUST_USE enum status slots_open(struct slots *s, const struct flash *flash, uint32_t first_sector);
/* AGAIN: nothing was ever written. DAMAGED: both are bad. */
MUST_USE enum status slots_read(const struct slots *s, struct room into, size_t *len);
MUST_USE enum status slots_write(struct slots *s, struct bytes content);
