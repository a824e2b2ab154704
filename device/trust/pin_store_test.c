/* SPDX-License-Identifier: Apache-2.0 */
#include "device/trust/pin_store.h"

#include "host/crypto.h"
#include "host/keyfile.h"
#include "host/sign_key.h"
#include "tests/support/check.h"
#include "tests/support/disk_fault.h"
#include "tests/support/pki.h"

#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool
    folders_fail; /* to be synced: what was renamed in them may or may not stay */

/* In the place of the C library's. */
int fsync(int fd)
{
    struct stat st;

    if (folders_fail && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
        return -1;
    return (int)syscall(SYS_fsync, fd);
}

enum { ACTIVE, BACKUP, THIRD, FOURTH, LEAF, TWIN, CERTS };

struct rig {
    char folder[64];
    struct host_crypto *crypto;
    struct sign_key *key, *stranger;
    struct pki_key certs[CERTS];
    struct bundle bundle;
    struct pin_store store;
};

static struct sign_key *new_key(const struct rig *r, const char *name)
{
    char path[96], pub[104];
    const char *why = NULL;
    struct sign_key *k = NULL;

    snprintf(path, sizeof path, "%s/%s", r->folder, name);
    snprintf(pub, sizeof pub, "%s.pub", path);
    CHECK(sign_key_make(path, &why) == OK);
    CHECK(sign_key_open_private(path, &k, &why) == OK);
    unlink(path);
    unlink(pub);
    return k;
}

static enum status reopen(struct rig *r)
{
    r->store = (struct pin_store){.folder = r->folder,
        .owner = geteuid(),
        .group = getegid(),
        .crypto = host_crypto_port(r->crypto)};
    return pin_store_open(&r->store, &r->bundle);
}

static void begin(struct rig *r)
{
    static const char *const names[] = {"active", "backup", "third", "fourth"};

    memset(r, 0, sizeof *r);
    snprintf(r->folder, sizeof r->folder, "/tmp/pin_store_test.XXXXXX");
    CHECK(mkdtemp(r->folder) != NULL && host_crypto_new(&r->crypto) == OK);
    r->key = new_key(r, "key");
    r->stranger = new_key(r, "stranger");
    for (int i = 0; i < LEAF; i++)
        pki_authority_known(&r->certs[i], names[i], (uint8_t)(i + 1));
    pki_authority_known(&r->certs[TWIN], "twin", THIRD + 1); /* of third's key */
    pki_issue(&r->certs[LEAF], &r->certs[ACTIVE],
        &(struct pki_wish){"leaf", "DNS:a", "serverAuth", 1, 4000000000});
    memcpy(
        r->bundle.ca_active.at, r->certs[ACTIVE].cert_der, r->certs[ACTIVE].cert_len);
    r->bundle.ca_active.len = (uint16_t)r->certs[ACTIVE].cert_len;
    memcpy(
        r->bundle.ca_backup.at, r->certs[BACKUP].cert_der, r->certs[BACKUP].cert_len);
    r->bundle.ca_backup.len = (uint16_t)r->certs[BACKUP].cert_len;
    sign_key_public(r->key, r->bundle.pins.b);
    CHECK(reopen(r) == OK && r->store.in_force.version == 0);
}

static void end(struct rig *r)
{
    static const char *const files[] = {"pins", "pins.next", "pins.next.new"};
    char path[96];

    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", r->folder, files[i]);
        unlink(path);
    }
    CHECK(rmdir(r->folder) == 0); /* and nothing else was left behind */
    for (int i = 0; i < CERTS; i++)
        pki_free(&r->certs[i]);
    sign_key_free(r->key);
    sign_key_free(r->stranger);
    host_crypto_free(r->crypto);
}

static struct bytes set_of(const struct rig *r, const struct sign_key *by,
    uint32_t version, int first, int second)
{
    static uint8_t payload[PINS_PAYLOAD_MAX], whole[LIMIT_PIN_SET],
        tbs[PINS_SIGNED_BYTES_MAX];
    const int which[] = {first, second};
    struct pin_set s = {.version = version, .count = 2};
    struct signature sig;

    for (int i = 0; i < 2; i++) {
        const struct pki_key *c = &r->certs[which[i]];
        s.pins[i].len = (uint16_t)c->cert_len;
        memcpy(s.pins[i].der, c->cert_der, c->cert_len);
    }
    struct bytes p = pins_payload_build(&s, ROOM_OF(payload));
    sign_key_sign(by, pins_signed_bytes(p, ROOM_OF(tbs)), sig.b);
    return pins_build(p, &sig, ROOM_OF(whole));
}

/* Whether this authority is an anchor of what is in force. */
static bool trusts(const struct rig *r, int which)
{
    const struct pki_key *c = &r->certs[which];
    for (uint8_t i = 0; i < r->store.in_force.count; i++) {
        const struct pin *p = &r->store.in_force.pins[i];
        if (p->len == c->cert_len && memcmp(p->der, c->cert_der, p->len) == 0)
            return true;
    }
    return false;
}

static void test_a_set_is_on_trial_until_it_is_confirmed_and_survives_a_restart(void)
{
    struct rig r;
    const char *why = NULL;

    begin(&r);
    CHECK(pin_store_take(&r.store, set_of(&r, r.key, 1, BACKUP, THIRD), &why) == OK);
    for (int i = 0; i < 2; i++) {
        CHECK(r.store.in_force.version == 0 && trusts(&r, ACTIVE));
        CHECK(r.store.trial.version == 1 && r.store.trial.count == 2);
        CHECK(reopen(&r) == OK);
    }
    CHECK(pin_store_take(&r.store, set_of(&r, r.key, 1, BACKUP, THIRD), &why) == AGAIN);
    CHECK(pin_store_confirm(&r.store, 1) == OK);
    for (int i = 0; i < 2; i++) {
        CHECK(r.store.in_force.version == 1 && r.store.trial.version == 0);
        CHECK(!trusts(&r, ACTIVE) && trusts(&r, BACKUP) && trusts(&r, THIRD));
        CHECK(reopen(&r) == OK);
    }
    CHECK(pin_store_take(&r.store, set_of(&r, r.key, 1, BACKUP, THIRD), &why) == AGAIN);
    end(&r);
}

/* Req: HF-PIN-001 "A pin set is taken only if it is signed, later, and keeps an authority." */
static void test_a_set_of_another_signer_or_changed_in_any_byte_is_refused(void)
{
    static uint8_t copy[LIMIT_PIN_SET];
    struct rig r;
    const char *why = NULL;

    begin(&r);
    enum status s =
        pin_store_take(&r.store, set_of(&r, r.stranger, 1, ACTIVE, THIRD), &why);
    CHECK(r.store.trial.version == 0);
    CHECK(s == REFUSED && strcmp(why, "signature") == 0);
    struct bytes good = set_of(&r, r.key, 1, ACTIVE, THIRD);
    memcpy(copy, good.at, good.len);
    for (size_t i = 0; i < good.len; i++) {
        copy[i] ^= 1;
        s = pin_store_take(&r.store, (struct bytes){copy, good.len}, &why);
        CHECK(s == REFUSED || s == MALFORMED);
        copy[i] ^= 1;
    }
    CHECK(r.store.trial.version == 0 && r.store.in_force.version == 0);
    end(&r);
}

static void test_an_older_set_or_one_of_strangers_alone_is_refused(void)
{
    struct rig r;
    const char *why = NULL;

    begin(&r);
    CHECK(pin_store_take(&r.store, set_of(&r, r.key, 5, BACKUP, THIRD), &why) == OK);
    CHECK(pin_store_confirm(&r.store, 5) == OK);
    enum status s =
        pin_store_take(&r.store, set_of(&r, r.key, 4, ACTIVE, BACKUP), &why);
    CHECK(r.store.trial.version == 0); /* the authority that was taken out stays out */
    CHECK(s == REFUSED && strcmp(why, "version") == 0);
    CHECK(pin_store_take(&r.store, set_of(&r, r.key, 6, ACTIVE, FOURTH), &why)
        == REFUSED);
    CHECK(strcmp(why, "unknown") == 0);
    CHECK(
        pin_store_take(&r.store, set_of(&r, r.key, 6, BACKUP, LEAF), &why) == REFUSED);
    CHECK(strcmp(why, "no_authority") == 0);
    CHECK(pin_store_take(&r.store, set_of(&r, r.key, 6, THIRD, FOURTH), &why) == OK);
    end(&r);
}

static void put_file(const struct rig *r, const char *file, struct bytes b)
{
    char path[96];
    snprintf(path, sizeof path, "%s/%s", r->folder, file);
    CHECK(keyfile_write(path, geteuid(), getegid(), b, true) == OK);
}

/* Req: HF-PIN-003 "each with a key of its own" */
static void test_two_authorities_over_one_key_are_refused_at_a_start_too(void)
{
    struct rig r;
    const char *why = NULL;

    begin(&r);
    CHECK(pin_store_take(&r.store, set_of(&r, r.key, 1, BACKUP, THIRD), &why) == OK);
    CHECK(pin_store_confirm(&r.store, 1) == OK);
    enum status s = pin_store_take(&r.store, set_of(&r, r.key, 2, THIRD, TWIN), &why);
    CHECK(s == REFUSED && strcmp(why, "shared_key") == 0);
    CHECK(r.store.trial.version == 0 && trusts(&r, BACKUP));
    put_file(&r, "pins", set_of(&r, r.key, 2, THIRD, TWIN));
    CHECK(reopen(&r) == DAMAGED && r.store.in_force.version == 0);
    end(&r);
}

static void test_a_set_that_comes_again_with_each_answer_is_refused_once(void)
{
    struct rig r;
    const char *why = NULL;

    begin(&r);
    CHECK(pin_store_take(&r.store, set_of(&r, r.key, 1, BACKUP, THIRD), &why) == OK);
    for (int i = 0; i < 3; i++) {
        struct bytes later = set_of(&r, r.key, 2, THIRD, FOURTH);
        CHECK(pin_store_take(&r.store, later, &why) == (i == 0 ? REFUSED : AGAIN));
    }
    CHECK(pin_store_take(&r.store, set_of(&r, r.key, 3, BACKUP, LEAF), &why)
        == REFUSED); /* another one is told of */
    CHECK(
        pin_store_take(&r.store, set_of(&r, r.key, 2, THIRD, FOURTH), &why) == REFUSED);
    CHECK(pin_store_confirm(&r.store, 1) == OK); /* now it keeps one that is in force */
    CHECK(pin_store_take(&r.store, set_of(&r, r.key, 2, THIRD, FOURTH), &why) == OK);
    end(&r);
}

/* Each file is written whole or not at all (host/keyfile, rename): these are all the states. */
static void test_power_cut_after_each_write_leaves_a_set_to_go_on_with(void)
{
    enum { NOTHING, NEXT_WRITTEN, CONFIRMED, NEXT_AGAIN, STATES };

    for (int state = 0; state < STATES; state++) {
        struct rig r;
        const char *why = NULL;

        begin(&r);
        if (state == NEXT_WRITTEN)
            put_file(&r, "pins.next", set_of(&r, r.key, 1, BACKUP, THIRD));
        if (state >= CONFIRMED)
            put_file(&r, "pins", set_of(&r, r.key, 1, BACKUP, THIRD));
        if (state == NEXT_AGAIN)
            put_file(&r, "pins.next", set_of(&r, r.key, 2, THIRD, FOURTH));
        CHECK(reopen(&r) == OK && r.store.in_force.count == 2);
        CHECK(r.store.in_force.version == (state >= CONFIRMED ? 1 : 0));
        CHECK(r.store.trial.version
            == (state == NEXT_WRITTEN     ? 1u
                    : state == NEXT_AGAIN ? 2u
                                          : 0u));
        CHECK(trusts(&r, BACKUP));
        enum status s =
            pin_store_take(&r.store, set_of(&r, r.key, 3, BACKUP, FOURTH), &why);
        CHECK(s == OK && pin_store_confirm(&r.store, 3) == OK);
        CHECK(reopen(&r) == OK && r.store.in_force.version == 3 && trusts(&r, FOURTH));
        end(&r);
    }
}

/* A set comes over a connection that was checked against the one before it. */
static void test_a_set_is_confirmed_only_by_a_connection_that_was_checked_against_it(
    void)
{
    struct rig r;
    const char *why = NULL;

    begin(&r);
    CHECK(pin_store_confirm(&r.store, 0) == REFUSED); /* none is on trial */
    CHECK(pin_store_take(&r.store, set_of(&r, r.key, 1, BACKUP, THIRD), &why) == OK);
    CHECK(pin_store_take(&r.store, set_of(&r, r.key, 2, ACTIVE, FOURTH), &why) == OK);
    for (uint32_t version = 0; version < 4; version++)
        CHECK(version == 2 || pin_store_confirm(&r.store, version) == REFUSED);
    CHECK(r.store.in_force.version == 0 && r.store.trial.version == 2);
    CHECK(reopen(&r) == OK && r.store.in_force.version == 0);
    CHECK(r.store.trial.version == 2);
    CHECK(pin_store_confirm(&r.store, 2) == OK && r.store.in_force.version == 2);
    CHECK(pin_store_confirm(&r.store, 2) == REFUSED); /* once */
    end(&r);
}

static void test_a_set_that_may_not_have_been_kept_does_not_come_in_force_for_another(
    void)
{
    struct rig r;
    const char *why = NULL;

    begin(&r);
    CHECK(pin_store_take(&r.store, set_of(&r, r.key, 1, BACKUP, THIRD), &why) == OK);
    folders_fail = true;
    CHECK(
        pin_store_take(&r.store, set_of(&r, r.key, 2, ACTIVE, FOURTH), &why) == BROKEN);
    folders_fail = false;
    CHECK(r.store.trial.version == 0);
    CHECK(pin_store_confirm(&r.store, 1) == REFUSED);
    CHECK(pin_store_confirm(&r.store, 2) == REFUSED);
    CHECK(reopen(&r) == OK && r.store.in_force.version == 0);
    CHECK(trusts(&r, ACTIVE) && trusts(&r, BACKUP) && !trusts(&r, FOURTH));
    CHECK(pin_store_take(&r.store, set_of(&r, r.key, 3, BACKUP, THIRD), &why) == OK);
    CHECK(pin_store_confirm(&r.store, 3) == OK); /* it goes on */
    end(&r);
}

/* Req: HF-FLASH-002 */
static void test_a_set_whose_coming_in_force_failed_comes_in_force_with_the_next_answer(
    void)
{
    struct rig r;
    const char *why = NULL;

    begin(&r);
    CHECK(pin_store_take(&r.store, set_of(&r, r.key, 1, BACKUP, THIRD), &why) == OK);
    folders_fail = true;
    for (int answers = 0; answers < 3; answers++)
        CHECK(pin_store_confirm(&r.store, 1) == BROKEN);
    folders_fail = false;
    CHECK(r.store.in_force.version == 0 && r.store.trial.version == 1);
    struct rig anew =
        r; /* a new start sees it moved, and may not say so before it is settled */
    folders_fail = true;
    CHECK(reopen(&anew) == BROKEN);
    folders_fail = false;
    CHECK(reopen(&anew) == OK && anew.store.in_force.version == 1);
    CHECK(pin_store_confirm(&r.store, 1) == OK && r.store.in_force.version == 1);
    CHECK(reopen(&r) == OK && r.store.in_force.version == 1 && !trusts(&r, ACTIVE));
    CHECK(pin_store_take(&r.store, set_of(&r, r.key, 2, THIRD, FOURTH), &why) == OK);
    folders_fail = true;
    CHECK(pin_store_confirm(&r.store, 2) == BROKEN);
    folders_fail = false;
    CHECK(pin_store_take(&r.store, set_of(&r, r.key, 3, THIRD, ACTIVE), &why) == OK);
    CHECK(pin_store_confirm(&r.store, 3) == OK); /* the one that came meanwhile */
    CHECK(reopen(&r) == OK && r.store.in_force.version == 3 && trusts(&r, ACTIVE));
    end(&r);
}

/* Of a set that is taken: after a cut at once, after a second try, and after a new start. */
static void test_a_call_that_fails_in_a_taking_leaves_the_set_on_trial_or_none(void)
{
    int taken = 0, none = 0;

    for (int again = 0; again < 2; again++)
        for (struct disk_sweep w = {0}; disk_sweep_next(&w);) {
            struct rig r;
            const char *why = NULL;

            begin(&r);
            struct bytes set = set_of(&r, r.key, 1, BACKUP, THIRD);
            disk_sweep_arm(&w);
            enum status s = pin_store_take(&r.store, set, &why);
            disk_sweep_ends(&w);
            CHECK(r.store.trial.version == (s == OK ? 1 : 0));
            if (again == 1 && s != OK) {
                CHECK(pin_store_take(&r.store, set, &why) == OK);
                s = OK;
            }
            disk_cut(again == 1 ? 0 : w.form);
            CHECK(reopen(&r) == OK && r.store.in_force.version == 0);
            CHECK(trusts(&r, ACTIVE) && (s != OK || r.store.trial.version == 1));
            taken += r.store.trial.version == 1;
            none += r.store.trial.version == 0;
            if (r.store.trial.version == 0)
                CHECK(pin_store_take(&r.store, set, &why) == OK);
            CHECK(pin_store_confirm(&r.store, 1) == OK);
            disk_cut(0);
            CHECK(reopen(&r) == OK && r.store.in_force.version == 1);
            end(&r);
        }
    CHECK(taken > 8 && none > 4);
}

/* Req: HF-FLASH-002 "no set is said to be in force, before a sync has settled which it is" */
static void
test_a_call_that_fails_in_a_coming_in_force_leaves_one_set_that_no_cut_takes_back(void)
{
    enum after { CUT, START, AGAIN_AT_ONCE, AFTERS };
    int seen[2] = {0};

    for (int after = 0; after < AFTERS; after++)
        for (struct disk_sweep w = {0}; disk_sweep_next(&w);) {
            struct rig r;
            const char *why = NULL;

            begin(&r);
            CHECK(pin_store_take(&r.store, set_of(&r, r.key, 1, BACKUP, THIRD), &why)
                == OK);
            disk_sweep_arm(&w);
            enum status s = pin_store_confirm(&r.store, 1);
            disk_sweep_ends(&w);
            CHECK(r.store.in_force.version == (s == OK ? 1 : 0));
            if (after == CUT)
                disk_cut(w.form);
            if (after == AGAIN_AT_ONCE && s != OK) {
                CHECK(pin_store_confirm(&r.store, 1) == OK);
                s = OK;
            }
            CHECK(reopen(&r) == OK);
            uint32_t said = r.store.in_force.version;
            CHECK(s != OK || said == 1);
            seen[said]++;
            disk_cut(0);
            CHECK(reopen(&r) == OK && r.store.in_force.version == said);
            CHECK(said == 1 || pin_store_confirm(&r.store, 1) == OK);
            end(&r);
        }
    CHECK(seen[0] > 0 && seen[1] > 4);
}

static void test_a_spoiled_file_never_leaves_a_device_without_authorities(void)
{
    static const uint8_t spoiled[] = "spoiled";
    struct rig r;

    begin(&r);
    put_file(&r, "pins.next", BYTES_OF(spoiled));
    CHECK(reopen(&r) == OK && r.store.trial.version == 0 && trusts(&r, ACTIVE));
    put_file(&r, "pins", BYTES_OF(spoiled));
    CHECK(reopen(&r) == DAMAGED); /* said, and what the bundle gave is in force */
    CHECK(trusts(&r, ACTIVE) && trusts(&r, BACKUP));
    put_file(&r, "pins", set_of(&r, r.stranger, 9, THIRD, FOURTH));
    CHECK(reopen(&r) == DAMAGED && !trusts(&r, THIRD) && trusts(&r, ACTIVE));
    end(&r);
}

MAIN(TEST(test_a_set_is_on_trial_until_it_is_confirmed_and_survives_a_restart),
    TEST(test_a_set_of_another_signer_or_changed_in_any_byte_is_refused),
    TEST(test_an_older_set_or_one_of_strangers_alone_is_refused),
    TEST(test_two_authorities_over_one_key_are_refused_at_a_start_too),
    TEST(test_a_set_that_comes_again_with_each_answer_is_refused_once),
    TEST(test_a_set_is_confirmed_only_by_a_connection_that_was_checked_against_it),
    TEST(test_a_set_that_may_not_have_been_kept_does_not_come_in_force_for_another),
    TEST(test_a_set_whose_coming_in_force_failed_comes_in_force_with_the_next_answer),
    TEST(test_power_cut_after_each_write_leaves_a_set_to_go_on_with),
    TEST(test_a_call_that_fails_in_a_taking_leaves_the_set_on_trial_or_none),
    TEST(
        test_a_call_that_fails_in_a_coming_in_force_leaves_one_set_that_no_cut_takes_back),
    TEST(test_a_spoiled_file_never_leaves_a_device_without_authorities))
