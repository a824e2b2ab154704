/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/enrol.h"

#include "tests/support/check.h"

static void fill(uint8_t *b, size_t len)
{
    for (size_t i = 0; i < len; i++)
        b[i] = (uint8_t)(i * 7 + 1);
}

static void test_m1_has_134_bytes_and_every_one_of_them_counts(void)
{
    uint8_t m1[ENROL_M1_LEN + 1], head_again[ENROL_HEAD_LEN], tag[TAG_LEN];
    struct enrol_head head;

    CHECK(ENROL_HEAD_LEN == 118 && ENROL_M1_LEN == 134);
    fill(m1, sizeof m1);
    m1[0] = 1;
    for (size_t n = 0; n < ENROL_M1_LEN; n++)
        CHECK(enrol_m1_parse((struct bytes){m1, n}, &head, tag) == MALFORMED);
    CHECK(enrol_m1_parse((struct bytes){m1, sizeof m1}, &head, tag) == MALFORMED);
    CHECK(enrol_m1_parse((struct bytes){m1, ENROL_M1_LEN}, &head, tag) == OK);
    for (size_t at = 0; at < ENROL_M1_LEN; at++) {
        m1[at] ^= 0x80;
        if (enrol_m1_parse((struct bytes){m1, ENROL_M1_LEN}, &head, tag) == OK) {
            CHECK(at > 0);
            enrol_head_build(&head, head_again);
            CHECK(memcmp(head_again, m1, ENROL_HEAD_LEN) == 0);
            CHECK(memcmp(tag, m1 + ENROL_HEAD_LEN, TAG_LEN) == 0);
        } else {
            CHECK(at == 0);
        }
        m1[at] ^= 0x80;
    }
}

static void test_other_versions_of_m1_and_generation_nought_are_refused(void)
{
    uint8_t m1[ENROL_M1_LEN], tag[TAG_LEN] = {0};
    struct enrol_head head;

    fill(m1, sizeof m1);
    for (unsigned v = 0; v < 256; v++) {
        m1[0] = (uint8_t)v;
        CHECK((enrol_m1_parse(BYTES_OF(m1), &head, tag) == OK) == (v == 1));
    }
    m1[0] = 1;
    memset(m1 + 1 + DEVICE_ID_LEN, 0, 4);
    memset(tag, 0x11, sizeof tag);
    CHECK(enrol_m1_parse(BYTES_OF(m1), &head, tag) == MALFORMED && tag[0] == 0x11);
}

static void test_m2_is_a_mac_and_a_certificate_within_its_limit(void)
{
    static uint8_t m2[ENROL_M2_MAX + 1];
    struct digest mac;
    struct bytes cert;

    fill(m2, sizeof m2);
    for (size_t n = 0; n <= sizeof m2; n++) {
        bool good = enrol_m2_parse((struct bytes){m2, n}, &mac, &cert) == OK;
        CHECK(good == (n > 32 && n <= ENROL_M2_MAX));
        if (good)
            CHECK(cert.at == m2 + 32 && cert.len == n - 32 && mac.b[31] == m2[31]);
    }
}

MAIN(TEST(test_m1_has_134_bytes_and_every_one_of_them_counts),
    TEST(test_other_versions_of_m1_and_generation_nought_are_refused),
    TEST(test_m2_is_a_mac_and_a_certificate_within_its_limit))
