/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Journal: an append-only ring of records on raw flash, and marks on them.
 *
 * Promise: once journal_append() has returned OK the record survives loss of power at any
 * instant, until room is needed; before that, the next journal_open() finds all of it or none.
 * Marks may be lost by a loss of power (a record is then offered again), never invented.
 * The newest record is always taken: room comes from the oldest acknowledged, then set aside,
 * then unacknowledged records of the same class, the last kind counted (journal_lost).
 *
 * Two rings share the flash: JOURNAL_ALARM has the first quarter, JOURNAL_ROUTINE the rest; an
 * alarm record never makes room for a routine one.
 *
 * Not here: encryption (core/seal), what to send (core/outbox), small settings (slots.h).
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/limits.h"
#include "core/base/status.h"
#include "core/port/flash.h"

#include <stdbool.h>

enum { JOURNAL_RECORD_MAX = LIMIT_ENVELOPE };

enum journal_class { JOURNAL_ALARM, JOURNAL_ROUTINE, JOURNAL_CLASSES };
enum journal_mark { JOURNAL_UNMARKED, JOURNAL_ACKNOWLEDGED, JOURNAL_SET_ASIDE };

/*
 * Where a record lies. Valid until the record makes room for another; a stale place reads as
 * AGAIN, never as another record.
 */
struct journal_place {
    uint8_t ring;    /* enum journal_class */
    uint32_t at;     /* flash offset */
    uint64_t number; /* of the record in its ring, rising */
};

struct journal_ring { /* fields belong to journal.c */
    uint32_t first_sector, sector_count;
    uint64_t head, tail;  /* journal.c documents them */
    uint64_t next_number;
    uint64_t lost;
};

struct journal { /* the caller provides the memory; fields belong to journal.c, which may add */
    const struct flash *flash;
    struct journal_ring ring[JOURNAL_CLASSES];
    bool broken; /* a flash call failed: only a new open helps */
};

/*
 * Open what is there; a blank flash becomes an empty journal. DAMAGED is never an answer: what
 * does not check is skipped and counted (journal_damaged). BROKEN: flash error.
 */
MUST_USE enum status journal_open(struct journal *j, const struct flash *flash);

/*
 * Take 1..JOURNAL_RECORD_MAX bytes. *place, if not NULL, is written on OK. Overwritten
 * unacknowledged records are counted in journal_lost() and passed to `losing` before they go
 * (may be NULL). BROKEN: the record is not promised and the journal must be opened anew.
 */
struct journal_losing {
    void *ctx;
    void (*losing)(void *ctx, const struct journal_place *place, enum journal_mark mark);
};
MUST_USE enum status journal_append(struct journal *j, enum journal_class ring,
    struct bytes record, struct journal_losing losing, struct journal_place *place);

/* Mark a record. Not synced: it is made durable with the next append or journal_sync(). */
MUST_USE enum status journal_mark(
    struct journal *j, const struct journal_place *place, enum journal_mark mark);
MUST_USE enum status journal_sync(struct journal *j);

/* AGAIN: stale place. DAMAGED: its check fails. */
MUST_USE enum status journal_read(const struct journal *j, const struct journal_place *place,
    struct room into, size_t *len, enum journal_mark *mark);

/*
 * Walk a ring from its oldest record: start with *place = journal_first(ring); each call moves
 * on to the next whole record. AGAIN: there is no further one (now; a later append makes one).
 */
struct journal_place journal_first(enum journal_class ring);
MUST_USE enum status journal_next(const struct journal *j, struct journal_place *place,
    size_t *len, enum journal_mark *mark);

uint32_t journal_fill_permille(const struct journal *j, enum journal_class ring); /* not yet acknowledged or set aside */
uint64_t journal_damaged(const struct journal *j);
