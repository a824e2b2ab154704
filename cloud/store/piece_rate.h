/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Piece rate: so many pieces of bundles in a second, in all and to one device, so that readings
 * wait for none of them. The time is handed in.
 */
#pragma once

#include "core/base/limits.h"
#include "wire/types.h"

enum { PIECE_DEVICES = 128 }; /* that fetch at once; one more comes later */

struct piece_share {
    uint64_t window_ms; /* when this second began */
    uint32_t used;      /* in it; 0: the place is free */
    struct device_id device;
};

struct piece_rate {
    struct piece_share all, each[PIECE_DEVICES];
};

/* False: later. */
bool piece_rate_take(
    struct piece_rate *r, const struct device_id *device, uint64_t now_ms);
