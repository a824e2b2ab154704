/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/writer.h"
#include "device/talk/keys.h"

#include <assert.h>

static struct bytes done(const struct writer *w)
{
    assert(writer_done(w)); /* the caller brings room enough */
    return written(w);
}

/* Then zeros, so that the length of a message tells nothing. */
static void put_filled(struct writer *w, const uint8_t *at, size_t len, size_t field)
{
    put(w, (struct bytes){at, len});
    for (size_t i = len; i < field; i++)
        put_u8(w, 0);
}

struct bytes secret_build(const struct said_secret *v, struct room out)
{
    struct writer w = writer_over(out);

    put_u16(&w, v->len);
    put_filled(&w, v->b, v->len, sizeof v->b);
    return done(&w);
}

struct bytes signature_build(const struct said_signature *v, struct room out)
{
    struct writer w = writer_over(out);

    put_u8(&w, v->len);
    put_filled(&w, v->b, v->len, sizeof v->b);
    return done(&w);
}

struct bytes credential_build(const struct trust_credential *v, struct room out)
{
    struct writer w = writer_over(out);

    put(&w, BYTES_OF(v->blob));
    put(&w, BYTES_OF(v->seed));
    return done(&w);
}

struct bytes quote_build(const struct said_quote *v, struct room out)
{
    struct writer w = writer_over(out);

    put_u32(&w, v->registers);
    put(&w, BYTES_OF(v->bound.b));
    return done(&w);
}

static void put_said(struct writer *w, const struct trust_said *v)
{
    put_u16(w, v->len);
    put_filled(w, v->b, v->len, sizeof v->b);
}

static void put_evidence(struct writer *w, const struct trust_evidence *v)
{
    put_said(w, &v->said);
    put_said(w, &v->signature);
}

struct bytes evidence_build(const struct trust_evidence *v, struct room out)
{
    struct writer w = writer_over(out);

    put_evidence(&w, v);
    return done(&w);
}

struct bytes identity_said_build(const struct trust_identity *v, struct room out)
{
    struct writer w = writer_over(out);

    put_u16(&w, v->endorsement_len);
    put_filled(&w, v->endorsement, v->endorsement_len, sizeof v->endorsement);
    put_said(&w, &v->attestation_key);
    put_said(&w, &v->tls);
    put_evidence(&w, &v->certified);
    return done(&w);
}

struct bytes no_key_build(enum no_key why, struct room out)
{
    struct writer w = writer_over(out);

    put_u8(&w, (uint8_t)why);
    return done(&w);
}
