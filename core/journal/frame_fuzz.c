/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A frame that is accepted is, built again, the same bytes; each field is in its range.
 *
 * Input: which frame; what is made to fit: its check, its length, its first bytes; the sector's
 * sequence number; its bytes.
 * The journal as a whole is journal_fuzz.c; it is too slow to get through every field.
 */
#include "core/base/reader.h"
#include "core/base/writer.h"
#include "core/journal/crc32c.h"
#include "core/journal/journal_frame.h"
#include "core/journal/slots.h"
#include "core/journal/slots_parse.h"

#include <stdlib.h>
#include <string.h>

enum {
    SECTOR_LEN = 4096,
    FRAME_CHECK_AT = 4,
    SLOT_CHECK_AT = SLOT_HEAD - 4,
    LONGEST = 64
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void put_check_at(struct room frame, size_t at, uint32_t check)
{
    struct writer w = writer_over((struct room){frame.at + at, sizeof check});

    put_u32(&w, check);
}

static void sector(struct bytes in)
{
    uint8_t built[FRAME_SECTOR_HEAD];
    struct sector_head h;

    if (sector_head_parse(in, SECTOR_LEN, &h) != OK)
        return;
    must(h.seq >= 1 && h.number >= 1 && h.first >= FRAME_SECTOR_HEAD
        && h.first <= SECTOR_LEN);
    sector_head_build(&h, built);
    must(in.len == sizeof built && memcmp(in.at, built, in.len) == 0);
}

static void record(struct bytes in, uint64_t seq)
{
    uint8_t built[FRAME_RECORD_HEAD];
    struct record_head h;

    if (record_head_parse(in, seq, &h) != OK)
        return;
    must(frame_may_be_record(in) && !frame_blank(in));
    must(h.number >= 1 && h.len >= 1 && h.len <= JOURNAL_RECORD_MAX);
    record_head_build(&h, seq, built);
    must(in.len == sizeof built && memcmp(in.at, built, in.len) == 0);
    must(record_head_parse(in, seq + 1, &h) != OK); /* of another sector */
}

static void mark(struct bytes in, uint64_t seq, uint64_t number)
{
    uint8_t built[FRAME_CELL];
    enum journal_mark m = JOURNAL_UNMARKED;

    if (mark_cell_parse(in, seq, number, &m) != OK)
        return;
    must(m == JOURNAL_ACKNOWLEDGED || m == JOURNAL_SET_ASIDE);
    mark_cell_build(m, seq, number, built);
    must(in.len == sizeof built && memcmp(in.at, built, in.len) == 0);
    must(mark_cell_parse(in, seq, number + 1, &m) != OK); /* of another record */
}

static void slot(struct bytes in)
{
    uint8_t built[SLOT_HEAD];
    struct slot_head h;

    if (slot_head_parse(in, &h) != OK)
        return;
    must(h.version >= 1 && h.version <= SLOT_VERSION_MAX && h.len <= SLOTS_MAX);
    slot_head_build(&h, built);
    must(in.len == sizeof built && memcmp(in.at, built, in.len) == 0);
}

static const struct kind {
    size_t len;
    uint32_t magic; /* as four bytes, the last two of no matter but in a slot */
    uint32_t magic_len, check_at;
} kinds[] = {
    {FRAME_SECTOR_HEAD, (uint32_t)FRAME_SECTOR_MAGIC << 16, 2, FRAME_CHECK_AT},
    {FRAME_RECORD_HEAD, (uint32_t)FRAME_RECORD_MAGIC << 16, 2, FRAME_CHECK_AT},
    {FRAME_CELL, (uint32_t)FRAME_MARK_MAGIC << 16, 2, FRAME_CHECK_AT},
    {SLOT_HEAD, 0x534c4f54, 4, SLOT_CHECK_AT},
};

/* Of a sector its own number is checked with it. */
static uint64_t number_at(const uint8_t *at)
{
    struct reader r = reader_over((struct bytes){at, sizeof(uint64_t)});

    return take_u64(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t frame[LONGEST] = {0};
    uint8_t magic[4];
    struct reader r = reader_over((struct bytes){data, size});
    uint8_t which = take_u8(&r) % 4;
    const struct kind *k = &kinds[which];
    uint8_t fits = take_u8(&r);
    uint64_t seq = take_u8(&r);

    if (r.short_of || r.left.len > sizeof frame)
        return 0;
    struct bytes in = {frame, fits & 2 ? k->len : r.left.len};
    if (r.left.len > 0)
        memcpy(frame, r.left.at, r.left.len);
    put_check_at(ROOM_OF(magic), 0, k->magic);
    if (fits & 4)
        memcpy(frame, magic, k->magic_len);
    if (which == 0)
        seq = number_at(frame + 8);
    if (fits & 1 && in.len == k->len)
        put_check_at(ROOM_OF(frame), k->check_at,
            which == 3 ? crc32c(0, (struct bytes){frame, k->check_at})
                       : frame_check(in, seq));
    switch (which) {
    case 0: sector(in); break;
    case 1: record(in, seq); break;
    case 2: mark(in, seq, frame[FRAME_CELL - 1]); break;
    default: slot(in); break;
    }
    return 0;
}
