/* SPDX-License-Identifier: Apache-2.0 */
#include "device/keeper/identity.h"

#include "tests/support/check.h"
#include "tests/support/disk_fault.h"

#include <sys/stat.h>
#include <unistd.h>

/* A trust whose seal is one byte of its own: another device's does not open. */
static enum status seal(void *board, struct bytes secret, struct room out, size_t *len)
{
    const uint8_t *own = board;
    out.at[0] = *own;
    for (size_t i = 0; i < secret.len; i++)
        out.at[i + 1] = secret.at[i] ^ *own;
    *len = secret.len + 1;
    return OK;
}

static enum status open_it(
    void *board, struct bytes sealed, struct room out, size_t *len)
{
    const uint8_t *own = board;
    if (sealed.len == 0 || sealed.at[0] != *own)
        return DAMAGED;
    for (size_t i = 1; i < sealed.len; i++)
        out.at[i - 1] = sealed.at[i] ^ *own;
    *len = sealed.len - 1;
    return OK;
}

static struct enrolment_record a_record(void)
{
    struct enrolment_record r = {.kid = {{{1, 2, 3}}, 7}};

    memset(&r.cloud, 4, sizeof r.cloud);
    memset(&r.invitation, 5, sizeof r.invitation);
    memset(&r.keys.up, 6, sizeof r.keys.up);
    memset(&r.keys.down, 7, sizeof r.keys.down);
    memset(&r.keys.ok, 8, sizeof r.keys.ok);
    memset(r.m1, 9, sizeof r.m1);
    return r;
}

static void test_an_enrolment_is_read_back_whole_and_only_by_its_own_device(void)
{
    uint8_t mine = 0x5a, other = 0x5b;
    struct trust trust = {.board = &mine, .seal = seal, .open = open_it};
    struct trust stranger = {.board = &other, .seal = seal, .open = open_it};
    char folder[] = "/tmp/identity_test.XXXXXX", path[64];
    struct enrolment_record in = a_record(), out = {.m1 = {1}};
    const char *why = NULL;

    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/e", folder);
    CHECK(enrolment_read(path, geteuid(), &trust, &out, &why) == AGAIN);
    CHECK(enrolment_write(path, geteuid(), getegid(), &trust, &in) == OK);
    CHECK(enrolment_read(path, geteuid(), &stranger, &out, &why) == DAMAGED);
    CHECK(out.m1[0] == 1);
    CHECK(enrolment_read(path, geteuid(), &trust, &out, &why) == OK);
    CHECK(out.kid.generation == 7 && out.kid.device.b[2] == 3 && out.cloud.b[31] == 4);
    CHECK(out.invitation.b[31] == 5 && out.keys.up.b[31] == 6
        && out.keys.down.b[31] == 7);
    CHECK(out.keys.ok.b[31] == 8 && out.m1[ENROL_M1_LEN - 1] == 9);
    CHECK(chmod(path, 0440) == 0);
    CHECK(enrolment_read(path, geteuid(), &trust, &out, &why) == REFUSED);
    unlink(path);
    rmdir(folder);
}

static void test_records_of_another_length_version_or_generation_are_malformed(void)
{
    struct identity_record id = {.kid = {{{1}}, 1}, .service = {{4, 5}}},
                           out = {.kid = {{{9}}, 9}};
    uint8_t b[IDENTITY_LEN + 1] = {0};

    identity_build(&id, b);
    CHECK(identity_parse((struct bytes){b, IDENTITY_LEN}, &out) == OK
        && out.service.b[1] == 5);
    out.kid.generation = 9;
    CHECK(identity_parse((struct bytes){b, IDENTITY_LEN + 1}, &out) == MALFORMED);
    CHECK(identity_parse((struct bytes){b, IDENTITY_LEN - 1}, &out) == MALFORMED);
    CHECK(b[0] == 2);
    b[0] = 1; /* from before service keys */
    CHECK(identity_parse((struct bytes){b, IDENTITY_LEN}, &out) == MALFORMED);
    id.kid.generation = 0;
    identity_build(&id, b);
    CHECK(identity_parse((struct bytes){b, IDENTITY_LEN}, &out) == MALFORMED);
    CHECK(out.kid.generation == 9);
}

static void forget(const char *path)
{
    char fresh[80];

    snprintf(fresh, sizeof fresh, "%s.new", path);
    unlink(path);
    unlink(fresh);
}

/*
 * Req: HF-FLASH-002 "no keys run that a cut of power could take back"
 * The cloud takes one M1 for an invitation: a device that has another one after a cut is never enrolled.
 */
static void test_an_m1_that_was_found_is_taken_back_by_no_cut(void)
{
    uint8_t mine = 0x5a;
    struct trust trust = {.board = &mine, .seal = seal, .open = open_it};
    char folder[] = "/tmp/identity_test.XXXXXX", path[64];
    const char *why = NULL;
    int failed = 0, found = 0;

    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/e", folder);
    for (struct disk_sweep w = {0}; disk_sweep_next(&w);) {
        struct enrolment_record in = a_record(), out = {.m1 = {1}};
        forget(path);
        disk_sweep_arm(&w);
        enum status s = enrolment_write(path, geteuid(), getegid(), &trust, &in);
        disk_sweep_ends(&w);
        enum status saw = enrolment_read(path, geteuid(), &trust, &out, &why);
        CHECK(saw == OK || (saw == AGAIN && s != OK));
        failed += s != OK;
        found += s != OK && saw == OK;
        disk_cut(0);
        CHECK(enrolment_read(path, geteuid(), &trust, &out, &why) == saw);
        CHECK(enrolment_write(path, geteuid(), getegid(), &trust, &in) == OK);
    }
    CHECK(failed > 4 && found > 0);
    forget(path);
    CHECK(rmdir(folder) == 0);
}

MAIN(TEST(test_an_enrolment_is_read_back_whole_and_only_by_its_own_device),
    TEST(test_records_of_another_length_version_or_generation_are_malformed),
    TEST(test_an_m1_that_was_found_is_taken_back_by_no_cut))
