/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/sha256.h"

#include "tests/support/check.h"

static const char *hex(const struct digest *d)
{
    static char text[65];
    for (size_t i = 0; i < sizeof d->b; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", d->b[i]);
    return text;
}

static void test_the_examples_of_fips_180_come_out(void)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sha256 s;
        struct digest d;
        sha256_start(&s);
        sha256_more(
            &s, (struct bytes){(const uint8_t *)rows[i].in, strlen(rows[i].in)});
        sha256_peek(&s, &d);
        CHECK(strcmp(hex(&d), rows[i].out) == 0);
    }
}

static void test_a_million_a_in_pieces_is_one_message(void)
{
    struct sha256 s;
    struct digest d;
    uint8_t piece[97];
    size_t left = 1000000;

    memset(piece, 'a', sizeof piece);
    sha256_start(&s);
    while (left > 0) {
        size_t n = left < sizeof piece ? left : sizeof piece;
        sha256_more(&s, (struct bytes){piece, n});
        sha256_peek(&s, &d); /* looking does not disturb */
        left -= n;
    }
    CHECK(strcmp(hex(&d),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
        == 0);
}

MAIN(TEST(test_the_examples_of_fips_180_come_out),
    TEST(test_a_million_a_in_pieces_is_one_message))
