/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/reader.h"
#include "device/talk/keys.h"

#include <string.h>

enum { UNCOMPRESSED = 4 };

/* `len` bytes, then only zeros up to the end. */
static bool take_filled_or_none(
    struct reader *r, size_t len, uint8_t *out, size_t field)
{
    struct bytes b = take(r, field);

    if (b.len != field || len > field)
        return false;
    for (size_t i = len; i < field; i++)
        if (b.at[i] != 0)
            return false;
    if (len > 0)
        memcpy(out, b.at, len);
    return true;
}

static bool take_filled(struct reader *r, size_t len, uint8_t *out, size_t field)
{
    return len > 0 && take_filled_or_none(r, len, out, field);
}

enum status secret_parse(struct bytes in, struct said_secret *out)
{
    struct reader r = reader_over(in);
    struct said_secret got = {0};

    got.len = take_u16(&r);
    bool good = take_filled(&r, got.len, got.b, sizeof got.b) && reader_done(&r);
    if (good)
        *out = got;
    wipe(&got, sizeof got);
    return good ? OK : MALFORMED;
}

enum status signature_parse(struct bytes in, struct said_signature *out)
{
    struct reader r = reader_over(in);
    struct said_signature got = {0};

    got.len = take_u8(&r);
    if (!take_filled(&r, got.len, got.b, sizeof got.b) || !reader_done(&r))
        return MALFORMED;
    *out = got;
    return OK;
}

enum status digest_parse(struct bytes in, struct digest *out)
{
    if (in.len != sizeof out->b)
        return MALFORMED;
    memcpy(out->b, in.at, sizeof out->b);
    return OK;
}

enum status public_parse(struct bytes in, uint8_t out[P256_PUBLIC_LEN])
{
    if (in.len != P256_PUBLIC_LEN || in.at[0] != UNCOMPRESSED)
        return MALFORMED;
    memcpy(out, in.at, P256_PUBLIC_LEN);
    return OK;
}

enum status credential_parse(struct bytes in, struct trust_credential *out)
{
    if (in.len != SAID_CREDENTIAL_LEN)
        return MALFORMED;
    memcpy(out->blob, in.at, sizeof out->blob);
    memcpy(out->seed, in.at + sizeof out->blob, sizeof out->seed);
    return OK;
}

enum status quote_parse(struct bytes in, struct said_quote *out)
{
    struct reader r = reader_over(in);
    struct said_quote got;

    got.registers = take_u32(&r);
    struct bytes bound = take(&r, sizeof got.bound.b);
    if (!reader_done(&r) || got.registers == 0 || got.registers > TRUST_REGISTERS)
        return MALFORMED;
    memcpy(got.bound.b, bound.at, sizeof got.bound.b);
    *out = got;
    return OK;
}

static bool take_said(struct reader *r, struct trust_said *out)
{
    out->len = take_u16(r);
    return take_filled(r, out->len, out->b, sizeof out->b);
}

static bool take_evidence(struct reader *r, struct trust_evidence *out)
{
    return take_said(r, &out->said) && take_said(r, &out->signature);
}

enum status evidence_parse(struct bytes in, struct trust_evidence *out)
{
    struct reader r = reader_over(in);
    struct trust_evidence got = {0};

    if (!take_evidence(&r, &got) || !reader_done(&r))
        return MALFORMED;
    *out = got;
    return OK;
}

enum status identity_said_parse(struct bytes in, struct trust_identity *out)
{
    struct reader r = reader_over(in);
    struct trust_identity got = {0};

    got.endorsement_len = take_u16(&r);
    bool good = take_filled_or_none(
                    &r, got.endorsement_len, got.endorsement, sizeof got.endorsement)
        && take_said(&r, &got.attestation_key) && take_said(&r, &got.tls)
        && take_evidence(&r, &got.certified) && reader_done(&r);
    if (!good)
        return MALFORMED;
    *out = got;
    return OK;
}

enum status no_key_parse(struct bytes in, enum no_key *out)
{
    if (in.len != 1 || in.at[0] >= NO_KEYS)
        return MALFORMED;
    *out = (enum no_key)in.at[0];
    return OK;
}
