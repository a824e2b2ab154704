/* SPDX-License-Identifier: Apache-2.0 */
#include "core/outbox/outbox_memory.h"

#include "core/base/reader.h"
#include "core/base/utf8.h"

#include <string.h>

static bool take_bool(struct reader *r, bool *good)
{
    uint8_t b = take_u8(r);
    *good &= b <= 1;
    return b == 1;
}

/* A length, then that many of at most max bytes; out is NUL-ended. */
static void take_text(struct reader *r, char *out, size_t min, size_t max, bool *good)
{
    uint8_t len = take_u8(r);
    if (len > max || len < min) {
        *good = false;
        return;
    }
    struct bytes b = take(r, len);
    if (b.len != len || !utf8_valid(b) || (len > 0 && memchr(b.at, 0, len) != NULL)) {
        *good = false;
        return;
    }
    if (len > 0)
        memcpy(out, b.at, len);
}

static void take_exact(struct reader *r, uint8_t *out, size_t len)
{
    struct bytes b = take(r, len);
    if (b.len == len)
        memcpy(out, b.at, len);
}

static bool is_zero(const uint8_t *b, size_t len)
{
    uint8_t all = 0;
    for (size_t i = 0; i < len; i++)
        all |= b[i];
    return all == 0;
}

static void take_config(struct reader *r, struct config *c, bool *good)
{
    c->version = take_u32(r);
    c->batch_s = take_u8(r);
    take_text(r, c->ward, c->version > 0, 64, good);
    take_text(r, c->time_zone, c->version > 0, 64, good);
    c->has_assignment = take_bool(r, good);
    c->assignment.set = take_bool(r, good);
    take_exact(r, c->assignment.b, sizeof c->assignment.b);
    c->has_label = take_bool(r, good);
    take_text(r, c->label, c->has_label, c->has_label ? 32 : 0, good);

    *good &= c->batch_s >= 10 && c->batch_s <= 60;
    *good &= c->has_assignment || !c->assignment.set;
    *good &= c->assignment.set || is_zero(c->assignment.b, sizeof c->assignment.b);
}

static void take_losing(struct reader *r, struct memory *m, bool *good)
{
    m->losing_count = take_u8(r);
    if (m->losing_count > MEMORY_LOSING_MAX) {
        *good = false;
        return;
    }
    for (size_t i = 0; i < m->losing_count; i++) {
        m->losing[i].ring = take_u8(r);
        m->losing[i].number = take_u64(r);
        m->losing[i].readings = take_u32(r);
        *good &= m->losing[i].ring < MEMORY_RINGS;
    }
}

/* A place that was never used is all zero. */
static void take_serials(struct reader *r, struct serials *s, bool *good)
{
    s->floor_s = take_u32(r);
    for (size_t i = 0; i < SERIALS_KEPT; i++) {
        struct used_serial *u = &s->used[i];
        take_exact(r, u->serial.b, sizeof u->serial.b);
        u->not_after_s = take_u32(r);
        u->told = take_bool(r, good);
        *good &= u->not_after_s != 0
            || (!u->told && is_zero(u->serial.b, sizeof u->serial.b));
    }
}

enum status memory_parse(struct bytes in, struct memory *out)
{
    struct reader r = reader_over(in);
    struct memory got = {0};
    bool good = true;

    uint8_t form = take_u8(&r);
    good &= form == MEMORY_FORM || form == MEMORY_FORM_BEFORE;
    got.start_count = take_u32(&r);
    if (form == MEMORY_FORM) {
        got.has_device = take_bool(&r, &good);
        take_exact(&r, got.device.b, sizeof got.device.b);
    }
    got.has_store = take_bool(&r, &good);
    take_exact(&r, got.store.b, sizeof got.store.b);
    got.offer_again = take_bool(&r, &good);
    for (size_t i = 0; i < MEMORY_RINGS; i++)
        got.below[i] = take_u64(&r);
    got.lost = take_u32(&r);
    got.run = take_u64(&r);
    got.settled = take_u64(&r);
    take_losing(&r, &got, &good);
    for (size_t i = 0; i < MEMORY_RUNS; i++) {
        got.confirmed[i].start_count = take_u32(&r);
        got.confirmed[i].lost = take_u32(&r);
    }
    take_serials(&r, &got.serials, &good);
    take_config(&r, &got.config, &good);

    good &= got.has_device || is_zero(got.device.b, sizeof got.device.b);
    good &= got.has_store || is_zero(got.store.b, sizeof got.store.b);
    good &= got.run != 0 || got.settled == 0;
    good &= got.offer_again || (got.below[0] == 0 && got.below[1] == 0);
    if (!good || !reader_done(&r))
        return MALFORMED;
    *out = got;
    return OK;
}
