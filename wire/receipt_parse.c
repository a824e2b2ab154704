/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/receipt.h"

#include "wire/cbor.h"

#include <string.h>

enum status receipt_parse(struct bytes in, struct receipt *out)
{
    struct receipt got = {0};
    struct cbor_in c = cbor_over(in);

    if (cbor_take_map(&c) != 5)
        return MALFORMED;
    cbor_take_key(&c, 1);
    if (cbor_take_uint(&c) != 1)
        return MALFORMED;
    cbor_take_key(&c, 2);
    struct bytes order = cbor_take_bstr(&c);
    cbor_take_key(&c, 3);
    uint64_t readings = cbor_take_uint(&c);
    cbor_take_key(&c, 4);
    got.mono_ms = cbor_take_uint(&c);
    cbor_take_key(&c, 5);
    got.has_utc = !cbor_take_null(&c);
    if (got.has_utc)
        got.utc_ms = cbor_take_uint(&c);
    if (!cbor_done(&c) || order.len != sizeof got.order.b || readings > UINT32_MAX)
        return MALFORMED;
    memcpy(got.order.b, order.at, sizeof got.order.b);
    got.readings = (uint32_t)readings;
    if (!receipt_rules_hold(&got))
        return MALFORMED;
    *out = got;
    return OK;
}
