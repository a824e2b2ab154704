/* SPDX-License-Identifier: Apache-2.0 */
#include "core/outbox/outbox_inside.h"

#include <assert.h>
#include <string.h>

struct outbox_flight *outbox_flight_of(struct outbox *o, const struct nonce *nonce)
{
    for (size_t i = 0; i < OUTBOX_FLIGHTS; i++)
        if (o->flights[i].used
            && ct_equal(&o->flights[i].nonce.nonce, nonce, sizeof *nonce))
            return &o->flights[i];
    return NULL;
}

void outbox_land(struct outbox *o, struct outbox_flight *f, enum row_state state)
{
    uint64_t now_ms = outbox_now(o);
    struct row *row = rows_find(&o->rows, f->ring, f->number);

    if (row != NULL && row->state == ROW_SENT)
        rows_set(&o->rows, row, state);
    if (f->back_fill)
        o->back_fill_from_ms = now_ms + (now_ms - f->nonce.drawn_ms);
    f->used = false;
}

/* A nonce that is too old can be answered no more. */
static void land_the_overdue(struct outbox *o)
{
    for (size_t i = 0; i < OUTBOX_FLIGHTS; i++)
        if (o->flights[i].used
            && outbox_now(o) - o->flights[i].nonce.drawn_ms > LIMIT_NONCE_MS)
            outbox_land(o, &o->flights[i], ROW_HELD);
}

static struct outbox_flight *free_flight(struct outbox *o)
{
    for (size_t i = 0; i < OUTBOX_FLIGHTS; i++)
        if (!o->flights[i].used)
            return &o->flights[i];
    return NULL;
}

/* What flash no longer gives back is lost, and said to be. */
static enum status give_up(struct outbox *o, const struct choice *c)
{
    bool again = c->row->again;
    uint32_t readings = c->row->readings;

    rows_set(&o->rows, c->row, ROW_GONE);
    rows_shed(&o->rows, c->ring);
    if (again || readings == 0)
        return OK;
    outbox_count_lost(o, readings);
    TRY(outbox_remember(o)); /* no start finds it again, and it has to declare it */
    outbox_tell(o, (struct told_of){.note = OUTBOX_LOST, .count = readings});
    return OK;
}

/*
 * Sealed under keys that newer ones have closed: no store opens it any more. Keys change only when
 * nothing waits for an answer, so this is what a restored store might have wanted again.
 */
static enum status leave(
    struct outbox *o, const struct choice *c, struct journal_place *place)
{
    uint32_t readings = c->row->readings;

    if (c->row->again) {
        rows_set(&o->rows, c->row, ROW_GONE);
        rows_shed(&o->rows, c->ring);
    } else { /* the mark of its answer was lost with power: that it was stored cannot be known */
        rows_set(&o->rows, c->row, ROW_ASIDE);
        o->batches_set_aside++;
        if (journal_mark(o->ports.journal, place, JOURNAL_SET_ASIDE) == BROKEN)
            return BROKEN;
    }
    outbox_tell(o, (struct told_of){.note = OUTBOX_CLOSED, .count = readings});
    return OK;
}

static enum status draw(struct outbox *o, struct nonce *nonce)
{
    const struct entropy *e = o->ports.entropy;
    return e->fill(e->board, ROOM_OF(nonce->b));
}

static enum status depart(struct outbox *o, const struct choice *c,
    const struct entry *e, const struct outbox_sent *sent, struct nonce *nonce)
{
    struct outbox_flight *f = free_flight(o);
    struct nonce drawn;

    assert(f != NULL);
    TRY(draw(o, &drawn));
    *f = (struct outbox_flight){.used = true,
        .back_fill = c->back_fill,
        .sent = *sent,
        .ring = c->ring,
        .number = c->row->number,
        .readings = c->row->readings,
        .start_count = e->start_count,
        .lost_count = e->lost_count,
        .real_ms = outbox_real(o)};
    outbox_nonce_remember(&f->nonce, &drawn, outbox_now(o));
    rows_set(&o->rows, c->row, ROW_SENT);
    *nonce = drawn;
    return OK;
}

/* OK: *e is what goes out, in o->record. MALFORMED: this one never does; there may be others. */
static enum status prepare(
    struct outbox *o, const struct choice *c, struct entry *e, struct outbox_sent *sent)
{
    struct journal_place place = {
        .ring = c->ring, .at = c->row->at, .number = c->row->number};
    enum status s = outbox_record(o, &place, ROOM_OF(o->record), e, sent);

    if (s == MALFORMED)
        s = give_up(o, c);
    else if (s == OK && sent->generation != o->kid.generation)
        s = leave(o, c, &place);
    else
        return s;
    return s == OK ? MALFORMED : s;
}

/* Req: HF-FLASH-001 "After a flash call has failed, nothing is sent, no answer counts" */
enum status outbox_next(
    struct outbox *o, struct room envelope, size_t *len, struct nonce *nonce)
{
    struct choice c;

    assert(envelope.cap >= LIMIT_ENVELOPE);
    land_the_overdue(o);
    if (outbox_close_old(o) != OK || o->flash_broken)
        return BROKEN;
    if (o->set_aside_run >= LIMIT_SET_ASIDE_RUN || outbox_now(o) < o->hold_until_ms
        || free_flight(o) == NULL)
        return AGAIN;

    while (outbox_choose(o, outbox_now(o), &c)) {
        struct outbox_sent sent = {0};
        struct entry e;
        enum status s = prepare(o, &c, &e, &sent);

        if (s == MALFORMED)
            continue;
        if (s == BROKEN)
            outbox_flash_fault(o);
        if (s == OK)
            s = depart(o, &c, &e, &sent, nonce);
        if (s != OK)
            return s;
        memcpy(envelope.at, e.envelope.at, e.envelope.len);
        *len = e.envelope.len;
        return OK;
    }
    return AGAIN;
}

void outbox_unanswered(struct outbox *o, const struct nonce *nonce)
{
    struct outbox_flight *f = outbox_flight_of(o, nonce);
    if (f != NULL)
        outbox_land(o, f, ROW_HELD);
}
