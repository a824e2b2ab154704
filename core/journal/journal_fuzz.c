/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any flash image opens, walks and takes appends; what the headers promise holds.
 *
 * Input: 4 bytes of choices, then edits of the image: [what, sector, unit, n bytes]. An edit puts
 * raw bytes, or a frame with a check that fits, so that the fuzzer gets past the checks.
 */
#include "core/journal/journal.h"

#include "core/base/reader.h"
#include "core/journal/journal_frame.h"
#include "core/journal/slots.h"
#include "core/journal/slots_parse.h"
#include "tests/support/flash_sim.h"

#include <stdlib.h>
#include <string.h>

enum { SECTORS = 8, WALK_MAX = SECTORS * SIM_UNITS };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void put_at(struct flash_sim *sim, uint32_t at, struct bytes b)
{
    uint32_t end = SECTORS * SIM_SECTOR;

    if (b.len == 0)
        return;
    if (b.len > end - at)
        b.len = end - at;
    memcpy(&sim->durable.bytes[0][0] + at, b.at, b.len);
    memcpy(&sim->now.bytes[0][0] + at, b.at, b.len);
}

static uint32_t place_in(struct reader *r)
{
    uint32_t sector = take_u8(r) % SECTORS;
    return sector * SIM_SECTOR + (uint32_t)take_u8(r) * SIM_UNIT;
}

static void edit(struct flash_sim *sim, struct reader *r)
{
    uint8_t what = take_u8(r) % 6;
    uint32_t at = place_in(r);
    uint8_t frame[FRAME_SECTOR_HEAD];

    if (what == 0) {
        put_at(sim, at, take(r, take_u8(r)));
    } else if (what == 1) {
        struct sector_head h = {0};
        h.seq = (uint64_t)take_u8(r) << 6 | at / SIM_SECTOR;
        h.number = take_u16(r);
        h.lost = take_u8(r);
        h.first = (uint32_t)take_u16(r) * FRAME_UNIT;
        if (h.number == 0xffff) /* the far end */
            h.seq = h.number = FRAME_NUMBER_MAX;
        sector_head_build(&h, frame);
        put_at(sim, at - at % SIM_SECTOR, BYTES_OF(frame));
    } else if (what == 2) {
        struct record_head h = {0};
        uint64_t seq = take_u8(r);
        h.number = take_u16(r);
        h.len = take_u16(r);
        h.body_check = take_u32(r);
        record_head_build(&h, seq, frame);
        put_at(sim, at, BYTES_OF(frame));
    } else if (what == 3) {
        uint64_t seq = take_u8(r);
        uint64_t number = take_u16(r);
        uint8_t mark = take_u8(r) % 4;
        mark_cell_build(mark == 1 ? JOURNAL_ACKNOWLEDGED
                : mark == 2       ? JOURNAL_SET_ASIDE
                                  : JOURNAL_UNMARKED,
            seq, number, frame);
        put_at(sim, at, (struct bytes){frame, FRAME_CELL});
    } else if (what == 4) {
        struct slot_head h = {0};
        h.version = take_u8(r);
        h.len = take_u16(r);
        h.body_check = take_u32(r);
        slot_head_build(&h, frame);
        put_at(sim, at - at % SIM_SECTOR, BYTES_OF(frame));
    } else {
        memset(&sim->durable.bytes[at / SIM_SECTOR][0], take_u8(r), SIM_SECTOR);
        memcpy(&sim->now.bytes[at / SIM_SECTOR][0],
            &sim->durable.bytes[at / SIM_SECTOR][0], SIM_SECTOR);
    }
}

/* Rising, whole, and the same when read. */
static size_t walk(
    const struct journal *j, enum journal_class ring, struct journal_place *last)
{
    static uint8_t buf[JOURNAL_RECORD_MAX];
    struct journal_place at = journal_first(ring);
    enum journal_mark mark;
    enum journal_mark again;
    uint64_t before = 0;
    size_t len;
    size_t got;
    size_t n = 0;

    while (journal_next(j, &at, &len, &mark) == OK) {
        must(at.number > before && at.ring == ring && ++n <= WALK_MAX);
        must(len >= 1 && len <= JOURNAL_RECORD_MAX && mark <= JOURNAL_SET_ASIDE);
        must(journal_read(j, &at, ROOM_OF(buf), &got, &again) == OK);
        must(got == len && again == mark);
        before = at.number;
        *last = at;
    }
    must(journal_fill_permille(j, ring) <= 1000);
    return n;
}

static void append(struct journal *j, enum journal_class ring, uint32_t len)
{
    static uint8_t buf[JOURNAL_RECORD_MAX];
    static uint8_t got[JOURNAL_RECORD_MAX];
    static const struct journal_losing nobody = {0};
    struct journal_place place;
    struct journal_place last = {0};
    enum journal_mark mark;
    size_t got_len;

    for (uint32_t i = 0; i < len; i++)
        buf[i] = (uint8_t)(i * 7 + len);
    enum status s = journal_append(j, ring, (struct bytes){buf, len}, nobody, &place);
    if (s == BROKEN)
        must(j->broken && j->ring[ring].next_number > 1);
    if (s != OK)
        return;
    must(journal_read(j, &place, ROOM_OF(got), &got_len, &mark) == OK);
    must(got_len == len && memcmp(got, buf, len) == 0 && mark == JOURNAL_UNMARKED);
    must(walk(j, ring, &last) > 0);
    must(last.at == place.at && last.number == place.number);
    must(journal_mark(j, &place, JOURNAL_SET_ASIDE) == OK);
    must(journal_mark(j, &place, JOURNAL_ACKNOWLEDGED) == OK);
    must(journal_read(j, &place, ROOM_OF(got), &got_len, &mark) == OK);
    must(mark == JOURNAL_ACKNOWLEDGED);
}

static void use_slots(struct flash_sim *sim, uint8_t len)
{
    uint8_t content[256];
    uint8_t got[SLOTS_MAX];
    struct slots s;
    size_t got_len;

    memset(content, len, sizeof content);
    must(slots_open(&s, &sim->port, 0) == OK);
    enum status st = slots_read(&s, ROOM_OF(got), &got_len);
    must(st == AGAIN || st == DAMAGED || (st == OK && got_len <= SLOTS_MAX));
    must(slots_write(&s, (struct bytes){content, len}) == OK);
    must(slots_open(&s, &sim->port, 0) == OK);
    must(slots_read(&s, ROOM_OF(got), &got_len) == OK);
    must(got_len == len && memcmp(got, content, len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct flash_sim sim;
    struct reader r = reader_over((struct bytes){data, size});
    struct journal_place last;
    struct journal j;

    flash_sim_init(&sim, SECTORS, 1);
    uint8_t appends = take_u8(&r) % 4;
    uint16_t len = take_u16(&r);
    uint8_t slot_len = take_u8(&r);
    while (r.left.len > 0 && !r.short_of)
        edit(&sim, &r);
    must(journal_open(&j, &sim.port) == OK);
    for (unsigned ring = 0; ring < JOURNAL_CLASSES; ring++) {
        walk(&j, (enum journal_class)ring, &last);
        for (uint8_t i = 0; i < appends; i++)
            append(&j, (enum journal_class)ring,
                (len * (i + 1u)) % JOURNAL_RECORD_MAX + 1);
    }
    must(sim.faults == 0);
    use_slots(&sim, slot_len);
    must(sim.faults == 0);
    return 0;
}
