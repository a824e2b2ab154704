/* SPDX-License-Identifier: Apache-2.0 */
#include "device/keeper/renewal.h"

#include "device/trust/trust_file.h"
#include "host/crypto.h"
#include "host/keyfile.h"
#include "tests/support/check.h"
#include "tests/support/disk_fault.h"

#include <stdio.h>
#include <unistd.h>

/* A device's folder, and what keys at the cloud does with an M1. */
struct rig {
    char folder[64], identity[96], record[96];
    struct host_crypto *crypto;
    struct trust_file trust;
    struct renewal_place place;
    struct x25519_private s;
    struct identity_record before;
    struct renewal renewal;
    uint8_t point[P256_PUBLIC_LEN], m2[ENROL_M2_MAX];
    size_t m2_len;
    struct device_keys cloud;
};

static void fill(uint8_t *at, size_t len)
{
    const struct entropy *e = host_entropy_port();
    CHECK(e->fill(e->board, (struct room){at, len}) == OK);
}

static void begin_rig(struct rig *r)
{
    const char *why = NULL;

    memset(r, 0, sizeof *r);
    snprintf(r->folder, sizeof r->folder, "/tmp/renewal_test.XXXXXX");
    CHECK(mkdtemp(r->folder) != NULL && host_crypto_new(&r->crypto) == OK);
    const struct crypto *c = host_crypto_port(r->crypto);
    const struct entropy *e = host_entropy_port();
    snprintf(r->identity, sizeof r->identity, "%s/identity", r->folder);
    snprintf(r->record, sizeof r->record, "%s/renewal", r->folder);
    CHECK(trust_file_create(TRUST_WRAP, r->folder, geteuid(), getegid(), e) == OK);
    CHECK(
        trust_file_open(&r->trust, TRUST_WRAP, r->folder, geteuid(), c, e, &why) == OK);
    r->place = (struct renewal_place){
        r->identity, r->record, geteuid(), getegid(), &r->trust.port, c, e};
    fill(r->s.b, sizeof r->s.b);
    fill(r->before.kid.device.b, sizeof r->before.kid.device.b);
    fill(r->before.up.b, sizeof r->before.up.b);
    fill(r->before.down.b, sizeof r->before.down.b);
    fill(r->before.service.b, sizeof r->before.service.b);
    r->before.kid.generation = 1;
    CHECK(c->x25519_public(c->board, &r->s, &r->before.cloud) == OK);
    CHECK(identity_write(r->identity, geteuid(), getegid(), &r->trust.port, &r->before)
        == OK);
    fill(r->point, sizeof r->point);
    r->point[0] = 4;
}

static void end_rig(struct rig *r)
{
    char wrap[112];

    snprintf(wrap, sizeof wrap, "%s/wrap.key", r->folder);
    unlink(r->identity);
    unlink(r->record);
    unlink(wrap);
    for (int i = 0; i < 2; i++) { /* of a write that failed, and its removal, too */
        snprintf(wrap, sizeof wrap, "%s.new", i == 0 ? r->identity : r->record);
        unlink(wrap);
    }
    CHECK(rmdir(r->folder) == 0); /* and nothing else was left behind */
    trust_file_close(&r->trust);
    host_crypto_free(r->crypto);
}

/* cloud/keys: M1 opens under K_up of the generation before; any certificate will do here. */
static enum status cloud_answers(struct rig *r, const struct key *up)
{
    static const uint8_t cert[] = "a certificate";
    const struct crypto *c = host_crypto_port(r->crypto);
    struct kid next = {r->before.kid.device, r->before.kid.generation + 1};
    uint8_t point[P256_PUBLIC_LEN];
    struct key secret;
    struct digest mac;

    TRY(renew_secret(c, up, &next, &secret));
    TRY(enrol_open(
        c, &r->s, &next, &secret, BYTES_OF(r->renewal.record.m1), point, &r->cloud));
    CHECK(memcmp(point, r->point, sizeof point) == 0);
    TRY(enrol_confirm(
        c, &r->cloud.ok, BYTES_OF(r->renewal.record.m1), BYTES_OF(cert), &mac));
    memcpy(r->m2, mac.b, sizeof mac.b);
    memcpy(r->m2 + sizeof mac.b, cert, sizeof cert);
    r->m2_len = sizeof mac.b + sizeof cert;
    return OK;
}

/* What a new start finds on flash. */
static uint32_t generation_on_flash(struct rig *r, struct identity_record *id)
{
    const char *why = NULL;
    if (identity_read(r->identity, geteuid(), &r->trust.port, id, &why) != OK)
        return 0;
    return id->kid.generation;
}

static void test_device_and_cloud_agree_keys_that_neither_had_before(void)
{
    struct rig r;
    struct identity_record now;
    struct bytes cert;

    begin_rig(&r);
    const struct crypto *c = host_crypto_port(r.crypto);
    CHECK(renewal_begin(&r.renewal, &r.place, &r.before.kid, r.point) == OK);
    CHECK(cloud_answers(&r, &r.before.up) == OK);
    CHECK(renewal_check(&r.renewal, c, (struct bytes){r.m2, r.m2_len}, &cert) == OK);
    CHECK(cert.len == sizeof "a certificate");
    CHECK(renewal_use(&r.renewal, &r.place, &now) == OK && !r.renewal.begun);
    CHECK(generation_on_flash(&r, &now) == 2);
    CHECK(memcmp(&now.up, &r.cloud.up, sizeof now.up) == 0
        && memcmp(&now.down, &r.cloud.down, sizeof now.down) == 0);
    CHECK(memcmp(&now.up, &r.before.up, sizeof now.up) != 0);
    CHECK(memcmp(&now.service, &r.before.service, sizeof now.service) == 0
        && memcmp(&now.cloud, &r.before.cloud, sizeof now.cloud) == 0);
    CHECK(access(r.record, F_OK) != 0);
    end_rig(&r);
}

static void test_an_m2_changed_in_any_byte_or_of_another_m1_is_refused(void)
{
    struct rig r;
    struct bytes cert;
    struct renewal other = {0};

    begin_rig(&r);
    const struct crypto *c = host_crypto_port(r.crypto);
    CHECK(renewal_begin(&r.renewal, &r.place, &r.before.kid, r.point) == OK);
    CHECK(cloud_answers(&r, &r.before.up) == OK);
    struct bytes m2 = {r.m2, r.m2_len};
    for (size_t i = 0; i < r.m2_len; i++) {
        r.m2[i] ^= 1;
        CHECK(renewal_check(&r.renewal, c, m2, &cert) == REFUSED);
        r.m2[i] ^= 1;
    }
    for (size_t n = 0; n < r.m2_len; n++)
        CHECK(renewal_check(&r.renewal, c, (struct bytes){r.m2, n}, &cert) == REFUSED);
    CHECK(renewal_begin(&other, &r.place, &r.before.kid, r.point) == OK);
    CHECK(renewal_check(&other, c, m2, &cert) == REFUSED);
    CHECK(renewal_check(&r.renewal, c, m2, &cert) == OK);
    /* Who carries it all, and even who has everything but K_up, opens nothing. */
    struct key guess = {{0}};
    CHECK(cloud_answers(&r, &guess) == REFUSED);
    end_rig(&r);
}

static void test_a_renewal_is_of_the_identity_on_flash_and_no_other(void)
{
    struct rig r;
    struct kid other;

    begin_rig(&r);
    other = (struct kid){r.before.kid.device, 2};
    CHECK(renewal_begin(&r.renewal, &r.place, &other, r.point) == REFUSED);
    CHECK(!r.renewal.begun && access(r.record, F_OK) != 0);
    end_rig(&r);
}

/*
 * Each file is written whole or not at all (host/keyfile), so a cut of power leaves one of these.
 * From each a new start goes on and ends in generation 2, with the keys that the cloud has.
 */
static void test_from_power_cut_after_each_write_a_new_start_goes_on(void)
{
    enum { BEFORE_M1, M1_KEPT, IDENTITY_REPLACED, RECORD_GONE, CUTS };

    for (int cut = 0; cut < CUTS; cut++) {
        struct rig r;
        struct identity_record now = {0};
        struct bytes cert;

        begin_rig(&r);
        const struct crypto *c = host_crypto_port(r.crypto);
        if (cut >= M1_KEPT) {
            CHECK(renewal_begin(&r.renewal, &r.place, &r.before.kid, r.point) == OK);
            CHECK(cloud_answers(&r, &r.before.up) == OK);
        }
        if (cut >= IDENTITY_REPLACED) {
            struct renewal kept = r.renewal;
            CHECK(renewal_use(&r.renewal, &r.place, &now) == OK);
            if (cut == IDENTITY_REPLACED)
                CHECK(enrolment_write(
                          r.record, geteuid(), getegid(), &r.trust.port, &kept.record)
                    == OK);
        }

        struct renewal found = {0}; /* power is back */
        uint32_t generation = generation_on_flash(&r, &now);
        CHECK(generation == (cut >= IDENTITY_REPLACED ? 2 : 1));
        CHECK(renewal_open(&found, &r.place, &now.kid) == OK);
        CHECK(found.begun == (cut == M1_KEPT));
        if (cut >= IDENTITY_REPLACED) {
            CHECK(access(r.record, F_OK) != 0);
        } else {
            if (!found.begun)
                CHECK(renewal_begin(&found, &r.place, &now.kid, r.point) == OK);
            else
                CHECK(memcmp(found.record.m1, r.renewal.record.m1, ENROL_M1_LEN) == 0);
            r.renewal = found;
            CHECK(cloud_answers(&r, &r.before.up) == OK);
            CHECK(
                renewal_check(&found, c, (struct bytes){r.m2, r.m2_len}, &cert) == OK);
            CHECK(renewal_use(&found, &r.place, &now) == OK);
        }
        CHECK(generation_on_flash(&r, &now) == 2);
        CHECK(memcmp(&now.up, &r.cloud.up, sizeof now.up) == 0);
        end_rig(&r);
    }
}

static void agree(struct rig *r)
{
    struct bytes cert;

    CHECK(renewal_begin(&r->renewal, &r->place, &r->before.kid, r->point) == OK);
    CHECK(cloud_answers(r, &r->before.up) == OK);
    CHECK(renewal_check(
              &r->renewal, r->place.crypto, (struct bytes){r->m2, r->m2_len}, &cert)
        == OK);
}

/* Req: HF-FLASH-002 "no keys run that a cut of power could take back" */
static void test_from_a_call_that_fails_in_a_change_no_keys_run_that_disk_may_not_have(
    void)
{
    int went_on = 0, stopped = 0;

    for (struct disk_sweep w = {0}; disk_sweep_next(&w);) {
        struct rig r;
        struct renewal found = {0};
        struct identity_record now = {0};

        begin_rig(&r);
        agree(&r);
        disk_sweep_arm(&w);
        enum status s = renewal_use(&r.renewal, &r.place, &now);
        disk_sweep_ends(&w);
        uint32_t runs = s == OK ? 2 : s == REFUSED ? 1 : 0; /* else none does */
        went_on += runs == 1;
        stopped += runs == 0;
        CHECK(w.fired > 0 || s == OK);

        disk_cut(w.form);
        uint32_t kept = generation_on_flash(&r, &now);
        CHECK(kept == 1 || kept == 2);
        CHECK(runs == 0 || kept == runs);
        CHECK(renewal_open(&found, &r.place, &now.kid) == OK);
        CHECK(found.begun == (kept == 1)); /* and it goes on from there */
        if (found.begun)
            CHECK(renewal_use(&found, &r.place, &now) == OK);
        CHECK(generation_on_flash(&r, &now) == 2);
        end_rig(&r);
    }
    CHECK(went_on > 8 && stopped > 0);
}

static void test_after_keys_that_may_not_have_been_kept_a_new_start_settles_which(void)
{
    struct rig r;
    struct identity_record now = {0};

    begin_rig(&r);
    agree(&r);
    for (long n = 0;; n++) { /* up to the sync of the folder */
        disk_fault_at(n, 1);
        struct renewal again = r.renewal;
        if (renewal_use(&again, &r.place, &now) == BROKEN)
            break;
    }
    CHECK(generation_on_flash(&r, &now) == 2 && disk_forms() > 1);
    disk_fault_at(-1, 0);
    disk_fault_at(0, 1);
    CHECK(keyfile_settle(r.identity) == BROKEN); /* then it does not start */
    CHECK(keyfile_settle(r.identity) == OK && disk_forms() == 1);
    disk_cut(0);
    CHECK(generation_on_flash(&r, &now) == 2);
    end_rig(&r);
}

static void test_an_m1_is_sent_only_when_no_cut_can_take_it_back(void)
{
    int kept = 0, failed = 0;

    for (struct disk_sweep w = {0}; disk_sweep_next(&w);) {
        struct rig r;
        struct renewal found = {0};

        begin_rig(&r);
        disk_sweep_arm(&w);
        enum status s = renewal_begin(&r.renewal, &r.place, &r.before.kid, r.point);
        disk_sweep_ends(&w);
        CHECK(r.renewal.begun == (s == OK));
        disk_cut(w.form);
        CHECK(renewal_open(&found, &r.place, &r.before.kid) == OK);
        if (s == OK)
            CHECK(found.begun
                && memcmp(found.record.m1, r.renewal.record.m1, ENROL_M1_LEN) == 0);
        kept += s == OK;
        failed += s != OK;
        if (!found.begun)
            CHECK(renewal_begin(&found, &r.place, &r.before.kid, r.point) == OK);
        end_rig(&r);
    }
    CHECK(kept > 0 && failed > 4);
}

static void test_a_record_of_another_device_or_generation_is_not_taken_up(void)
{
    static const uint32_t generations[] = {1, 3, 7};

    for (size_t i = 0; i < sizeof generations / sizeof generations[0]; i++) {
        struct rig r;
        struct renewal found = {0};

        begin_rig(&r);
        CHECK(renewal_begin(&r.renewal, &r.place, &r.before.kid, r.point) == OK);
        r.renewal.record.kid.generation = generations[i];
        CHECK(enrolment_write(
                  r.record, geteuid(), getegid(), &r.trust.port, &r.renewal.record)
            == OK);
        CHECK(renewal_open(&found, &r.place, &r.before.kid) == OK && !found.begun);
        CHECK(access(r.record, F_OK) != 0);
        end_rig(&r);
    }
}

MAIN(TEST(test_device_and_cloud_agree_keys_that_neither_had_before),
    TEST(test_an_m2_changed_in_any_byte_or_of_another_m1_is_refused),
    TEST(test_a_renewal_is_of_the_identity_on_flash_and_no_other),
    TEST(test_from_power_cut_after_each_write_a_new_start_goes_on),
    TEST(test_from_a_call_that_fails_in_a_change_no_keys_run_that_disk_may_not_have),
    TEST(test_after_keys_that_may_not_have_been_kept_a_new_start_settles_which),
    TEST(test_an_m1_is_sent_only_when_no_cut_can_take_it_back),
    TEST(test_a_record_of_another_device_or_generation_is_not_taken_up))
