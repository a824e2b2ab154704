/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/cbor.h"

#include "tests/support/check.h"

#include "core/base/hex.h"
#include "core/base/limits.h"

/* Take one item of any kind that Holdfast has, as deep as the reader lets a caller go. */
static bool one_item(struct cbor_in *c, int depth)
{
    struct cbor_in was = *c;
    uint64_t n;

    if (depth == 0)
        return false;
    (void)cbor_take_uint(c);
    if (!c->bad)
        return true;
    *c = was;
    (void)cbor_take_bstr(c);
    if (!c->bad)
        return true;
    *c = was;
    (void)cbor_take_tstr(c);
    if (!c->bad)
        return true;
    *c = was;
    (void)cbor_take_bool(c);
    if (!c->bad)
        return true;
    *c = was;
    if (cbor_take_null(c))
        return true;
    n = cbor_take_array(c);
    if (c->bad) {
        *c = was;
        n = cbor_take_map(c);
        n = n > UINT64_MAX / 2 ? UINT64_MAX : 2 * n;
    }
    for (uint64_t i = 0; i < n && !c->bad; i++)
        if (!one_item(c, depth - 1))
            return false;
    return !c->bad;
}

static bool reads(const char *hex)
{
    uint8_t b[64];
    size_t n = strlen(hex) / 2;
    struct bytes text = {(const uint8_t *)hex, 2 * n};

    CHECK(n <= sizeof b && hex_parse(text, (struct room){b, n}) == OK);
    struct cbor_in c = cbor_over((struct bytes){b, n});
    return one_item(&c, LIMIT_CBOR_DEPTH) && cbor_done(&c);
}

static void test_every_second_encoding_is_refused(void)
{
    static const struct {
        const char *what, *good, *bad;
    } rows[] = {
        {"0 in two bytes", "00", "1800"},
        {"23 in two bytes", "17", "1817"},
        {"24 in three", "1818", "190018"},
        {"255 in three", "18ff", "1900ff"},
        {"256 in five", "190100", "1a00000100"},
        {"65535 in five", "19ffff", "1a0000ffff"},
        {"65536 in nine", "1a00010000", "1b0000000000010000"},
        {"2^32-1 in nine", "1affffffff", "1b00000000ffffffff"},
        {"byte string with a long head", "4100", "580100"},
        {"text with a long head", "6161", "780161"},
        {"array with a long head", "8100", "980100"},
        {"map with a long head", "a10000", "b8010000"},
        {"indefinite bytes", "40", "5fff"},
        {"indefinite text", "60", "7fff"},
        {"indefinite array", "80", "9fff"},
        {"indefinite map", "a0", "bfff"},
        {"break alone", "00", "ff"},
        {"false as a two-byte simple", "f4", "f814"},
        {"null as a two-byte simple", "f6", "f816"},
        {"undefined", "f6", "f7"},
        {"half float", "01", "f93c00"},
        {"single float", "01", "fa3f800000"},
        {"double float", "01", "fb3ff0000000000000"},
        {"reserved heads", "00", "1c"},
        {"reserved heads", "00", "1d00"},
        {"reserved heads", "00", "1e00"},
        {"indefinite integer", "00", "1f"},
        {"cut head", "190100", "1901"},
        {"cut string", "4100", "41"},
        {"2^64-1 bytes", "4100", "5bffffffffffffffff"},
        {"2^63 bytes", "4100", "5b8000000000000000"},
        {"2^63 elements", "80", "9b8000000000000000"},
        {"2^63 pairs", "a0", "bb8000000000000000"},
        {"trailing byte", "00", "0000"},
        {"five levels", "81818100", "8181818181"},
        {"nothing", "00", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!reads(rows[i].good) || reads(rows[i].bad))
            printf("# %s\n", rows[i].what);
        CHECK(reads(rows[i].good));
        CHECK(!reads(rows[i].bad));
    }
}

static void test_text_must_be_utf8_of_shortest_form(void)
{
    static const struct {
        const char *hex;
        bool good;
    } rows[] = {
        {"62c3a4", true},
        {"63e282ac", true},
        {"64f48fbfbf", true},
        {"62c080", false},
        {"63eda080", false},
        {"63e08080", false},
        {"64f4908080", false},
        {"61c3", false},
        {"6180", false},
        {"61ff", false},
        {"64f0808080", false},
        {"61f5", false},
        {"62c328", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        CHECK(reads(rows[i].hex) == rows[i].good);
}

static void test_what_is_written_is_the_shortest_and_reads_back(void)
{
    static const struct {
        uint64_t v;
        size_t len;
    } rows[] = {{0, 1}, {23, 1}, {24, 2}, {255, 2}, {256, 3}, {65535, 3}, {65536, 5},
        {UINT32_MAX, 5}, {1ull << 32, 9}, {UINT64_MAX, 9}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t b[16];
        struct writer w = writer_over(ROOM_OF(b));
        cbor_put_uint(&w, rows[i].v);
        CHECK(writer_done(&w) && w.len == rows[i].len);
        struct cbor_in c = cbor_over(written(&w));
        CHECK(cbor_take_uint(&c) == rows[i].v && cbor_done(&c));
    }
}

static void test_a_key_is_that_key_or_a_fault(void)
{
    static const int64_t keys[] = {
        0, 1, 23, 24, -1, -24, -25, -256, -257, -65537, INT64_MAX};

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
            uint8_t b[16];
            struct writer w = writer_over(ROOM_OF(b));
            cbor_put_int(&w, keys[i]);
            struct cbor_in must = cbor_over(written(&w)), may = must;
            cbor_take_key(&must, keys[k]);
            CHECK(cbor_done(&must) == (i == k));
            CHECK(cbor_take_key_if(&may, keys[k]) == (i == k));
            CHECK(!may.bad
                && cbor_done(&may) == (i == k)); /* not it: nothing was taken */
        }
}

static void test_after_a_fault_every_take_yields_nothing(void)
{
    static const uint8_t b[] = {0x18, 0x00, 0x05, 0x41, 0x09, 0xf5, 0xf6, 0x81};
    struct cbor_in c = cbor_over(BYTES_OF(b));

    CHECK(cbor_take_uint(&c) == 0 && c.bad);
    CHECK(cbor_take_uint(&c) == 0);
    CHECK(cbor_take_bstr(&c).len == 0);
    CHECK(cbor_take_tstr(&c).len == 0);
    CHECK(!cbor_take_bool(&c));
    CHECK(!cbor_take_null(&c));
    CHECK(cbor_take_array(&c) == 0 && cbor_take_map(&c) == 0);
    CHECK(!cbor_take_key_if(&c, 5));
    CHECK(!cbor_done(&c));
}

MAIN(TEST(test_every_second_encoding_is_refused),
    TEST(test_text_must_be_utf8_of_shortest_form),
    TEST(test_what_is_written_is_the_shortest_and_reads_back),
    TEST(test_a_key_is_that_key_or_a_fault),
    TEST(test_after_a_fault_every_take_yields_nothing))
