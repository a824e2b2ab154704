/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside: what the outbox_*.c share; nobody else includes this.
 */
#pragma once

#include "core/outbox/outbox.h"

struct told_of { /* a short way to fill struct outbox_told */
    enum outbox_note note;
    uint32_t count;
    const struct outbox_sent *sent;
    const struct digest *content;
    enum outcome outcome;
    struct bytes m2;
};
void outbox_tell(const struct outbox *o, struct told_of of);
uint64_t outbox_now(const struct outbox *o);
uint64_t outbox_real(const struct outbox *o);
void outbox_flash_fault(struct outbox *o);
/* Write o->memory to flash; a failure is a flash fault, and noted as one already. */
enum status outbox_remember(struct outbox *o);
void outbox_count_lost(struct outbox *o, uint32_t count);

/* What the walk at a start learns of the run before this one, and of the identity before. */
struct walk {
    bool any;
    uint32_t seq;      /* newest of that run */
    uint32_t declared; /* losses that it declares */
    uint32_t not_lost; /* readings counted as lost that are still there */
    uint32_t foreign, foreign_readings; /* unmarked, sealed under another identity */
    uint32_t
        forgone; /* of the identity before: readings held, and losses nobody heard of */
};

/*
 * The entry behind *place in its ring, and on from there; what is damaged is passed over: the journal
 * counts it. AGAIN: there is none. e borrows o->record.
 */
MUST_USE enum status outbox_next_entry(struct outbox *o, struct journal_place *place,
    enum journal_mark *mark, struct entry *e);

/* outbox_foreign.c: what was sealed under another identity (HF-KEYS-005). */
bool outbox_is_foreign(const struct outbox *o, const struct entry *e);
/*
 * Before the write of a start: if the identity is another one than at the last start, *w learns what
 * goes with the one before, and o->memory is of the one in use. Flash is only read.
 */
MUST_USE enum status outbox_take_over(struct outbox *o, struct walk *w);
/* After it: marks, so that it takes no room and is looked at no more. */
MUST_USE enum status outbox_leave_foreign(struct outbox *o, const struct walk *w);

/* outbox_confirm.c: losses of a run that the store has heard of. */
uint32_t outbox_confirmed(const struct memory *m, uint32_t start_count);
/* True: it is more than was known. */
bool outbox_confirm(struct memory *m, uint32_t start_count, uint32_t lost);

/* outbox_keep.c: seal o->open, append it, forget it. */
MUST_USE enum status outbox_keep(struct outbox *o);

/* Append a record made in o->record, and index it. */
MUST_USE enum status outbox_append(
    struct outbox *o, enum journal_class ring, const struct entry *e);

/* outbox_log.c */
void outbox_recall_events(struct outbox *o);
void outbox_events_told(struct outbox *o);

/* outbox_take.c: close what is open if its time has come. */
MUST_USE enum status outbox_close_old(struct outbox *o);

/* outbox_send.c: a transmission by its nonce, or NULL; and its end. */
struct outbox_flight *outbox_flight_of(struct outbox *o, const struct nonce *nonce);
void outbox_land(struct outbox *o, struct outbox_flight *f, enum row_state state);

/*
 * outbox_record.c: read a record of the journal into `into`; what it carries goes to *e and
 * *sent. MALFORMED: it is not there, or not whole.
 */
MUST_USE enum status outbox_record(const struct outbox *o,
    const struct journal_place *place, struct room into, struct entry *e,
    struct outbox_sent *sent);

/* outbox_choose.c */
struct choice {
    uint8_t ring;
    struct row *row;
    bool back_fill;
};
bool outbox_choose(struct outbox *o, uint64_t now_ms, struct choice *out);
