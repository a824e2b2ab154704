/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames: what stands on the journal's flash around the records (docs/journal-format.md).
 *
 * Every frame is checked by CRC-32C over itself and the sequence number of the sector that it
 * stands in, so a frame of an earlier lap never passes for one of this lap.
 *
 * Not here: where the frames lie and in which order they are written (journal.c).
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/status.h"
#include "core/journal/journal.h"

enum {
    FRAME_UNIT = 16,
    FRAME_SECTOR_HEAD = 32,
    FRAME_RECORD_HEAD = 32,
    FRAME_CELL = 16,
    FRAME_CELLS =
        4, /* marks of one record: two to be used, two in case they are torn */
    FRAME_START = FRAME_RECORD_HEAD + FRAME_CELLS * FRAME_CELL, /* before the payload */
};

#define FRAME_NUMBER_MAX ((uint64_t)1 << 48) /* of sectors and records: never reached */

struct sector_head {
    uint64_t seq;    /* 1, 2, ... of the ring's sectors in the order of use */
    uint64_t number; /* that the next record to start will have: 1, 2, ... */
    uint64_t lost;   /* unacknowledged records overwritten so far */
    uint32_t
        first; /* offset of the first record to start here; sector_len: none does */
};

struct record_head {
    uint64_t number;
    uint32_t len; /* 1..JOURNAL_RECORD_MAX */
    uint32_t body_check;
};

/* MALFORMED: not such a frame, or torn, or of another sector. */
MUST_USE enum status sector_head_parse(
    struct bytes in, uint32_t sector_len, struct sector_head *out);
MUST_USE enum status record_head_parse(
    struct bytes in, uint64_t seq, struct record_head *out);
MUST_USE enum status mark_cell_parse(
    struct bytes in, uint64_t seq, uint64_t number, enum journal_mark *out);

/* Begins like a record's head; the parse decides. */
bool frame_may_be_record(struct bytes in);
/* Reads as erased. */
bool frame_blank(struct bytes in);

void sector_head_build(const struct sector_head *h, uint8_t out[FRAME_SECTOR_HEAD]);
void record_head_build(
    const struct record_head *h, uint64_t seq, uint8_t out[FRAME_RECORD_HEAD]);
void mark_cell_build(
    enum journal_mark mark, uint64_t seq, uint64_t number, uint8_t out[FRAME_CELL]);

/* Over the frame without its own check field (bytes 4 to 7), and seq. */
uint32_t frame_check(struct bytes frame, uint64_t seq);

enum { /* first two bytes of each */
    FRAME_SECTOR_MAGIC = 0x4a53,
    FRAME_RECORD_MAGIC = 0x4a52,
    FRAME_MARK_MAGIC = 0x4a4d,
};
