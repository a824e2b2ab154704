/* SPDX-License-Identifier: Apache-2.0 */
#include "core/outbox/outbox_inside.h"

#include <assert.h>
#include <string.h>

static_assert(sizeof(struct outbox) <= 2 * 1024 * 1024, "memory budget of keeper");

void outbox_tell(const struct outbox *o, struct told_of of)
{
    struct outbox_told told = {
        .note = of.note, .count = of.count, .outcome = of.outcome, .m2 = of.m2};

    if (of.sent != NULL) {
        told.epoch = of.sent->epoch;
        told.seq = of.sent->seq;
        told.digest = of.sent->digest;
    }
    if (of.content != NULL)
        told.content = *of.content;
    if (o->ear.tell != NULL)
        o->ear.tell(o->ear.ctx, &told);
}

uint64_t outbox_now(const struct outbox *o)
{
    return o->ports.clock->mono_ms(o->ports.clock->board);
}

uint64_t outbox_real(const struct outbox *o)
{
    return o->ports.clock->real_ms(o->ports.clock->board);
}

/* Once for each start: what fails after it fails because of it. */
void outbox_flash_fault(struct outbox *o)
{
    if (o->flash_broken)
        return;
    o->flash_broken = true;
    outbox_tell(o, (struct told_of){.note = OUTBOX_FLASH_FAULT});
}

enum status outbox_remember(struct outbox *o)
{
    uint8_t buf[SLOTS_MAX];
    size_t len;

    if (o->flash_broken)
        return BROKEN;
    o->memory.lost = o->lost;
    o->memory.run = o->ports.run;
    o->memory.settled = o->ports.run != 0 ? o->settled : 0;
    memory_build(&o->memory, ROOM_OF(buf), &len);
    enum status s = slots_write(o->ports.slots, (struct bytes){buf, len});
    if (s != OK)
        outbox_flash_fault(o);
    return s;
}

void outbox_count_lost(struct outbox *o, uint32_t count)
{
    uint64_t now_ms = outbox_now(o);

    if (o->lost == o->lost_told)
        o->lost_first_ms = now_ms;
    o->lost_last_ms = now_ms;
    o->lost = count > UINT32_MAX - o->lost ? UINT32_MAX : o->lost + count;
}

/* ---- what flash remembers ---- */

static enum status recall(struct outbox *o)
{
    uint8_t buf[SLOTS_MAX];
    size_t len = 0;

    enum status s = slots_read(o->ports.slots, ROOM_OF(buf), &len);
    if (s == BROKEN)
        return s;
    if (s == OK)
        s = memory_parse((struct bytes){buf, len}, &o->memory);
    if (s != OK)
        memory_blank(&o->memory);
    if (s != OK && s != AGAIN)
        outbox_tell(o, (struct told_of){.note = OUTBOX_FLASH_FAULT});
    return OK;
}

static uint32_t was_losing(const struct memory *m, const struct journal_place *place)
{
    for (size_t i = 0; i < m->losing_count; i++)
        if (m->losing[i].ring == place->ring && m->losing[i].number == place->number)
            return m->losing[i].readings;
    return 0;
}

static void learn(struct outbox *o, struct walk *w, const struct entry *e)
{
    if (e->readings == 0) /* a log declares nothing */
        return;
    if (e->start_count != o->memory.start_count || (w->any && e->seq < w->seq))
        return;
    w->any = true;
    w->seq = e->seq;
    w->declared = e->lost_count;
}

static void index_entry(struct outbox *o, const struct journal_place *place,
    const struct entry *e, enum journal_mark mark)
{
    if (rows_full(&o->rows, place->ring)) {
        rows_set(&o->rows, rows_at(&o->rows, place->ring, 0), ROW_GONE);
        rows_shed(&o->rows, place->ring);
    }
    struct row *row = rows_add(&o->rows, place->ring,
        &(struct row){.number = place->number,
            .at = place->at,
            .sealed_s = (uint32_t)(e->utc_ms / 1000),
            .readings = (uint16_t)e->readings,
            .span_s = e->span_s,
            .run = (uint16_t)e->start_count,
            .state = mark == JOURNAL_UNMARKED                      ? ROW_HELD
                : mark == JOURNAL_ACKNOWLEDGED || e->readings == 0 ? ROW_DONE
                                                                   : ROW_ASIDE});
    if (mark != JOURNAL_UNMARKED && o->memory.offer_again
        && place->number < o->memory.below[place->ring])
        rows_offer_again(&o->rows, row);
}

enum status outbox_next_entry(struct outbox *o, struct journal_place *place,
    enum journal_mark *mark, struct entry *e)
{
    size_t len;
    enum status s;

    while ((s = journal_next(o->ports.journal, place, &len, mark)) == OK) {
        s = journal_read(o->ports.journal, place, ROOM_OF(o->record), &len, mark);
        if (s == BROKEN)
            return s;
        if (s == OK && entry_parse((struct bytes){o->record, len}, e) == OK)
            return OK;
    }
    return s;
}

static enum status walk_ring(struct outbox *o, uint8_t ring, struct walk *w)
{
    struct journal_place place = journal_first((enum journal_class)ring);
    enum journal_mark mark;
    struct entry e;
    enum status s;

    while ((s = outbox_next_entry(o, &place, &mark, &e)) == OK) {
        if (e.run == o->ports.run && e.run != 0 && e.upto > o->settled)
            o->settled = e.upto;
        w->not_lost += was_losing(&o->memory, &place);
        if (outbox_is_foreign(o, &e)) {
            w->foreign += mark == JOURNAL_UNMARKED;
            w->foreign_readings += mark == JOURNAL_UNMARKED ? e.readings : 0;
            continue; /* in no row: never offered */
        }
        learn(o, w, &e);
        if (mark == JOURNAL_ACKNOWLEDGED)
            (void)outbox_confirm(&o->memory, e.start_count, e.lost_count);
        index_entry(o, &place, &e, mark);
    }
    return s == AGAIN ? OK : s;
}

/*
 * Readings that the last run lost and no sealed batch declares: this run does. The counts are
 * of the flash as it is: what the append under way at a loss of power had not pushed out yet
 * is still there, and not lost.
 */
static uint32_t undeclared(const struct memory *m, const struct walk *w)
{
    uint32_t known = w->declared + w->not_lost;
    return m->lost > known ? m->lost - known : 0;
}

/* BROKEN: flash failed, or nothing is at hand to draw an epoch from. */
static enum status take_up(struct outbox *o, const struct outbox_identity *identity)
{
    const struct outbox_ports *ports = &o->ports;
    struct walk w = {0};

    TRY(recall(o));
    if (o->memory.run == ports->run)
        o->settled = o->memory.settled;
    for (uint8_t ring = 0; ring < JOURNAL_CLASSES; ring++)
        TRY(walk_ring(o, ring, &w));
    TRY(sealer_init(&o->sealer, ports->crypto, ports->entropy, &identity->cloud,
        &identity->kid, &identity->k_up));

    o->upto = o->settled;
    TRY(outbox_take_over(o, &w));
    uint32_t carried = undeclared(&o->memory, &w);
    if (carried > 0)
        outbox_count_lost(o, carried);
    if (w.forgone > 0)
        outbox_count_lost(o, w.forgone);
    o->memory.start_count++;
    o->memory.losing_count = 0;
    outbox_recall_events(o);
    if (outbox_remember(o) != OK)
        return BROKEN;
    return outbox_leave_foreign(o, &w) == OK ? OK : BROKEN;
}

enum status outbox_init(struct outbox *o, const struct outbox_ports *ports,
    const struct outbox_identity *identity, struct outbox_ear ear)
{
    memset(o, 0, sizeof *o);
    o->ports = *ports;
    o->ear = ear;
    o->kid = identity->kid;
    o->k_down = identity->k_down;
    o->start_ms = outbox_now(o);
    rows_init(&o->rows);
    sha256_start(&o->content);
    enum status s = take_up(o, identity);
    if (s != OK)
        outbox_flash_fault(o);
    return s;
}

enum status outbox_missing(struct outbox *o, uint32_t count, uint64_t next)
{
    TRY(outbox_close_batch(o));
    outbox_count_lost(o, count);
    o->upto = o->settled = next;
    return outbox_remember(o) == OK ? OK : BROKEN;
}

/* ---- what can be seen ---- */

static uint64_t since(uint64_t then, uint64_t now)
{
    return now > then ? now - then : 0;
}

/* At least as old as this; of an earlier run without a clock only that it is old. */
static uint64_t row_age_ms(const struct outbox *o, const struct row *row)
{
    uint64_t utc, span_ms = row->span_s * UINT64_C(1000);
    uint64_t sealed_ms = row->sealed_s * UINT64_C(1000);

    if (row->own)
        return since(sealed_ms, outbox_now(o)) + span_ms;
    uint64_t least = LIMIT_SYNC_AGE_MS + since(o->start_ms, outbox_now(o)) + span_ms;
    if (row->sealed_s == 0 || !outbox_clock_utc(&o->clock, outbox_real(o), &utc))
        return least;
    uint64_t age = since(sealed_ms, utc) + span_ms;
    return age > least ? age : least;
}

/* The oldest row of a ring that no answer has acknowledged. */
static const struct row *oldest_open(const struct outbox *o, uint8_t ring)
{
    for (uint32_t i = 0; i < rows_count(&o->rows, ring); i++) {
        const struct row *row = rows_see(&o->rows, ring, i);
        if (row->state != ROW_DONE && row->state != ROW_GONE)
            return row;
    }
    return NULL;
}

/* Of the readings that no batch on flash holds yet. */
static uint64_t open_age_ms(const struct outbox *o)
{
    uint64_t now = outbox_now(o),
             open = o->open.record_count > 0 ? since(o->open.mono_ms, now) : 0,
             left = o->left_over_count > 0 ? since(o->left_over[0].mono_ms, now) : 0;
    return open > left ? open : left;
}

static bool any_row_open(const struct outbox *o)
{
    const struct rows *rs = &o->rows;
    return rs->batches[ROW_HELD] + rs->batches[ROW_SENT] + rs->batches[ROW_ASIDE] > 0;
}

static uint64_t oldest_age_ms(const struct outbox *o)
{
    uint64_t age = open_age_ms(o);

    for (uint8_t ring = 0; any_row_open(o) && ring < JOURNAL_CLASSES; ring++) {
        const struct row *row = oldest_open(o, ring);
        uint64_t a = row == NULL ? 0 : row_age_ms(o, row);
        age = a > age ? a : age;
    }
    return age;
}

/* What was sealed longer ago than this, or in an earlier run, is acknowledged. */
static bool all_old_acknowledged(const struct outbox *o)
{
    if (!any_row_open(o))
        return true;
    for (uint8_t ring = 0; ring < JOURNAL_CLASSES; ring++) {
        const struct row *row = oldest_open(o, ring);
        if (row == NULL)
            continue;
        if (!row->own
            || since(row->sealed_s * UINT64_C(1000), outbox_now(o))
                >= LIMIT_SYNC_AGE_MS)
            return false;
    }
    return true;
}

void outbox_state(const struct outbox *o, struct outbox_state *out)
{
    uint64_t answer_age = since(o->answered_ms, outbox_now(o));
    const struct rows *rs = &o->rows;

    *out = (struct outbox_state){
        .synchronised =
            o->answered && answer_age < LIMIT_SYNC_AGE_MS && all_old_acknowledged(o),
        .answered = o->answered,
        .answer_age_ms = o->answered ? answer_age : 0,
        .oldest_held_age_ms = oldest_age_ms(o),
        .readings = o->readings,
        .readings_lost = o->lost,
        .batches_sealed = o->batches_sealed,
        .batches_acknowledged = o->batches_acknowledged,
        .batches_set_aside = o->batches_set_aside,
        .batches_held = rs->batches[ROW_HELD] + rs->batches[ROW_SENT],
        .readings_held = rs->readings[ROW_HELD] + rs->readings[ROW_SENT]
            + o->left_over_count
            + o->open.record_count * (o->open.merged ? o->open.merged : 1u),
        .set_aside_run = o->set_aside_run,
        .fill_permille = journal_fill_permille(o->ports.journal, JOURNAL_ROUTINE),
        .clock = outbox_clock_state(&o->clock, outbox_real(o)),
        .config = o->memory.config,
        .flash_broken = o->flash_broken,
    };
    out->has_utc = outbox_clock_utc(&o->clock, outbox_real(o), &out->utc_ms);
    sha256_peek(&o->content, &out->content);
}

uint64_t outbox_settled(const struct outbox *o)
{
    return o->settled;
}
