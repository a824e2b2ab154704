/* SPDX-License-Identifier: Apache-2.0 */
#include "core/outbox/outbox_inside.h"

uint32_t outbox_confirmed(const struct memory *m, uint32_t start_count)
{
    for (size_t i = 0; i < MEMORY_RUNS; i++)
        if (m->confirmed[i].lost > 0 && m->confirmed[i].start_count == start_count)
            return m->confirmed[i].lost;
    return 0;
}

/* The place of that run, else the one of the oldest run: forgetting declares once too often. */
bool outbox_confirm(struct memory *m, uint32_t start_count, uint32_t lost)
{
    struct confirmed *c = &m->confirmed[0];

    if (lost <= outbox_confirmed(m, start_count))
        return false;
    for (size_t i = 0; i < MEMORY_RUNS; i++) {
        struct confirmed *at = &m->confirmed[i];
        if (at->lost > 0 && at->start_count == start_count) {
            c = at;
            break;
        }
        if (c->lost > 0 && (at->lost == 0 || at->start_count < c->start_count))
            c = at;
    }
    *c = (struct confirmed){start_count, lost};
    return true;
}
