/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/base64.h"

#include "tests/support/check.h"

#include <stdbool.h>

static struct bytes text(const char *s)
{
    return (struct bytes){(const uint8_t *)s, strlen(s)};
}

/* RFC 4648 section 10, and a row for each letter that the two alphabets do not share. */
static const struct {
    const char *plain, *coded;
    enum base64_letters letters;
} vectors[] = {
    {"", "", BASE64_STANDARD},
    {"f", "Zg==", BASE64_STANDARD},
    {"fo", "Zm8=", BASE64_STANDARD},
    {"foo", "Zm9v", BASE64_STANDARD},
    {"foob", "Zm9vYg==", BASE64_STANDARD},
    {"fooba", "Zm9vYmE=", BASE64_STANDARD},
    {"foobar", "Zm9vYmFy", BASE64_STANDARD},
    {"\xfb\xff\xbf>?", "+/+/Pj8=", BASE64_STANDARD},
    {"\xfb\xff\xbf>?", "-_-_Pj8=", BASE64_URL},
};

static void test_the_vectors_of_the_standard_hold_in_both_directions(void)
{
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        uint8_t out[16];
        size_t len = 99;
        CHECK(
            base64_parse(text(vectors[i].coded), vectors[i].letters, ROOM_OF(out), &len)
            == OK);
        CHECK(len == strlen(vectors[i].plain) && !memcmp(out, vectors[i].plain, len));
        if (vectors[i].letters == BASE64_URL)
            continue;
        base64_of(text(vectors[i].plain), ROOM_OF(out));
        CHECK(!strcmp((const char *)out, vectors[i].coded));
        CHECK(base64_len(strlen(vectors[i].plain)) == strlen(vectors[i].coded));
    }
}

static void test_a_second_spelling_of_the_same_bytes_is_refused(void)
{
    static const struct {
        const char *what, *coded;
        enum base64_letters letters;
    } rows[] = {
        {"no padding", "Zg", BASE64_STANDARD},
        {"padding in the middle", "Zg==Zm9v", BASE64_STANDARD},
        {"three of it", "Z===", BASE64_STANDARD},
        {"nothing but it", "====", BASE64_STANDARD},
        {"bits that no byte has", "Zh==", BASE64_STANDARD},
        {"bits that no second byte has", "Zm9=", BASE64_STANDARD},
        {"white space", "Zm9v\nZg==", BASE64_STANDARD},
        {"the other alphabet", "-_-_", BASE64_STANDARD},
        {"the other alphabet", "+/+/", BASE64_URL},
        {"a letter of none", "Zm9*", BASE64_STANDARD},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t out[16];
        size_t len = 99;
        bool refused =
            base64_parse(text(rows[i].coded), rows[i].letters, ROOM_OF(out), &len)
                == MALFORMED
            && len == 99;
        if (!refused)
            printf("# %s: %s\n", rows[i].what, rows[i].coded);
        CHECK(refused);
    }
}

static void test_what_does_not_fit_is_refused_before_it_is_written(void)
{
    uint8_t out[3] = {1, 2, 3};
    size_t len = 0;
    CHECK(base64_parse(text("Zm9v"), BASE64_STANDARD, (struct room){out, 2}, &len)
        == MALFORMED);
    CHECK(out[0] == 1 && out[2] == 3);
    CHECK(
        base64_parse(text("Zm8="), BASE64_STANDARD, (struct room){out, 2}, &len) == OK);
    CHECK(len == 2);
}

MAIN(TEST(test_the_vectors_of_the_standard_hold_in_both_directions),
    TEST(test_a_second_spelling_of_the_same_bytes_is_refused),
    TEST(test_what_does_not_fit_is_refused_before_it_is_written))
