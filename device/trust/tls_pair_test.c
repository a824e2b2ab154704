/* SPDX-License-Identifier: Apache-2.0 */
#include "device/trust/tls_pair.h"

#include "core/base/limits.h"

#include "device/trust/trust_file.h"
#include "host/crypto.h"
#include "host/keyfile.h"
#include "tests/support/check.h"
#include "tests/support/disk_fault.h"

#include <openssl/x509.h>
#include <stdio.h>
#include <unistd.h>

struct rig {
    char folder[64];
    struct tls_pair pair;
    uint8_t cert[LIMIT_CERT], next_cert[LIMIT_CERT];
    size_t cert_len, next_len;
};

static void path_of(const struct rig *r, const char *file, char out[128])
{
    snprintf(out, 128, "%s/%s", r->folder, file);
}

/* A certificate for the key in `part`, signed by itself: who issued it is not courier's business. */
static size_t cert_for(const struct rig *r, enum trust_part part, uint8_t *out)
{
    struct trust_file t;
    const char *why = NULL;
    X509 *c = X509_new();

    CHECK(trust_file_open(&t, part, r->folder, geteuid(), NULL, NULL, &why) == OK);
    CHECK(X509_set_pubkey(c, t.tls) == 1 && X509_gmtime_adj(X509_getm_notBefore(c), 0)
        && X509_gmtime_adj(X509_getm_notAfter(c), 86400)
        && X509_sign(c, t.tls, EVP_sha256()) > 0);
    int n = i2d_X509(c, NULL);
    CHECK(n > 0 && n <= LIMIT_CERT);
    i2d_X509(c, &out);
    X509_free(c);
    trust_file_close(&t);
    return (size_t)n;
}

static void begin(struct rig *r)
{
    uint8_t point[P256_PUBLIC_LEN];
    char path[128];

    snprintf(r->folder, sizeof r->folder, "/tmp/tls_pair_test.XXXXXX");
    CHECK(mkdtemp(r->folder) != NULL);
    r->pair = (struct tls_pair){r->folder, geteuid(), getegid()};
    CHECK(trust_file_create(
              TRUST_TLS, r->folder, geteuid(), getegid(), host_entropy_port())
        == OK);
    r->cert_len = cert_for(r, TRUST_TLS, r->cert);
    path_of(r, "tls.crt", path);
    CHECK(keyfile_write(
              path, geteuid(), getegid(), (struct bytes){r->cert, r->cert_len}, true)
        == OK);
    CHECK(tls_pair_next(&r->pair, host_entropy_port(), point) == OK);
    r->next_len = cert_for(r, TRUST_TLS_NEXT, r->next_cert);
}

static void end(const struct rig *r)
{
    static const char *const files[] = {
        "tls.key", "tls.crt", "tls.next.key", "tls.crt.new"};
    char path[128];

    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        path_of(r, files[i], path);
        unlink(path);
    }
    CHECK(rmdir(r->folder) == 0); /* and nothing else was left behind */
}

/* Which pair is in force: 1 the old, 2 the new, 0: key and certificate are of two pairs. */
static int in_force(const struct rig *r)
{
    uint8_t cert[LIMIT_CERT];
    char path[128];
    const char *why = NULL;
    size_t len = 0;
    struct trust_file t;

    path_of(r, "tls.crt", path);
    CHECK(keyfile_read(path, geteuid(), ROOM_OF(cert), &len, &why) == OK);
    const unsigned char *at = cert;
    X509 *c = d2i_X509(NULL, &at, (long)len);
    CHECK(trust_file_open(&t, TRUST_TLS, r->folder, geteuid(), NULL, NULL, &why) == OK);
    bool fits = X509_check_private_key(c, t.tls) == 1;
    X509_free(c);
    trust_file_close(&t);
    if (!fits)
        return 0;
    return len == r->next_len && memcmp(cert, r->next_cert, len) == 0 ? 2 : 1;
}

static void
test_the_key_to_come_is_made_once_and_changes_nothing_before_its_certificate(void)
{
    struct rig r;
    uint8_t first[P256_PUBLIC_LEN], again[P256_PUBLIC_LEN];

    begin(&r);
    CHECK(tls_pair_next(&r.pair, host_entropy_port(), first) == OK);
    CHECK(tls_pair_next(&r.pair, host_entropy_port(), again) == OK);
    CHECK(memcmp(first, again, sizeof first) == 0);
    CHECK(tls_pair_settle(&r.pair) == OK && in_force(&r) == 1);
    end(&r);
}

static void test_a_new_pair_is_installed_and_saying_it_again_does_no_harm(void)
{
    struct rig r;
    struct bytes next;

    begin(&r);
    next = (struct bytes){r.next_cert, r.next_len};
    for (int i = 0; i < 3; i++) {
        CHECK(tls_pair_install(&r.pair, next) == OK && in_force(&r) == 2);
        CHECK(tls_pair_settle(&r.pair) == OK && in_force(&r) == 2);
    }
    end(&r);
}

static void test_a_certificate_of_no_key_of_ours_is_refused_and_changes_nothing(void)
{
    struct rig r, stranger;

    begin(&r);
    begin(&stranger);
    CHECK(tls_pair_install(&r.pair, (struct bytes){stranger.cert, stranger.cert_len})
        == REFUSED);
    CHECK(tls_pair_install(&r.pair, (struct bytes){r.next_cert, r.next_len / 2})
        == REFUSED);
    CHECK(in_force(&r) == 1);
    end(&r);
    end(&stranger);
}

/* keyfile_write and rename are each whole or not there: the one state between is this. */
static void
test_power_cut_between_the_certificate_and_its_key_is_settled_at_the_next_start(void)
{
    struct rig r;
    char path[128];

    begin(&r);
    path_of(&r, "tls.crt", path);
    CHECK(keyfile_write(
              path, geteuid(), getegid(), (struct bytes){r.next_cert, r.next_len}, true)
        == OK);
    CHECK(in_force(&r) == 0);
    CHECK(tls_pair_settle(&r.pair) == OK && in_force(&r) == 2);
    CHECK(tls_pair_install(&r.pair, (struct bytes){r.next_cert, r.next_len}) == OK);
    CHECK(in_force(&r) == 2);
    end(&r);
}

/* A start: settled, and then which pair runs. */
static int started(const struct rig *r)
{
    CHECK(tls_pair_settle(&r->pair) == OK);
    int runs = in_force(r);
    CHECK(runs != 0);
    return runs;
}

/* Req: HF-FLASH-002 "no keys run that a cut of power could take back" */
static void
test_a_call_that_fails_in_an_install_leaves_a_whole_pair_that_no_cut_takes_back(void)
{
    enum after { CUT, START, AGAIN_AT_ONCE, AFTERS };
    int seen[3] = {0};

    for (int after = 0; after < AFTERS; after++)
        for (struct disk_sweep w = {0}; disk_sweep_next(&w);) {
            struct rig r;
            begin(&r);
            struct bytes next = {r.next_cert, r.next_len};
            disk_sweep_arm(&w);
            enum status s = tls_pair_install(&r.pair, next);
            disk_sweep_ends(&w);
            if (after == CUT)
                disk_cut(w.form);
            if (after == AGAIN_AT_ONCE) {
                CHECK(tls_pair_install(&r.pair, next) == OK);
                s = OK;
            }
            int runs = started(&r);
            CHECK(s != OK || runs == 2);
            seen[runs]++;
            disk_cut(0);
            CHECK(in_force(&r) == runs);
            CHECK(tls_pair_install(&r.pair, next) == OK);
            disk_cut(0);
            CHECK(started(&r) == 2);
            end(&r);
        }
    CHECK(seen[1] > 8 && seen[2] > 8);
}

static void test_a_start_whose_call_fails_runs_no_pair_and_the_next_one_does(void)
{
    int failed = 0;

    for (struct disk_sweep w = {0}; disk_sweep_next(&w);) {
        struct rig r;
        char path[128];

        begin(&r);
        path_of(&r, "tls.crt", path);
        CHECK(keyfile_write(path, geteuid(), getegid(),
                  (struct bytes){r.next_cert, r.next_len}, true)
            == OK);
        disk_sweep_arm(&w);
        enum status s = tls_pair_settle(&r.pair);
        disk_sweep_ends(&w);
        failed += s != OK;
        CHECK(s != OK || in_force(&r) == 2);
        disk_cut(w.form);
        CHECK(started(&r) == 2);
        end(&r);
    }
    CHECK(failed >= 3);
}

MAIN(TEST(test_the_key_to_come_is_made_once_and_changes_nothing_before_its_certificate),
    TEST(test_a_new_pair_is_installed_and_saying_it_again_does_no_harm),
    TEST(test_a_certificate_of_no_key_of_ours_is_refused_and_changes_nothing),
    TEST(
        test_power_cut_between_the_certificate_and_its_key_is_settled_at_the_next_start),
    TEST(
        test_a_call_that_fails_in_an_install_leaves_a_whole_pair_that_no_cut_takes_back),
    TEST(test_a_start_whose_call_fails_runs_no_pair_and_the_next_one_does))
