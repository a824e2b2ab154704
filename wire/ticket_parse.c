/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/ticket.h"

#include "wire/cbor.h"
#include "wire/sign1.h"

#include <string.h>

static void take_fixed(struct cbor_in *c, uint8_t *out, size_t len)
{
    struct bytes b = cbor_take_bstr(c);
    if (b.len != len)
        c->bad = true;
    else
        memcpy(out, b.at, len);
}

static uint32_t take_u32_of(struct cbor_in *c)
{
    uint64_t v = cbor_take_uint(c);
    if (v > UINT32_MAX)
        c->bad = true;
    return (uint32_t)v;
}

static void take_holder(struct cbor_in *c, char out[HOLDER_MAX + 1])
{
    struct bytes s = cbor_take_tstr(c);
    if (s.len < 1 || s.len > HOLDER_MAX || memchr(s.at, 0, s.len) != NULL)
        c->bad = true;
    else
        memcpy(out, s.at, s.len);
}

static bool payload_parse(struct bytes in, struct ticket *out)
{
    struct cbor_in c = cbor_over(in);

    if (cbor_take_map(&c) != 6)
        return false;
    cbor_take_key(&c, 1);
    if (cbor_take_uint(&c) != 1)
        return false;
    cbor_take_key(&c, 2);
    take_fixed(&c, out->device.b, sizeof out->device.b);
    cbor_take_key(&c, 3);
    take_fixed(&c, out->serial.b, sizeof out->serial.b);
    cbor_take_key(&c, 4);
    out->not_before_s = take_u32_of(&c);
    cbor_take_key(&c, 5);
    out->not_after_s = take_u32_of(&c);
    cbor_take_key(&c, 6);
    take_holder(&c, out->holder);
    return cbor_done(&c) && ticket_rules_hold(out);
}

enum status ticket_parse(struct bytes in, struct signed_ticket *out)
{
    struct signed_ticket got = {0};
    struct sign1 frame;

    if (in.len > LIMIT_TICKET)
        return MALFORMED;
    TRY(sign1_parse(in, &frame));
    if (!payload_parse(frame.payload, &got.ticket))
        return MALFORMED;
    got.payload = frame.payload;
    got.signature = frame.signature;
    *out = got;
    return OK;
}
