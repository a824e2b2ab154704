/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/batch_rules.h"

static const uint64_t safe_integer = 9007199254740991; /* 2^53 - 1 */

static bool at_most(struct maybe_u16 v, uint16_t most)
{
    return !v.set || v.v <= most;
}

static bool record_holds(const struct record *r)
{
    return at_most(r->spo2, 1000) && at_most(r->pulse, 3000) && at_most(r->pi, 2000)
        && r->quality <= 100;
}

static bool event_holds(const struct event *e)
{
    return e->code >= 1 && e->count >= 1 && e->first_ms <= e->last_ms
        && e->last_ms <= safe_integer;
}

/* Req: HF-SEC-004 "what does not satisfy it shall be refused ... and change nothing" */
bool batch_rules_hold(const struct batch *b)
{
    if (b->mono_ms > safe_integer || (b->has_utc && b->utc_ms > safe_integer)
        || b->clock > 3)
        return false;
    if (b->record_count < 1 || b->record_count > LIMIT_BATCH_RECORDS
        || b->records[0].dt_ms != 0)
        return false;
    if (b->event_count > LIMIT_BATCH_EVENTS)
        return false;
    if (b->merged != 0 && (b->merged < 2 || b->merged > 60))
        return false;
    for (uint16_t i = 0; i < b->record_count; i++)
        if (!record_holds(&b->records[i]))
            return false;
    for (uint8_t i = 0; i < b->event_count; i++)
        if (!event_holds(&b->events[i]))
            return false;
    return true;
}
