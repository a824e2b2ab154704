/* SPDX-License-Identifier: Apache-2.0 */
/* Req: HF-UPD-013 "Where the keys are in a TPM, the security counter shall be a counter of that TPM which its owner cannot remove; without it no release shall be taken and none confirmed." */
#include "device/tpm/count.h"

#include "device/tpm/count_known.h"
#include "device/tpm/dial.h"
#include "tests/support/check.h"
#include "tests/support/swtpm.h"

#include <stdlib.h>

static const struct key wrap = {{1, 2, 3, 4}}, authorisation = {{9, 8, 7}};
static const char *why = "";

static struct tpm *open_tpm(const struct swtpm *s)
{
    struct tpm_keys k = {.authorisation = authorisation};
    struct tpm *t = NULL;
    int fd = -1;

    bool good = tpm_dial(s->spec, &fd, &why) == OK
        && tpm_adopt_line(fd, TPM_WAIT_MS, &t, &why) == OK
        && tpm_make(t, &wrap, &k, &why) == OK && tpm_make_attest(t, &k, &why) == OK
        && tpm_find(t, &k, &why) == OK;
    CHECK(good);
    if (!good)
        printf("# %s\n", why);
    return t;
}

/* What the maker does once, by tools that are not ours. */
static bool provision(const struct swtpm *s, const char *attributes, bool platform)
{
    char line[400];

    (void)snprintf(line, sizeof line,
        "export TPM2TOOLS_TCTI='%s'; tpm2_nvdefine 0x1500001 -C %s -s 8 -a '%s' "
        ">/dev/null 2>&1 && tpm2_nvincrement -C o 0x1500001 >/dev/null 2>&1",
        s->spec, platform ? "p" : "o", attributes);
    return system(line) == 0; /* NOLINT: a test's own words */
}

static const char ours[] = "authread|ownerwrite|platformcreate|nt=counter|no_da";

static void test_the_counter_is_read_and_rises_by_one_and_leaves_no_slot_taken(void)
{
    struct swtpm s;
    uint64_t value = 0;
    size_t used = 9;

    CHECK(swtpm_begin(&s) && provision(&s, ours, true));
    struct tpm *t = open_tpm(&s);
    CHECK(tpm_count_read(t, &value, &why) == OK && value == 1);
    for (uint64_t i = 2; i <= 20; i++)
        CHECK(tpm_count_raise(t, &value, &why) == OK && value == i);
    CHECK(tpm_count_read(t, &value, &why) == OK && value == 20);
    CHECK(tpm_slots(t, &used, &why) == OK && used == 0);
    tpm_close(t);
    swtpm_end(&s);
}

static void test_a_tpm_that_was_given_no_counter_is_refused_and_keeps_its_keys(void)
{
    struct swtpm s;
    uint64_t value = 77;
    struct key out;

    CHECK(swtpm_begin(&s));
    struct tpm *t = open_tpm(&s);
    CHECK(tpm_count_read(t, &value, &why) == REFUSED && value == 77);
    CHECK(tpm_count_raise(t, &value, &why) == REFUSED && value == 77);
    CHECK(tpm_unseal(t, &out, &why) == OK);
    tpm_close(t);
    swtpm_end(&s);
}

static void test_a_counter_that_its_owner_could_remove_is_refused(void)
{
    struct swtpm s;
    uint64_t value = 77;

    CHECK(swtpm_begin(&s)
        && provision(&s, "authread|ownerread|ownerwrite|authwrite|nt=counter", false));
    struct tpm *t = open_tpm(&s);
    CHECK(tpm_count_read(t, &value, &why) == REFUSED && value == 77);
    CHECK(tpm_count_raise(t, &value, &why) == REFUSED && value == 77);
    tpm_close(t);
    swtpm_end(&s);
}

static void test_what_is_no_counter_of_the_maker_is_not_known(void)
{
    const TPMA_NV good = TPMA_NV_PLATFORMCREATE | TPMA_NV_AUTHREAD | TPMA_NV_OWNERWRITE
        | (TPMA_NV)TPM2_NT_COUNTER << TPMA_NV_TPM2_NT_SHIFT;
    const TPMA_NV lacks[] = {TPMA_NV_PLATFORMCREATE, TPMA_NV_AUTHREAD,
        TPMA_NV_OWNERWRITE, TPMA_NV_TPM2_NT_MASK};
    TPMS_NV_PUBLIC is = {.attributes = good, .dataSize = 8};

    CHECK(tpm_count_known(&is));
    for (size_t i = 0; i < sizeof lacks / sizeof lacks[0]; i++) {
        is.attributes = good & ~lacks[i];
        CHECK(!tpm_count_known(&is));
    }
    is = (TPMS_NV_PUBLIC){.attributes = good, .dataSize = 7};
    CHECK(!tpm_count_known(&is));
}

int main(void)
{
    static const struct test tests[] = {
        {"test_the_counter_is_read_and_rises_by_one_and_leaves_no_slot_taken",
            test_the_counter_is_read_and_rises_by_one_and_leaves_no_slot_taken},
        {"test_a_tpm_that_was_given_no_counter_is_refused_and_keeps_its_keys",
            test_a_tpm_that_was_given_no_counter_is_refused_and_keeps_its_keys},
        {"test_a_counter_that_its_owner_could_remove_is_refused",
            test_a_counter_that_its_owner_could_remove_is_refused},
        {"test_what_is_no_counter_of_the_maker_is_not_known",
            test_what_is_no_counter_of_the_maker_is_not_known},
    };
    return run_tests(tests, sizeof tests / sizeof tests[0]);
}
