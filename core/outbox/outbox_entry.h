/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry: what one journal record holds: a few facts in the clear, then the envelope as sent.
 *
 * The facts are what the outbox must know of a batch that it can no longer open itself (the key
 * of its epoch is gone). They are never sent and decide nothing but order and counts.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/limits.h"
#include "core/base/status.h"

#include <stdbool.h>

enum { ENTRY_HEAD_LEN = 44, ENTRY_READINGS_MAX = LIMIT_BATCH_RECORDS * 60 };

struct entry {
    uint8_t span_s;       /* from the first reading to the sealing, at most 255 */
    uint32_t start_count; /* of the run that sealed it */
    uint32_t seq;
    uint32_t readings;   /* 0..ENTRY_READINGS_MAX; 0: a log, which has none */
    uint32_t lost_count; /* as the batch declares it; 0 of a log */
    bool has_utc;
    uint64_t utc_ms; /* of the sealing; 0..2^53-1 */
    uint64_t run,
        upto; /* of the device's run: readings numbered below upto are sealed */
    struct bytes envelope; /* 1.. bytes; borrows */
};

MUST_USE enum status entry_parse(struct bytes in, struct entry *out);
/* e->envelope lies at out + ENTRY_HEAD_LEN already: only the head is written. */
void entry_head_build(const struct entry *e, uint8_t out[ENTRY_HEAD_LEN]);
