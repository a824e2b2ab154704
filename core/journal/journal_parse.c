/* SPDX-License-Identifier: Apache-2.0 */
#include "core/journal/journal_frame.h"

#include "core/base/reader.h"

bool frame_blank(struct bytes in)
{
    for (size_t i = 0; i < in.len; i++)
        if (in.at[i] != 0xff)
            return false;
    return true;
}

bool frame_may_be_record(struct bytes in)
{
    return in.len >= 2 && in.at[0] == FRAME_RECORD_MAGIC >> 8
        && in.at[1] == (FRAME_RECORD_MAGIC & 0xff);
}

static bool counts(uint64_t n)
{
    return n >= 1 && n <= FRAME_NUMBER_MAX;
}

enum status sector_head_parse(
    struct bytes in, uint32_t sector_len, struct sector_head *out)
{
    struct reader r = reader_over(in);
    struct sector_head got = {0};

    uint16_t magic = take_u16(&r);
    got.first = (uint32_t)take_u16(&r) * FRAME_UNIT;
    uint32_t check = take_u32(&r);
    got.seq = take_u64(&r);
    got.number = take_u64(&r);
    got.lost = take_u64(&r);

    if (!reader_done(&r) || magic != FRAME_SECTOR_MAGIC)
        return MALFORMED;
    if (check != frame_check(in, got.seq))
        return MALFORMED;
    if (!counts(got.seq) || !counts(got.number) || got.lost > FRAME_NUMBER_MAX)
        return MALFORMED;
    if (got.first < FRAME_SECTOR_HEAD || got.first > sector_len)
        return MALFORMED;
    *out = got;
    return OK;
}

enum status record_head_parse(struct bytes in, uint64_t seq, struct record_head *out)
{
    struct reader r = reader_over(in);
    struct record_head got = {0};

    if (!frame_may_be_record(take(&r, 2))) /* most of a scan ends here */
        return MALFORMED;
    got.len = take_u16(&r);
    uint32_t check = take_u32(&r);
    got.number = take_u64(&r);
    got.body_check = take_u32(&r);
    uint32_t zero = take_u32(&r);
    uint64_t zeros = take_u64(&r);

    if (!reader_done(&r) || zero != 0 || zeros != 0)
        return MALFORMED;
    if (check != frame_check(in, seq))
        return MALFORMED;
    if (!counts(got.number) || got.len < 1 || got.len > JOURNAL_RECORD_MAX)
        return MALFORMED;
    *out = got;
    return OK;
}

enum status mark_cell_parse(
    struct bytes in, uint64_t seq, uint64_t number, enum journal_mark *out)
{
    struct reader r = reader_over(in);

    uint16_t magic = take_u16(&r);
    uint16_t mark = take_u16(&r);
    uint32_t check = take_u32(&r);
    uint64_t of = take_u64(&r);

    if (!reader_done(&r) || magic != FRAME_MARK_MAGIC || of != number)
        return MALFORMED;
    if (check != frame_check(in, seq))
        return MALFORMED;
    if (mark != JOURNAL_ACKNOWLEDGED && mark != JOURNAL_SET_ASIDE)
        return MALFORMED;
    *out = (enum journal_mark)mark;
    return OK;
}
