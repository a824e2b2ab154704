/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Slot frame: version, length and checks before the content of one slot.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/status.h"

enum { SLOT_HEAD = 32 };

#define SLOT_VERSION_MAX ((uint64_t)1 << 48)

struct slot_head {
    uint64_t version; /* 1..SLOT_VERSION_MAX, rising; odd ones in the second sector */
    uint32_t len;     /* 0..SLOTS_MAX */
    uint32_t body_check;
};

MUST_USE enum status slot_head_parse(struct bytes in, struct slot_head *out);
void slot_head_build(const struct slot_head *h, uint8_t out[SLOT_HEAD]);
