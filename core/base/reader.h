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

/* Inline, for a message is hundreds of these. */
static inline struct bytes take(struct reader *r, size_t n)
{
    if (r->short_of || n > r->left.len) {
        r->short_of = true;
        return (struct bytes){0};
    }
    struct bytes got = {r->left.at, n};
    r->left.at += n;
    r->left.len -= n;
    return got;
}

static inline uint64_t take_be(struct reader *r, size_t n)
{
    struct bytes b = take(r, n);
    uint64_t v = 0;
    for (size_t i = 0; i < b.len; i++)
        v = v << 8 | b.at[i];
    return v;
}

static inline uint8_t take_u8(struct reader *r)
{
    return (uint8_t)take_be(r, 1);
}

static inline uint16_t take_u16(struct reader *r)
{
    return (uint16_t)take_be(r, 2);
}

static inline uint32_t take_u32(struct reader *r)
{
    return (uint32_t)take_be(r, 4);
}

static inline uint64_t take_u64(struct reader *r)
{
    return take_be(r, 8);
}

static inline bool reader_done(const struct reader *r)
{
    return !r->short_of && r->left.len == 0;
}
