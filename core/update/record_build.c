/* SPDX-License-Identifier: Apache-2.0 */
#include "core/update/record.h"

#include "core/base/writer.h"

#include <assert.h>

static void put_release(struct writer *w, const struct release *r)
{
    put(w, (struct bytes){(const uint8_t *)r->product, sizeof r->product});
    put_u16(w, r->version.major);
    put_u16(w, r->version.minor);
    put_u16(w, r->version.patch);
    put_u32(w, r->security_version);
    put(w, BYTES_OF(r->build.b));
    put_u32(w, r->bundle_len);
    put(w, BYTES_OF(r->bundle_digest.b));
    put_u8(w, r->part_count);
    for (size_t i = 0; i < RELEASE_PARTS; i++) {
        put_u32(w, r->parts[i].len);
        put(w, BYTES_OF(r->parts[i].digest.b));
    }
}

struct bytes update_record_build(
    const struct update_record *r, uint8_t out[UPDATE_RECORD_LEN])
{
    struct writer w = writer_over((struct room){out, UPDATE_RECORD_LEN});

    put_u8(&w, 1); /* version of the layout */
    put_u8(&w, (uint8_t)r->state);
    put_u8(&w, r->active);
    put_u8(&w, r->boots);
    put_u8(&w, r->why);
    put_u8(&w, r->untold);
    put_u8(&w, r->by_hand);
    put_u8(&w, r->has_release);
    put_release(&w, &r->release);
    for (size_t i = 0; i < UPDATE_REMEMBERED; i++) {
        put(&w, BYTES_OF(r->tried[i].bundle.b));
        put_u8(&w, r->tried[i].tries);
    }
    assert(writer_done(&w) && w.len == UPDATE_RECORD_LEN);
    return written(&w);
}
