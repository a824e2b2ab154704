/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/message.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Written from holdfast.cddl once more, so that it does not lean on wire/batch_rules.c. */
static bool record_in_range(const struct record *r)
{
    return (!r->spo2.set || r->spo2.v <= 1000) && (!r->pulse.set || r->pulse.v <= 3000)
        && (!r->pi.set || r->pi.v <= 2000) && r->quality <= 100;
}

static bool event_in_range(const struct event *e)
{
    return e->code != 0 && e->count != 0 && e->first_ms <= e->last_ms
        && e->last_ms < 1ull << 53;
}

static bool in_range(const struct batch *b)
{
    bool good = b->mono_ms < 1ull << 53 && b->utc_ms < 1ull << 53 && b->clock <= 3
        && b->record_count >= 1 && b->record_count <= 600 && b->records[0].dt_ms == 0
        && b->event_count <= 32 && b->merged != 1 && b->merged <= 60;
    for (uint16_t i = 0; good && i < b->record_count; i++)
        good = record_in_range(&b->records[i]);
    for (uint8_t i = 0; good && i < b->event_count; i++)
        good = event_in_range(&b->events[i]);
    return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct batch b, before;
    static uint8_t again[LIMIT_BATCH];
    uint8_t content[CONTENT_LEN];
    size_t len;

    memset(&b, 0x5a, sizeof b);
    memcpy(&before, &b, sizeof b);
    if (batch_parse((struct bytes){data, size}, &b) != OK) {
        if (memcmp(&b, &before, sizeof b) != 0)
            abort();
        return 0;
    }
    if (!in_range(&b))
        abort();
    if (batch_build(&b, ROOM_OF(again), &len) != OK || len != size
        || memcmp(again, data, size) != 0)
        abort();
    content_of(&b, (uint16_t)(b.record_count - 1), content);
    return 0;
}
