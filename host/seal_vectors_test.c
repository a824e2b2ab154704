/* SPDX-License-Identifier: Apache-2.0 */
/* Seal and enrolment against numbers that another implementation made (wire/vectors/seal.txt). */
#include "core/seal/enrol.h"
#include "core/seal/seal.h"
#include "host/crypto.h"
#include "tests/support/vector.h"

static struct vector vector(const char *name)
{
    return vector_of(VECTORS "/seal.txt", name);
}

static bool same(struct bytes got, const char *name)
{
    struct vector want = vector(name);
    return got.len == want.len && memcmp(got.at, want.b, got.len) == 0;
}

#define COPY(to, name)                   \
    do {                                 \
        struct vector v_ = vector(name); \
        CHECK(v_.len == sizeof(to));     \
        memcpy(&(to), v_.b, sizeof(to)); \
    } while (0)

/* Entropy that says one vector, and only in one piece. */
static enum status fill(void *board, struct room into)
{
    struct vector v = vector(board);
    CHECK(into.cap == v.len);
    memcpy(into.at, v.b, into.cap);
    return OK;
}

static struct entropy says(char *name)
{
    return (struct entropy){.board = name, .fill = fill};
}

struct world {
    struct host_crypto *host;
    const struct crypto *crypto;
    struct kid kid;
    struct x25519_private self;
    struct x25519_public cloud;
    struct key secret, up, down, ok;
    uint8_t tls[P256_PUBLIC_LEN];
};

static struct world world(void)
{
    struct world w = {0};
    struct vector kid = vector("kid");

    CHECK(host_crypto_new(&w.host) == OK);
    w.crypto = host_crypto_port(w.host);
    CHECK(kid.len == KID_LEN && kid.b[19] == 1);
    memcpy(w.kid.device.b, kid.b, sizeof w.kid.device.b);
    w.kid.generation = 1;
    COPY(w.self, "S");
    COPY(w.cloud, "S_public");
    COPY(w.secret, "secret");
    COPY(w.up, "K_up");
    COPY(w.down, "K_down");
    COPY(w.ok, "K_ok");
    COPY(w.tls, "T");
    return w;
}

static bool has_keys_of(const struct world *w, const struct device_keys *k)
{
    return memcmp(&k->up, &w->up, sizeof w->up) == 0
        && memcmp(&k->down, &w->down, sizeof w->down) == 0
        && memcmp(&k->ok, &w->ok, sizeof w->ok) == 0;
}

static void test_the_device_s_half_of_an_enrolment_is_as_published(void)
{
    struct world w = world();
    char name[] = "enrol_ephemeral";
    struct entropy e = says(name);
    struct vector m2 = vector("M2");
    uint8_t m1[ENROL_M1_LEN];
    struct device_keys keys;
    struct bytes cert;

    CHECK(
        enrol_begin(w.crypto, &e, &w.cloud, &w.kid, &w.secret, w.tls, m1, &keys) == OK);
    CHECK(same(BYTES_OF(m1), "M1") && has_keys_of(&w, &keys));
    CHECK(enrol_check(w.crypto, &keys.ok, BYTES_OF(m1), OF(m2), &cert) == OK);
    CHECK(same(cert, "cert"));
    host_crypto_free(w.host);
}

static void test_the_cloud_s_half_of_an_enrolment_is_as_published(void)
{
    struct world w = world();
    struct vector m1 = vector("M1"), m2 = vector("M2"), cert = vector("cert");
    uint8_t tls[P256_PUBLIC_LEN];
    struct device_keys keys;
    struct digest mac;

    CHECK(enrol_open(w.crypto, &w.self, &w.kid, &w.secret, OF(m1), tls, &keys) == OK);
    CHECK(memcmp(tls, w.tls, sizeof tls) == 0 && has_keys_of(&w, &keys));
    CHECK(enrol_confirm(w.crypto, &keys.ok, OF(m1), OF(cert), &mac) == OK);
    CHECK(memcmp(mac.b, m2.b, sizeof mac.b) == 0);
    host_crypto_free(w.host);
}

static void test_an_epoch_s_envelopes_are_as_published(void)
{
    static const char *const envelopes[] = {"batch_1", "batch_2"};
    struct world w = world();
    char name[] = "epoch_ephemeral";
    struct entropy e = says(name);
    struct vector plain = vector("plain");
    struct sealer s;
    struct key k;

    CHECK(sealer_init(&s, w.crypto, &e, &w.cloud, &w.kid, &w.up) == OK);
    CHECK(same(BYTES_OF(s.epoch.b), "epoch") && same(BYTES_OF(s.key.b), "K_epoch"));
    CHECK(epoch_key(w.crypto, &w.self, &w.kid, &w.up, &s.epoch, &k) == OK);
    CHECK(same(BYTES_OF(k.b), "K_epoch"));
    for (size_t i = 0; i < 2; i++) {
        uint8_t env[512], out[512];
        struct envelope seen;
        struct digest d;
        size_t len, n;
        CHECK(seal_batch(&s, w.crypto, OF(plain), ROOM_OF(env), &len, &d) == OK);
        CHECK(same((struct bytes){env, len}, envelopes[i]));
        CHECK(envelope_parse(ENVELOPE_BATCH, (struct bytes){env, len}, &seen) == OK);
        CHECK(open_batch(w.crypto, &seen, &k, ROOM_OF(out), &n) == OK);
        CHECK(same((struct bytes){out, n}, "plain"));
    }
    host_crypto_free(w.host);
}

static void test_an_answer_is_as_published(void)
{
    struct world w = world();
    char name[] = "iv_down";
    struct entropy e = says(name);
    struct vector reply = vector("reply");
    uint8_t env[512], out[512];
    size_t len, n;

    CHECK(seal_answer(w.crypto, &e, &w.kid, &w.down, OF(reply), ROOM_OF(env), &len)
        == OK);
    CHECK(same((struct bytes){env, len}, "answer"));
    CHECK(open_answer(
              w.crypto, (struct bytes){env, len}, &w.kid, &w.down, ROOM_OF(out), &n)
        == OK);
    CHECK(same((struct bytes){out, n}, "reply"));
    host_crypto_free(w.host);
}

MAIN(TEST(test_the_device_s_half_of_an_enrolment_is_as_published),
    TEST(test_the_cloud_s_half_of_an_enrolment_is_as_published),
    TEST(test_an_epoch_s_envelopes_are_as_published),
    TEST(test_an_answer_is_as_published))
