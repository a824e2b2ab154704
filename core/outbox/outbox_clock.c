/* SPDX-License-Identifier: Apache-2.0 */
#include "core/outbox/outbox_clock.h"

static uint64_t distance(uint64_t a, uint64_t b)
{
    uint64_t d = a - b;
    return d >> 63 ? b - a : d;
}

enum clock_change outbox_clock_hear(
    struct outbox_clock *c, uint64_t real_ms, uint64_t trip_ms, uint64_t utc_ms)
{
    uint64_t offset = utc_ms + trip_ms / 2 - real_ms;
    uint64_t off_by = distance(offset, c->offset_ms);
    bool was_known = c->known;

    c->known = true;
    c->set_ms = real_ms;
    if (was_known && off_by <= CLOCK_KEEP_MS)
        return CLOCK_KEPT; /* within what a round trip leaves open: no jumping about */
    c->offset_ms = offset;
    if (!was_known)
        return CLOCK_SET;
    if (off_by <= CLOCK_STEP_MS)
        return CLOCK_KEPT;
    c->stepped = true;
    return CLOCK_CHANGED;
}

bool outbox_clock_utc(const struct outbox_clock *c, uint64_t real_ms, uint64_t *utc_ms)
{
    uint64_t utc = real_ms + c->offset_ms;
    if (!c->known || utc >> 53 != 0)
        return false;
    *utc_ms = utc;
    return true;
}

enum clock_state outbox_clock_state(const struct outbox_clock *c, uint64_t real_ms)
{
    if (!c->known)
        return CLOCK_UNSET;
    if (c->stepped)
        return CLOCK_STEPPED;
    return real_ms - c->set_ms <= CLOCK_FRESH_MS ? CLOCK_SYNCHRONISED
                                                 : CLOCK_FREE_RUNNING;
}
