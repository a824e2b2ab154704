/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/json.h"

#include "tests/support/check.h"

static bool is(const struct json *j, const char *want)
{
    struct bytes got = written(&j->w);
    bool same =
        json_done(j) && got.len == strlen(want) && memcmp(got.at, want, got.len) == 0;
    if (!same)
        printf("# got %.*s\n# want %s\n", (int)got.len, (const char *)got.at, want);
    return same;
}

static void test_commas_and_brackets_are_the_writers_business(void)
{
    static const uint8_t id[] = {0x00, 0xff};
    uint8_t out[256];
    struct json j = json_over(ROOM_OF(out));

    json_object(&j);
    json_key(&j, "a");
    json_array(&j);
    json_u64(&j, 0);
    json_u64(&j, UINT64_MAX);
    json_i64(&j, INT64_MIN);
    json_i64(&j, -1);
    json_array_end(&j);
    json_key(&j, "b");
    json_object(&j);
    json_object_end(&j);
    json_key(&j, "c");
    json_bool(&j, true);
    json_key(&j, "d");
    json_null(&j);
    json_key(&j, "e");
    json_hex(&j, BYTES_OF(id));
    CHECK(!json_done(&j));
    json_object_end(&j);
    CHECK(is(&j,
        "{\"a\":[0,18446744073709551615,-9223372036854775808,-1],\"b\":{},\"c\":true,"
        "\"d\":null,\"e\":\"00ff\"}"));
}

static void test_text_from_outside_cannot_leave_its_string(void)
{
    static const struct {
        const char *what, *in, *want;
    } cases[] = {
        {"quote and backslash", "a\"b\\c", "\"a\\\"b\\\\c\""},
        {"line breaks", "a\r\nb", "\"a\\u000d\\u000ab\""},
        {"escape and delete", "\x1b[2J\x7f", "\"\\u001b[2J\\u007f\""},
        {"broken UTF-8", "\xc3(\xff", "\"\\ufffd(\\ufffd\""},
        {"overlong slash", "\xc0\xaf", "\"\\ufffd\\ufffd\""},
        {"surrogate", "\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\""},
        {"good UTF-8", "\xc3\xa4\xe2\x82\xac", "\"\xc3\xa4\xe2\x82\xac\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t out[64];
        struct json j = json_over(ROOM_OF(out));
        json_str(&j, cases[i].in);
        CHECK(is(&j, cases[i].want));
    }
}

static void test_overrun_is_remembered_and_nothing_is_written_past_the_room(void)
{
    for (size_t cap = 0; cap < 12; cap++) {
        uint8_t out[16] = {0};
        struct json j = json_over((struct room){out, cap});
        json_array(&j);
        json_u64(&j, 123456789);
        json_array_end(&j);
        CHECK(json_done(&j) == (cap >= 11));
        for (size_t i = cap; i < sizeof out; i++)
            CHECK(out[i] == 0);
    }
}

MAIN(TEST(test_commas_and_brackets_are_the_writers_business),
    TEST(test_text_from_outside_cannot_leave_its_string),
    TEST(test_overrun_is_remembered_and_nothing_is_written_past_the_room))
