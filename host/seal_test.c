/* SPDX-License-Identifier: Apache-2.0 */
#include "core/seal/enrol.h"
#include "core/seal/seal.h"
#include "host/crypto.h"

#include "tests/support/check.h"

static const struct kid kid = {
    {{0xa1, 2, 3, 4, 5, 6, 0x47, 8, 0x89, 10, 11, 12, 13, 14, 15, 16}}, 1};

struct world {
    struct host_crypto *host;
    const struct crypto *crypto;
    const struct entropy *entropy;
    struct x25519_private self;
    struct x25519_public cloud;
    struct device_keys keys;
};

static struct world world(void)
{
    struct world w = {.entropy = host_entropy_port()};
    CHECK(host_crypto_new(&w.host) == OK);
    w.crypto = host_crypto_port(w.host);
    CHECK(w.entropy->fill(NULL, ROOM_OF(w.self.b)) == OK);
    CHECK(w.crypto->x25519_public(w.crypto->board, &w.self, &w.cloud) == OK);
    memset(&w.keys, 0x31, sizeof w.keys);
    memset(&w.keys.down, 0x32, sizeof w.keys.down);
    return w;
}

static void test_what_keeper_seals_opens_for_who_holds_s_and_k_up(void)
{
    struct world w = world();
    struct sealer s;
    struct key k;
    struct envelope e;
    struct digest d, again;
    static const uint8_t plain[] = "a batch of readings";
    uint8_t env[512], out[512];
    size_t len, n;

    CHECK(sealer_init(&s, w.crypto, w.entropy, &w.cloud, &kid, &w.keys.up) == OK);
    CHECK(seal_batch(&s, w.crypto, BYTES_OF(plain), ROOM_OF(env), &len, &d) == OK);
    CHECK(w.crypto->sha256(w.crypto->board, (struct bytes){env, len}, &again) == OK);
    CHECK(memcmp(&d, &again, sizeof d) == 0);
    CHECK(envelope_parse(ENVELOPE_BATCH, (struct bytes){env, len}, &e) == OK);
    CHECK(epoch_key(w.crypto, &w.self, &kid, &w.keys.up, &e.epoch, &k) == OK);
    CHECK(open_batch(w.crypto, &e, &k, ROOM_OF(out), &n) == OK);
    CHECK(n == sizeof plain && memcmp(out, plain, n) == 0);
    host_crypto_free(w.host);
}

static void test_one_bit_anywhere_and_the_envelope_does_not_open(void)
{
    struct world w = world();
    struct sealer s;
    struct digest d;
    struct key k;
    static const uint8_t plain[] = "a batch of readings";
    uint8_t env[512], out[512];
    size_t len, n;

    CHECK(sealer_init(&s, w.crypto, w.entropy, &w.cloud, &kid, &w.keys.up) == OK);
    CHECK(seal_batch(&s, w.crypto, BYTES_OF(plain), ROOM_OF(env), &len, &d) == OK);
    CHECK(epoch_key(w.crypto, &w.self, &kid, &w.keys.up, &s.epoch, &k) == OK);
    for (size_t bit = 0; bit < 8 * len; bit++) {
        struct envelope e;
        env[bit / 8] ^= (uint8_t)(1u << bit % 8);
        enum status st = envelope_parse(ENVELOPE_BATCH, (struct bytes){env, len}, &e);
        if (st == OK)
            st = open_batch(w.crypto, &e, &k, ROOM_OF(out), &n);
        CHECK(st == MALFORMED || st == REFUSED);
        env[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    host_crypto_free(w.host);
}

static void test_every_seal_has_an_iv_of_its_own_even_after_a_failed_one(void)
{
    struct world w = world();
    struct sealer s;
    struct digest d;
    static const uint8_t plain[] = "x";
    uint8_t env[512], seen[8] = {0};
    size_t len;

    CHECK(sealer_init(&s, w.crypto, w.entropy, &w.cloud, &kid, &w.keys.up) == OK);
    for (int i = 0; i < 8; i++) {
        struct envelope e;
        CHECK(
            seal_batch(&s, w.crypto, BYTES_OF(plain), (struct room){env, 40}, &len, &d)
            == FULL);
        CHECK(seal_batch(&s, w.crypto, BYTES_OF(plain), ROOM_OF(env), &len, &d) == OK);
        CHECK(envelope_parse(ENVELOPE_BATCH, (struct bytes){env, len}, &e) == OK);
        seen[i] = e.iv.b[11];
        for (int j = 0; j < i; j++)
            CHECK(seen[j] != seen[i]);
    }
    s.seals = 1ull << 32;
    CHECK(seal_batch(&s, w.crypto, BYTES_OF(plain), ROOM_OF(env), &len, &d) == REFUSED);
    host_crypto_free(w.host);
}

static void test_answers_differ_in_iv_and_open_only_for_their_own_device_and_key(void)
{
    struct world w = world();
    static const uint8_t plain[] = "an answer";
    uint8_t a[256], b[256], out[256];
    struct kid other = kid, older = kid;
    size_t la, lb, n;

    other.device.b[15] ^= 1;
    older.generation++;
    CHECK(seal_answer(
              w.crypto, w.entropy, &kid, &w.keys.down, BYTES_OF(plain), ROOM_OF(a), &la)
        == OK);
    CHECK(seal_answer(
              w.crypto, w.entropy, &kid, &w.keys.down, BYTES_OF(plain), ROOM_OF(b), &lb)
        == OK);
    CHECK(la == lb && memcmp(a, b, la) != 0);
    CHECK(open_answer(
              w.crypto, (struct bytes){a, la}, &kid, &w.keys.down, ROOM_OF(out), &n)
        == OK);
    CHECK(n == sizeof plain && memcmp(out, plain, n) == 0);
    CHECK(open_answer(
              w.crypto, (struct bytes){a, la}, &other, &w.keys.down, ROOM_OF(out), &n)
        == REFUSED);
    CHECK(open_answer(
              w.crypto, (struct bytes){a, la}, &older, &w.keys.down, ROOM_OF(out), &n)
        == REFUSED);
    CHECK(
        open_answer(w.crypto, (struct bytes){a, la}, &kid, &w.keys.up, ROOM_OF(out), &n)
        == REFUSED);
    host_crypto_free(w.host);
}

static void test_both_ends_of_an_enrolment_hold_the_same_keys_and_nobody_else(void)
{
    struct world w = world();
    struct key secret = {{7}}, wrong = {{8}};
    struct device_keys device, cloud;
    uint8_t tls[P256_PUBLIC_LEN] = {4, 1, 2, 3}, got[P256_PUBLIC_LEN], m1[ENROL_M1_LEN];
    static const uint8_t cert[] = "certificate";
    uint8_t m2[32 + sizeof cert];
    struct digest mac;
    struct bytes back;

    CHECK(enrol_begin(w.crypto, w.entropy, &w.cloud, &kid, &secret, tls, m1, &device)
        == OK);
    CHECK(enrol_open(w.crypto, &w.self, &kid, &wrong, BYTES_OF(m1), got, &cloud)
        == REFUSED);
    for (size_t i = 0; i < sizeof m1; i++) {
        m1[i] ^= 1;
        CHECK(enrol_open(w.crypto, &w.self, &kid, &secret, BYTES_OF(m1), got, &cloud)
            != OK);
        m1[i] ^= 1;
    }
    CHECK(
        enrol_open(w.crypto, &w.self, &kid, &secret, BYTES_OF(m1), got, &cloud) == OK);
    CHECK(memcmp(&device, &cloud, sizeof device) == 0
        && memcmp(tls, got, sizeof tls) == 0);
    CHECK(memcmp(&device.up, &device.down, 32) != 0
        && memcmp(&device.up, &device.ok, 32) != 0);
    CHECK(enrol_confirm(w.crypto, &cloud.ok, BYTES_OF(m1), BYTES_OF(cert), &mac) == OK);
    memcpy(m2, mac.b, 32);
    memcpy(m2 + 32, cert, sizeof cert);
    CHECK(enrol_check(w.crypto, &device.ok, BYTES_OF(m1), BYTES_OF(m2), &back) == OK);
    CHECK(back.len == sizeof cert);
    for (size_t i = 0; i < sizeof m2; i++) {
        m2[i] ^= 1;
        CHECK(enrol_check(w.crypto, &device.ok, BYTES_OF(m1), BYTES_OF(m2), &back)
            == REFUSED);
        m2[i] ^= 1;
    }
    host_crypto_free(w.host);
}

static void test_an_epoch_that_is_no_usable_point_is_refused(void)
{
    struct world w = world();
    struct key k;
    struct epoch zero = {{0}}, one = {{1}};

    CHECK(epoch_key(w.crypto, &w.self, &kid, &w.keys.up, &zero, &k) == REFUSED);
    CHECK(epoch_key(w.crypto, &w.self, &kid, &w.keys.up, &one, &k) == REFUSED);
    host_crypto_free(w.host);
}

MAIN(TEST(test_what_keeper_seals_opens_for_who_holds_s_and_k_up),
    TEST(test_one_bit_anywhere_and_the_envelope_does_not_open),
    TEST(test_every_seal_has_an_iv_of_its_own_even_after_a_failed_one),
    TEST(test_answers_differ_in_iv_and_open_only_for_their_own_device_and_key),
    TEST(test_both_ends_of_an_enrolment_hold_the_same_keys_and_nobody_else),
    TEST(test_an_epoch_that_is_no_usable_point_is_refused))
