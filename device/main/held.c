/* SPDX-License-Identifier: Apache-2.0 */
#include "device/main/held.h"

#include <assert.h>

void held_init(struct held *h, uint64_t base)
{
    h->kept = h->said = h->next = base;
}

void held_add(struct held *h, struct said_reading reading)
{
    if (h->next - h->kept == HELD_MAX && h->said < ++h->kept)
        h->said = h->kept;
    reading.number = h->next;
    h->ring[h->next % HELD_MAX] = reading;
    h->next++;
}

const struct said_reading *held_peek(const struct held *h)
{
    return h->said < h->next ? &h->ring[h->said % HELD_MAX] : NULL;
}

void held_said(struct held *h)
{
    assert(h->said < h->next);
    h->said++;
}

void held_say_again(struct held *h)
{
    h->said = h->kept;
}

enum status held_forget(struct held *h, uint64_t below)
{
    if (below > h->said)
        return REFUSED;
    if (below > h->kept)
        h->kept = below;
    return OK;
}
