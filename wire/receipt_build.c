/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/receipt.h"

#include "wire/cbor.h"

#include <assert.h>

bool receipt_rules_hold(const struct receipt *r)
{
    return r->mono_ms >> 53 == 0 && r->utc_ms >> 53 == 0
        && (r->has_utc || r->utc_ms == 0);
}

struct bytes receipt_build(const struct receipt *r, struct room out)
{
    struct writer w = writer_over(out);

    assert(receipt_rules_hold(r));
    cbor_put_map(&w, 5);
    cbor_put_uint(&w, 1);
    cbor_put_uint(&w, 1);
    cbor_put_uint(&w, 2);
    cbor_put_bstr(&w, BYTES_OF(r->order.b));
    cbor_put_uint(&w, 3);
    cbor_put_uint(&w, r->readings);
    cbor_put_uint(&w, 4);
    cbor_put_uint(&w, r->mono_ms);
    cbor_put_uint(&w, 5);
    if (r->has_utc)
        cbor_put_uint(&w, r->utc_ms);
    else
        cbor_put_null(&w);
    assert(writer_done(&w));
    return written(&w);
}
