/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writer: put big-endian fields into some room.
 *
 * Running out of room is remembered, not reported: every later put does nothing, and one
 * writer_done() at the end says whether everything fitted.
 */
#pragma once

#include "core/base/bytes.h"

#include <stdbool.h>

struct writer {
    struct room into;
    size_t len;
    bool overrun; /* some put asked for more than was left */
};

static inline struct writer writer_over(struct room into)
{
    return (struct writer){.into = into};
}

void put(struct writer *w, struct bytes b);
void put_u8(struct writer *w, uint8_t v);
void put_u16(struct writer *w, uint16_t v);
void put_u32(struct writer *w, uint32_t v);
void put_u64(struct writer *w, uint64_t v);
bool writer_done(const struct writer *w);

static inline struct bytes written(const struct writer *w)
{
    return (struct bytes){w->into.at, w->len};
}
