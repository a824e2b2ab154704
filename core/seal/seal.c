/* SPDX-License-Identifier: Apache-2.0 */
#include "core/seal/seal.h"

#include "core/base/writer.h"
#include "core/seal/hpke.h"
#include "core/seal/kid.h"

#include <assert.h>
#include <string.h>

static const uint8_t epoch_info[] = "holdfast/1 epoch", batch_export[] = "batch";

static struct bytes word(const uint8_t *s, size_t with_nul)
{
    return (struct bytes){s, with_nul - 1};
}

static enum status export_batch_key(
    const struct crypto *crypto, const struct hpke *h, struct key *out)
{
    return hpke_export(
        crypto, h, word(batch_export, sizeof batch_export), ROOM_OF(out->b));
}

enum status sealer_init(struct sealer *s, const struct crypto *crypto,
    const struct entropy *entropy, const struct x25519_public *cloud,
    const struct kid *kid, const struct key *k_up)
{
    struct x25519_private eph;
    struct x25519_public enc;
    struct hpke h = {.aead = HPKE_AES_256_GCM};
    struct sealer got = {.kid = *kid};
    uint8_t id[KID_LEN];

    kid_bytes(kid, id);
    enum status st = entropy->fill(entropy->board, ROOM_OF(eph.b));
    if (st == OK)
        st = hpke_sender(crypto, HPKE_AES_256_GCM, cloud,
            word(epoch_info, sizeof epoch_info),
            (struct hpke_psk){BYTES_OF(k_up->b), BYTES_OF(id)}, &eph, &enc, &h);
    if (st == OK)
        st = export_batch_key(crypto, &h, &got.key);
    if (st == OK) {
        memcpy(got.epoch.b, enc.b, sizeof got.epoch.b);
        *s = got;
    }
    wipe(&eph, sizeof eph);
    wipe(&h, sizeof h);
    wipe(&got, sizeof got);
    return st;
}

enum status epoch_key(const struct crypto *crypto, const struct x25519_private *self,
    const struct kid *kid, const struct key *k_up, const struct epoch *epoch,
    struct key *out)
{
    struct x25519_public enc;
    struct hpke h = {.aead = HPKE_AES_256_GCM};
    uint8_t id[KID_LEN];

    kid_bytes(kid, id);
    memcpy(enc.b, epoch->b, sizeof enc.b);
    enum status st = hpke_receiver(crypto, HPKE_AES_256_GCM, self, &enc,
        word(epoch_info, sizeof epoch_info),
        (struct hpke_psk){BYTES_OF(k_up->b), BYTES_OF(id)}, &h);
    if (st == OK)
        st = export_batch_key(crypto, &h, out);
    wipe(&h, sizeof h);
    return st;
}

/* Head, then ciphertext and tag, all in the caller's room. */
static enum status seal_whole(const struct crypto *crypto, enum envelope_kind kind,
    const struct kid *kid, const struct iv *iv, const struct epoch *epoch,
    const struct key *key, struct bytes plain, struct room envelope, size_t *len)
{
    uint8_t aad[ENC_STRUCTURE_MAX];
    size_t head, aad_len, sealed = plain.len + TAG_LEN;
    struct bytes protected_;

    TRY(envelope_head_build(
        kind, kid, iv, epoch, sealed, envelope, &head, &protected_));
    if (envelope.cap - head < sealed)
        return FULL;
    TRY(enc_structure_build(kind, protected_, ROOM_OF(aad), &aad_len));
    TRY(crypto->aead_seal(crypto->board, BYTES_OF(key->b), iv,
        (struct bytes){aad, aad_len}, plain,
        (struct room){envelope.at + head, sealed}));
    *len = head + sealed;
    return OK;
}

static enum status open_whole(const struct crypto *crypto, enum envelope_kind kind,
    const struct envelope *e, const struct key *key, struct room plain, size_t *len)
{
    uint8_t aad[ENC_STRUCTURE_MAX];
    size_t aad_len;

    assert(plain.cap >= e->sealed.len - TAG_LEN);
    TRY(enc_structure_build(kind, e->protected_, ROOM_OF(aad), &aad_len));
    TRY(crypto->aead_open(crypto->board, BYTES_OF(key->b), &e->iv,
        (struct bytes){aad, aad_len}, e->sealed, plain));
    *len = e->sealed.len - TAG_LEN;
    return OK;
}

static enum status seal_up(struct sealer *s, const struct crypto *crypto,
    enum envelope_kind kind, struct bytes plain, struct room envelope, size_t *len,
    struct digest *digest)
{
    struct iv iv = {{0}};
    struct digest d;
    size_t n;

    if (s->seals >= 1ull << 32)
        return REFUSED;
    s->seals++; /* before the seal: an IV is used up whatever becomes of it */
    struct writer w = writer_over(ROOM_OF(iv.b));
    put_u32(&w, 0);
    put_u64(&w, s->seals);
    TRY(seal_whole(
        crypto, kind, &s->kid, &iv, &s->epoch, &s->key, plain, envelope, &n));
    TRY(crypto->sha256(crypto->board, (struct bytes){envelope.at, n}, &d));
    *len = n;
    *digest = d;
    return OK;
}

enum status seal_batch(struct sealer *s, const struct crypto *crypto,
    struct bytes plain, struct room envelope, size_t *len, struct digest *digest)
{
    return seal_up(s, crypto, ENVELOPE_BATCH, plain, envelope, len, digest);
}

enum status open_batch(const struct crypto *crypto, const struct envelope *e,
    const struct key *k_epoch, struct room plain, size_t *len)
{
    return open_whole(crypto, ENVELOPE_BATCH, e, k_epoch, plain, len);
}

enum status seal_answer(const struct crypto *crypto, const struct entropy *entropy,
    const struct kid *kid, const struct key *k_down, struct bytes plain,
    struct room envelope, size_t *len)
{
    struct iv iv;

    TRY(entropy->fill(entropy->board, ROOM_OF(iv.b)));
    return seal_whole(
        crypto, ENVELOPE_ANSWER, kid, &iv, NULL, k_down, plain, envelope, len);
}

enum status open_answer(const struct crypto *crypto, struct bytes envelope,
    const struct kid *kid, const struct key *k_down, struct room plain, size_t *len)
{
    struct envelope e;

    TRY(envelope_parse(ENVELOPE_ANSWER, envelope, &e));
    if (!kid_equal(&e.kid, kid) || plain.cap < e.sealed.len - TAG_LEN)
        return REFUSED;
    return open_whole(crypto, ENVELOPE_ANSWER, &e, k_down, plain, len);
}

enum status seal_log(struct sealer *s, const struct crypto *crypto, struct bytes plain,
    struct room envelope, size_t *len, struct digest *digest)
{
    return seal_up(s, crypto, ENVELOPE_LOG, plain, envelope, len, digest);
}

enum status open_log(const struct crypto *crypto, const struct envelope *e,
    const struct key *k_epoch, struct room plain, size_t *len)
{
    return open_whole(crypto, ENVELOPE_LOG, e, k_epoch, plain, len);
}

enum status seal_receipt(struct sealer *s, const struct crypto *crypto,
    struct bytes plain, struct room envelope, size_t *len, struct digest *digest)
{
    return seal_up(s, crypto, ENVELOPE_RECEIPT, plain, envelope, len, digest);
}

enum status open_receipt(const struct crypto *crypto, const struct envelope *e,
    const struct key *k_epoch, struct room plain, size_t *len)
{
    return open_whole(crypto, ENVELOPE_RECEIPT, e, k_epoch, plain, len);
}
