/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/receipt.h"

#include "tests/support/check.h"

static struct receipt a_receipt(bool has_utc)
{
    struct receipt r = {.readings = UINT32_MAX,
        .mono_ms = 9007199254740991,
        .has_utc = has_utc,
        .utc_ms = has_utc ? 9007199254740991 : 0};
    memset(r.order.b, 0xab, sizeof r.order.b);
    return r;
}

static void test_a_receipt_comes_back_whole_with_and_without_a_clock(void)
{
    for (int i = 0; i < 2; i++) {
        uint8_t b[RECEIPT_MAX];
        struct receipt in = a_receipt(i == 1), out;

        CHECK(receipt_parse(receipt_build(&in, ROOM_OF(b)), &out) == OK);
        CHECK(memcmp(&in.order, &out.order, sizeof in.order) == 0
            && in.readings == out.readings && in.mono_ms == out.mono_ms
            && in.has_utc == out.has_utc && in.utc_ms == out.utc_ms);
    }
}

static void test_a_receipt_cut_extended_or_out_of_range_is_malformed(void)
{
    uint8_t b[RECEIPT_MAX + 1];
    struct receipt in = a_receipt(true), out;
    size_t len = receipt_build(&in, (struct room){b, RECEIPT_MAX}).len;

    for (size_t n = 0; n < len; n++)
        CHECK(receipt_parse((struct bytes){b, n}, &out) == MALFORMED);
    b[len] = 0;
    CHECK(receipt_parse((struct bytes){b, len + 1}, &out) == MALFORMED);
    b[len - 8] = 0x20; /* UTC of 2^53 and more */
    CHECK(receipt_parse((struct bytes){b, len}, &out) == MALFORMED);
    in.mono_ms = 9007199254740992;
    CHECK(!receipt_rules_hold(&in));
}

MAIN(TEST(test_a_receipt_comes_back_whole_with_and_without_a_clock),
    TEST(test_a_receipt_cut_extended_or_out_of_range_is_malformed))
