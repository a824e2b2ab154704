/* SPDX-License-Identifier: Apache-2.0 */
/* What must not open: other kinds, devices, generations, epochs and secrets. */
#include "core/seal/enrol.h"
#include "core/seal/seal.h"
#include "host/crypto.h"

#include "tests/support/check.h"

static const struct kid kid = {
    {{0xa1, 2, 3, 4, 5, 6, 0x47, 8, 0x89, 10, 11, 12, 13, 14, 15, 16}}, 1};
static const uint8_t plain[] = "a batch of readings";

struct world {
    struct host_crypto *host;
    const struct crypto *crypto;
    const struct entropy *entropy;
    struct x25519_private self;
    struct x25519_public cloud;
    struct device_keys keys;
    struct sealer sealer;
    uint8_t batch[512];
    size_t len;
};

static void draw_pair(
    const struct world *w, struct x25519_private *priv, struct x25519_public *pub)
{
    CHECK(w->entropy->fill(w->entropy->board, ROOM_OF(priv->b)) == OK);
    CHECK(w->crypto->x25519_public(w->crypto->board, priv, pub) == OK);
}

static void world_open(struct world *w)
{
    struct digest d;

    *w = (struct world){.entropy = host_entropy_port()};
    CHECK(host_crypto_new(&w->host) == OK);
    w->crypto = host_crypto_port(w->host);
    draw_pair(w, &w->self, &w->cloud);
    CHECK(w->entropy->fill(
              w->entropy->board, (struct room){(uint8_t *)&w->keys, sizeof w->keys})
        == OK);
    CHECK(sealer_init(&w->sealer, w->crypto, w->entropy, &w->cloud, &kid, &w->keys.up)
        == OK);
    CHECK(seal_batch(
              &w->sealer, w->crypto, BYTES_OF(plain), ROOM_OF(w->batch), &w->len, &d)
        == OK);
}

static struct envelope seen(const struct world *w)
{
    struct envelope e = {0};
    CHECK(envelope_parse(ENVELOPE_BATCH, (struct bytes){w->batch, w->len}, &e) == OK);
    return e;
}

/* The key that store would get for these, and what it opens. */
static enum status open_with(const struct world *w, const struct x25519_private *self,
    const struct kid *id, const struct key *up, const struct envelope *e)
{
    uint8_t out[512];
    struct key k;
    size_t n;

    TRY(epoch_key(w->crypto, self, id, up, &e->epoch, &k));
    return open_batch(w->crypto, e, &k, ROOM_OF(out), &n);
}

/* Req: HF-SEC-002 "every batch and answer shall besides be sealed under a per-device key" */
static void test_a_batch_opens_for_its_own_device_generation_and_cloud_alone(void)
{
    struct world w;
    struct kid device = kid, generation = kid;
    struct x25519_private other_self;
    struct x25519_public other_cloud;
    struct key other_up = {{1}};

    world_open(&w);
    struct envelope e = seen(&w);
    device.device.b[0] ^= 1;
    generation.generation++;
    draw_pair(&w, &other_self, &other_cloud);
    CHECK(open_with(&w, &w.self, &kid, &w.keys.up, &e) == OK);
    CHECK(open_with(&w, &w.self, &device, &w.keys.up, &e) == REFUSED);
    CHECK(open_with(&w, &w.self, &generation, &w.keys.up, &e) == REFUSED);
    CHECK(open_with(&w, &w.self, &kid, &other_up, &e) == REFUSED);
    CHECK(open_with(&w, &other_self, &kid, &w.keys.up, &e) == REFUSED);
    CHECK(open_with(&w, &w.self, &kid, &w.keys.down, &e) == REFUSED);
    host_crypto_free(w.host);
}

static void test_a_batch_of_one_start_does_not_open_under_the_key_of_the_next(void)
{
    struct world w;
    struct sealer next;
    struct key k;
    uint8_t out[512];
    size_t n;

    world_open(&w);
    struct envelope e = seen(&w);
    CHECK(sealer_init(&next, w.crypto, w.entropy, &w.cloud, &kid, &w.keys.up) == OK);
    CHECK(memcmp(&next.epoch, &w.sealer.epoch, sizeof next.epoch) != 0);
    CHECK(memcmp(&next.key, &w.sealer.key, sizeof next.key) != 0);
    CHECK(epoch_key(w.crypto, &w.self, &kid, &w.keys.up, &next.epoch, &k) == OK);
    CHECK(open_batch(w.crypto, &e, &k, ROOM_OF(out), &n) == REFUSED);
    host_crypto_free(w.host);
}

/* Whoever holds no K_up may claim any epoch: no key comes of it, or one that opens nothing. */
static void test_ten_thousand_claimed_epochs_open_nothing(void)
{
    struct world w;
    struct key honest;

    world_open(&w);
    struct envelope e = seen(&w);
    size_t at = (size_t)(e.protected_.at - w.batch) + e.protected_.len - EPOCH_LEN;
    CHECK(memcmp(w.batch + at, w.sealer.epoch.b, EPOCH_LEN) == 0);
    for (int i = 0; i < 10000; i++) {
        uint8_t out[512];
        struct key k;
        size_t n;
        CHECK(w.entropy->fill(w.entropy->board, (struct room){w.batch + at, EPOCH_LEN})
            == OK);
        struct envelope claimed = seen(&w);
        enum status s =
            epoch_key(w.crypto, &w.self, &kid, &w.keys.up, &claimed.epoch, &k);
        CHECK(s == REFUSED || s == OK);
        if (s == OK)
            CHECK(open_batch(w.crypto, &claimed, &k, ROOM_OF(out), &n) == REFUSED
                && memcmp(&k, &w.sealer.key, sizeof k) != 0);
    }
    /* and the device's own epoch is none the worse for it */
    CHECK(
        epoch_key(w.crypto, &w.self, &kid, &w.keys.up, &w.sealer.epoch, &honest) == OK);
    CHECK(memcmp(&honest, &w.sealer.key, sizeof honest) == 0);
    host_crypto_free(w.host);
}

/* As an answer looks, under the right key, but sealed as a batch: only the AAD tells them apart. */
static void test_the_kind_is_sealed_in_and_not_only_seen_from_outside(void)
{
    static const enum envelope_kind kinds[] = {ENVELOPE_BATCH, ENVELOPE_ANSWER};
    struct world w;
    struct iv iv = {{9}};

    world_open(&w);
    for (size_t i = 0; i < 2; i++) {
        uint8_t env[256], aad[ENC_STRUCTURE_MAX], out[256];
        struct bytes protected_;
        size_t head, aad_len, n;
        CHECK(envelope_head_build(ENVELOPE_ANSWER, &kid, &iv, NULL,
                  sizeof plain + TAG_LEN, ROOM_OF(env), &head, &protected_)
            == OK);
        CHECK(enc_structure_build(kinds[i], protected_, ROOM_OF(aad), &aad_len) == OK);
        CHECK(w.crypto->aead_seal(w.crypto->board, BYTES_OF(w.keys.down.b), &iv,
                  (struct bytes){aad, aad_len}, BYTES_OF(plain),
                  (struct room){env + head, sizeof plain + TAG_LEN})
            == OK);
        CHECK(open_answer(w.crypto, (struct bytes){env, head + sizeof plain + TAG_LEN},
                  &kid, &w.keys.down, ROOM_OF(out), &n)
            == (kinds[i] == ENVELOPE_ANSWER ? OK : REFUSED));
    }
    host_crypto_free(w.host);
}

static void test_a_batch_is_no_answer_and_an_answer_is_no_batch(void)
{
    struct world w;
    struct envelope e;
    uint8_t answer[256], out[512];
    size_t len, n;

    world_open(&w);
    CHECK(open_answer(w.crypto, (struct bytes){w.batch, w.len}, &kid, &w.sealer.key,
              ROOM_OF(out), &n)
        == MALFORMED);
    CHECK(seal_answer(w.crypto, w.entropy, &kid, &w.keys.down, BYTES_OF(plain),
              ROOM_OF(answer), &len)
        == OK);
    CHECK(envelope_parse(ENVELOPE_BATCH, (struct bytes){answer, len}, &e) == MALFORMED);
    host_crypto_free(w.host);
}

static void test_every_bit_and_every_length_of_an_answer_counts(void)
{
    struct world w;
    uint8_t a[256], out[256];
    size_t len, n = 77;

    world_open(&w);
    CHECK(seal_answer(w.crypto, w.entropy, &kid, &w.keys.down, BYTES_OF(plain),
              ROOM_OF(a), &len)
        == OK);
    for (size_t bit = 0; bit < 8 * len; bit++) {
        a[bit / 8] ^= (uint8_t)(1u << bit % 8);
        enum status s = open_answer(
            w.crypto, (struct bytes){a, len}, &kid, &w.keys.down, ROOM_OF(out), &n);
        CHECK((s == MALFORMED || s == REFUSED) && n == 77);
        a[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t cut = 0; cut < len; cut++)
        CHECK(open_answer(w.crypto, (struct bytes){a, cut}, &kid, &w.keys.down,
                  ROOM_OF(out), &n)
            == MALFORMED);
    a[len] = 0;
    CHECK(open_answer(w.crypto, (struct bytes){a, len + 1}, &kid, &w.keys.down,
              ROOM_OF(out), &n)
        == MALFORMED);
    /* Room for one byte less is a refusal, not an overrun. */
    CHECK(open_answer(w.crypto, (struct bytes){a, len}, &kid, &w.keys.down,
              (struct room){out, sizeof plain - 1}, &n)
        == REFUSED);
    host_crypto_free(w.host);
}

static void test_the_largest_batch_fits_and_one_byte_more_does_not(void)
{
    static uint8_t big[LIMIT_ENVELOPE], env[LIMIT_ENVELOPE + 64];
    struct world w;
    struct digest d;
    size_t len = 0, most = 0;

    world_open(&w);
    for (size_t n = LIMIT_BATCH; n < sizeof big; n++) {
        enum status s = seal_batch(
            &w.sealer, w.crypto, (struct bytes){big, n}, ROOM_OF(env), &len, &d);
        CHECK(s == OK || s == FULL);
        if (s == OK) {
            CHECK(most == 0 || most == n - 1); /* once too long, always too long */
            most = n;
        }
    }
    CHECK(most >= LIMIT_BATCH && most < sizeof big - 1 && len == LIMIT_ENVELOPE);
    host_crypto_free(w.host);
}

static void test_who_takes_an_invitation_over_gets_no_keys(void)
{
    struct world w;
    struct key secret = {{7}}, other_secret = {{7}};
    struct kid device = kid, generation = kid;
    struct x25519_private other_self;
    struct x25519_public other_cloud;
    uint8_t tls[P256_PUBLIC_LEN] = {4}, got[P256_PUBLIC_LEN], m1[ENROL_M1_LEN];
    struct device_keys mine, theirs, untouched;

    world_open(&w);
    memset(&theirs, 0x5a, sizeof theirs);
    untouched = theirs;
    other_secret.b[31] = 1;
    device.device.b[15] ^= 1;
    generation.generation++;
    draw_pair(&w, &other_self, &other_cloud);
    CHECK(enrol_begin(w.crypto, w.entropy, &w.cloud, &kid, &secret, tls, m1, &mine)
        == OK);
    const struct {
        const char *what;
        const struct x25519_private *self;
        const struct kid *kid;
        const struct key *secret;
        size_t len;
        enum status want;
    } rows[] = {
        {"another secret", &w.self, &kid, &other_secret, ENROL_M1_LEN, REFUSED},
        {"another device", &w.self, &device, &secret, ENROL_M1_LEN, REFUSED},
        {"another generation", &w.self, &generation, &secret, ENROL_M1_LEN, REFUSED},
        {"another cloud", &other_self, &kid, &secret, ENROL_M1_LEN, REFUSED},
        {"cut short", &w.self, &kid, &secret, ENROL_M1_LEN - 1, MALFORMED},
        {"nothing", &w.self, &kid, &secret, 0, MALFORMED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum status s = enrol_open(w.crypto, rows[i].self, rows[i].kid, rows[i].secret,
            (struct bytes){m1, rows[i].len}, got, &theirs);
        if (s != rows[i].want)
            printf("# %s\n", rows[i].what);
        CHECK(s == rows[i].want);
        CHECK(memcmp(&theirs, &untouched, sizeof theirs) == 0);
    }
    CHECK(
        enrol_open(w.crypto, &w.self, &kid, &secret, BYTES_OF(m1), got, &theirs) == OK);
    CHECK(memcmp(&mine, &theirs, sizeof mine) == 0);
    host_crypto_free(w.host);
}

/* Who does hold a secret may seal what he likes under it: still not in another device's name. */
static void test_a_true_invitation_does_not_enrol_in_the_name_of_another(void)
{
    static const uint8_t info[] = "holdfast/1 enrol";
    static const enum status want[] = {OK, REFUSED};
    struct world w;
    struct key secret = {{7}};
    uint8_t id[KID_LEN] = {0}, got[P256_PUBLIC_LEN];

    world_open(&w);
    memcpy(id, kid.device.b, sizeof kid.device.b);
    id[KID_LEN - 1] = (uint8_t)kid.generation;
    for (size_t i = 0; i < 2;
         i++) { /* his own name first: the forging itself is right */
        struct enrol_head head = {.kid = kid, .tls_public = {4}};
        struct x25519_private eph;
        struct device_keys keys;
        uint8_t m1[ENROL_M1_LEN];
        struct hpke h;
        head.kid.device.b[0] ^= (uint8_t)i;
        CHECK(w.entropy->fill(w.entropy->board, ROOM_OF(eph.b)) == OK);
        CHECK(
            hpke_sender(w.crypto, HPKE_AES_256_GCM, &w.cloud,
                (struct bytes){info, sizeof info - 1},
                (struct hpke_psk){BYTES_OF(secret.b), BYTES_OF(id)}, &eph, &head.e, &h)
            == OK);
        enrol_head_build(&head, m1);
        CHECK(hpke_seal(w.crypto, &h, (struct bytes){m1, ENROL_HEAD_LEN},
                  (struct bytes){0}, (struct room){m1 + ENROL_HEAD_LEN, TAG_LEN})
            == OK);
        CHECK(enrol_open(w.crypto, &w.self, &kid, &secret, BYTES_OF(m1), got, &keys)
            == want[i]);
    }
    host_crypto_free(w.host);
}

/* Two enrolments with one bundle share no key: M2 of the one does not answer the other. */
static void test_an_m2_answers_one_m1_only(void)
{
    static const uint8_t cert[] = "certificate";
    struct world w;
    struct key secret = {{7}};
    uint8_t tls[P256_PUBLIC_LEN] = {4}, m1[2][ENROL_M1_LEN];
    uint8_t m2[sizeof(struct digest) + sizeof cert];
    struct device_keys keys[2];
    struct bytes back = {0};
    struct digest mac;

    world_open(&w);
    for (size_t i = 0; i < 2; i++)
        CHECK(enrol_begin(
                  w.crypto, w.entropy, &w.cloud, &kid, &secret, tls, m1[i], &keys[i])
            == OK);
    CHECK(memcmp(&keys[0], &keys[1], sizeof keys[0]) != 0);
    CHECK(enrol_confirm(w.crypto, &keys[0].ok, BYTES_OF(m1[0]), BYTES_OF(cert), &mac)
        == OK);
    memcpy(m2, mac.b, sizeof mac.b);
    memcpy(m2 + sizeof mac.b, cert, sizeof cert);
    for (size_t k = 0; k < 2; k++)
        for (size_t m = 0; m < 2; m++)
            CHECK(
                enrol_check(w.crypto, &keys[k].ok, BYTES_OF(m1[m]), BYTES_OF(m2), &back)
                == (k == 0 && m == 0 ? OK : REFUSED));
    for (size_t cut = 0; cut < sizeof m2; cut++)
        CHECK(enrol_check(w.crypto, &keys[0].ok, BYTES_OF(m1[0]),
                  (struct bytes){m2, cut}, &back)
            == (cut <= sizeof mac.b ? MALFORMED : REFUSED));
    static const uint8_t huge[LIMIT_CERT + 1];
    CHECK(enrol_confirm(w.crypto, &keys[0].ok, BYTES_OF(m1[0]), BYTES_OF(huge), &mac)
        == REFUSED);
    host_crypto_free(w.host);
}

MAIN(TEST(test_a_batch_opens_for_its_own_device_generation_and_cloud_alone),
    TEST(test_a_batch_of_one_start_does_not_open_under_the_key_of_the_next),
    TEST(test_ten_thousand_claimed_epochs_open_nothing),
    TEST(test_the_kind_is_sealed_in_and_not_only_seen_from_outside),
    TEST(test_a_batch_is_no_answer_and_an_answer_is_no_batch),
    TEST(test_every_bit_and_every_length_of_an_answer_counts),
    TEST(test_the_largest_batch_fits_and_one_byte_more_does_not),
    TEST(test_who_takes_an_invitation_over_gets_no_keys),
    TEST(test_a_true_invitation_does_not_enrol_in_the_name_of_another),
    TEST(test_an_m2_answers_one_m1_only))
