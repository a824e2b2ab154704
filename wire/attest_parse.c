/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/attest.h"

#include "core/base/reader.h"

#include <string.h>

enum { KIND_TPM = 2, VERSION = 1, HEAD = 1 + 2 };

struct fields {
    struct reader r;
    bool bad;
};

static struct bytes take_field(struct fields *f, size_t most)
{
    size_t len = take_u16(&f->r);
    struct bytes b = take(&f->r, len);

    f->bad = f->bad || len == 0 || len > most;
    return b;
}

static void take_proof(struct fields *f, struct enrol_tpm *out)
{
    uint8_t len = take_u8(&f->r);

    f->bad = f->bad || (len != 0 && len != sizeof out->proof.b);
    struct bytes b = take(&f->r, f->bad ? 0 : len);
    out->proven = len != 0;
    if (b.len > 0)
        memcpy(out->proof.b, b.at, b.len);
}

static void take_between(struct fields *f, struct enrol_tpm *out)
{
    uint8_t count = take_u8(&f->r);

    f->bad = f->bad || count > LIMIT_BETWEEN;
    for (size_t i = 0; !f->bad && i < count; i++)
        out->between[i] = take_field(f, LIMIT_ENDORSEMENT);
    out->between_count = count;
}

static bool done(const struct fields *f)
{
    return !f->bad && reader_done(&f->r);
}

enum status enrol_tpm_parse(struct bytes in, struct enrol_tpm *out)
{
    struct fields f = {.r = reader_over(in)};
    struct enrol_tpm got = {.proven = false};

    if (in.len > LIMIT_ENROL_TPM || take_u8(&f.r) != KIND_TPM
        || (size_t)take_u16(&f.r) + HEAD != in.len)
        return MALFORMED;
    got.m1 = take(&f.r, ENROL_M1_LEN);
    take_proof(&f, &got);
    got.certificate = take_field(&f, LIMIT_ENDORSEMENT);
    take_between(&f, &got);
    got.attestation_key = take_field(&f, LIMIT_TPM_STRUCTURE);
    got.tls_key = take_field(&f, LIMIT_TPM_STRUCTURE);
    got.said = take_field(&f, LIMIT_TPM_STRUCTURE);
    got.signature = take_field(&f, LIMIT_TPM_STRUCTURE);
    bool whole = done(&f);
    if (whole)
        *out = got;
    wipe(&got.proof, sizeof got.proof);
    return whole ? OK : MALFORMED;
}

enum status enrol_credential_parse(struct bytes in, struct enrol_credential *out)
{
    if (in.len != ENROL_CREDENTIAL_LEN || in.at[0] != KIND_TPM)
        return MALFORMED;
    memcpy(out->blob, in.at + 1, sizeof out->blob);
    memcpy(out->seed, in.at + 1 + sizeof out->blob, sizeof out->seed);
    return OK;
}

enum status attest_ask_parse(struct bytes in, struct attest_ask *out)
{
    struct reader r = reader_over(in);
    struct attest_ask got = {.registers = 0};

    if (in.len != ATTEST_ASK_LEN || take_u8(&r) != VERSION)
        return MALFORMED;
    memcpy(got.nonce.b, take(&r, sizeof got.nonce.b).at, sizeof got.nonce.b);
    got.registers = take_u32(&r);
    if (got.registers == 0 || got.registers >> ATTEST_REGISTERS != 0)
        return MALFORMED;
    *out = got;
    return OK;
}

enum status attest_quote_parse(struct bytes in, struct attest_quote *out)
{
    struct fields f = {.r = reader_over(in)};
    struct attest_quote got = {.nonce = {{0}}};

    f.bad = take_u8(&f.r) != VERSION;
    struct bytes nonce = take(&f.r, sizeof got.nonce.b);
    struct bytes channel = take(&f.r, sizeof got.channel.b);
    got.said = take_field(&f, LIMIT_TPM_STRUCTURE);
    got.signature = take_field(&f, LIMIT_TPM_STRUCTURE);
    if (!done(&f))
        return MALFORMED;
    memcpy(got.nonce.b, nonce.at, sizeof got.nonce.b);
    memcpy(got.channel.b, channel.at, sizeof got.channel.b);
    *out = got;
    return OK;
}
