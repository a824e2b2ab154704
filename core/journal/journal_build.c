/* SPDX-License-Identifier: Apache-2.0 */
#include "core/journal/journal_frame.h"

#include "core/base/writer.h"
#include "core/journal/crc32c.h"

#include <assert.h>

enum { CHECK_AT = 4, CHECK_LEN = 4 };

uint32_t frame_check(struct bytes frame, uint64_t seq)
{
    uint8_t buf[8];
    struct writer w = writer_over(ROOM_OF(buf));

    put_u64(&w, seq);
    uint32_t c = crc32c(0, written(&w));
    c = crc32c(c, (struct bytes){frame.at, CHECK_AT});
    return crc32c(c,
        (struct bytes){
            frame.at + CHECK_AT + CHECK_LEN, frame.len - CHECK_AT - CHECK_LEN});
}

static void put_check(struct room frame, uint64_t seq)
{
    struct writer w = writer_over((struct room){frame.at + CHECK_AT, CHECK_LEN});

    put_u32(&w, frame_check((struct bytes){frame.at, frame.cap}, seq));
}

void sector_head_build(const struct sector_head *h, uint8_t out[FRAME_SECTOR_HEAD])
{
    struct room into = {out, FRAME_SECTOR_HEAD};
    struct writer w = writer_over(into);

    put_u16(&w, FRAME_SECTOR_MAGIC);
    put_u16(&w, (uint16_t)(h->first / FRAME_UNIT));
    put_u32(&w, 0);
    put_u64(&w, h->seq);
    put_u64(&w, h->number);
    put_u64(&w, h->lost);
    assert(writer_done(&w));
    put_check(into, h->seq);
}

void record_head_build(
    const struct record_head *h, uint64_t seq, uint8_t out[FRAME_RECORD_HEAD])
{
    struct room into = {out, FRAME_RECORD_HEAD};
    struct writer w = writer_over(into);

    put_u16(&w, FRAME_RECORD_MAGIC);
    put_u16(&w, (uint16_t)h->len);
    put_u32(&w, 0);
    put_u64(&w, h->number);
    put_u32(&w, h->body_check);
    put_u32(&w, 0);
    put_u64(&w, 0);
    assert(writer_done(&w));
    put_check(into, seq);
}

void mark_cell_build(
    enum journal_mark mark, uint64_t seq, uint64_t number, uint8_t out[FRAME_CELL])
{
    struct room into = {out, FRAME_CELL};
    struct writer w = writer_over(into);

    put_u16(&w, FRAME_MARK_MAGIC);
    put_u16(&w, (uint16_t)mark);
    put_u32(&w, 0);
    put_u64(&w, number);
    assert(writer_done(&w));
    put_check(into, seq);
}
