/* SPDX-License-Identifier: Apache-2.0 */
#include "device/agent/record_file.h"

#include "tests/support/check.h"
#include "tests/support/disk_fault.h"

#include <stdio.h>
#include <unistd.h>

static char folder[] = "/tmp/record_file_test.XXXXXX", path[64];

static struct tpm_record a_record(uint8_t of, bool made)
{
    struct tpm_record r = {.made = made};

    memset(&r.keys.authorisation, of, sizeof r.keys.authorisation);
    for (int i = 0; made && i < TPM_ATTEST; i++)
        memset(&r.keys.names[i], of + i + 1, sizeof r.keys.names[i]);
    return r;
}

static void forget(void)
{
    char fresh[80];

    snprintf(fresh, sizeof fresh, "%s.new", path);
    unlink(path);
    unlink(fresh);
}

/* Whose it is: 0: there is none. */
static uint8_t found(bool *made)
{
    struct tpm_record r = {0};
    const char *why = NULL;

    enum status s = tpm_record_find(path, geteuid(), &r, &why);
    CHECK(s == OK || s == AGAIN);
    *made = s == OK && r.made;
    return s == OK ? r.keys.authorisation.b[0] : 0;
}

/*
 * Req: HF-FLASH-002 "no keys run that a cut of power could take back"
 * What was made in the TPM by a record that is gone, nobody can use and nobody but its owner remove.
 */
static void test_no_cut_takes_back_a_record_that_was_found(void)
{
    int kept = 0, failed = 0, found_after = 0;
    bool made = false;

    for (struct disk_sweep w = {0}; disk_sweep_next(&w);) {
        struct tpm_record begun = a_record(7, false);
        forget();
        disk_sweep_arm(&w);
        enum status s = tpm_record_keep(path, geteuid(), getegid(), &begun);
        disk_sweep_ends(&w);
        uint8_t then =
            found(&made); /* agent's next look: it makes keys by what it finds */
        found_after += s != OK && then == 7;
        disk_cut(0);
        CHECK(found(&made) == then && (s != OK || then == 7));
        kept += s == OK;
        failed += s != OK;
    }
    CHECK(kept > 0 && failed > 4 && found_after > 0);
    forget();
}

static void test_the_same_holds_for_the_attestation_key(void)
{
    const char *why = NULL;
    int failed = 0;

    for (struct disk_sweep w = {0}; disk_sweep_next(&w);) {
        struct attest_record r = {.made = true, .name = {{7, 8}}}, then = {0},
                             now = {0};
        forget();
        disk_sweep_arm(&w);
        enum status s = attest_record_keep(path, geteuid(), getegid(), &r);
        disk_sweep_ends(&w);
        failed += s != OK;
        enum status saw = attest_record_find(path, geteuid(), &then, &why);
        CHECK(saw == OK || (saw == AGAIN && s != OK));
        disk_cut(0);
        CHECK(attest_record_find(path, geteuid(), &now, &why) == saw);
        CHECK(memcmp(&now.name, &then.name, sizeof now.name) == 0);
    }
    CHECK(failed > 4);
    forget();
}

static void test_a_folder_that_is_not_settled_lets_no_record_be_found(void)
{
    struct tpm_record r = a_record(7, true);
    const char *why = NULL;

    CHECK(tpm_record_keep(path, geteuid(), getegid(), &r) == OK);
    disk_fault_at(0, 1);
    CHECK(tpm_record_find(path, geteuid(), &r, &why) == BROKEN && why != NULL);
    disk_fault_ends();
    CHECK(tpm_record_find(path, geteuid(), &r, &why) == OK);
    forget();
}

int main(void)
{
    const struct test tests[] = {TEST(test_no_cut_takes_back_a_record_that_was_found),
        TEST(test_the_same_holds_for_the_attestation_key),
        TEST(test_a_folder_that_is_not_settled_lets_no_record_be_found)};

    if (mkdtemp(folder) == NULL)
        return 1;
    snprintf(path, sizeof path, "%s/record", folder);
    int bad = run_tests(tests, sizeof tests / sizeof tests[0]);
    return rmdir(folder) == 0 ? bad : 1; /* nothing else was left behind */
}
