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
