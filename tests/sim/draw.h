/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Draw: every random thing of a simulation comes from one seed.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct draw {
    uint64_t state;
};

static inline uint64_t draw_u64(struct draw *d)
{
    uint64_t z = (d->state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* 0..n-1; 0 for n = 0 */
static inline uint32_t draw_below(struct draw *d, uint32_t n)
{
    return (uint32_t)((draw_u64(d) >> 32) * n >> 32);
}

/* True once in n times; never for 0. */
static inline bool draw_one_in(struct draw *d, uint32_t n)
{
    return n > 0 && draw_below(d, n) == 0;
}
