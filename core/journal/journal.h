/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Journal: an append-only ring of records on raw flash, and marks on them.
 *
 * Promise: once journal_append() has returned OK the record survives loss of power at any
 * instant, until room is needed; before that, the next journal_open() finds all of it or none.
 * Marks may be lost by a loss of power (a record is then offered again), never invented.
 * The newest record is always taken: room comes from the oldest sector of the same class,
 * whatever the marks in it; unmarked records that go with it are counted (journal_lost). It is a
 * plain ring: while records are acknowledged in about the order they were written, acknowledged
 * ones go first; an unmarked record that is older than acknowledged ones goes before them.
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
    uint64_t head; /* sequence number of the newest sector; 0: none yet */
    uint64_t tail; /* of the oldest that may still hold records */
    uint32_t used; /* bytes of the head sector that are taken */
    uint32_t held; /* sectors that unmarked records keep */
    uint64_t next_number;
    uint64_t lost;
};

struct
    journal { /* the caller provides the memory; fields belong to journal.c, which may add */
    const struct flash *flash;
    struct journal_ring ring[JOURNAL_CLASSES];
    uint64_t damaged;
    bool broken; /* a flash call failed: only a new open helps */
};

/*
 * Open what is there; a blank flash becomes an empty journal. Nothing is written, so a cut here
 * changes nothing; the first append begins a fresh sector. DAMAGED is never an answer: what
 * does not check is skipped and counted (journal_damaged). BROKEN: flash error.
 * The flash has at least 8 sectors.
 */
MUST_USE enum status journal_open(struct journal *j, const struct flash *flash);

/*
 * Take 1..JOURNAL_RECORD_MAX bytes. *place, if not NULL, is written on OK. Every whole record
 * that makes room is passed to `losing` with its mark before it goes, while it can still be
 * read; the unmarked ones are counted in journal_lost(). Where `losing` does not say OK nothing goes,
 * and the append is BROKEN. FULL: the ring as a whole is too small
 * for this record (never with 28 sectors of 4096 or more). BROKEN: the record is not promised
 * and the journal must be opened anew.
 */
struct journal_losing {
    void *ctx;
    enum status (*losing)(void *ctx, const struct journal_place *place,
        enum journal_mark mark); /* or NULL */
};
MUST_USE enum status journal_append(struct journal *j, enum journal_class ring,
    struct bytes record, struct journal_losing losing, struct journal_place *place);

/*
 * Mark a record. Not synced: it is made durable with the next append or journal_sync(). An
 * acknowledged record stays so. AGAIN: stale place. A record has room for FRAME_CELLS marks,
 * torn ones included; when they are used up the mark is not kept (OK, counted as damaged) and
 * the record is offered again after the next open.
 */
MUST_USE enum status journal_mark(
    struct journal *j, const struct journal_place *place, enum journal_mark mark);
MUST_USE enum status journal_sync(struct journal *j);

/* AGAIN: stale place. DAMAGED: its check fails. FULL: `into` is too small. */
MUST_USE enum status journal_read(const struct journal *j,
    const struct journal_place *place, struct room into, size_t *len,
    enum journal_mark *mark);

/*
 * Walk a ring from its oldest record: start with *place = journal_first(ring); each call moves
 * on to the next whole record. AGAIN: there is no further one (now; a later append makes one).
 */
struct journal_place journal_first(enum journal_class ring);
MUST_USE enum status journal_next(const struct journal *j, struct journal_place *place,
    size_t *len, enum journal_mark *mark);

/* Sectors kept by records not yet acknowledged or set aside, of all; 1000: full of them. */
uint32_t journal_fill_permille(const struct journal *j, enum journal_class ring);
/* Unmarked records overwritten since the flash was blank; kept on flash with the append that
 * caused them, so after a cut in that append some may be missing from the count. */
uint64_t journal_lost(const struct journal *j, enum journal_class ring);
/* Frames and records that did not check at journal_open(), torn ones included. */
uint64_t journal_damaged(const struct journal *j);
