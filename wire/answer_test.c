/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/config_rules.h"
#include "wire/message.h"

#include "tests/support/check.h"
#include "tests/support/messages.h"

static struct answer good(void)
{
    struct answer a = {
        .verdict_count = 1, .server_utc_ms = 1795846800000, .has_config = true};
    a.config = (struct config){.version = 1,
        .batch_s = 60,
        .ward = "ICU 2",
        .time_zone = "Europe/Berlin",
        .has_assignment = true,
        .has_label = true,
        .label = "Bed 4"};
    return a;
}

static void test_any_valid_answer_comes_back_whole(void)
{
    uint8_t b[LIMIT_ANSWER], again[LIMIT_ANSWER];
    struct answer in, out;
    struct dice d = {3};
    size_t len, len2;

    for (int i = 0; i < 5000; i++) {
        any_answer(&d, &in);
        CHECK(answer_build(&in, ROOM_OF(b), &len) == OK);
        CHECK(answer_parse((struct bytes){b, len}, &out) == OK);
        CHECK(answer_build(&out, ROOM_OF(again), &len2) == OK);
        CHECK(len == len2 && memcmp(b, again, len) == 0);
        CHECK(memcmp(&in.nonce, &out.nonce, sizeof in.nonce) == 0);
        CHECK(strcmp(in.config.ward, out.config.ward) == 0);
        CHECK(strcmp(in.config.label, out.config.label) == 0);
        CHECK(in.config.has_assignment == out.config.has_assignment);
    }
}

static void test_a_spoiled_answer_is_refused_or_is_another_valid_one(void)
{
    static uint8_t b[MESSAGE_MAX];
    uint8_t again[LIMIT_ANSWER];
    struct answer out, before;
    struct dice d = {9};
    unsigned refused = 0;
    size_t len2;

    memset(&before, 0x33, sizeof before);
    for (int i = 0; i < 20000; i++) {
        size_t len = spoil(&d, ROOM_OF(b), any_message(&d, MESSAGE_ANSWER, ROOM_OF(b)));
        memcpy(&out, &before, sizeof out);
        if (answer_parse((struct bytes){b, len}, &out) != OK) {
            refused++;
            CHECK(memcmp(&out, &before, sizeof out) == 0);
            continue;
        }
        CHECK(answer_rules_hold(&out));
        CHECK(answer_build(&out, ROOM_OF(again), &len2) == OK);
        CHECK(len == len2 && memcmp(b, again, len) == 0);
    }
    CHECK(refused > 10000 && refused < 20000);
}

static void test_an_answer_cut_or_extended_anywhere_is_malformed(void)
{
    uint8_t b[LIMIT_ANSWER];
    struct answer a = good(), out;
    size_t len;

    CHECK(answer_build(&a, ROOM_OF(b), &len) == OK);
    CHECK(answer_parse((struct bytes){b, len}, &out) == OK);
    for (size_t n = 0; n < len; n++)
        CHECK(answer_parse((struct bytes){b, n}, &out) == MALFORMED);
    b[len] = 0;
    CHECK(answer_parse((struct bytes){b, len + 1}, &out) == MALFORMED);
}

static void test_ranges_of_answer_and_configuration_hold_at_their_edges(void)
{
    static const struct {
        uint8_t batch_s, verdicts;
        uint64_t utc;
        bool holds;
    } rows[] = {
        {10, 1, 0, true},
        {60, 8, 9007199254740991, true},
        {9, 1, 0, false},
        {61, 1, 0, false},
        {10, 0, 0, false},
        {10, 9, 0, false},
        {10, 1, 9007199254740992, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct answer a = good();
        a.config.batch_s = rows[i].batch_s;
        a.verdict_count = rows[i].verdicts;
        a.server_utc_ms = rows[i].utc;
        CHECK(answer_rules_hold(&a) == rows[i].holds);
    }
    struct answer a = good();
    a.verdicts[0].outcome = OUTCOME_NOT_NOW;
    CHECK(answer_rules_hold(&a));
    a.verdicts[0].outcome = (enum outcome)(OUTCOME_NOT_NOW + 1);
    CHECK(!answer_rules_hold(&a));
}

static void test_names_that_could_fool_a_reader_are_refused(void)
{
    static const struct {
        const char *ward;
        bool holds;
    } rows[] = {
        {"Station \xc3\x84", true},
        {"\xf0\x9f\x92\x93", true},
        {"", false},
        {"two\nlines", false},
        {"bell\x07", false},
        {"\x7f", false},
        {"\xc2\x9b[31m", false},
        {"\xe2\x80\xae"
         "drow",
            false},
        {"\xef\xbb\xbfward", false},
        {"\xff", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct config c = good().config;
        (void)snprintf(c.ward, sizeof c.ward, "%s", rows[i].ward);
        CHECK(config_rules_hold(&c) == rows[i].holds);
        c = good().config;
        (void)snprintf(c.label, sizeof c.label, "%s", rows[i].ward);
        CHECK(config_rules_hold(&c) == rows[i].holds);
        c = good().config;
        (void)snprintf(c.time_zone, sizeof c.time_zone, "%s", rows[i].ward);
        CHECK(config_rules_hold(&c) == rows[i].holds);
    }
}

static void test_a_text_is_never_longer_than_its_place(void)
{
    for (size_t n = 60; n <= 70; n++) {
        uint8_t b[LIMIT_ANSWER + 64];
        struct answer a = good(), out;
        size_t len, at = 0;

        memset(a.config.ward, 'w', 64);
        a.config.ward[64] = 0;
        CHECK(answer_build(&a, ROOM_OF(b), &len) == OK);
        while (at + 2 < len && !(b[at] == 0x78 && b[at + 1] == 64))
            at++;
        memmove(b + at + 2 + n, b + at + 2 + 64, len - at - 2 - 64);
        memset(b + at + 2, 'w', n);
        b[at + 1] = (uint8_t)n;
        CHECK((answer_parse((struct bytes){b, len - 64 + n}, &out) == OK) == (n <= 64));
    }
}

static void test_reserved_configuration_keys_are_refused(void)
{
    uint8_t b[LIMIT_ANSWER];
    struct answer a = good(), out;
    size_t len;

    for (uint8_t key = 5; key < 24; key++) {
        a.config.has_label = a.config.has_assignment = false;
        CHECK(answer_build(&a, ROOM_OF(b), &len) == OK);
        size_t at = len - 1;
        while (!(b[at - 1] == 6 && b[at] == 0xa4))
            at--;
        b[at] = 0xa5;
        b[len] = key;
        b[len + 1] = 0xf6; /* null: a value that only key 5 may have */
        CHECK((answer_parse((struct bytes){b, len + 2}, &out) == OK) == (key == 5));
    }
}

static void test_a_renewal_names_a_later_generation_and_carries_a_whole_m2_or_none(void)
{
    static const struct {
        uint32_t renew_to;
        uint16_t m2_len;
        bool holds;
    } rows[] = {
        {0, 0, true},
        {1, 0, false},
        {2, 0, true},
        {UINT32_MAX, 0, true},
        {0, 33, false},
        {2, 32, false},
        {2, 33, true},
        {2, RENEWAL_ANSWER_MAX, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t b[LIMIT_ANSWER];
        struct answer a = good(), out;
        size_t len;

        a.renew_to = rows[i].renew_to;
        a.m2_len = rows[i].m2_len;
        CHECK(answer_rules_hold(&a) == rows[i].holds);
        if (!rows[i].holds)
            continue;
        CHECK(answer_build(&a, ROOM_OF(b), &len) == OK);
        CHECK(answer_parse((struct bytes){b, len}, &out) == OK);
        CHECK(out.renew_to == a.renew_to && out.m2_len == a.m2_len);
    }
}

MAIN(TEST(test_a_renewal_names_a_later_generation_and_carries_a_whole_m2_or_none),
    TEST(test_any_valid_answer_comes_back_whole),
    TEST(test_a_spoiled_answer_is_refused_or_is_another_valid_one),
    TEST(test_an_answer_cut_or_extended_anywhere_is_malformed),
    TEST(test_ranges_of_answer_and_configuration_hold_at_their_edges),
    TEST(test_names_that_could_fool_a_reader_are_refused),
    TEST(test_a_text_is_never_longer_than_its_place),
    TEST(test_reserved_configuration_keys_are_refused))
