/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/envelope.h"

#include "core/port/crypto.h"
#include "wire/cbor.h"

#include <string.h>

enum { EPOCH_KEY = -65537, AES_256_GCM = 3 };

static void take_fixed(struct cbor_in *c, uint8_t *out, size_t len)
{
    struct bytes b = cbor_take_bstr(c);
    if (b.len != len)
        c->bad = true;
    else
        memcpy(out, b.at, len);
}

static void take_kid(struct cbor_in *c, struct kid *kid)
{
    uint8_t b[KID_LEN] = {0};

    take_fixed(c, b, sizeof b);
    struct reader r = reader_over(BYTES_OF(b));
    memcpy(kid->device.b, take(&r, DEVICE_ID_LEN).at, DEVICE_ID_LEN);
    kid->generation = take_u32(&r);
    if (kid->generation == 0)
        c->bad = true;
}

static bool protected_parse(
    enum envelope_kind kind, struct bytes in, struct envelope *out)
{
    struct cbor_in c = cbor_over(in);

    if (cbor_take_map(&c) != (kind == ENVELOPE_ANSWER ? 3 : 4))
        return false;
    cbor_take_key(&c, 1);
    if (cbor_take_uint(&c) != AES_256_GCM) /* alg must be present, and be this one */
        return false;
    cbor_take_key(&c, 4);
    take_kid(&c, &out->kid);
    cbor_take_key(&c, 5);
    take_fixed(&c, out->iv.b, sizeof out->iv.b);
    if (kind != ENVELOPE_ANSWER) {
        cbor_take_key(&c, EPOCH_KEY);
        take_fixed(&c, out->epoch.b, sizeof out->epoch.b);
    }
    return cbor_done(&c);
}

enum status envelope_parse(
    enum envelope_kind kind, struct bytes in, struct envelope *out)
{
    struct envelope got = {0};
    struct cbor_in c = cbor_over(in);

    if (in.len > LIMIT_ENVELOPE)
        return MALFORMED;
    cbor_take_tag(&c, 16);
    if (cbor_take_array(&c) != 3)
        return MALFORMED;
    got.protected_ = cbor_take_bstr(&c);
    if (cbor_take_map(&c) != 0) /* nothing stands in the unprotected header */
        return MALFORMED;
    got.sealed = cbor_take_bstr(&c);
    if (!cbor_done(&c) || got.sealed.len <= TAG_LEN
        || !protected_parse(kind, got.protected_, &got))
        return MALFORMED;
    *out = got;
    return OK;
}
