/* SPDX-License-Identifier: Apache-2.0 */
/*
 * No branch and no index of core/seal depends on a secret. Run under valgrind: each secret is marked
 * uninitialised, so that memcheck reports the first decision taken on it. The port below stands
 * between: what libcrypto does with a secret is libcrypto's promise, not tested here.
 */
#include "core/seal/enrol.h"
#include "core/seal/seal.h"
#include "host/crypto.h"

#include "tests/support/check.h"

#include <valgrind/memcheck.h>

static const struct kid kid = {
    {{0xa1, 2, 3, 4, 5, 6, 0x47, 8, 0x89, 10, 11, 12, 13, 14, 15, 16}}, 1};
static const uint8_t plain[] = "a batch of readings";

enum { COPY_MAX = 1024 };

struct copy {
    uint8_t b[COPY_MAX];
    size_t len;
};

/* As libcrypto sees it: the value without the mark. The caller's stays marked. */
static struct copy copy_of(struct bytes in)
{
    struct copy c = {.len = in.len};
    CHECK(in.len <= sizeof c.b);
    if (in.len > 0)
        memcpy(c.b, in.at, in.len);
    (void)VALGRIND_MAKE_MEM_DEFINED(c.b, sizeof c.b);
    return c;
}

#define SEEN(c) ((struct bytes){(c).b, (c).len})

static void mark(void *secret, size_t n)
{
    (void)VALGRIND_MAKE_MEM_UNDEFINED(secret, n);
}

static enum status sha256(void *board, struct bytes in, struct digest *out)
{
    const struct crypto *real = board;
    return real->sha256(real->board, in, out); /* of what travels: no secret */
}

static enum status hmac(
    void *board, struct bytes key, struct bytes in, struct digest *out)
{
    const struct crypto *real = board;
    struct copy k = copy_of(key), i = copy_of(in);
    enum status s = real->hmac(real->board, SEEN(k), SEEN(i), out);
    mark(out, sizeof *out);
    return s;
}

static enum status aead_seal(void *board, struct bytes key, const struct iv *iv,
    struct bytes aad, struct bytes in, struct room out)
{
    const struct crypto *real = board;
    struct copy k = copy_of(key), i = copy_of(in), n = copy_of(BYTES_OF(iv->b));
    struct iv seen;
    memcpy(seen.b, n.b, sizeof seen.b);
    return real->aead_seal(real->board, SEEN(k), &seen, aad, SEEN(i), out);
}

static enum status aead_open(void *board, struct bytes key, const struct iv *iv,
    struct bytes aad, struct bytes in, struct room out)
{
    const struct crypto *real = board;
    struct copy k = copy_of(key), n = copy_of(BYTES_OF(iv->b));
    struct iv seen;
    memcpy(seen.b, n.b, sizeof seen.b);
    enum status s = real->aead_open(real->board, SEEN(k), &seen, aad, in, out);
    if (in.len > TAG_LEN)
        mark(out.at, in.len - TAG_LEN);
    return s;
}

static enum status x25519_public(
    void *board, const struct x25519_private *priv, struct x25519_public *out)
{
    const struct crypto *real = board;
    struct copy k = copy_of(BYTES_OF(priv->b));
    struct x25519_private seen;
    memcpy(seen.b, k.b, sizeof seen.b);
    return real->x25519_public(real->board, &seen, out);
}

static enum status x25519(void *board, const struct x25519_private *priv,
    const struct x25519_public *pub, struct key *shared)
{
    const struct crypto *real = board;
    struct copy k = copy_of(BYTES_OF(priv->b));
    struct x25519_private seen;
    memcpy(seen.b, k.b, sizeof seen.b);
    enum status s = real->x25519(real->board, &seen, pub, shared);
    mark(shared, sizeof *shared);
    return s;
}

static enum status secret_fill(void *board, struct room into)
{
    (void)board;
    enum status s = host_entropy_port()->fill(NULL, into);
    mark(into.at, into.cap);
    return s;
}

struct world {
    struct host_crypto *host;
    struct crypto crypto;
    struct entropy entropy;
    struct x25519_private self;
    struct x25519_public cloud;
    struct key secret;
};

static struct world world(void)
{
    static const struct crypto none;
    struct world w = {.crypto = none};
    union { /* the port's board is not const */
        const struct crypto *in;
        void *out;
    } board;

    CHECK(host_crypto_new(&w.host) == OK);
    board.in = host_crypto_port(w.host);
    w.crypto = (struct crypto){
        board.out, sha256, hmac, aead_seal, aead_open, x25519_public, x25519};
    w.entropy = (struct entropy){.fill = secret_fill};
    CHECK(secret_fill(NULL, ROOM_OF(w.self.b)) == OK);
    CHECK(secret_fill(NULL, ROOM_OF(w.secret.b)) == OK);
    CHECK(x25519_public(board.out, &w.self, &w.cloud) == OK);
    return w;
}

static unsigned long errors(void)
{
    return (unsigned long)VALGRIND_COUNT_ERRORS;
}

static void test_valgrind_sees_a_decision_on_a_secret(void)
{
    volatile uint8_t seen = 0;
    struct key k;
    unsigned long before = errors();

    CHECK(secret_fill(NULL, ROOM_OF(k.b)) == OK);
    if (k.b[7] & 1)
        seen = 1;
    CHECK(errors() == before + 1);
    (void)seen;
}

static void test_sealing_and_opening_decide_nothing_on_a_secret(void)
{
    struct world w = world();
    struct sealer s;
    struct envelope e;
    struct digest d;
    struct key down, k;
    uint8_t text[sizeof plain], env[512], out[512];
    size_t len, n;
    unsigned long before = errors();

    memcpy(text, plain, sizeof text);
    mark(text, sizeof text);
    CHECK(secret_fill(NULL, ROOM_OF(down.b)) == OK);
    CHECK(sealer_init(&s, &w.crypto, &w.entropy, &w.cloud, &kid, &w.secret) == OK);
    CHECK(seal_batch(&s, &w.crypto, BYTES_OF(text), ROOM_OF(env), &len, &d) == OK);
    CHECK(envelope_parse(ENVELOPE_BATCH, (struct bytes){env, len}, &e) == OK);
    CHECK(epoch_key(&w.crypto, &w.self, &kid, &w.secret, &e.epoch, &k) == OK);
    CHECK(open_batch(&w.crypto, &e, &k, ROOM_OF(out), &n) == OK);
    env[len - 1] ^= 1;
    CHECK(open_batch(&w.crypto, &e, &k, ROOM_OF(out), &n) == REFUSED);
    CHECK(seal_answer(&w.crypto, host_entropy_port(), &kid, &down, BYTES_OF(text),
              ROOM_OF(env), &len)
        == OK);
    CHECK(
        open_answer(&w.crypto, (struct bytes){env, len}, &kid, &down, ROOM_OF(out), &n)
        == OK);
    CHECK(errors() == before);
    host_crypto_free(w.host);
}

static void test_enrolment_decides_nothing_on_a_secret_but_its_verdict(void)
{
    static const uint8_t tls[P256_PUBLIC_LEN] = {4}, cert[] = "certificate";
    struct world w = world();
    struct device_keys device, cloud;
    uint8_t m1[ENROL_M1_LEN], got[P256_PUBLIC_LEN], m2[32 + sizeof cert];
    struct digest mac;
    struct bytes back;
    unsigned long before = errors();

    CHECK(
        enrol_begin(&w.crypto, &w.entropy, &w.cloud, &kid, &w.secret, tls, m1, &device)
        == OK);
    CHECK(enrol_open(&w.crypto, &w.self, &kid, &w.secret, BYTES_OF(m1), got, &cloud)
        == OK);
    CHECK(
        enrol_confirm(&w.crypto, &cloud.ok, BYTES_OF(m1), BYTES_OF(cert), &mac) == OK);
    CHECK(errors() == before);
    memcpy(m2, mac.b, sizeof mac.b);
    memcpy(m2 + sizeof mac.b, cert, sizeof cert);
    (void)VALGRIND_MAKE_MEM_DEFINED(m2, sizeof m2); /* it has travelled */
    for (size_t i = 0; i < sizeof mac.b; i++) {
        unsigned long so_far = errors();
        m2[i] ^= 0x80;
        CHECK(enrol_check(&w.crypto, &device.ok, BYTES_OF(m1), BYTES_OF(m2), &back)
            == REFUSED);
        m2[i] ^= 0x80;
        CHECK(errors() <= so_far + 2); /* the verdict, here and in this CHECK */
    }
    host_crypto_free(w.host);
}

int main(void)
{
    struct test tests[] = {TEST(test_valgrind_sees_a_decision_on_a_secret),
        TEST(test_sealing_and_opening_decide_nothing_on_a_secret),
        TEST(test_enrolment_decides_nothing_on_a_secret_but_its_verdict)};
    if (!RUNNING_ON_VALGRIND) {
        printf("1..0 # SKIP only valgrind can see it\n");
        return 0;
    }
    return run_tests(tests, sizeof tests / sizeof tests[0]);
}
