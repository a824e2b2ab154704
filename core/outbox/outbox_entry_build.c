/* SPDX-License-Identifier: Apache-2.0 */
#include "core/outbox/outbox_entry.h"

#include "core/base/writer.h"

#include <assert.h>

void entry_head_build(const struct entry *e, uint8_t out[ENTRY_HEAD_LEN])
{
    struct writer w = writer_over((struct room){out, ENTRY_HEAD_LEN});

    assert(
        e->readings <= ENTRY_READINGS_MAX && (e->readings > 0 || e->lost_count == 0));
    assert(e->utc_ms >> 53 == 0 && (e->has_utc || e->utc_ms == 0));
    put_u8(&w, 2);
    put_u8(&w, e->has_utc);
    put_u8(&w, e->span_s);
    put_u8(&w, 0);
    put_u32(&w, e->start_count);
    put_u32(&w, e->seq);
    put_u32(&w, e->readings);
    put_u32(&w, e->lost_count);
    put_u64(&w, e->utc_ms);
    put_u64(&w, e->run);
    put_u64(&w, e->upto);
    assert(writer_done(&w) && w.len == ENTRY_HEAD_LEN);
}
