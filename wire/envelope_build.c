/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/envelope.h"

#include "core/port/crypto.h"
#include "wire/cbor.h"

#include <assert.h>
#include <string.h>

enum { EPOCH_KEY = -65537, AES_256_GCM = 3, PROTECTED_MAX = 96 };

static struct bytes protected_build(enum envelope_kind kind, const struct kid *kid,
    const struct iv *iv, const struct epoch *epoch, struct room out)
{
    struct writer w = writer_over(out);

    cbor_put_map(&w, kind == ENVELOPE_ANSWER ? 3 : 4);
    cbor_put_uint(&w, 1);
    cbor_put_uint(&w, AES_256_GCM);
    cbor_put_uint(&w, 4);
    cbor_put_bstr_head(&w, KID_LEN);
    put(&w, BYTES_OF(kid->device.b));
    put_u32(&w, kid->generation);
    cbor_put_uint(&w, 5);
    cbor_put_bstr(&w, BYTES_OF(iv->b));
    if (kind != ENVELOPE_ANSWER) {
        cbor_put_int(&w, EPOCH_KEY);
        cbor_put_bstr(&w, BYTES_OF(epoch->b));
    }
    assert(writer_done(&w));
    return written(&w);
}

enum status envelope_head_build(enum envelope_kind kind, const struct kid *kid,
    const struct iv *iv, const struct epoch *epoch, size_t sealed_len, struct room out,
    size_t *head_len, struct bytes *protected_)
{
    uint8_t inner[PROTECTED_MAX];
    struct bytes p = protected_build(kind, kid, iv, epoch, ROOM_OF(inner));
    struct writer w = writer_over(out);

    assert(kid->generation >= 1 && sealed_len > TAG_LEN);
    cbor_put_tag(&w, 16);
    cbor_put_array(&w, 3);
    cbor_put_bstr_head(&w, p.len);
    size_t at = w.len;
    put(&w, p);
    cbor_put_map(&w, 0);
    cbor_put_bstr_head(&w, sealed_len);
    if (!writer_done(&w) || sealed_len > LIMIT_ENVELOPE
        || w.len + sealed_len > LIMIT_ENVELOPE)
        return FULL;
    *head_len = w.len;
    *protected_ = (struct bytes){out.at + at, p.len};
    return OK;
}

static void put_word(struct writer *w, const char *word)
{
    cbor_put_tstr(w, (struct bytes){(const uint8_t *)word, strlen(word)});
}

enum status enc_structure_build(
    enum envelope_kind kind, struct bytes protected_, struct room out, size_t *len)
{
    static const char *const kinds[] = {[ENVELOPE_BATCH] = "batch",
        [ENVELOPE_ANSWER] = "answer",
        [ENVELOPE_LOG] = "log",
        [ENVELOPE_RECEIPT] = "receipt"};
    uint8_t external[32];
    struct writer e = writer_over(ROOM_OF(external)), w = writer_over(out);

    cbor_put_array(&e, 2);
    put_word(&e, "holdfast/1");
    put_word(&e, kinds[kind]);
    cbor_put_array(&w, 3);
    put_word(&w, "Encrypt0");
    cbor_put_bstr(&w, protected_);
    cbor_put_bstr(&w, written(&e));
    if (!writer_done(&e) || !writer_done(&w))
        return FULL;
    *len = w.len;
    return OK;
}
