/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/writer.h"

#include <string.h>

void put(struct writer *w, struct bytes b)
{
    if (w->overrun || b.len > w->into.cap - w->len) {
        w->overrun = true;
        return;
    }
    if (b.len)
        memcpy(w->into.at + w->len, b.at, b.len);
    w->len += b.len;
}

static void put_be(struct writer *w, uint64_t v, size_t n)
{
    uint8_t b[8];
    for (size_t i = 0; i < n; i++)
        b[i] = (uint8_t)(v >> 8 * (n - 1 - i));
    put(w, (struct bytes){b, n});
}

void put_u8(struct writer *w, uint8_t v)
{
    put_be(w, v, 1);
}

void put_u16(struct writer *w, uint16_t v)
{
    put_be(w, v, 2);
}

void put_u32(struct writer *w, uint32_t v)
{
    put_be(w, v, 4);
}

void put_u64(struct writer *w, uint64_t v)
{
    put_be(w, v, 8);
}

bool writer_done(const struct writer *w)
{
    return !w->overrun;
}
