/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reader: take big-endian fields off the front of some bytes.
 *
 * Running short is remembered, not reported: every later take yields zero, and one
 * reader_done() at the end says whether the whole message was there and nothing else.
 */
#pragma once

#include "core/base/bytes.h"

#include <stdbool.h>

struct reader {
    struct bytes left;
    bool short_of; /* some take asked for more than was left */
};

static inline struct reader reader_over(struct bytes in)
{
    return (struct reader){.left = in};
}

struct bytes take(struct reader *r, size_t n);
uint8_t take_u8(struct reader *r);
uint16_t take_u16(struct reader *r);
uint32_t take_u32(struct reader *r);
uint64_t take_u64(struct reader *r);
bool reader_done(const struct reader *r);
