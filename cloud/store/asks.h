/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asks: what store has asked of keys and not yet heard, oldest first; keys answers in order.
 */
#pragma once

#include "cloud/talk/doors.h"

enum { ASKS = 1024 };

struct ask {
    enum door door;
    struct kid kid;
    struct epoch epoch; /* DOOR_EPOCH_KEY only */
};

struct asks {
    struct ask ring[ASKS];
    size_t first, count;
};

static inline bool asks_put(struct asks *a, const struct ask *ask)
{
    if (a->count == ASKS)
        return false;
    a->ring[(a->first + a->count++) % ASKS] = *ask;
    return true;
}

static inline bool asks_take(struct asks *a, struct ask *out)
{
    if (a->count == 0)
        return false;
    *out = a->ring[a->first];
    a->first = (a->first + 1) % ASKS;
    a->count--;
    return true;
}
