/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/sign1.h"

#include "wire/cbor.h"
#include "wire/sign1_head.h"

#include <string.h>

enum status sign1_parse(struct bytes in, struct sign1 *out)
{
    struct sign1 got = {0};
    struct cbor_in c = cbor_over(in);

    cbor_take_tag(&c, 18);
    if (cbor_take_array(&c) != 4)
        return MALFORMED;
    struct bytes protected_ = cbor_take_bstr(&c);
    if (cbor_take_map(&c) != 0) /* nothing stands in the unprotected header */
        return MALFORMED;
    got.payload = cbor_take_bstr(&c);
    struct bytes signature = cbor_take_bstr(&c);
    if (!cbor_done(&c) || protected_.len != sizeof sign1_head
        || memcmp(protected_.at, sign1_head, sizeof sign1_head) != 0
        || got.payload.len > SIGN1_PAYLOAD_MAX
        || signature.len != sizeof got.signature.b)
        return MALFORMED;
    memcpy(got.signature.b, signature.at, signature.len);
    *out = got;
    return OK;
}
