/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/view/view_parse.h"

#include "tests/support/check.h"

static struct bytes text(const char *s)
{
    return (struct bytes){(const uint8_t *)s, strlen(s)};
}

static void test_a_sign_in_form_is_taken_in_its_one_form_only(void)
{
    static const char *const bad[] = {"", "name=a", "password=b&name=a",
        "name=&password=b", "name=a&password=", "name=a&password=b&x=1",
        "name=a&password=b&", "name=%&password=b", "name=%4&password=b",
        "name=%00&password=b", "name=%0a&password=b", "name=%ff&password=b",
        "name=\xc0\xaf&password=b", "name=a&name=b&password=c", "Name=a&password=b"};
    struct door_sign_in got;

    CHECK(
        view_sign_in_parse(text("name=n%C3%A4na+x&password=a%26b%3d%2B"), &got) == OK);
    CHECK(strcmp(got.name, "n\xc3\xa4na x") == 0 && strcmp(got.password, "a&b=+") == 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (view_sign_in_parse(text(bad[i]), &got) != MALFORMED)
            printf("# %s\n", bad[i]);
        CHECK(view_sign_in_parse(text(bad[i]), &got) == MALFORMED);
    }
}

static void test_names_and_passwords_end_at_their_limits(void)
{
    char form[512];
    struct door_sign_in got;

    for (int extra = 0; extra <= 1; extra++) {
        (void)snprintf(form, sizeof form, "name=%0*d&password=b", DOOR_NAME + extra, 7);
        CHECK((view_sign_in_parse(text(form), &got) == OK) == (extra == 0));
        (void)snprintf(
            form, sizeof form, "name=a&password=%0*d", LIMIT_PASSWORD + extra, 7);
        CHECK((view_sign_in_parse(text(form), &got) == OK) == (extra == 0));
    }
}

#define HEX64 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void test_a_session_is_one_cookie_of_64_hex_digits(void)
{
    static const char *const bad[] = {"", "__Host-session=", "__Host-session=00",
        "__Host-session=" HEX64 "0", "__Host-session=" HEX64 "; __Host-session=" HEX64,
        "x__Host-session=" HEX64, "__host-session=" HEX64,
        "__Host-session=G0112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"};
    struct session_token got;

    CHECK(view_cookie_parse(text("__Host-session=" HEX64), &got) == OK
        && got.b[1] == 0x11);
    CHECK(view_cookie_parse(text("a=b; __Host-session=" HEX64 "; c=d"), &got) == OK);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK(view_cookie_parse(text(bad[i]), &got) == MALFORMED);
}

static void test_numbers_have_one_spelling_and_a_limit(void)
{
    static const char *const bad[] = {
        "", "-1", "+1", "01", "1 ", "1e3", "601", "0x1", "18446744073709551616"};
    uint64_t n;

    CHECK(view_number_parse(text("0"), 600, &n) == OK && n == 0);
    CHECK(view_number_parse(text("600"), 600, &n) == OK && n == 600);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK(view_number_parse(text(bad[i]), 600, &n) == MALFORMED);
}

#define DEVICE "?device=0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0"

static void test_a_query_has_one_spelling(void)
{
    static const char *const bad[] = {"", "?", DEVICE, DEVICE "&from=1",
        DEVICE "&from=2&to=1", DEVICE "&to=2&from=1", DEVICE "&from=1&to=2&",
        DEVICE "&from=1&to=2&x=1", DEVICE "&from=1&from=1&to=2",
        DEVICE "%00&from=1&to=2", DEVICE "&from=1%00&to=2", DEVICE "&from=1&to=2%00",
        DEVICE "&from=%31&to=2", DEVICE "&from=+1&to=2", DEVICE "&from=&to=2",
        DEVICE "&from=0&to=691200001", DEVICE "&from=1&to=9223372036854775808",
        "?device=0F1E2D3C-4B5A-4978-8796-A5B4C3D2E1F0&from=1&to=2",
        "?device=x&from=1&to=2", "device=x&from=1&to=2"};
    static const char *const bad_points[] = {"", "&points=", "&points=0", "&points=601",
        "&points=1%00", "&points=1&points=1", "&points=-1"};
    static const char *const bad_from[] = {
        "?", "?from=", "?from=4294967296", "?from=1%00", "?from=1&", "?x=1", "from=1"};
    struct door_span got = {.token.b = {7}};
    uint32_t from = 9;
    char query[256];

    CHECK(view_gaps_parse(text(DEVICE "&from=0&to=691200000"), &got) == OK);
    CHECK(got.device.b[1] == 0x1e && got.from_utc_ms == 0
        && got.to_utc_ms == VIEW_SPAN_MAX_MS && got.points == 0 && got.token.b[0] == 7);
    CHECK(view_trend_parse(text(DEVICE "&from=1&to=2&points=600"), &got) == OK);
    CHECK(got.points == 600 && got.from_utc_ms == 1 && got.token.b[0] == 7);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(query, sizeof query, "%s&points=1", bad[i]);
        CHECK(view_gaps_parse(text(bad[i]), &got) == MALFORMED);
        CHECK(view_trend_parse(text(query), &got) == MALFORMED);
    }
    for (size_t i = 0; i < sizeof bad_points / sizeof bad_points[0]; i++) {
        snprintf(query, sizeof query, DEVICE "&from=1&to=2%s", bad_points[i]);
        CHECK(view_trend_parse(text(query), &got) == MALFORMED);
    }
    CHECK(view_from_parse(text(""), &from) == OK && from == 0);
    CHECK(view_from_parse(text("?from=4294967295"), &from) == OK && from == UINT32_MAX);
    for (size_t i = 0; i < sizeof bad_from / sizeof bad_from[0]; i++)
        CHECK(view_from_parse(text(bad_from[i]), &from) == MALFORMED);
    CHECK(got.points == 600 && from == UINT32_MAX);
}

static void test_another_origin_is_another_origin(void)
{
    CHECK(view_same_origin(text("https://a:9443"), text("a:9443")));
    CHECK(!view_same_origin(text("http://a:9443"), text("a:9443")));
    CHECK(!view_same_origin(text("https://a:9443.evil"), text("a:9443")));
    CHECK(!view_same_origin(text("https://b"), text("a")));
    CHECK(!view_same_origin(text("null"), text("a")));
    CHECK(!view_same_origin(text("https://"), text("")));
}

MAIN(TEST(test_a_sign_in_form_is_taken_in_its_one_form_only),
    TEST(test_names_and_passwords_end_at_their_limits),
    TEST(test_a_session_is_one_cookie_of_64_hex_digits),
    TEST(test_numbers_have_one_spelling_and_a_limit),
    TEST(test_a_query_has_one_spelling), TEST(test_another_origin_is_another_origin))
