/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sim/ledger.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 1 << 16 };

void ledger_init(struct ledger *l)
{
    *l = (struct ledger){.cap = SLOTS / 2, .slot_count = SLOTS};
    l->at = calloc(l->cap, sizeof *l->at);
    l->slots = calloc(l->slot_count, sizeof *l->slots);
    assert(l->at != NULL && l->slots != NULL);
}

void ledger_free(struct ledger *l)
{
    free(l->at);
    free(l->slots);
}

static uint32_t *slot_of(
    const struct ledger *l, uint8_t device, const struct outbox_sent *is)
{
    uint32_t h;

    memcpy(&h, is->epoch.b, sizeof h);
    h = (h ^ is->seq * 2654435761u ^ device) & (l->slot_count - 1);
    for (;; h = (h + 1) & (l->slot_count - 1)) {
        uint32_t i = l->slots[h];
        if (i == 0)
            return &l->slots[h];
        const struct promise *p = &l->at[i - 1];
        if (p->device == device && p->is.seq == is->seq
            && memcmp(&p->is.epoch, &is->epoch, sizeof is->epoch) == 0)
            return &l->slots[h];
    }
}

struct promise *ledger_find(
    struct ledger *l, uint8_t device, const struct outbox_sent *is)
{
    uint32_t i = *slot_of(l, device, is);
    return i == 0 ? NULL : &l->at[i - 1];
}

struct promise *ledger_add(
    struct ledger *l, uint8_t device, const struct outbox_sent *is)
{
    uint32_t *slot = slot_of(l, device, is);

    assert(*slot == 0 && l->count < l->cap);
    *slot = ++l->count;
    struct promise *p = &l->at[l->count - 1];
    *p = (struct promise){.device = device, .is = *is};
    return p;
}
