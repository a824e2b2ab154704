/* SPDX-License-Identifier: Apache-2.0 */
#include "device/agent/record.h"

#include "tests/support/check.h"

static struct tpm_record a_record(void)
{
    struct tpm_record r = {.made = true};

    memset(&r.keys.authorisation, 7, sizeof r.keys.authorisation);
    for (int i = 0; i < TPM_ATTEST; i++)
        memset(&r.keys.names[i], i + 1, sizeof r.keys.names[i]);
    return r;
}

static void test_a_record_is_read_back_as_it_was_written(void)
{
    struct tpm_record in = a_record(), out = {0};
    uint8_t text[RECORD_LEN];

    record_build(&in, text);
    CHECK(record_parse(BYTES_OF(text), &out) == OK);
    CHECK(out.made && memcmp(&in.keys, &out.keys, sizeof in.keys) == 0);
    in.made = false;
    record_build(&in, text);
    CHECK(record_parse(BYTES_OF(text), &out) == OK && !out.made);
}

static void test_a_record_that_is_not_as_we_write_it_is_refused(void)
{
    static const struct {
        const char *what;
        size_t at, len;
        uint8_t value;
    } rows[] = {{"another version", 0, RECORD_LEN, 2},
        {"neither made nor not", 1, RECORD_LEN, 2},
        {"a byte too few", 0, RECORD_LEN - 1, 1}, {"nothing", 0, 0, 1}};
    struct tpm_record in = a_record();

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct tpm_record out = {.made = true};
        uint8_t text[RECORD_LEN];
        record_build(&in, text);
        text[rows[i].at] = rows[i].value;
        bool refused =
            record_parse((struct bytes){text, rows[i].len}, &out) == MALFORMED;
        CHECK(refused && out.made && out.keys.authorisation.b[0] == 0);
        if (!refused)
            printf("# %s\n", rows[i].what);
    }
}

static void test_a_record_of_the_attestation_key_is_read_back_and_is_no_other_record(
    void)
{
    struct attest_record in = {.made = true, .name = {{7, 8, 9}}}, out = {0};
    struct tpm_record keys = {0};
    uint8_t text[ATTEST_RECORD_LEN];

    attest_record_build(&in, text);
    CHECK(attest_record_parse(BYTES_OF(text), &out) == OK);
    CHECK(out.made && memcmp(&in.name, &out.name, sizeof in.name) == 0);
    CHECK(record_parse(BYTES_OF(text), &keys) == MALFORMED);
    out.made = false;
    CHECK(
        attest_record_parse((struct bytes){text, sizeof text - 1}, &out) == MALFORMED);
    text[1] = 2;
    CHECK(attest_record_parse(BYTES_OF(text), &out) == MALFORMED);
    text[1] = 1;
    text[0] = 1;
    CHECK(attest_record_parse(BYTES_OF(text), &out) == MALFORMED && !out.made);
}

MAIN(TEST(test_a_record_is_read_back_as_it_was_written),
    TEST(test_a_record_that_is_not_as_we_write_it_is_refused),
    TEST(test_a_record_of_the_attestation_key_is_read_back_and_is_no_other_record))
