/* SPDX-License-Identifier: Apache-2.0 */
#include "core/outbox/outbox_entry.h"

#include "core/base/reader.h"

enum { ENTRY_VERSION = 2 };

enum status entry_parse(struct bytes in, struct entry *out)
{
    struct reader r = reader_over(in);
    struct entry got = {0};

    uint8_t version = take_u8(&r);
    uint8_t has_utc = take_u8(&r);
    got.span_s = take_u8(&r);
    uint8_t zero = take_u8(&r);
    got.start_count = take_u32(&r);
    got.seq = take_u32(&r);
    got.readings = take_u32(&r);
    got.lost_count = take_u32(&r);
    got.utc_ms = take_u64(&r);
    got.run = take_u64(&r);
    got.upto = take_u64(&r);
    got.envelope = take(&r, r.left.len);

    if (!reader_done(&r) || version != ENTRY_VERSION || has_utc > 1 || zero != 0)
        return MALFORMED;
    if (got.readings > ENTRY_READINGS_MAX || got.envelope.len == 0
        || (got.readings == 0 && got.lost_count != 0))
        return MALFORMED;
    if (got.utc_ms >> 53 != 0 || (!has_utc && got.utc_ms != 0))
        return MALFORMED;
    got.has_utc = has_utc;
    *out = got;
    return OK;
}
