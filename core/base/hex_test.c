/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/hex.h"

#include "tests/support/check.h"

static struct bytes text(const char *s)
{
    return (struct bytes){(const uint8_t *)s, strlen(s)};
}

static void test_every_byte_survives_the_way_to_hex_and_back(void)
{
    for (int v = 0; v < 256; v++) {
        uint8_t in[1] = {(uint8_t)v}, hex[3], out[1] = {(uint8_t)~v};
        hex_of(BYTES_OF(in), ROOM_OF(hex));
        CHECK(hex[2] == 0);
        CHECK(hex_parse((struct bytes){hex, 2}, ROOM_OF(out)) == OK);
        CHECK(out[0] == v);
    }
}

static void test_hex_of_another_length_or_case_is_malformed(void)
{
    static const char *const bad[] = {
        "", "0", "000", "0g", "0A", "0x", "-1", " 0", "0000"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint8_t out[1] = {99};
        CHECK(hex_parse(text(bad[i]), ROOM_OF(out)) == MALFORMED);
        CHECK(out[0] == 99);
    }
}

static void test_a_device_id_has_exactly_one_spelling(void)
{
    static const char good[] = "0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0";
    static const struct {
        const char *what, *text;
    } bad[] = {
        {"empty", ""},
        {"upper case", "0F1E2D3C-4B5A-4978-8796-A5B4C3D2E1F0"},
        {"no hyphens", "0f1e2d3c4b5a49788796a5b4c3d2e1f0"},
        {"hyphen moved", "0f1e2d3c4-b5a-4978-8796-a5b4c3d2e1f0"},
        {"version 1", "0f1e2d3c-4b5a-1978-8796-a5b4c3d2e1f0"},
        {"other variant", "0f1e2d3c-4b5a-4978-c796-a5b4c3d2e1f0"},
        {"one short", "0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f"},
        {"one long", "0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f00"},
        {"braces", "{f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f}"},
    };
    uint8_t id[16];
    char back[UUID_TEXT];

    CHECK(uuid_parse(text(good), id) == OK);
    uuid_of(id, back);
    CHECK(strcmp(back, good) == 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        enum status s = uuid_parse(text(bad[i].text), id);
        if (s != MALFORMED)
            printf("# %s\n", bad[i].what);
        CHECK(s == MALFORMED);
    }
}

MAIN(TEST(test_every_byte_survives_the_way_to_hex_and_back),
    TEST(test_hex_of_another_length_or_case_is_malformed),
    TEST(test_a_device_id_has_exactly_one_spelling))
