/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/cbor.h"

#include "core/base/utf8.h"

enum major { UINT, NINT, BSTR, TSTR, ARRAY, MAP, TAG, SIMPLE };
enum { FALSE = 20, TRUE = 21, NULL_ = 22 };

static bool fail(struct cbor_in *c)
{
    c->bad = true;
    return false;
}

/* One head in its shortest form; floats and indefinite lengths have no head here. */
static bool take_head(struct cbor_in *c, enum major *major, uint64_t *value)
{
    uint8_t first = take_u8(&c->r);
    uint8_t info = first & 31;
    uint64_t v = info, least = 0;

    if (c->bad || c->r.short_of)
        return fail(c);
    *major = (enum major)(first >> 5);
    if (info == 24) {
        v = take_u8(&c->r);
        least = 24;
    } else if (info == 25) {
        v = take_u16(&c->r);
        least = 1u << 8;
    } else if (info == 26) {
        v = take_u32(&c->r);
        least = 1u << 16;
    } else if (info == 27) {
        v = take_u64(&c->r);
        least = 1ull << 32;
    } else if (info > 27) {
        return fail(c);
    }
    if (c->r.short_of || v < least || (*major == SIMPLE && info > 23))
        return fail(c);
    *value = v;
    return true;
}

static uint64_t take_of(struct cbor_in *c, enum major want)
{
    enum major got;
    uint64_t v;

    if (!take_head(c, &got, &v))
        return 0;
    if (got != want) {
        (void)fail(c);
        return 0;
    }
    return v;
}

uint64_t cbor_take_uint(struct cbor_in *c)
{
    return take_of(c, UINT);
}

uint64_t cbor_take_array(struct cbor_in *c)
{
    return take_of(c, ARRAY);
}

uint64_t cbor_take_map(struct cbor_in *c)
{
    return take_of(c, MAP);
}

static struct bytes take_string(struct cbor_in *c, enum major want)
{
    uint64_t len = take_of(c, want);
    if (c->bad || len > c->r.left.len) {
        (void)fail(c);
        return (struct bytes){0};
    }
    return take(&c->r, (size_t)len);
}

struct bytes cbor_take_bstr(struct cbor_in *c)
{
    return take_string(c, BSTR);
}

struct bytes cbor_take_tstr(struct cbor_in *c)
{
    struct bytes s = take_string(c, TSTR);
    if (!utf8_valid(s)) {
        (void)fail(c);
        return (struct bytes){0};
    }
    return s;
}

void cbor_take_tag(struct cbor_in *c, uint64_t tag)
{
    if (take_of(c, TAG) != tag)
        (void)fail(c);
}

bool cbor_take_bool(struct cbor_in *c)
{
    uint64_t v = take_of(c, SIMPLE);
    if (v != FALSE && v != TRUE)
        (void)fail(c);
    return v == TRUE;
}

bool cbor_take_null(struct cbor_in *c)
{
    if (c->bad || c->r.left.len == 0 || c->r.left.at[0] != (SIMPLE << 5 | NULL_))
        return false;
    (void)take_u8(&c->r);
    return true;
}

static bool take_int(struct cbor_in *c, int64_t *out)
{
    enum major major;
    uint64_t v;

    if (!take_head(c, &major, &v))
        return false;
    if ((major != UINT && major != NINT) || v > INT64_MAX)
        return fail(c);
    *out = major == UINT ? (int64_t)v : -1 - (int64_t)v;
    return true;
}

void cbor_take_key(struct cbor_in *c, int64_t key)
{
    int64_t got;
    if (take_int(c, &got) && got != key)
        (void)fail(c);
}

bool cbor_take_key_if(struct cbor_in *c, int64_t key)
{
    struct cbor_in ahead = *c;
    int64_t got;

    if (c->bad || c->r.left.len == 0 || !take_int(&ahead, &got) || got != key)
        return false;
    *c = ahead;
    return true;
}

bool cbor_done(const struct cbor_in *c)
{
    return !c->bad && reader_done(&c->r);
}

static void put_head(struct writer *w, enum major major, uint64_t v)
{
    uint8_t top = (uint8_t)(major << 5);

    if (v < 24) {
        put_u8(w, (uint8_t)(top | v));
    } else if (v < 1u << 8) {
        put_u8(w, top | 24);
        put_u8(w, (uint8_t)v);
    } else if (v < 1u << 16) {
        put_u8(w, top | 25);
        put_u16(w, (uint16_t)v);
    } else if (v < 1ull << 32) {
        put_u8(w, top | 26);
        put_u32(w, (uint32_t)v);
    } else {
        put_u8(w, top | 27);
        put_u64(w, v);
    }
}

void cbor_put_uint(struct writer *w, uint64_t v)
{
    put_head(w, UINT, v);
}

void cbor_put_int(struct writer *w, int64_t v)
{
    if (v < 0)
        put_head(w, NINT, (uint64_t)(-1 - v));
    else
        put_head(w, UINT, (uint64_t)v);
}

void cbor_put_array(struct writer *w, uint64_t count)
{
    put_head(w, ARRAY, count);
}

void cbor_put_map(struct writer *w, uint64_t pairs)
{
    put_head(w, MAP, pairs);
}

void cbor_put_bstr_head(struct writer *w, uint64_t len)
{
    put_head(w, BSTR, len);
}

void cbor_put_bstr(struct writer *w, struct bytes b)
{
    put_head(w, BSTR, b.len);
    put(w, b);
}

void cbor_put_tstr(struct writer *w, struct bytes utf8)
{
    put_head(w, TSTR, utf8.len);
    put(w, utf8);
}

void cbor_put_tag(struct writer *w, uint64_t tag)
{
    put_head(w, TAG, tag);
}

void cbor_put_bool(struct writer *w, bool v)
{
    put_head(w, SIMPLE, v ? TRUE : FALSE);
}

void cbor_put_null(struct writer *w)
{
    put_head(w, SIMPLE, NULL_);
}
