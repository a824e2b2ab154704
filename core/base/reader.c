/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/reader.h"

struct bytes take(struct reader *r, size_t n)
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

static uint64_t take_be(struct reader *r, size_t n)
{
    struct bytes b = take(r, n);
    uint64_t v = 0;
    for (size_t i = 0; i < b.len; i++)
        v = v << 8 | b.at[i];
    return v;
}

uint8_t take_u8(struct reader *r)
{
    return (uint8_t)take_be(r, 1);
}

uint16_t take_u16(struct reader *r)
{
    return (uint16_t)take_be(r, 2);
}

uint32_t take_u32(struct reader *r)
{
    return (uint32_t)take_be(r, 4);
}

uint64_t take_u64(struct reader *r)
{
    return take_be(r, 8);
}

bool reader_done(const struct reader *r)
{
    return !r->short_of && r->left.len == 0;
}
