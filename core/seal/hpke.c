/* SPDX-License-Identifier: Apache-2.0 */
#include "core/seal/hpke.h"

#include "core/base/writer.h"

#include <assert.h>
#include <string.h>

/* RFC 9180, section 7: DHKEM(X25519, HKDF-SHA256) is 0x0020, HKDF-SHA256 is 0x0001. */
enum { KEM = 0x0020, KDF = 0x0001, MODE_PSK = 1, HASH_LEN = 32, LABELED_MAX = 512 };

/* What the labelled functions of section 4 bind to: "KEM" || id, or "HPKE" || three ids. */
struct suite {
    uint8_t id[10];
    size_t len;
};

static struct suite kem_suite(void)
{
    struct suite s = {.id = "KEM"};
    s.id[3] = KEM >> 8;
    s.id[4] = KEM & 0xff;
    s.len = 5;
    return s;
}

static struct suite hpke_suite(enum hpke_aead aead)
{
    struct suite s = {
        .id = {'H', 'P', 'K', 'E', KEM >> 8, KEM & 0xff, KDF >> 8, KDF & 0xff, 0}};
    s.id[9] = (uint8_t)aead;
    s.len = 10;
    return s;
}

static size_t key_len(enum hpke_aead aead)
{
    return aead == HPKE_AES_128_GCM ? 16 : 32;
}

static struct bytes text(const char *s)
{
    return (struct bytes){(const uint8_t *)s, strlen(s)};
}

static void put_label(struct writer *w, const struct suite *suite, const char *label)
{
    put(w, text("HPKE-v1"));
    put(w, (struct bytes){suite->id, suite->len});
    put(w, text(label));
}

/* LabeledExtract(salt, label, ikm); no salt is HASH_LEN zeros, which HMAC's padding makes equal. */
static enum status labeled_extract(const struct crypto *c, const struct suite *suite,
    struct bytes salt, const char *label, struct bytes ikm, struct digest *out)
{
    uint8_t in[LABELED_MAX];
    struct writer w = writer_over(ROOM_OF(in));

    put_label(&w, suite, label);
    put(&w, ikm);
    assert(writer_done(&w));
    enum status s = c->hmac(c->board, salt, written(&w), out);
    wipe(in, sizeof in);
    return s;
}

/* HKDF-Expand (RFC 5869, 2.3) with the labelled info of RFC 9180. */
static enum status labeled_expand(const struct crypto *c, const struct suite *suite,
    struct bytes prk, const char *label, struct bytes info, struct room out)
{
    uint8_t in[HASH_LEN + LABELED_MAX + 1];
    struct digest block = {{0}};
    enum status s = OK;

    assert(out.cap <= 255 * HASH_LEN);
    for (size_t done = 0, n = 1; s == OK && done < out.cap; n++) {
        struct writer w = writer_over(ROOM_OF(in));
        if (n > 1)
            put(&w, BYTES_OF(block.b));
        put_u16(&w, (uint16_t)out.cap);
        put_label(&w, suite, label);
        put(&w, info);
        put_u8(&w, (uint8_t)n);
        assert(writer_done(&w));
        s = c->hmac(c->board, prk, written(&w), &block);
        size_t take = out.cap - done < HASH_LEN ? out.cap - done : HASH_LEN;
        if (s == OK)
            memcpy(out.at + done, block.b, take);
        done += take;
    }
    wipe(in, sizeof in);
    wipe(&block, sizeof block);
    return s;
}

/* ExtractAndExpand of 4.1: the KEM's shared secret from the DH result and both public keys. */
static enum status kem_secret(const struct crypto *c, const struct key *dh,
    const struct x25519_public *enc, const struct x25519_public *to, struct key *out)
{
    struct suite suite = kem_suite();
    struct digest prk;
    uint8_t context[2 * X25519_LEN];

    memcpy(context, enc->b, X25519_LEN);
    memcpy(context + X25519_LEN, to->b, X25519_LEN);
    enum status s =
        labeled_extract(c, &suite, (struct bytes){0}, "eae_prk", BYTES_OF(dh->b), &prk);
    if (s == OK)
        s = labeled_expand(c, &suite, BYTES_OF(prk.b), "shared_secret",
            BYTES_OF(context), ROOM_OF(out->b));
    wipe(&prk, sizeof prk);
    return s;
}

/* KeySchedule of 5.1 for mode_psk. */
static enum status schedule(const struct crypto *c, enum hpke_aead aead,
    const struct key *shared, struct bytes info, struct hpke_psk psk, struct hpke *out)
{
    struct suite suite = hpke_suite(aead);
    struct digest psk_id_hash, info_hash, secret = {{0}};
    uint8_t context[1 + 2 * HASH_LEN];
    struct bytes prk = BYTES_OF(secret.b), ctx = BYTES_OF(context);

    assert(psk.psk.len >= 32 && psk.id.len > 0);
    struct hpke h = {.aead = aead};
    enum status s = labeled_extract(
        c, &suite, (struct bytes){0}, "psk_id_hash", psk.id, &psk_id_hash);
    if (s == OK)
        s = labeled_extract(
            c, &suite, (struct bytes){0}, "info_hash", info, &info_hash);
    if (s == OK)
        s = labeled_extract(c, &suite, BYTES_OF(shared->b), "secret", psk.psk, &secret);
    if (s == OK) {
        context[0] = MODE_PSK;
        memcpy(context + 1, psk_id_hash.b, HASH_LEN);
        memcpy(context + 1 + HASH_LEN, info_hash.b, HASH_LEN);
        s = labeled_expand(
            c, &suite, prk, "key", ctx, (struct room){h.key, key_len(aead)});
    }
    if (s == OK)
        s = labeled_expand(c, &suite, prk, "base_nonce", ctx, ROOM_OF(h.base_nonce.b));
    if (s == OK)
        s = labeled_expand(c, &suite, prk, "exp", ctx, ROOM_OF(h.exporter_secret.b));
    if (s == OK)
        *out = h;
    wipe(&secret, sizeof secret);
    wipe(&h, sizeof h);
    return s;
}

enum status hpke_sender(const struct crypto *c, enum hpke_aead aead,
    const struct x25519_public *to, struct bytes info, struct hpke_psk psk,
    const struct x25519_private *eph, struct x25519_public *enc, struct hpke *out)
{
    struct key dh = {{0}}, shared = {{0}};
    struct x25519_public own;

    enum status s = c->x25519_public(c->board, eph, &own);
    if (s == OK)
        s = c->x25519(c->board, eph, to, &dh);
    if (s == OK)
        s = kem_secret(c, &dh, &own, to, &shared);
    if (s == OK)
        s = schedule(c, aead, &shared, info, psk, out);
    if (s == OK)
        *enc = own;
    wipe(&dh, sizeof dh);
    wipe(&shared, sizeof shared);
    return s;
}

enum status hpke_receiver(const struct crypto *c, enum hpke_aead aead,
    const struct x25519_private *self, const struct x25519_public *enc,
    struct bytes info, struct hpke_psk psk, struct hpke *out)
{
    struct key dh = {{0}}, shared = {{0}};
    struct x25519_public own;

    enum status s = c->x25519_public(c->board, self, &own);
    if (s == OK)
        s = c->x25519(c->board, self, enc, &dh);
    if (s == OK)
        s = kem_secret(c, &dh, enc, &own, &shared);
    if (s == OK)
        s = schedule(c, aead, &shared, info, psk, out);
    wipe(&dh, sizeof dh);
    wipe(&shared, sizeof shared);
    return s;
}

/* ComputeNonce of 5.2: base_nonce xor the sequence number, big-endian. */
static struct iv nonce_of(const struct hpke *h)
{
    struct iv iv = h->base_nonce;
    for (size_t i = 0; i < 8; i++)
        iv.b[sizeof iv.b - 1 - i] ^= (uint8_t)(h->seq >> 8 * i);
    return iv;
}

enum status hpke_seal(const struct crypto *c, struct hpke *h, struct bytes aad,
    struct bytes plain, struct room out)
{
    struct iv iv = nonce_of(h);
    h->seq++; /* whatever becomes of it, this nonce is used */
    return c->aead_seal(
        c->board, (struct bytes){h->key, key_len(h->aead)}, &iv, aad, plain, out);
}

enum status hpke_open(const struct crypto *c, struct hpke *h, struct bytes aad,
    struct bytes sealed, struct room out)
{
    struct iv iv = nonce_of(h);
    enum status s = c->aead_open(
        c->board, (struct bytes){h->key, key_len(h->aead)}, &iv, aad, sealed, out);
    if (s == OK)
        h->seq++; /* a forgery does not move the receiver */
    return s;
}

enum status hpke_export(
    const struct crypto *c, const struct hpke *h, struct bytes context, struct room out)
{
    struct suite suite = hpke_suite(h->aead);
    return labeled_expand(
        c, &suite, BYTES_OF(h->exporter_secret.b), "sec", context, out);
}
