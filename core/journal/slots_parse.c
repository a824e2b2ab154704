/* SPDX-License-Identifier: Apache-2.0 */
#include "core/journal/slots_parse.h"

#include "core/base/reader.h"
#include "core/base/writer.h"
#include "core/journal/crc32c.h"
#include "core/journal/slots.h"

#include <assert.h>

enum { MAGIC = 0x534c4f54, CHECKED = SLOT_HEAD - 4 };

enum status slot_head_parse(struct bytes in, struct slot_head *out)
{
    struct reader r = reader_over(in);
    struct slot_head got = {0};

    uint32_t magic = take_u32(&r);
    got.len = take_u32(&r);
    got.version = take_u64(&r);
    got.body_check = take_u32(&r);
    uint64_t zeros = take_u64(&r);
    uint32_t check = take_u32(&r);

    if (!reader_done(&r) || magic != MAGIC || zeros != 0)
        return MALFORMED;
    if (check != crc32c(0, (struct bytes){in.at, CHECKED}))
        return MALFORMED;
    if (got.len > SLOTS_MAX || got.version < 1 || got.version > SLOT_VERSION_MAX)
        return MALFORMED;
    *out = got;
    return OK;
}

void slot_head_build(const struct slot_head *h, uint8_t out[SLOT_HEAD])
{
    struct writer w = writer_over((struct room){out, SLOT_HEAD});

    put_u32(&w, MAGIC);
    put_u32(&w, h->len);
    put_u64(&w, h->version);
    put_u32(&w, h->body_check);
    put_u64(&w, 0);
    put_u32(&w, crc32c(0, (struct bytes){out, CHECKED}));
    assert(writer_done(&w));
}
