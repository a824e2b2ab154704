/* SPDX-License-Identifier: Apache-2.0 */
#include "device/trust/trust_file.h"

#include "host/crypto.h"
#include "tests/support/check.h"

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
    char path[128];
    path_of(path, "tls.key");
    (void)unlink(path);
    path_of(path, "wrap.key");
    (void)unlink(path);
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
    struct test tests[] = {TEST(test_a_secret_opens_on_this_device_and_on_no_other),
        TEST(test_a_key_is_made_once_and_never_over_an_old_one),
        TEST(test_a_key_file_that_others_can_read_is_refused)};
    if (!mkdtemp(folder))
        return 1;
    return run_tests(tests, sizeof tests / sizeof tests[0]);
}
