/* SPDX-License-Identifier: Apache-2.0 */
#include "device/talk/keys.h"

#include "tests/support/check.h"

static void test_a_secret_arrives_as_it_was_sent_and_all_have_one_length(void)
{
    static const uint16_t lengths[] = {1, 2, 77, SECRET_MAX};

    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct said_secret in = {.len = lengths[i]}, out = {0};
        uint8_t wire[SAID_SECRET_LEN];
        for (size_t n = 0; n < in.len; n++)
            in.b[n] = (uint8_t)(n * 7 + i);
        struct bytes b = secret_build(&in, ROOM_OF(wire));
        CHECK(b.len == SAID_SECRET_LEN && secret_parse(b, &out) == OK);
        CHECK(out.len == in.len && memcmp(in.b, out.b, sizeof in.b) == 0);
    }
}

static void test_a_secret_that_is_not_as_we_write_it_is_refused(void)
{
    static const struct {
        const char *what;
        size_t at, len;
        uint8_t value;
    } rows[] = {{"no length", 1, SAID_SECRET_LEN, 0},
        {"longer than the message", 0, SAID_SECRET_LEN, 0xff},
        {"something behind its end", SAID_SECRET_LEN - 1, SAID_SECRET_LEN, 1},
        {"a byte too few", 1, SAID_SECRET_LEN - 1, 9}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct said_secret in = {.len = 9, .b = {1, 2, 3}}, out = {.len = 5};
        uint8_t wire[SAID_SECRET_LEN];
        (void)secret_build(&in, ROOM_OF(wire));
        CHECK(secret_parse(BYTES_OF(wire), &in) == OK);
        wire[rows[i].at] = rows[i].value;
        CHECK(secret_parse((struct bytes){wire, rows[i].len}, &out) == MALFORMED);
        CHECK(out.len == 5);
        if (out.len != 5)
            printf("# %s\n", rows[i].what);
    }
}

static void test_a_signature_arrives_as_it_was_sent(void)
{
    struct said_signature in = {.len = 70, .b = {0x30, 68, 2}}, out = {0};
    uint8_t wire[SAID_SIGNATURE_LEN];

    struct bytes b = signature_build(&in, ROOM_OF(wire));
    CHECK(b.len == SAID_SIGNATURE_LEN && signature_parse(b, &out) == OK);
    CHECK(out.len == 70 && memcmp(in.b, out.b, sizeof in.b) == 0);
    wire[0] = TRUST_SIGNATURE_MAX + 1;
    CHECK(signature_parse(b, &out) == MALFORMED);
    wire[0] = 0;
    CHECK(signature_parse(b, &out) == MALFORMED);
}

static void test_a_word_that_is_none_of_ours_is_refused(void)
{
    uint8_t wire[P256_PUBLIC_LEN] = {NO_KEYS};
    enum no_key why = NO_KEY_BUSY;

    CHECK(no_key_parse((struct bytes){wire, 1}, &why) == MALFORMED);
    CHECK(no_key_parse(no_key_build(NO_KEY_GONE, ROOM_OF(wire)), &why) == OK);
    CHECK(why == NO_KEY_GONE);
    wire[0] = 2; /* a compressed point */
    CHECK(public_parse(BYTES_OF(wire), wire) == MALFORMED);
}

static struct trust_said said_of(uint16_t len)
{
    struct trust_said s = {.len = len};
    for (size_t i = 0; i < len; i++)
        s.b[i] = (uint8_t)(i + len);
    return s;
}

static void test_what_a_tpm_says_of_itself_arrives_as_it_was_sent_in_one_length(void)
{
    static struct trust_identity in, out;
    static uint8_t wire[SAID_IDENTITY_LEN];
    static const uint16_t certs[] = {0, 1, 1200, TRUST_CERT_MAX};

    in.attestation_key = said_of(88);
    in.tls = said_of(1);
    in.certified = (struct trust_evidence){said_of(TRUST_SAID_MAX), said_of(72)};
    for (size_t i = 0; i < sizeof certs / sizeof certs[0]; i++) {
        in.endorsement_len = certs[i];
        memset(in.endorsement, 0x30, in.endorsement_len);
        struct bytes b = identity_said_build(&in, ROOM_OF(wire));
        CHECK(b.len == SAID_IDENTITY_LEN && identity_said_parse(b, &out) == OK);
        CHECK(memcmp(&in, &out, sizeof in) == 0);
    }
    wire[0] = (TRUST_CERT_MAX >> 8) + 1; /* longer than its field */
    CHECK(identity_said_parse(BYTES_OF(wire), &out) == MALFORMED);
    in.tls.len = 0; /* only the certificate may be missing */
    CHECK(identity_said_parse(identity_said_build(&in, ROOM_OF(wire)), &out)
        == MALFORMED);
    CHECK(out.tls.len == 1);
}

static void test_evidence_with_something_behind_its_end_is_refused(void)
{
    struct trust_evidence in = {said_of(145), said_of(72)}, out = {0};
    uint8_t wire[SAID_EVIDENCE_LEN];

    struct bytes b = evidence_build(&in, ROOM_OF(wire));
    CHECK(evidence_parse(b, &out) == OK && memcmp(&in, &out, sizeof in) == 0);
    wire[SAID_EVIDENCE_LEN - 1] = 1;
    out.said.len = 5;
    CHECK(evidence_parse(b, &out) == MALFORMED && out.said.len == 5);
    wire[SAID_EVIDENCE_LEN - 1] = 0;
    CHECK(evidence_parse((struct bytes){wire, sizeof wire - 1}, &out) == MALFORMED);
}

static void test_a_quote_is_of_registers_that_there_are(void)
{
    static const struct {
        uint32_t registers;
        enum status expected;
    } rows[] = {{0, MALFORMED}, {1, OK}, {0x891, OK}, {TRUST_REGISTERS, OK},
        {TRUST_REGISTERS + 1, MALFORMED}, {UINT32_MAX, MALFORMED}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct said_quote in = {rows[i].registers, {{1, 2, 3}}}, out = {0};
        uint8_t wire[SAID_QUOTE_LEN];
        struct bytes b = quote_build(&in, ROOM_OF(wire));
        CHECK(quote_parse(b, &out) == rows[i].expected);
        CHECK(out.registers == (rows[i].expected == OK ? rows[i].registers : 0));
    }
}

static void test_a_credential_arrives_as_it_was_sent(void)
{
    struct trust_credential in = {{1, 2}, {3, 4}}, out = {{0}, {0}};
    uint8_t wire[SAID_CREDENTIAL_LEN];

    struct bytes b = credential_build(&in, ROOM_OF(wire));
    CHECK(b.len == SAID_CREDENTIAL_LEN && credential_parse(b, &out) == OK);
    CHECK(memcmp(&in, &out, sizeof in) == 0);
    CHECK(credential_parse((struct bytes){wire, sizeof wire - 1}, &out) == MALFORMED);
}

MAIN(TEST(test_a_secret_arrives_as_it_was_sent_and_all_have_one_length),
    TEST(test_a_secret_that_is_not_as_we_write_it_is_refused),
    TEST(test_a_signature_arrives_as_it_was_sent),
    TEST(test_a_word_that_is_none_of_ours_is_refused),
    TEST(test_what_a_tpm_says_of_itself_arrives_as_it_was_sent_in_one_length),
    TEST(test_evidence_with_something_behind_its_end_is_refused),
    TEST(test_a_quote_is_of_registers_that_there_are),
    TEST(test_a_credential_arrives_as_it_was_sent))
