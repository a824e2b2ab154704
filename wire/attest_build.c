/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/attest.h"

#include "core/base/sha256.h"
#include "core/base/writer.h"

#include <assert.h>

enum { KIND_TPM = 2, VERSION = 1, HEAD = 1 + 2 };

static void put_field(struct writer *w, struct bytes field, size_t most)
{
    assert(field.len >= 1 && field.len <= most);
    put_u16(w, (uint16_t)field.len);
    put(w, field);
}

enum status enrol_tpm_build(const struct enrol_tpm *v, struct room out, size_t *len)
{
    size_t cap = out.cap < LIMIT_ENROL_TPM ? out.cap : LIMIT_ENROL_TPM;
    struct writer w = writer_over((struct room){out.at, cap});

    assert(v->m1.len == ENROL_M1_LEN && v->between_count <= LIMIT_BETWEEN);
    put_u8(&w, KIND_TPM);
    put_u16(&w, 0); /* its length, below */
    put(&w, v->m1);
    put_u8(&w, v->proven ? sizeof v->proof.b : 0);
    if (v->proven)
        put(&w, BYTES_OF(v->proof.b));
    put_field(&w, v->certificate, LIMIT_ENDORSEMENT);
    put_u8(&w, v->between_count);
    for (size_t i = 0; i < v->between_count; i++)
        put_field(&w, v->between[i], LIMIT_ENDORSEMENT);
    put_field(&w, v->attestation_key, LIMIT_TPM_STRUCTURE);
    put_field(&w, v->tls_key, LIMIT_TPM_STRUCTURE);
    put_field(&w, v->said, LIMIT_TPM_STRUCTURE);
    put_field(&w, v->signature, LIMIT_TPM_STRUCTURE);
    if (!writer_done(&w))
        return FULL;
    struct writer head = writer_over((struct room){out.at + 1, 2});
    put_u16(&head, (uint16_t)(w.len - HEAD));
    *len = w.len;
    return OK;
}

void enrol_credential_build(
    const struct enrol_credential *v, uint8_t out[ENROL_CREDENTIAL_LEN])
{
    struct writer w = writer_over((struct room){out, ENROL_CREDENTIAL_LEN});

    put_u8(&w, KIND_TPM);
    put(&w, BYTES_OF(v->blob));
    put(&w, BYTES_OF(v->seed));
    assert(writer_done(&w) && w.len == ENROL_CREDENTIAL_LEN);
}

void attest_ask_build(const struct attest_ask *v, uint8_t out[ATTEST_ASK_LEN])
{
    struct writer w = writer_over((struct room){out, ATTEST_ASK_LEN});

    assert(v->registers != 0 && v->registers >> ATTEST_REGISTERS == 0);
    put_u8(&w, VERSION);
    put(&w, BYTES_OF(v->nonce.b));
    put_u32(&w, v->registers);
    assert(writer_done(&w) && w.len == ATTEST_ASK_LEN);
}

struct bytes attest_quote_build(const struct attest_quote *v, struct room out)
{
    struct writer w = writer_over(out);

    put_u8(&w, VERSION);
    put(&w, BYTES_OF(v->nonce.b));
    put(&w, BYTES_OF(v->channel.b));
    put_field(&w, v->said, LIMIT_TPM_STRUCTURE);
    put_field(&w, v->signature, LIMIT_TPM_STRUCTURE);
    assert(writer_done(&w) && w.len <= ATTEST_QUOTE_MAX);
    return written(&w);
}

void attest_bound(
    const struct digest *nonce, const struct digest *channel, struct digest *out)
{
    struct sha256 s;

    sha256_start(&s);
    sha256_more(&s, BYTES_OF(nonce->b));
    sha256_more(&s, BYTES_OF(channel->b));
    sha256_peek(&s, out);
}
