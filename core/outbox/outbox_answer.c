/* SPDX-License-Identifier: Apache-2.0 */
#include "core/outbox/outbox_inside.h"

#include <assert.h>
#include <string.h>

/* Every verdict speaks of the batch that was sent, and they agree. */
static bool speaks_of(const struct outbox_sent *sent, const struct answer *a)
{
    for (uint8_t i = 0; i < a->verdict_count; i++)
        if (!outbox_match(sent, &a->verdicts[i])
            || a->verdicts[i].outcome != a->verdicts[0].outcome)
            return false;
    return a->verdict_count > 0;
}

/* Another store: what it may not have is offered again. */
static enum status hear_store(struct outbox *o, const struct store_id *store)
{
    struct memory *m = &o->memory;
    bool same = m->has_store && memcmp(&m->store, store, sizeof *store) == 0;
    bool other = m->has_store && !same;

    if (same)
        return OK;
    for (uint8_t ring = 0; other && ring < JOURNAL_CLASSES; ring++) {
        uint32_t count = rows_count(&o->rows, ring);
        for (uint32_t i = 0; i < count; i++) {
            struct row *row = rows_at(&o->rows, ring, i);
            if (row->state == ROW_DONE || row->state == ROW_ASIDE)
                rows_offer_again(&o->rows, row);
        }
        if (count > 0)
            m->below[ring] = rows_see(&o->rows, ring, count - 1)->number + 1;
    }
    m->offer_again = m->offer_again || other;
    m->has_store = true;
    m->store = *store;
    TRY(outbox_remember(o));
    if (other)
        outbox_tell(
            o, (struct told_of){.note = OUTBOX_STORE_RESTORED, .count = o->rows.again});
    return OK;
}

static void hear_time(struct outbox *o, const struct outbox_flight *f, uint64_t utc_ms)
{
    uint64_t real = outbox_real(o), trip = real - f->real_ms;

    if (trip > LIMIT_TIME_TRIP_MS)
        return;
    switch (outbox_clock_hear(&o->clock, real, trip, utc_ms)) {
    case CLOCK_KEPT: return;
    case CLOCK_SET: outbox_tell(o, (struct told_of){.note = OUTBOX_CLOCK_SET}); break;
    case CLOCK_CHANGED:
        outbox_tell(o, (struct told_of){.note = OUTBOX_CLOCK_STEPPED});
        break;
    }
    o->close_soon = true; /* one batch, one clock */
}

static bool same_config(const struct config *a, const struct config *b)
{
    return a->version == b->version && a->batch_s == b->batch_s
        && strcmp(a->ward, b->ward) == 0 && strcmp(a->time_zone, b->time_zone) == 0
        && a->has_assignment == b->has_assignment
        && a->assignment.set == b->assignment.set
        && memcmp(a->assignment.b, b->assignment.b, sizeof a->assignment.b) == 0
        && a->has_label == b->has_label && strcmp(a->label, b->label) == 0;
}

static enum status hear_config(struct outbox *o, const struct config *c)
{
    if (same_config(c, &o->memory.config))
        return OK;
    if (c->version <= o->memory.config.version) {
        outbox_tell(
            o, (struct told_of){.note = OUTBOX_CONFIG_REFUSED, .count = c->version});
        return OK;
    }
    o->memory.config = *c;
    TRY(outbox_remember(o));
    o->close_soon = true; /* one batch, one configuration, one assignment */
    outbox_tell(o, (struct told_of){.note = OUTBOX_CONFIG_TAKEN, .count = c->version});
    return OK;
}

static enum status mark(
    struct outbox *o, const struct outbox_flight *f, enum journal_mark m)
{
    const struct row *row = rows_find(&o->rows, f->ring, f->number);

    if (row == NULL)
        return OK; /* overwritten meanwhile */
    struct journal_place place = {
        .ring = f->ring, .at = row->at, .number = row->number};
    enum status s = journal_mark(o->ports.journal, &place, m);
    if (s == OK && ++o->marks == MARKS_UNSYNCED) {
        o->marks = 0;
        s = journal_sync(o->ports.journal);
    }
    if (s != BROKEN)
        return OK; /* a stale place: it gave way meanwhile */
    outbox_flash_fault(o);
    return BROKEN;
}

static enum status acknowledged(
    struct outbox *o, struct outbox_flight *f, enum outcome outcome)
{
    bool log = f->readings == 0;

    TRY(mark(o, f, JOURNAL_ACKNOWLEDGED));
    if (outbox_confirm(&o->memory, f->start_count, f->lost_count))
        TRY(outbox_remember(o));
    outbox_land(o, f, ROW_DONE);
    o->batches_acknowledged += log ? 0 : 1;
    o->set_aside_run = 0;
    o->not_now_run = 0;
    outbox_tell(o,
        (struct told_of){.note = log ? OUTBOX_LOG_ACKNOWLEDGED : OUTBOX_ACKNOWLEDGED,
            .count = f->readings,
            .sent = &f->sent,
            .outcome = outcome});
    return OK;
}

static enum status set_aside(
    struct outbox *o, struct outbox_flight *f, enum outcome outcome)
{
    bool log = f->readings == 0;

    TRY(mark(o, f, JOURNAL_SET_ASIDE));
    /* A log that the store does not want holds up no reading and makes nothing unsynchronised. */
    outbox_land(o, f, log ? ROW_DONE : ROW_ASIDE);
    o->not_now_run = 0;
    if (!log) {
        o->batches_set_aside++;
        o->set_aside_run++;
    }
    outbox_tell(o,
        (struct told_of){.note = OUTBOX_SET_ASIDE,
            .count = f->readings,
            .sent = &f->sent,
            .outcome = outcome});
    return OK;
}

static void not_now(struct outbox *o, struct outbox_flight *f)
{
    uint64_t hold_ms = (uint64_t)LIMIT_BACKOFF_MIN_MS
        << (o->not_now_run < 8 ? o->not_now_run : 8);

    outbox_land(o, f, ROW_HELD);
    o->not_now_run++;
    o->hold_until_ms = outbox_now(o) + (hold_ms > HOLD_MAX_MS ? HOLD_MAX_MS : hold_ms);
}

/*
 * A store that was restored refused what an earlier one had: the mark on flash says acknowledged
 * and stays so. It has to be offered again after every start, or it would count as acknowledged.
 */
static bool refused_again(struct outbox *o)
{
    if (o->rows.batches[ROW_ASIDE] == 0)
        return false;
    for (uint8_t ring = 0; ring < JOURNAL_CLASSES; ring++)
        for (uint32_t i = 0; i < rows_count(&o->rows, ring); i++) {
            const struct row *row = rows_see(&o->rows, ring, i);
            if (row->state == ROW_ASIDE && row->again)
                return true;
        }
    return false;
}

static enum status hear_outcome(
    struct outbox *o, struct outbox_flight *f, enum outcome outcome)
{
    switch (outcome) {
    case OUTCOME_STORED:
    case OUTCOME_ALREADY: TRY(acknowledged(o, f, outcome)); break;
    case OUTCOME_CONFLICT:
    case OUTCOME_SCHEMA: TRY(set_aside(o, f, outcome)); break;
    case OUTCOME_NOT_NOW: not_now(o, f); break;
    }
    if (!o->memory.offer_again || o->rows.again > 0 || refused_again(o))
        return OK;
    o->memory.offer_again = false;
    memset(o->memory.below, 0, sizeof o->memory.below);
    return outbox_remember(o);
}

/* What has to be on flash comes first: an answer that flash does not take says nothing. */
static enum status heed(
    struct outbox *o, struct outbox_flight *f, const struct answer *a)
{
    TRY(hear_store(o, &a->store));
    hear_time(o, f, a->server_utc_ms);
    if (a->has_config)
        TRY(hear_config(o, &a->config));
    return hear_outcome(o, f, a->verdicts[0].outcome);
}

/* Everything that makes an answer count; nothing has changed before this says OK. */
static enum status believe(
    struct outbox *o, struct outbox_flight *f, struct bytes body, enum outbox_note *why)
{
    size_t len = 0;

    *why = OUTBOX_ANSWER_REFUSED;
    if (f == NULL || body.len > LIMIT_ENVELOPE)
        return REFUSED;
    TRY(open_answer(
        o->ports.crypto, body, &o->kid, &o->k_down, ROOM_OF(o->record), &len));
    *why = OUTBOX_ANSWER_SCHEMA;
    TRY(answer_parse((struct bytes){o->record, len}, &o->answer));
    *why = OUTBOX_ANSWER_REFUSED;
    if (!outbox_nonce_accept(&f->nonce, &o->answer.nonce, outbox_now(o)))
        return REFUSED;
    return speaks_of(&f->sent, &o->answer) ? OK : REFUSED;
}

enum status outbox_answer(
    struct outbox *o, const struct nonce *nonce, struct bytes body)
{
    struct outbox_flight *f = outbox_flight_of(o, nonce);
    const struct answer *a = &o->answer;
    enum outbox_note why;

    if (o->flash_broken)
        return BROKEN;
    enum status s = believe(o, f, body, &why);
    if (s != OK) {
        outbox_tell(o, (struct told_of){.note = why});
        return s;
    }
    if (!o->answered || f->nonce.drawn_ms > o->answered_ms)
        o->answered_ms = f->nonce.drawn_ms;
    o->answered = true;
    TRY(heed(o, f, a));
    if (a->ends)
        outbox_tell(
            o, (struct told_of){.note = OUTBOX_ENDING, .m2 = BYTES_OF(a->order.b)});
    if (a->pins_len > 0)
        outbox_tell(
            o, (struct told_of){.note = OUTBOX_PINS, .m2 = {a->pins, a->pins_len}});
    if (a->renew_to > 0)
        outbox_tell(o,
            (struct told_of){.note = OUTBOX_RENEWAL,
                .count = a->renew_to,
                .m2 = {a->m2, a->m2_len}});
    return OK;
}

struct bytes outbox_peek_release(const struct outbox *o)
{
    return (struct bytes){o->answer.release, o->answer.release_len};
}

struct bytes outbox_peek_ticket(const struct outbox *o)
{
    return (struct bytes){o->answer.ticket, o->answer.ticket_len};
}
