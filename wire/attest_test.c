/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/attest.h"

#include "tests/support/check.h"

enum { HEAD = 3, AT_PROOF = HEAD + ENROL_M1_LEN };

static uint8_t filling[LIMIT_ENROL_TPM + 1], out[LIMIT_ENROL_TPM + 1];

static struct bytes some(size_t len)
{
    for (size_t i = 0; i < sizeof filling; i++)
        filling[i] = (uint8_t)(i * 5 + 3);
    return (struct bytes){filling, len};
}

static struct enrol_tpm enrolment(size_t certificate, size_t between)
{
    return (struct enrol_tpm){.m1 = some(ENROL_M1_LEN),
        .certificate = some(certificate),
        .between_count = (uint8_t)(between ? 1 : 0),
        .between = {some(between)},
        .attestation_key = some(118),
        .tls_key = some(88),
        .said = some(161),
        .signature = some(72)};
}

static struct bytes built(const struct enrol_tpm *e)
{
    size_t len = 0;

    CHECK(enrol_tpm_build(e, ROOM_OF(out), &len) == OK);
    return (struct bytes){out, len};
}

static bool same(struct bytes a, struct bytes b)
{
    return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

static void test_an_enrolment_comes_back_as_it_was_built(void)
{
    struct enrol_tpm e = enrolment(1000, 700), got;

    CHECK(enrol_tpm_parse(built(&e), &got) == OK && !got.proven);
    CHECK(same(got.m1, e.m1) && same(got.certificate, e.certificate));
    CHECK(got.between_count == 1 && same(got.between[0], e.between[0]));
    CHECK(same(got.attestation_key, e.attestation_key) && same(got.tls_key, e.tls_key));
    CHECK(same(got.said, e.said) && same(got.signature, e.signature));

    e.proven = true;
    memset(e.proof.b, 0x77, sizeof e.proof.b);
    e.between_count = 0;
    CHECK(enrol_tpm_parse(built(&e), &got) == OK && got.proven && got.between_count == 0
        && got.proof.b[0] == 0x77 && got.proof.b[31] == 0x77);
}

static void test_an_enrolment_cut_anywhere_or_with_a_byte_more_is_refused(void)
{
    struct enrol_tpm e = enrolment(40, 30), got;
    struct bytes b = built(&e);

    for (size_t n = 0; n < b.len; n++) {
        CHECK(enrol_tpm_parse((struct bytes){out, n}, &got) == MALFORMED);
        /* The length in its head is made to agree: what is inside must still be whole. */
        if (n < HEAD)
            continue;
        uint8_t kept[2] = {out[1], out[2]};
        out[1] = (uint8_t)((n - HEAD) >> 8);
        out[2] = (uint8_t)(n - HEAD);
        CHECK(enrol_tpm_parse((struct bytes){out, n}, &got) == MALFORMED);
        memcpy(out + 1, kept, 2);
    }
    CHECK(enrol_tpm_parse((struct bytes){out, b.len}, &got) == OK);
    CHECK(enrol_tpm_parse((struct bytes){out, b.len + 1}, &got) == MALFORMED);
    out[2]++;
    CHECK(enrol_tpm_parse((struct bytes){out, b.len + 1}, &got) == MALFORMED);
}

static void test_other_kinds_than_two_are_refused(void)
{
    struct enrol_tpm e = enrolment(40, 0), got;
    struct bytes b = built(&e);

    for (unsigned kind = 0; kind < 256; kind++) {
        out[0] = (uint8_t)kind;
        CHECK((enrol_tpm_parse(b, &got) == OK) == (kind == 2));
    }
}

static void test_a_proof_has_32_bytes_or_none(void)
{
    struct enrol_tpm e = enrolment(300, 0), got;

    struct bytes b = built(&e);
    for (unsigned len = 0; len < 256; len++) {
        /* so many bytes more, and the head says so */
        memmove(out + AT_PROOF + 1 + len, out + AT_PROOF + 1, b.len - AT_PROOF - 1);
        size_t whole = b.len + len;
        out[AT_PROOF] = (uint8_t)len;
        out[1] = (uint8_t)((whole - HEAD) >> 8);
        out[2] = (uint8_t)(whole - HEAD);
        bool good = enrol_tpm_parse((struct bytes){out, whole}, &got) == OK;
        CHECK(good == (len == 0 || len == 32));
        b = built(&e);
    }
}

static void test_certificates_are_at_most_three_between_and_2048_bytes_long(void)
{
    struct enrol_tpm e = enrolment(LIMIT_ENDORSEMENT, LIMIT_ENDORSEMENT), got;

    CHECK(enrol_tpm_parse(built(&e), &got) == OK
        && got.certificate.len == LIMIT_ENDORSEMENT);
    for (unsigned count = 0; count < 256; count++) {
        e = enrolment(10, 0);
        e.between_count = LIMIT_BETWEEN;
        for (size_t i = 0; i < LIMIT_BETWEEN; i++)
            e.between[i] = some(1);
        struct bytes b = built(&e);
        size_t at = AT_PROOF + 1 + 2 + 10;
        CHECK(out[at] == LIMIT_BETWEEN);
        out[at] = (uint8_t)count;
        CHECK((enrol_tpm_parse(b, &got) == OK) == (count == LIMIT_BETWEEN));
    }
    /* A fourth, whole, is one too many. */
    e.between_count = LIMIT_BETWEEN;
    struct bytes b = built(&e);
    size_t at = AT_PROOF + 1 + 2 + 10;
    memmove(out + at + 1 + 3, out + at + 1, b.len - at - 1);
    out[at] = LIMIT_BETWEEN + 1;
    out[2] = (uint8_t)(out[2] + 3);
    CHECK(enrol_tpm_parse((struct bytes){out, b.len + 3}, &got) == MALFORMED);
}

/* The length of one field, changed to `len` with that many bytes. */
static struct bytes with_field_of(size_t at, size_t len, size_t whole)
{
    size_t was = (size_t)(out[at] << 8 | out[at + 1]);

    memmove(out + at + 2 + len, out + at + 2 + was, whole - at - 2 - was);
    out[at] = (uint8_t)(len >> 8);
    out[at + 1] = (uint8_t)len;
    whole = whole - was + len;
    out[1] = (uint8_t)((whole - HEAD) >> 8);
    out[2] = (uint8_t)(whole - HEAD);
    return (struct bytes){out, whole};
}

static void test_each_field_has_one_byte_and_no_more_than_its_limit(void)
{
    const struct enrol_tpm e = enrolment(10, 20);
    const size_t certificate = AT_PROOF + 1, between = certificate + 12 + 1,
                 ak = between + 22, tls = ak + 120, said = tls + 90,
                 signature = said + 163;
    const struct {
        size_t at, most;
    } fields[] = {{certificate, LIMIT_ENDORSEMENT}, {between, LIMIT_ENDORSEMENT},
        {ak, LIMIT_TPM_STRUCTURE}, {tls, LIMIT_TPM_STRUCTURE},
        {said, LIMIT_TPM_STRUCTURE}, {signature, LIMIT_TPM_STRUCTURE}};

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        for (size_t row = 0; row < 4; row++) {
            const size_t lens[] = {0, 1, fields[i].most, fields[i].most + 1};
            struct enrol_tpm got;
            struct bytes b = with_field_of(fields[i].at, lens[row], built(&e).len);
            CHECK((enrol_tpm_parse(b, &got) == OK) == (row == 1 || row == 2));
        }
}

static void test_an_enrolment_of_8192_bytes_is_the_longest(void)
{
    struct enrol_tpm e = enrolment(LIMIT_ENDORSEMENT, LIMIT_ENDORSEMENT), got;
    size_t len = 0;

    e.between_count = LIMIT_BETWEEN;
    e.between[1] = some(LIMIT_ENDORSEMENT);
    e.between[2] = some(1);
    size_t left = LIMIT_ENROL_TPM - built(&e).len;
    e.between[2] = some(1 + left);
    struct bytes b = built(&e);
    CHECK(b.len == LIMIT_ENROL_TPM && enrol_tpm_parse(b, &got) == OK);

    e.between[2] = some(2 + left);
    CHECK(enrol_tpm_build(&e, ROOM_OF(out), &len) == FULL);
    /* Built by hand it is refused too. */
    e.between[2] = some(1 + left);
    b = built(&e);
    size_t last =
        AT_PROOF + 1 + 2 + LIMIT_ENDORSEMENT + 1 + 2 * (2 + (size_t)LIMIT_ENDORSEMENT);
    b = with_field_of(last, 2 + left, b.len);
    CHECK(b.len == LIMIT_ENROL_TPM + 1 && enrol_tpm_parse(b, &got) == MALFORMED);
}

static void test_a_credential_is_329_bytes_of_kind_two(void)
{
    uint8_t in[ENROL_CREDENTIAL_LEN + 1], again[ENROL_CREDENTIAL_LEN];
    struct enrol_credential got;

    CHECK(ENROL_CREDENTIAL_LEN == 329);
    memcpy(in, some(sizeof in).at, sizeof in);
    in[0] = 2;
    for (size_t n = 0; n <= sizeof in; n++)
        CHECK((enrol_credential_parse((struct bytes){in, n}, &got) == OK)
            == (n == ENROL_CREDENTIAL_LEN));
    CHECK(enrol_credential_parse((struct bytes){in, ENROL_CREDENTIAL_LEN}, &got) == OK);
    enrol_credential_build(&got, again);
    CHECK(memcmp(again, in, sizeof again) == 0);
    for (unsigned kind = 0; kind < 256; kind++) {
        in[0] = (uint8_t)kind;
        CHECK((enrol_credential_parse((struct bytes){in, ENROL_CREDENTIAL_LEN}, &got)
                  == OK)
            == (kind == 2));
    }
}

static void test_the_clouds_question_has_37_bytes_and_asks_for_registers_that_exist(
    void)
{
    uint8_t in[ATTEST_ASK_LEN + 1] = {0}, again[ATTEST_ASK_LEN];
    struct attest_ask a = {.registers = 1u << 23}, got;

    CHECK(ATTEST_ASK_LEN == 37);
    memset(a.nonce.b, 0x5a, sizeof a.nonce.b);
    attest_ask_build(&a, in);
    for (size_t n = 0; n <= sizeof in; n++)
        CHECK((attest_ask_parse((struct bytes){in, n}, &got) == OK)
            == (n == ATTEST_ASK_LEN));
    for (unsigned bit = 0; bit < 32; bit++) {
        for (size_t i = 0; i < 4; i++)
            in[33 + i] = (uint8_t)((1u << bit) >> (24 - 8 * i));
        bool good = attest_ask_parse((struct bytes){in, ATTEST_ASK_LEN}, &got) == OK;
        CHECK(good == (bit < ATTEST_REGISTERS));
        if (good) {
            attest_ask_build(&got, again);
            CHECK(memcmp(again, in, sizeof again) == 0 && got.registers == 1u << bit);
        }
    }
    memset(in + 33, 0, 4);
    CHECK(attest_ask_parse((struct bytes){in, ATTEST_ASK_LEN}, &got) == MALFORMED);
    in[36] = 1;
    for (unsigned v = 0; v < 256; v++) {
        in[0] = (uint8_t)v;
        CHECK((attest_ask_parse((struct bytes){in, ATTEST_ASK_LEN}, &got) == OK)
            == (v == 1));
    }
}

static void test_a_quote_is_whole_and_its_fields_within_their_limits(void)
{
    static const size_t lens[][2] = {{0, 1}, {1, 0}, {1, 1}, {145, 72},
        {LIMIT_TPM_STRUCTURE, LIMIT_TPM_STRUCTURE}, {LIMIT_TPM_STRUCTURE + 1, 1},
        {1, LIMIT_TPM_STRUCTURE + 1}};
    uint8_t in[ATTEST_QUOTE_MAX + 2], again[ATTEST_QUOTE_MAX];

    CHECK(ATTEST_QUOTE_MAX == 581);
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        size_t said = lens[i][0], signature = lens[i][1], n = 65;
        struct attest_quote q;
        memcpy(in, some(sizeof in).at, sizeof in);
        in[0] = 1;
        in[n] = (uint8_t)(said >> 8);
        in[n + 1] = (uint8_t)said;
        n += 2 + said;
        in[n] = (uint8_t)(signature >> 8);
        in[n + 1] = (uint8_t)signature;
        n += 2 + signature;
        bool good = attest_quote_parse((struct bytes){in, n}, &q) == OK;
        CHECK(good == (i >= 2 && i <= 4));
        if (!good)
            continue;
        CHECK(same(attest_quote_build(&q, ROOM_OF(again)), (struct bytes){in, n}));
        CHECK(q.nonce.b[0] == in[1] && q.channel.b[31] == in[64]);
        CHECK(attest_quote_parse((struct bytes){in, n + 1}, &q) == MALFORMED);
        for (size_t cut = 0; cut < n; cut++)
            CHECK(attest_quote_parse((struct bytes){in, cut}, &q) == MALFORMED);
        for (unsigned v = 0; v < 256; v++) {
            in[0] = (uint8_t)v;
            CHECK((attest_quote_parse((struct bytes){in, n}, &q) == OK) == (v == 1));
        }
    }
}

/* By python3: hashlib.sha256(bytes(range(32)) + bytes(range(32, 64))).hexdigest() */
static void test_what_a_quote_signs_is_the_digest_of_nonce_and_channel(void)
{
    static const uint8_t want[] = {0xfd, 0xea, 0xb9, 0xac, 0xf3, 0x71, 0x03, 0x62, 0xbd,
        0x26, 0x58, 0xcd, 0xc9, 0xa2, 0x9e, 0x8f, 0x9c, 0x75, 0x7f, 0xcf, 0x98, 0x11,
        0x60, 0x3a, 0x8c, 0x44, 0x7c, 0xd1, 0xd9, 0x15, 0x11, 0x08};
    struct digest nonce, channel, got;

    for (unsigned i = 0; i < 32; i++) {
        nonce.b[i] = (uint8_t)i;
        channel.b[i] = (uint8_t)(32 + i);
    }
    attest_bound(&nonce, &channel, &got);
    CHECK(memcmp(got.b, want, sizeof want) == 0);
}

MAIN(TEST(test_an_enrolment_comes_back_as_it_was_built),
    TEST(test_an_enrolment_cut_anywhere_or_with_a_byte_more_is_refused),
    TEST(test_other_kinds_than_two_are_refused),
    TEST(test_a_proof_has_32_bytes_or_none),
    TEST(test_certificates_are_at_most_three_between_and_2048_bytes_long),
    TEST(test_each_field_has_one_byte_and_no_more_than_its_limit),
    TEST(test_an_enrolment_of_8192_bytes_is_the_longest),
    TEST(test_a_credential_is_329_bytes_of_kind_two),
    TEST(test_the_clouds_question_has_37_bytes_and_asks_for_registers_that_exist),
    TEST(test_a_quote_is_whole_and_its_fields_within_their_limits),
    TEST(test_what_a_quote_signs_is_the_digest_of_nonce_and_channel))
