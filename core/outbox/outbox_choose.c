/* SPDX-License-Identifier: Apache-2.0 */
#include "core/outbox/outbox_inside.h"

/* Sealed in this run, and not long ago. */
static bool is_live(const struct row *row, uint64_t now_ms)
{
    return row->own && now_ms - row->sealed_s * UINT64_C(1000) < LIMIT_SYNC_AGE_MS;
}

static bool live(struct outbox *o, uint8_t ring, uint64_t now_ms, struct choice *out)
{
    for (uint32_t i = rows_count(&o->rows, ring); i-- > 0;) {
        struct row *row = rows_at(&o->rows, ring, i);
        if (!is_live(row, now_ms))
            return false;
        if (row->state == ROW_HELD) {
            *out = (struct choice){.ring = ring, .row = row};
            return true;
        }
    }
    return false;
}

static bool oldest(struct outbox *o, uint8_t ring, struct choice *out)
{
    for (uint32_t i = 0; i < rows_count(&o->rows, ring); i++) {
        struct row *row = rows_at(&o->rows, ring, i);
        if (row->state == ROW_HELD) {
            *out = (struct choice){.ring = ring, .row = row, .back_fill = true};
            return true;
        }
    }
    return false;
}

bool outbox_choose(struct outbox *o, uint64_t now_ms, struct choice *out)
{
    if (o->rows.batches[ROW_HELD] == 0)
        return false;
    for (uint8_t ring = 0; ring < JOURNAL_CLASSES; ring++)
        if (live(o, ring, now_ms, out))
            return true;
    if (now_ms < o->back_fill_from_ms)
        return false;
    for (uint8_t ring = 0; ring < JOURNAL_CLASSES; ring++)
        if (oldest(o, ring, out))
            return true;
    return false;
}
