/* SPDX-License-Identifier: Apache-2.0 */
#include "core/outbox/outbox_inside.h"
#include "wire/event.h"

#include <assert.h>
#include <string.h>

/* A batch of LIMIT_BATCH_RECORDS of the longest records and all events fits, by far. */
enum { RECORD_MAX = 18, EVENT_MAX = 33, REST_MAX = 168 + RENEWAL_ASK_LEN };
static_assert(
    LIMIT_BATCH_RECORDS * RECORD_MAX + LIMIT_BATCH_EVENTS * EVENT_MAX + REST_MAX
        <= LIMIT_BATCH,
    "a batch closes at 600 records before it can close at 15 KiB");

static uint32_t readings_in(const struct batch *b)
{
    return b->record_count * (b->merged == 0 ? 1u : b->merged);
}

static void declare(struct outbox *o)
{
    struct batch *b = &o->open;

    b->lost_count = o->lost;
    b->renews = o->renews;
    b->pins_version = o->pins_version;
    memcpy(b->m1, o->m1, sizeof b->m1);
    memcpy(b->events, o->events, o->event_count * sizeof o->events[0]);
    b->event_count = o->event_count;
    if (o->lost == o->lost_told)
        return;
    uint32_t fresh = o->lost - o->lost_told;
    b->events[b->event_count++] = (struct event){.code = EVENT_LOSS,
        .count = (uint16_t)(fresh > UINT16_MAX ? UINT16_MAX : fresh),
        .first_ms = o->lost_first_ms,
        .last_ms = o->lost_last_ms};
}

static void digest_content(struct outbox *o, struct digest *out)
{
    struct sha256 s;

    sha256_start(&s);
    for (uint16_t i = 0; i < o->open.record_count; i++) {
        uint8_t c[CONTENT_LEN];
        content_of(&o->open, i, c);
        sha256_more(&s, BYTES_OF(c));
        sha256_more(&o->content, BYTES_OF(c));
    }
    sha256_peek(&s, out);
}

/* The newest row of a run in a ring, or NULL. */
static const struct row *newest_of(const struct outbox *o, uint8_t ring, uint16_t run)
{
    for (uint32_t i = rows_count(&o->rows, ring); i-- > 0;) {
        const struct row *row = rows_see(&o->rows, ring, i);
        if (row->state != ROW_GONE && row->run == run && row->readings > 0)
            return row; /* a log declares nothing */
    }
    return NULL;
}

/* What batches of that run that are still here will tell the store, or have told it. */
static enum status still_declared(
    struct outbox *o, uint32_t start_count, uint32_t *declared)
{
    uint32_t most = outbox_confirmed(&o->memory, start_count);

    for (uint8_t ring = 0; ring < JOURNAL_CLASSES; ring++) {
        const struct row *row = newest_of(o, ring, (uint16_t)start_count);
        struct outbox_sent sent;
        struct entry e;
        if (row == NULL)
            continue;
        struct journal_place place = {
            .ring = ring, .at = row->at, .number = row->number};
        enum status s = outbox_record(o, &place, ROOM_OF(o->going), &e, &sent);
        if (s == BROKEN)
            return BROKEN;
        if (s == OK && e.start_count == start_count && e.lost_count > most)
            most = e.lost_count;
    }
    *declared = most;
    return OK;
}

/*
 * The append under way makes room from this record. If the cloud has not acknowledged it, the
 * loss is on flash before the record goes; so are losses of an earlier run that no other batch
 * declares. Where flash does not say what goes, or does not take the count, nothing goes.
 */
static enum status losing(
    void *ctx, const struct journal_place *place, enum journal_mark mark)
{
    struct outbox *o = ctx;
    struct row *row = rows_find(&o->rows, place->ring, place->number);

    (void)mark; /* a mark may be missing from flash; the row knows */
    if (row == NULL)
        return OK;
    bool unacknowledged = (row->state == ROW_HELD || row->state == ROW_SENT)
        && !row->again && row->readings > 0;
    uint32_t readings = row->readings, more = 0;
    rows_set(&o->rows, row, ROW_GONE);
    rows_shed(&o->rows, place->ring);
    if (!unacknowledged)
        return OK;

    struct memory *m = &o->memory;
    struct outbox_sent sent = {0};
    struct entry e;
    enum status s = outbox_record(o, place, ROOM_OF(o->going), &e, &sent);
    bool known = s == OK;
    if (s == BROKEN)
        return BROKEN;
    if (known && e.start_count != m->start_count && e.lost_count > 0) {
        uint32_t declared = 0;
        TRY(still_declared(o, e.start_count, &declared));
        more = e.lost_count > declared ? e.lost_count - declared : 0;
    }
    outbox_count_lost(o, readings);
    outbox_count_lost(o, more);
    if (m->losing_count < MEMORY_LOSING_MAX)
        m->losing[m->losing_count++] = (struct losing){
            .ring = place->ring, .number = place->number, .readings = readings + more};
    TRY(outbox_remember(o));
    outbox_tell(o,
        (struct told_of){
            .note = OUTBOX_LOST, .count = readings, .sent = known ? &sent : NULL});
    return OK;
}

static void add_row(struct outbox *o, const struct journal_place *place,
    const struct entry *e, uint64_t now_ms)
{
    if (rows_full(&o->rows, place->ring)) {
        struct row *out = rows_at(&o->rows, place->ring, 0);
        bool held = out->state == ROW_HELD || out->state == ROW_SENT;
        uint32_t readings = out->readings;
        rows_set(&o->rows, out, ROW_GONE);
        rows_shed(&o->rows, place->ring);
        if (held && readings > 0) {
            outbox_count_lost(o, readings);
            outbox_tell(o, (struct told_of){.note = OUTBOX_LOST, .count = readings});
        }
    }
    rows_add(&o->rows, place->ring,
        &(struct row){.number = place->number,
            .at = place->at,
            .sealed_s = (uint32_t)(now_ms / 1000),
            .readings = (uint16_t)e->readings,
            .span_s = e->span_s,
            .run = (uint16_t)e->start_count,
            .state = ROW_HELD,
            .own = true});
}

static struct entry entry_of(const struct outbox *o, uint64_t now_ms)
{
    uint64_t span = (now_ms - o->open.mono_ms) / 1000;
    struct entry e = {
        .span_s = (uint8_t)(now_ms < o->open.mono_ms ? 0
                : span > 255                         ? 255
                                                     : span),
        .start_count = o->open.start_count,
        .seq = o->open.seq,
        .readings = readings_in(&o->open),
        .lost_count = o->open.lost_count,
        .run = o->ports.run,
        .upto = o->upto,
    };
    e.has_utc = outbox_clock_utc(&o->clock, outbox_real(o), &e.utc_ms);
    return e;
}

static enum status seal_open(struct outbox *o, struct entry *e, struct digest *digest)
{
    struct room sealed = {
        o->record + ENTRY_HEAD_LEN, sizeof o->record - ENTRY_HEAD_LEN};
    size_t len = 0;

    enum status s = batch_build(&o->open, ROOM_OF(o->plain), &len);
    if (s == OK)
        s = seal_batch(&o->sealer, o->ports.crypto, (struct bytes){o->plain, len},
            sealed, &len, digest);
    wipe(o->plain, sizeof o->plain);
    if (s != OK)
        return s;
    e->envelope = (struct bytes){sealed.at, len};
    entry_head_build(e, o->record);
    return OK;
}

enum status outbox_append(
    struct outbox *o, enum journal_class ring, const struct entry *e)
{
    struct journal_place place;
    struct bytes record = {o->record, ENTRY_HEAD_LEN + e->envelope.len};

    if (o->flash_broken)
        return BROKEN;
    o->memory.losing_count = 0; /* what the last append pushed out is gone for good */
    TRY(journal_append(o->ports.journal, ring, record,
        (struct journal_losing){.ctx = o, .losing = losing}, &place));
    o->marks = 0;
    add_row(o, &place, e, outbox_now(o));
    return OK;
}

enum status outbox_keep(struct outbox *o)
{
    struct batch *b = &o->open;
    struct digest digest, content;

    if (b->record_count == 0)
        return OK;
    b->seq = o->seq++; /* used up, whatever becomes of this batch */
    declare(o);
    struct entry e = entry_of(o, outbox_now(o));
    struct outbox_sent sent = {.epoch = o->sealer.epoch, .seq = b->seq};

    enum status s = seal_open(o, &e, &digest);
    if (s == OK)
        s = outbox_append(o, o->open_alarm ? JOURNAL_ALARM : JOURNAL_ROUTINE, &e);
    if (s != OK) {
        b->record_count = 0;
        if (o->ports.run == 0) { /* else measure has them until they are settled */
            outbox_count_lost(o, e.readings);
            outbox_tell(o, (struct told_of){.note = OUTBOX_LOST, .count = e.readings});
        }
        outbox_flash_fault(o);
        return BROKEN;
    }
    o->lost_told = b->lost_count;
    o->settled = e.upto;
    digest_content(o, &content);
    b->record_count = 0;
    outbox_events_told(o);
    o->batches_sealed++;
    sent.digest = digest;
    outbox_tell(o,
        (struct told_of){.note = OUTBOX_SEALED,
            .count = e.readings,
            .sent = &sent,
            .content = &content});
    return OK;
}
