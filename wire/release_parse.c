/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/release.h"

#include "wire/cbor.h"

#include <string.h>

static void take_fixed(struct cbor_in *c, uint8_t *out, size_t len)
{
    struct bytes b = cbor_take_bstr(c);
    if (b.len != len)
        c->bad = true;
    else
        memcpy(out, b.at, len);
}

static uint64_t take_up_to(struct cbor_in *c, uint64_t most)
{
    uint64_t v = cbor_take_uint(c);
    if (v > most) {
        c->bad = true;
        return 0;
    }
    return v;
}

static void take_product(struct cbor_in *c, char out[WORD_MAX + 1])
{
    struct bytes s = cbor_take_tstr(c);
    if (s.len < 1 || s.len > WORD_MAX || memchr(s.at, 0, s.len) != NULL)
        c->bad = true;
    else
        memcpy(out, s.at, s.len);
}

static void take_tuple(struct cbor_in *c, uint64_t elements)
{
    if (cbor_take_array(c) != elements)
        c->bad = true;
}

static void take_parts(struct cbor_in *c, struct release *r)
{
    uint64_t count = cbor_take_array(c);

    if (count < 1 || count > RELEASE_PARTS) {
        c->bad = true;
        return;
    }
    r->part_count = (uint8_t)count;
    for (size_t i = 0; i < count && !c->bad; i++) {
        take_tuple(c, 2);
        r->parts[i].len = (uint32_t)take_up_to(c, LIMIT_UPDATE_BUNDLE);
        take_fixed(c, r->parts[i].digest.b, sizeof r->parts[i].digest.b);
    }
}

static bool payload_parse(struct bytes in, struct release *r)
{
    struct cbor_in c = cbor_over(in);

    if (cbor_take_map(&c) != 8)
        return false;
    cbor_take_key(&c, 1);
    if (cbor_take_uint(&c) != 1)
        return false;
    cbor_take_key(&c, 2);
    take_product(&c, r->product);
    cbor_take_key(&c, 3);
    take_tuple(&c, 3);
    r->version.major = (uint16_t)take_up_to(&c, UINT16_MAX);
    r->version.minor = (uint16_t)take_up_to(&c, UINT16_MAX);
    r->version.patch = (uint16_t)take_up_to(&c, UINT16_MAX);
    cbor_take_key(&c, 4);
    r->security_version = (uint32_t)take_up_to(&c, UINT32_MAX);
    cbor_take_key(&c, 5);
    take_fixed(&c, r->build.b, sizeof r->build.b);
    cbor_take_key(&c, 6);
    r->bundle_len = (uint32_t)take_up_to(&c, LIMIT_UPDATE_BUNDLE);
    cbor_take_key(&c, 7);
    take_fixed(&c, r->bundle_digest.b, sizeof r->bundle_digest.b);
    cbor_take_key(&c, 8);
    take_parts(&c, r);
    return cbor_done(&c) && release_rules_hold(r);
}

enum status release_parse(struct bytes in, struct signed_release *out)
{
    struct signed_release got = {0};
    struct sign1 frame;

    if (in.len > LIMIT_RELEASE)
        return MALFORMED;
    TRY(sign1_parse(in, &frame));
    if (!payload_parse(frame.payload, &got.release))
        return MALFORMED;
    got.payload = frame.payload;
    got.signature = frame.signature;
    *out = got;
    return OK;
}
