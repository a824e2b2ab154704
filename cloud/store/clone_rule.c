/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/clone_rule.h"

#include <string.h>

static bool same(const struct epoch *a, const struct epoch *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

/* Req: HF-CLN-001 "two runs of one device that measure at the same time" */
bool clone_rule_sees(struct clone_front *f, const struct epoch *epoch,
    uint64_t measured_ms, uint64_t now_ms)
{
    if (measured_ms > now_ms
            + CLONE_AHEAD_MS) { /* a clock was wrong: what it did so far says nothing */
        f->returns = 0;
        f->pair = false;
        return false;
    }
    if (f->any && f->ms > now_ms + CLONE_AHEAD_MS)
        *f = (struct clone_front){0};
    if (f->any && measured_ms <= f->ms)
        return false; /* it comes late, or again */
    if (f->any && !same(epoch, &f->at)) {
        bool returned = f->pair && same(epoch, &f->before);
        f->returns = !returned           ? 0
            : f->returns < CLONE_RETURNS ? (uint8_t)(f->returns + 1)
                                         : f->returns;
        f->before = f->at;
        f->pair = true;
    }
    f->any = true;
    f->at = *epoch;
    f->ms = measured_ms;
    return f->returns >= CLONE_RETURNS;
}
