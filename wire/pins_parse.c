/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/pins.h"

#include "wire/cbor.h"

#include <string.h>

/* { 1: -8 }: the one head there is, so that nothing is decided by reading it. */
static const uint8_t head[] = {0xa1, 0x01, 0x27};

static bool payload_parse(struct bytes in, struct pin_set *out)
{
    struct cbor_in c = cbor_over(in);

    if (cbor_take_map(&c) != 3)
        return false;
    cbor_take_key(&c, 1);
    if (cbor_take_uint(&c) != 1)
        return false;
    cbor_take_key(&c, 2);
    uint64_t version = cbor_take_uint(&c);
    cbor_take_key(&c, 3);
    uint64_t count = cbor_take_array(&c);
    if (c.bad || version > UINT32_MAX || count > PINS_MOST)
        return false;
    out->version = (uint32_t)version;
    out->count = (uint8_t)count;
    for (uint8_t i = 0; i < out->count; i++) {
        struct bytes der = cbor_take_bstr(&c);
        if (der.len == 0 || der.len > PIN_CERT_MAX)
            return false;
        memcpy(out->pins[i].der, der.at, der.len);
        out->pins[i].len = (uint16_t)der.len;
    }
    return cbor_done(&c) && pins_rules_hold(out);
}

enum status pins_parse(struct bytes in, struct signed_pins *out)
{
    struct signed_pins got = {0};
    struct cbor_in c = cbor_over(in);

    if (in.len > LIMIT_PIN_SET)
        return MALFORMED;
    cbor_take_tag(&c, 18);
    if (cbor_take_array(&c) != 4)
        return MALFORMED;
    struct bytes protected_ = cbor_take_bstr(&c);
    if (cbor_take_map(&c) != 0) /* nothing stands in the unprotected header */
        return MALFORMED;
    got.payload = cbor_take_bstr(&c);
    struct bytes signature = cbor_take_bstr(&c);
    if (!cbor_done(&c) || protected_.len != sizeof head
        || memcmp(protected_.at, head, sizeof head) != 0
        || signature.len != sizeof got.signature.b
        || !payload_parse(got.payload, &got.set))
        return MALFORMED;
    memcpy(got.signature.b, signature.at, sizeof got.signature.b);
    *out = got;
    return OK;
}
