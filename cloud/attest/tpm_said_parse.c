/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/attest/tpm_said.h"

#include "core/base/reader.h"

#include <stdbool.h>
#include <string.h>

/* Numbers of TPM 2.0 Library, part 2. */
enum {
    ALG_AES = 0x0006,
    ALG_SHA256 = 0x000b,
    ALG_NULL = 0x0010,
    ALG_ECDSA = 0x0018,
    ALG_ECC = 0x0023,
    ALG_CFB = 0x0043,
    CURVE_P256 = 0x0003,
    ST_CERTIFY = 0x8017,
    ST_QUOTE = 0x8018,
    DIGEST_MAX = 64,
    COORDINATE = 32,
    REGISTER_BYTES = 3, /* 24 registers */
};

static const uint32_t generated =
    0xff544347; /* no key of a TPM signs this by request */

struct said {
    struct reader r;
    bool bad;
};

static void want(struct said *s, uint32_t is, uint32_t wanted)
{
    s->bad = s->bad || is != wanted;
}

static struct bytes take_sized(struct said *s, size_t most)
{
    size_t len = take_u16(&s->r);
    s->bad = s->bad || len > most;
    return s->bad ? (struct bytes){0} : take(&s->r, len);
}

/* A number of at most 32 bytes, as 32. */
static void take_number(struct said *s, uint8_t out[COORDINATE])
{
    struct bytes b = take_sized(s, COORDINATE);

    memset(out, 0, COORDINATE);
    if (b.len > 0)
        memcpy(out + COORDINATE - b.len, b.at, b.len);
}

static void take_name(struct said *s, struct said_name *out)
{
    struct bytes b = take_sized(s, TPM_SAID_NAME);

    s->bad = s->bad || b.len != TPM_SAID_NAME || b.at[0] != 0 || b.at[1] != ALG_SHA256;
    if (!s->bad)
        memcpy(out->b, b.at, b.len);
}

static bool done(const struct said *s)
{
    return !s->bad && reader_done(&s->r);
}

/* A storage key has a cipher; what signs has none. */
static void take_cipher(struct said *s)
{
    uint16_t alg = take_u16(&s->r);

    if (alg == ALG_NULL)
        return;
    want(s, alg, ALG_AES);
    uint16_t bits = take_u16(&s->r);
    s->bad = s->bad || (bits != 128 && bits != 256);
    want(s, take_u16(&s->r), ALG_CFB);
}

static void take_scheme(struct said *s)
{
    uint16_t alg = take_u16(&s->r);

    if (alg == ALG_NULL)
        return;
    want(s, alg, ALG_ECDSA);
    want(s, take_u16(&s->r), ALG_SHA256);
}

enum status said_public_parse(struct bytes in, struct said_public *out)
{
    struct said s = {.r = reader_over(in)};
    struct said_public got = {0};

    want(&s, take_u16(&s.r), ALG_ECC);
    want(&s, take_u16(&s.r), ALG_SHA256);
    got.attributes = take_u32(&s.r);
    (void)take_sized(
        &s, DIGEST_MAX); /* a policy on its use takes nothing away from what it is */
    take_cipher(&s);
    take_scheme(&s);
    want(&s, take_u16(&s.r), CURVE_P256);
    want(&s, take_u16(&s.r), ALG_NULL); /* no key derivation */
    got.point[0] = 4;
    take_number(&s, got.point + 1);
    take_number(&s, got.point + 1 + COORDINATE);
    if (!done(&s))
        return MALFORMED;
    *out = got;
    return OK;
}

enum status said_signature_parse(struct bytes in, struct said_signature_p256 *out)
{
    struct said s = {.r = reader_over(in)};
    struct said_signature_p256 got = {{0}, {0}};

    want(&s, take_u16(&s.r), ALG_ECDSA);
    want(&s, take_u16(&s.r), ALG_SHA256);
    take_number(&s, got.r);
    take_number(&s, got.s);
    if (!done(&s))
        return MALFORMED;
    *out = got;
    return OK;
}

static void take_certified(struct said *s, struct said_attest *out)
{
    out->kind = SAID_CERTIFY;
    take_name(s, &out->certified);
    (void)take_sized(s, 2 + DIGEST_MAX); /* by which parents: fixedTPM says it better */
}

static void take_quoted(struct said *s, struct said_attest *out)
{
    out->kind = SAID_QUOTE;
    want(s, take_u32(&s->r), 1); /* one bank */
    want(s, take_u16(&s->r), ALG_SHA256);
    want(s, take_u8(&s->r), REGISTER_BYTES);
    for (unsigned i = 0; i < REGISTER_BYTES; i++)
        out->registers |= (uint32_t)take_u8(&s->r) << (8 * i);
    struct bytes d = take_sized(s, sizeof out->measured.b);
    s->bad = s->bad || d.len != sizeof out->measured.b;
    if (!s->bad)
        memcpy(out->measured.b, d.at, d.len);
}

static void take_clock(struct said *s, struct said_attest *out)
{
    (void)take_u64(&s->r); /* ms since it was made: nothing that we rely on */
    out->reset_count = take_u32(&s->r);
    out->restart_count = take_u32(&s->r);
    uint8_t safe = take_u8(&s->r);
    s->bad = s->bad || safe > 1;
    (void)take_u64(&s->r); /* its firmware, in its maker's words */
}

enum status said_attest_parse(struct bytes in, struct said_attest *out)
{
    struct said s = {.r = reader_over(in)};
    struct said_attest got = {0};

    want(&s, take_u32(&s.r), generated);
    uint16_t kind = take_u16(&s.r);
    (void)take_sized(
        &s, 2 + DIGEST_MAX); /* the signer, by which parents: its signature says it */
    struct bytes extra = take_sized(&s, TPM_SAID_EXTRA_MAX);
    got.extra_len = extra.len;
    if (extra.len > 0)
        memcpy(got.extra, extra.at, extra.len);
    take_clock(&s, &got);
    if (kind == ST_CERTIFY)
        take_certified(&s, &got);
    else if (kind == ST_QUOTE)
        take_quoted(&s, &got);
    else
        s.bad = true;
    if (!done(&s))
        return MALFORMED;
    *out = got;
    return OK;
}
