/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows: what the journal holds, one row for each batch, in the order of sealing.
 *
 * The index is rebuilt at each start by walking the journal. Not here: reading the journal,
 * choosing what to send.
 */
#pragma once

#include "core/journal/journal.h"

enum {
    ROWS_ALARM = 20480, /* 4 MiB and 12 MiB full of the smallest batches */
    ROWS_ROUTINE = 61440,
};

enum row_state {
    ROW_GONE,  /* overwritten */
    ROW_HELD,  /* waits to be sent */
    ROW_SENT,  /* under way */
    ROW_DONE,  /* acknowledged */
    ROW_ASIDE, /* set aside */
    ROW_STATES
};

struct row {
    uint64_t number; /* journal_place */
    uint32_t at;
    uint32_t sealed_s; /* own: monotonic; else UTC, 0: not known */
    uint16_t readings;
    uint8_t span_s; /* from its first reading to its sealing */
    uint8_t state;  /* enum row_state: change it by rows_set() only */
    uint16_t run;   /* low bits of the start count of the run that sealed it */
    bool own;       /* sealed in this run */
    bool again;     /* marked in the journal, and offered again to another store */
};

struct rows {
    struct {
        uint32_t first, count;
    } ring[JOURNAL_CLASSES];
    uint32_t batches[ROW_STATES]; /* in that state */
    uint64_t readings[ROW_STATES];
    uint32_t again; /* rows that still have to be offered again */
    struct row alarm[ROWS_ALARM];
    struct row routine[ROWS_ROUTINE];
};

void rows_init(struct rows *rs);
uint32_t rows_count(
    const struct rows *rs, uint8_t ring); /* gone ones in between included */
bool rows_full(const struct rows *rs, uint8_t ring);
/* i-th from the oldest */
struct row *rows_at(struct rows *rs, uint8_t ring, uint32_t i);
const struct row *rows_see(const struct rows *rs, uint8_t ring, uint32_t i);
/* NULL: not there (any more) */
struct row *rows_find(struct rows *rs, uint8_t ring, uint64_t number);
/* Not full; the number is higher than those before. */
struct row *rows_add(struct rows *rs, uint8_t ring, const struct row *row);
void rows_set(struct rows *rs, struct row *row, enum row_state state);
void rows_offer_again(
    struct rows *rs, struct row *row);         /* done or set aside: held again */
void rows_shed(struct rows *rs, uint8_t ring); /* drop gone ones at the old end */
