/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/sign1.h"

#include "wire/cbor.h"
#include "wire/sign1_head.h"

#include <assert.h>
#include <string.h>

static struct bytes done(const struct writer *w)
{
    assert(writer_done(w)); /* the caller brings room enough */
    return written(w);
}

static void put_word(struct writer *w, const char *word)
{
    cbor_put_tstr(w, (struct bytes){(const uint8_t *)word, strlen(word)});
}

struct bytes sign1_to_sign(const char *kind, struct bytes payload, struct room out)
{
    uint8_t external[32];
    struct writer e = writer_over(ROOM_OF(external)), w = writer_over(out);

    cbor_put_array(&e, 2);
    put_word(&e, "holdfast/1");
    put_word(&e, kind);
    cbor_put_array(&w, 4);
    put_word(&w, "Signature1");
    cbor_put_bstr(&w, BYTES_OF(sign1_head));
    cbor_put_bstr(&w, done(&e));
    cbor_put_bstr(&w, payload);
    return done(&w);
}

struct bytes sign1_build(
    struct bytes payload, const struct signature *signature, struct room out)
{
    struct writer w = writer_over(out);

    cbor_put_tag(&w, 18);
    cbor_put_array(&w, 4);
    cbor_put_bstr(&w, BYTES_OF(sign1_head));
    cbor_put_map(&w, 0);
    cbor_put_bstr(&w, payload);
    cbor_put_bstr(&w, BYTES_OF(signature->b));
    return done(&w);
}
