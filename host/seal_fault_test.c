/* SPDX-License-Identifier: Apache-2.0 */
/* Each call to crypto or entropy fails in turn: nothing half made comes out. */
#include "core/seal/enrol.h"
#include "core/seal/seal.h"
#include "host/crypto.h"

#include "tests/support/check.h"

static const struct kid kid = {
    {{0xa1, 2, 3, 4, 5, 6, 0x47, 8, 0x89, 10, 11, 12, 13, 14, 15, 16}}, 1};
static const uint8_t plain[] = "text to seal";

/* Ports over the real ones of which call number `at` (from 0) fails. */
struct faulty {
    struct host_crypto *host;
    const struct crypto *real;
    struct crypto crypto;
    struct entropy entropy;
    long at, calls;
};

static bool fails(struct faulty *f)
{
    return f->calls++ == f->at;
}

static enum status sha256(void *board, struct bytes in, struct digest *out)
{
    struct faulty *f = board;
    return fails(f) ? BROKEN : f->real->sha256(f->real->board, in, out);
}

static enum status hmac(
    void *board, struct bytes key, struct bytes in, struct digest *out)
{
    struct faulty *f = board;
    return fails(f) ? BROKEN : f->real->hmac(f->real->board, key, in, out);
}

static enum status aead_seal(void *board, struct bytes key, const struct iv *iv,
    struct bytes aad, struct bytes in, struct room out)
{
    struct faulty *f = board;
    return fails(f) ? BROKEN
                    : f->real->aead_seal(f->real->board, key, iv, aad, in, out);
}

static enum status aead_open(void *board, struct bytes key, const struct iv *iv,
    struct bytes aad, struct bytes in, struct room out)
{
    struct faulty *f = board;
    return fails(f) ? BROKEN
                    : f->real->aead_open(f->real->board, key, iv, aad, in, out);
}

static enum status x25519_public(
    void *board, const struct x25519_private *priv, struct x25519_public *out)
{
    struct faulty *f = board;
    return fails(f) ? BROKEN : f->real->x25519_public(f->real->board, priv, out);
}

static enum status x25519(void *board, const struct x25519_private *priv,
    const struct x25519_public *pub, struct key *shared)
{
    struct faulty *f = board;
    return fails(f) ? BROKEN : f->real->x25519(f->real->board, priv, pub, shared);
}

static enum status fill(void *board, struct room into)
{
    struct faulty *f = board;
    return fails(f) ? BROKEN : host_entropy_port()->fill(NULL, into);
}

/* What every operation works on, and where it leaves what it made. */
struct desk {
    struct faulty f;
    struct x25519_private self;
    struct x25519_public cloud;
    struct key secret;
    struct device_keys given;
    struct sealer sealer;
    uint8_t m1[ENROL_M1_LEN], m2[64], answer[256], batch[512];
    size_t m2_len, answer_len, batch_len;
    struct made {
        struct device_keys keys;
        struct sealer sealer;
        struct key key;
        struct digest digest;
        struct bytes view;
        uint8_t m1[ENROL_M1_LEN], tls[P256_PUBLIC_LEN];
        size_t len;
    } made;
    uint8_t room[512]; /* lent: may hold rubbish after a failure, never plain text */
};

static enum status do_sealer(struct desk *d)
{
    return sealer_init(
        &d->made.sealer, &d->f.crypto, &d->f.entropy, &d->cloud, &kid, &d->given.up);
}

static enum status do_seal(struct desk *d)
{
    uint64_t before = d->sealer.seals;
    enum status s = seal_batch(&d->sealer, &d->f.crypto, BYTES_OF(plain),
        ROOM_OF(d->room), &d->made.len, &d->made.digest);
    CHECK(d->sealer.seals == before + 1); /* the IV is used up whatever becomes of it */
    return s;
}

static enum status do_epoch(struct desk *d)
{
    return epoch_key(
        &d->f.crypto, &d->self, &kid, &d->given.up, &d->sealer.epoch, &d->made.key);
}

static enum status do_open(struct desk *d)
{
    struct envelope e;
    CHECK(envelope_parse(ENVELOPE_BATCH, (struct bytes){d->batch, d->batch_len}, &e)
        == OK);
    return open_batch(&d->f.crypto, &e, &d->sealer.key, ROOM_OF(d->room), &d->made.len);
}

static enum status do_answer(struct desk *d)
{
    return seal_answer(&d->f.crypto, &d->f.entropy, &kid, &d->given.down,
        BYTES_OF(plain), ROOM_OF(d->room), &d->made.len);
}

static enum status do_open_answer(struct desk *d)
{
    return open_answer(&d->f.crypto, (struct bytes){d->answer, d->answer_len}, &kid,
        &d->given.down, ROOM_OF(d->room), &d->made.len);
}

static enum status do_begin(struct desk *d)
{
    static const uint8_t tls[P256_PUBLIC_LEN] = {4};
    return enrol_begin(&d->f.crypto, &d->f.entropy, &d->cloud, &kid, &d->secret, tls,
        d->made.m1, &d->made.keys);
}

static enum status do_enrol(struct desk *d)
{
    return enrol_open(&d->f.crypto, &d->self, &kid, &d->secret, BYTES_OF(d->m1),
        d->made.tls, &d->made.keys);
}

static enum status do_confirm(struct desk *d)
{
    return enrol_confirm(
        &d->f.crypto, &d->given.ok, BYTES_OF(d->m1), BYTES_OF(plain), &d->made.digest);
}

static enum status do_check(struct desk *d)
{
    return enrol_check(&d->f.crypto, &d->given.ok, BYTES_OF(d->m1),
        (struct bytes){d->m2, d->m2_len}, &d->made.view);
}

static const struct {
    const char *what;
    enum status (*run)(struct desk *d);
    long at_least; /* calls to the ports */
} rows[] = {
    {"sealer_init", do_sealer, 10},
    {"seal_batch", do_seal, 2},
    {"epoch_key", do_epoch, 9},
    {"open_batch", do_open, 1},
    {"seal_answer", do_answer, 2},
    {"open_answer", do_open_answer, 1},
    {"enrol_begin", do_begin, 14},
    {"enrol_open", do_enrol, 13},
    {"enrol_confirm", do_confirm, 2},
    {"enrol_check", do_check, 2},
};

static void desk_open(struct desk *d)
{
    struct digest mac, digest;

    memset(d, 0, sizeof *d);
    struct faulty *f = &d->f;
    CHECK(host_crypto_new(&f->host) == OK);
    f->real = host_crypto_port(f->host);
    f->crypto =
        (struct crypto){f, sha256, hmac, aead_seal, aead_open, x25519_public, x25519};
    f->entropy = (struct entropy){f, fill};
    f->at = -1;
    CHECK(fill(f, ROOM_OF(d->self.b)) == OK && fill(f, ROOM_OF(d->secret.b)) == OK);
    CHECK(x25519_public(f, &d->self, &d->cloud) == OK);
    CHECK(do_begin(d) == OK);
    d->given = d->made.keys;
    memcpy(d->m1, d->made.m1, sizeof d->m1);
    CHECK(enrol_confirm(f->real, &d->given.ok, BYTES_OF(d->m1), BYTES_OF(plain), &mac)
        == OK);
    memcpy(d->m2, mac.b, sizeof mac.b);
    memcpy(d->m2 + sizeof mac.b, plain, sizeof plain);
    d->m2_len = sizeof mac.b + sizeof plain;
    CHECK(
        sealer_init(&d->sealer, &f->crypto, &f->entropy, &d->cloud, &kid, &d->given.up)
        == OK);
    CHECK(seal_batch(&d->sealer, &f->crypto, BYTES_OF(plain), ROOM_OF(d->batch),
              &d->batch_len, &digest)
        == OK);
    CHECK(seal_answer(&f->crypto, &f->entropy, &kid, &d->given.down, BYTES_OF(plain),
              ROOM_OF(d->answer), &d->answer_len)
        == OK);
}

static void test_a_failed_call_is_reported_and_nothing_half_made_comes_out(void)
{
    static struct desk d;
    static struct made untouched;

    desk_open(&d);
    memset(&untouched, 0x5a, sizeof untouched);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        long at = 0;
        for (;; at++) {
            memcpy(&d.made, &untouched, sizeof d.made);
            d.f.at = at;
            d.f.calls = 0;
            enum status s = rows[i].run(&d);
            if (d.f.calls <= at) {
                CHECK(s == OK); /* no call was left to fail */
                CHECK(memcmp(&d.made, &untouched, sizeof d.made) != 0);
                break;
            }
            if (s != BROKEN || d.f.calls != at + 1)
                printf("# %s, call %ld\n", rows[i].what, at);
            CHECK(s == BROKEN && d.f.calls == at + 1);
            CHECK(memcmp(&d.made, &untouched, sizeof d.made) == 0);
        }
        if (at < rows[i].at_least)
            printf("# %s: %ld calls\n", rows[i].what, at);
        CHECK(at >= rows[i].at_least);
    }
    host_crypto_free(d.f.host);
}

static void test_no_iv_comes_twice_whichever_seals_failed(void)
{
    static struct desk d;
    struct iv seen[64];
    size_t count = 0;

    desk_open(&d);
    for (long i = 0; i < 64; i++) {
        struct envelope e;
        d.f.at = i % 3; /* the AEAD, the digest after it, none */
        d.f.calls = 0;
        enum status s = do_seal(&d);
        CHECK(s == (i % 3 < 2 ? BROKEN : OK));
        if (i % 3
            == 0) /* the AEAD itself failed: what lies there is no envelope of ours */
            continue;
        /* The digest failed after the seal: that ciphertext exists, its IV counts too. */
        size_t len = d.batch_len;
        CHECK(envelope_parse(ENVELOPE_BATCH, (struct bytes){d.room, len}, &e) == OK);
        for (size_t j = 0; j < count; j++)
            CHECK(memcmp(&seen[j], &e.iv, sizeof e.iv) != 0);
        seen[count++] = e.iv;
    }
    CHECK(count > 40);
    host_crypto_free(d.f.host);
}

MAIN(TEST(test_a_failed_call_is_reported_and_nothing_half_made_comes_out),
    TEST(test_no_iv_comes_twice_whichever_seals_failed))
