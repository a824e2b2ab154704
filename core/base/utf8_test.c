/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/utf8.h"

#include "tests/support/check.h"

/* An independent encoder: what it makes for each code point is what must be accepted. */
static size_t encode(uint32_t c, uint8_t out[4])
{
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        out[i] = (uint8_t)(0x80 | (c & 0x3f));
    out[0] = (uint8_t)((0xf00u >> n & 0xff) | c);
    return n;
}

static void test_exactly_the_unicode_scalar_values_are_characters(void)
{
    for (uint32_t c = 0; c < 0x110400; c++) {
        uint8_t b[4];
        size_t n = encode(c, b);
        bool scalar = c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
        if (utf8_char((struct bytes){b, n}) != (scalar ? n : 0)) {
            printf("# U+%04X\n", c);
            CHECK(false);
            return;
        }
    }
}

static void test_every_two_byte_string_is_judged_as_the_standard_says(void)
{
    for (unsigned v = 0; v < 65536; v++) {
        uint8_t b[2] = {(uint8_t)(v >> 8), (uint8_t)v};
        bool want = (b[0] < 0x80 && b[1] < 0x80)
            || (b[0] >= 0xc2 && b[0] <= 0xdf && b[1] >= 0x80 && b[1] <= 0xbf);
        CHECK(utf8_valid(BYTES_OF(b)) == want);
    }
}

static void test_text_that_can_trick_a_reader_is_not_printable(void)
{
    static const char *const bad[] = {"a\nb", "\x1b", "\x7f", "\xc2\x85",
        ("\xe2\x80\xae"
         "abc"),
        "\xe2\x81\xa6", "\xef\xbb\xbf", "\xe2\x80\xa8"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK(!utf8_printable((struct bytes){(const uint8_t *)bad[i], strlen(bad[i])}));
    static const uint8_t good[] = "Ward 3 \xc3\xa4";
    CHECK(utf8_printable((struct bytes){good, sizeof good - 1}));
}

static void test_text_of_blanks_alone_shows_nothing(void)
{
    static const struct {
        const char *text;
        bool shows;
    } rows[] = {{"", false}, {" ", false}, {"   ", false}, {"\xc2\xa0 ", false},
        {"\xe3\x80\x80", false}, {"\xe2\x80\x8b", false}, {" a ", true},
        {"\xc3\xa4", true}, {"a\n", false}, {"a\xe2\x80\xae", false}, {"a\xff", false}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        CHECK(utf8_shows(
                  (struct bytes){(const uint8_t *)rows[i].text, strlen(rows[i].text)})
            == rows[i].shows);
}

MAIN(TEST(test_text_of_blanks_alone_shows_nothing),
    TEST(test_exactly_the_unicode_scalar_values_are_characters),
    TEST(test_every_two_byte_string_is_judged_as_the_standard_says),
    TEST(test_text_that_can_trick_a_reader_is_not_printable))
