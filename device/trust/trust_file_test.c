/* SPDX-License-Identifier: Apache-2.0 */
#include "device/trust/trust_file.h"

#include "host/crypto.h"
#include "host/keyfile.h"
#include "tests/support/check.h"
#include "tests/support/disk_fault.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/params.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/holdfast-trust-XXXXXX";

static void path_of(char out[128], const char *name)
{
    (void)snprintf(out, 128, "%s/%s", folder, name);
}

static enum status open_part(
    struct trust_file *t, enum trust_part part, struct host_crypto *c)
{
    const char *why;
    return trust_file_open(
        t, part, folder, getuid(), host_crypto_port(c), host_entropy_port(), &why);
}

static void forget(void)
{
    static const char *const files[] = {
        "tls.key", "wrap.key", "tls.key.new", "wrap.key.new"};
    char path[128];

    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        path_of(path, files[i]);
        (void)unlink(path);
    }
}

static EVP_PKEY *public_of(uint8_t point[P256_PUBLIC_LEN])
{
    static char group[] = "prime256v1";
    EVP_PKEY_CTX *x = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *key = NULL;
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(
            OSSL_PKEY_PARAM_PUB_KEY, point, P256_PUBLIC_LEN),
        OSSL_PARAM_construct_end()};

    CHECK(x && EVP_PKEY_fromdata_init(x) == 1
        && EVP_PKEY_fromdata(x, &key, EVP_PKEY_PUBLIC_KEY, params) == 1);
    EVP_PKEY_CTX_free(x);
    return key;
}

static bool verifies(
    EVP_PKEY *key, const struct digest *digest, const uint8_t *der, size_t len)
{
    EVP_PKEY_CTX *x = EVP_PKEY_CTX_new(key, NULL);
    bool good = x && EVP_PKEY_verify_init(x) == 1
        && EVP_PKEY_verify(x, der, len, digest->b, sizeof digest->b) == 1;
    EVP_PKEY_CTX_free(x);
    return good;
}

static void test_a_secret_opens_on_this_device_and_on_no_other(void)
{
    struct host_crypto *c = NULL;
    struct trust_file t;
    static const uint8_t secret[] = "long-term secret";
    uint8_t sealed[sizeof secret + TRUST_OVERHEAD_MAX], out[sizeof secret];
    size_t len, n;

    CHECK(host_crypto_new(&c) == OK);
    CHECK(trust_file_create(TRUST_WRAP, folder, getuid(), getgid(), host_entropy_port())
        == OK);
    CHECK(open_part(&t, TRUST_WRAP, c) == OK);
    CHECK(t.port.seal(t.port.board, BYTES_OF(secret), ROOM_OF(sealed), &len) == OK);
    CHECK(
        t.port.open(t.port.board, (struct bytes){sealed, len}, ROOM_OF(out), &n) == OK);
    CHECK(n == sizeof secret && memcmp(out, secret, n) == 0);
    for (size_t i = 0; i < len; i++) {
        sealed[i] ^= 1;
        CHECK(t.port.open(t.port.board, (struct bytes){sealed, len}, ROOM_OF(out), &n)
            == DAMAGED);
        sealed[i] ^= 1;
    }
    uint8_t public_key[P256_PUBLIC_LEN];
    CHECK(t.port.tls_public(t.port.board, public_key) == REFUSED);
    trust_file_close(&t);
    forget();
    CHECK(trust_file_create(TRUST_WRAP, folder, getuid(), getgid(), host_entropy_port())
        == OK);
    CHECK(open_part(&t, TRUST_WRAP, c) == OK);
    CHECK(t.port.open(t.port.board, (struct bytes){sealed, len}, ROOM_OF(out), &n)
        == DAMAGED);
    trust_file_close(&t);
    forget();
    host_crypto_free(c);
}

static void test_a_key_is_made_once_and_never_over_an_old_one(void)
{
    struct host_crypto *c = NULL;
    struct trust_file t;
    uint8_t first[P256_PUBLIC_LEN], second[P256_PUBLIC_LEN];

    CHECK(host_crypto_new(&c) == OK);
    CHECK(open_part(&t, TRUST_TLS, c) == AGAIN);
    CHECK(trust_file_create(TRUST_TLS, folder, getuid(), getgid(), host_entropy_port())
        == OK);
    CHECK(open_part(&t, TRUST_TLS, c) == OK);
    CHECK(t.port.tls_public(t.port.board, first) == OK && first[0] == 4);
    trust_file_close(&t);
    CHECK(trust_file_create(TRUST_TLS, folder, getuid(), getgid(), host_entropy_port())
        == OK);
    CHECK(open_part(&t, TRUST_TLS, c) == OK);
    CHECK(t.port.tls_public(t.port.board, second) == OK);
    CHECK(memcmp(first, second, sizeof first) == 0);
    trust_file_close(&t);
    host_crypto_free(c);
}

/* False: there is none. */
static bool point_of_file(struct host_crypto *c, uint8_t point[P256_PUBLIC_LEN])
{
    struct trust_file t;

    if (open_part(&t, TRUST_TLS, c) != OK)
        return false;
    CHECK(t.port.tls_public(t.port.board, point) == OK);
    trust_file_close(&t);
    return true;
}

/*
 * Req: HF-FLASH-002 "no keys run that a cut of power could take back"
 * Its public half goes out in an enrolment or a renewal: a certificate for a key that is gone is of no use.
 */
static void test_a_key_whose_making_failed_is_told_of_only_when_no_cut_takes_it_back(
    void)
{
    uint8_t told[P256_PUBLIC_LEN], kept[P256_PUBLIC_LEN];
    struct host_crypto *c = NULL;
    int failed = 0, left = 0;

    CHECK(host_crypto_new(&c) == OK);
    for (struct disk_sweep w = {0}; disk_sweep_next(&w);) {
        forget();
        disk_sweep_arm(&w);
        enum status s = trust_file_create(
            TRUST_TLS, folder, getuid(), getgid(), host_entropy_port());
        disk_sweep_ends(&w);
        failed += s != OK;
        left += s != OK && point_of_file(c, kept);
        if (w.form > 0) /* power is cut at once */
            disk_cut(w.form - 1);
        if (s != OK)
            CHECK(trust_file_create(
                      TRUST_TLS, folder, getuid(), getgid(), host_entropy_port())
                == OK);
        CHECK(point_of_file(c, told));
        disk_cut(0);
        CHECK(point_of_file(c, kept) && memcmp(told, kept, sizeof kept) == 0);
    }
    CHECK(failed > 4 && left > 0);
    forget();
    host_crypto_free(c);
}

static void test_what_it_signs_verifies_under_its_public_key_and_no_other_does(void)
{
    struct host_crypto *c = NULL;
    struct trust_file t;
    uint8_t point[P256_PUBLIC_LEN], der[TRUST_SIGNATURE_MAX];
    struct digest said = {{1, 2, 3}}, other = {{1, 2, 4}};
    size_t len;

    CHECK(host_crypto_new(&c) == OK);
    CHECK(trust_file_create(TRUST_TLS, folder, getuid(), getgid(), host_entropy_port())
        == OK);
    CHECK(open_part(&t, TRUST_TLS, c) == OK);
    CHECK(strcmp(t.port.kind, "software") == 0);
    CHECK(t.port.tls_public(t.port.board, point) == OK);
    EVP_PKEY *key = public_of(point);
    for (int i = 0; i < 50; i++) { /* DER lengths vary from one signature to the next */
        CHECK(t.port.tls_sign(t.port.board, &said, ROOM_OF(der), &len) == OK);
        CHECK(len <= TRUST_SIGNATURE_MAX);
        CHECK(verifies(key, &said, der, len));
        CHECK(!verifies(key, &other, der, len));
        der[len - 1] ^= 1;
        CHECK(!verifies(key, &said, der, len));
    }
    EVP_PKEY_free(key);
    trust_file_close(&t);
    forget();
    host_crypto_free(c);
}

static void test_each_role_s_trust_refuses_the_other_role_s_half(void)
{
    struct host_crypto *c = NULL;
    struct trust_file tls, wrap;
    uint8_t point[P256_PUBLIC_LEN], out[128] = {0};
    static const uint8_t secret[] = "s";
    struct digest d = {{0}};
    size_t len = 77;

    CHECK(host_crypto_new(&c) == OK);
    CHECK(trust_file_create(TRUST_TLS, folder, getuid(), getgid(), host_entropy_port())
        == OK);
    CHECK(trust_file_create(TRUST_WRAP, folder, getuid(), getgid(), host_entropy_port())
        == OK);
    CHECK(open_part(&tls, TRUST_TLS, c) == OK && open_part(&wrap, TRUST_WRAP, c) == OK);
    CHECK(
        tls.port.seal(tls.port.board, BYTES_OF(secret), ROOM_OF(out), &len) == REFUSED);
    CHECK(tls.port.open(tls.port.board, BYTES_OF(out), ROOM_OF(out), &len) == REFUSED);
    CHECK(wrap.port.tls_sign(wrap.port.board, &d, ROOM_OF(out), &len) == REFUSED);
    CHECK(wrap.port.tls_public(wrap.port.board, point) == REFUSED);
    CHECK(len == 77);
    trust_file_close(&tls);
    trust_file_close(&wrap);
    forget();
    host_crypto_free(c);
}

/* Put these bytes where the role's key should be, with the right mode and owner. */
static enum status open_given(
    enum trust_part part, const char *name, struct bytes b, struct host_crypto *c)
{
    struct trust_file t;
    char path[128];

    path_of(path, name);
    CHECK(keyfile_write(path, getuid(), getgid(), b, true) == OK);
    enum status s = open_part(&t, part, c);
    if (s == OK)
        trust_file_close(&t);
    return s;
}

static void test_keys_in_files_prove_nothing_of_where_they_are(void)
{
    static const enum trust_part parts[] = {TRUST_TLS, TRUST_WRAP};
    static struct trust_identity identity;
    static struct trust_evidence evidence;
    struct host_crypto *c = NULL;
    struct trust_credential credential = {{0}, {0}};
    struct digest bound = {{1}};
    struct key secret = {{0}};

    CHECK(host_crypto_new(&c) == OK);
    for (size_t i = 0; i < 2; i++) {
        struct trust_file t;
        CHECK(
            trust_file_create(parts[i], folder, getuid(), getgid(), host_entropy_port())
            == OK);
        CHECK(open_part(&t, parts[i], c) == OK);
        CHECK(t.port.identity(t.port.board, &identity) == REFUSED);
        CHECK(t.port.activate(t.port.board, &credential, &secret) == REFUSED);
        CHECK(t.port.quote(t.port.board, 1, &bound, &evidence) == REFUSED);
        trust_file_close(&t);
    }
    CHECK(identity.tls.len == 0 && evidence.said.len == 0);
    forget();
    host_crypto_free(c);
}

static void test_a_key_file_with_another_kind_of_key_is_refused(void)
{
    static const char *const kinds[] = {"P-256", "P-384", "secp256k1"};
    struct host_crypto *c = NULL;
    uint8_t b[512] = {0};

    CHECK(host_crypto_new(&c) == OK);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        EVP_PKEY *k = EVP_EC_gen(kinds[i]);
        unsigned char *at = b;
        int n = i2d_PrivateKey(k, &at);
        CHECK(n > 0 && n < 200);
        enum status want = i == 0 ? OK : REFUSED;
        struct bytes whole = {b, (size_t)n};
        CHECK(open_given(TRUST_TLS, "tls.key", whole, c) == want);
        EVP_PKEY_free(k);
        if (i > 0)
            continue;
        b[n] = 0;
        whole.len++;
        CHECK(open_given(TRUST_TLS, "tls.key", whole, c) == REFUSED);
        whole.len -= 2;
        CHECK(open_given(TRUST_TLS, "tls.key", whole, c) == REFUSED);
    }
    for (size_t n = 31; n <= 33; n++)
        CHECK(open_given(TRUST_WRAP, "wrap.key", (struct bytes){b, n}, c)
            == (n == 32 ? OK : REFUSED));
    forget();
    host_crypto_free(c);
}

static void test_two_sealings_of_one_secret_differ_and_need_their_room(void)
{
    struct host_crypto *c = NULL;
    struct trust_file t;
    static const uint8_t secret[] = "long-term secret";
    uint8_t a[sizeof secret + TRUST_OVERHEAD_MAX], b[sizeof a], out[sizeof secret];
    size_t la = 0, lb = 0, n = 77;

    CHECK(host_crypto_new(&c) == OK);
    CHECK(trust_file_create(TRUST_WRAP, folder, getuid(), getgid(), host_entropy_port())
        == OK);
    CHECK(open_part(&t, TRUST_WRAP, c) == OK);
    CHECK(t.port.seal(t.port.board, BYTES_OF(secret), ROOM_OF(a), &la) == OK);
    CHECK(t.port.seal(t.port.board, BYTES_OF(secret), ROOM_OF(b), &lb) == OK);
    CHECK(la == lb && memcmp(a, b, la) != 0);
    CHECK(
        t.port.seal(t.port.board, BYTES_OF(secret), (struct room){a, sizeof a - 1}, &n)
        == FULL);
    for (size_t cut = 0; cut < lb; cut++)
        CHECK(t.port.open(t.port.board, (struct bytes){b, cut}, ROOM_OF(out), &n)
            == DAMAGED);
    CHECK(n == 77);
    trust_file_close(&t);
    forget();
    host_crypto_free(c);
}

static void test_a_version_not_known_is_damaged_even_if_sealed_by_this_device(void)
{
    struct host_crypto *host = NULL;
    struct trust_file t;
    static const uint8_t secret[] = "of a later version";
    struct iv iv = {{3}};
    uint8_t blob[1 + sizeof iv + sizeof secret + TAG_LEN], out[sizeof secret];
    size_t n;

    CHECK(host_crypto_new(&host) == OK);
    const struct crypto *c = host_crypto_port(host);
    CHECK(trust_file_create(TRUST_WRAP, folder, getuid(), getgid(), host_entropy_port())
        == OK);
    CHECK(open_part(&t, TRUST_WRAP, host) == OK);
    for (uint8_t version = 0; version < 4; version++) {
        blob[0] = version;
        memcpy(blob + 1, iv.b, sizeof iv.b);
        CHECK(c->aead_seal(c->board, BYTES_OF(t.wrap.b), &iv, (struct bytes){blob, 1},
                  BYTES_OF(secret),
                  (struct room){blob + 1 + sizeof iv.b, sizeof secret + TAG_LEN})
            == OK);
        CHECK(t.port.open(t.port.board, BYTES_OF(blob), ROOM_OF(out), &n)
            == (version == 1 ? OK : DAMAGED));
    }
    trust_file_close(&t);
    forget();
    host_crypto_free(host);
}

static void test_a_key_file_that_others_can_read_is_refused(void)
{
    struct host_crypto *c = NULL;
    struct trust_file t;
    char path[128];
    static const mode_t bad[] = {0444, 0440, 0404, 0600, 0700};

    CHECK(host_crypto_new(&c) == OK);
    path_of(path, "tls.key");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        CHECK(chmod(path, bad[i]) == 0);
        CHECK(open_part(&t, TRUST_TLS, c) == REFUSED);
    }
    CHECK(chmod(path, 0400) == 0);
    CHECK(open_part(&t, TRUST_TLS, c) == OK);
    trust_file_close(&t);
    forget();
    CHECK(rmdir(folder) == 0);
    host_crypto_free(c);
}

int main(void)
{
    struct test tests[] = {
        TEST(test_a_key_whose_making_failed_is_told_of_only_when_no_cut_takes_it_back),
        TEST(test_a_secret_opens_on_this_device_and_on_no_other),
        TEST(test_what_it_signs_verifies_under_its_public_key_and_no_other_does),
        TEST(test_each_role_s_trust_refuses_the_other_role_s_half),
        TEST(test_keys_in_files_prove_nothing_of_where_they_are),
        TEST(test_a_key_file_with_another_kind_of_key_is_refused),
        TEST(test_a_version_not_known_is_damaged_even_if_sealed_by_this_device),
        TEST(test_two_sealings_of_one_secret_differ_and_need_their_room),
        TEST(test_a_key_is_made_once_and_never_over_an_old_one),
        TEST(test_a_key_file_that_others_can_read_is_refused)};
    if (!mkdtemp(folder))
        return 1;
    return run_tests(tests, sizeof tests / sizeof tests[0]);
}
