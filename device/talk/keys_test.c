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

MAIN(TEST(test_a_secret_arrives_as_it_was_sent_and_all_have_one_length),
    TEST(test_a_secret_that_is_not_as_we_write_it_is_refused),
    TEST(test_a_signature_arrives_as_it_was_sent),
    TEST(test_a_word_that_is_none_of_ours_is_refused))
