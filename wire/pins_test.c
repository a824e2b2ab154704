/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/pins.h"

#include "tests/support/check.h"

static struct pin_set a_set(uint8_t count, uint16_t len)
{
    struct pin_set s = {.version = 7, .count = count};
    for (uint8_t i = 0; i < count && i < PINS_MOST; i++) {
        s.pins[i].len = len;
        memset(s.pins[i].der, 0x30 + i, sizeof s.pins[i].der);
    }
    return s;
}

static struct bytes build(const struct pin_set *s, struct room out)
{
    static uint8_t payload[PINS_PAYLOAD_MAX];
    struct signature signature;
    memset(&signature, 0x99, sizeof signature);
    return pins_build(pins_payload_build(s, ROOM_OF(payload)), &signature, out);
}

static void test_the_largest_and_the_smallest_set_come_back_whole(void)
{
    static const struct {
        uint8_t count;
        uint16_t len;
    } rows[] = {{PINS_LEAST, 1}, {PINS_MOST, PIN_CERT_MAX}};

    for (size_t i = 0; i < 2; i++) {
        static uint8_t b[LIMIT_PIN_SET], signed_[PINS_SIGNED_BYTES_MAX];
        struct pin_set s = a_set(rows[i].count, rows[i].len);
        struct signed_pins out;

        s.version = i == 0 ? 1 : UINT32_MAX;
        CHECK(pins_parse(build(&s, ROOM_OF(b)), &out) == OK);
        CHECK(out.set.version == s.version && out.set.count == s.count);
        for (uint8_t k = 0; k < s.count; k++)
            CHECK(out.set.pins[k].len == s.pins[k].len
                && memcmp(out.set.pins[k].der, s.pins[k].der, s.pins[k].len) == 0);
        CHECK(pins_signed_bytes(out.payload, ROOM_OF(signed_)).len > out.payload.len);
    }
}

static void test_a_set_needs_two_different_pins_and_a_version(void)
{
    struct pin_set s = a_set(1, 9);
    CHECK(!pins_rules_hold(&s));
    s = a_set(PINS_LEAST, 9);
    CHECK(pins_rules_hold(&s));
    s.version = 0;
    CHECK(!pins_rules_hold(&s));
    s = a_set(PINS_LEAST, 9);
    s.pins[1] = s.pins[0]; /* twice the same is one */
    CHECK(!pins_rules_hold(&s));
    s = a_set(PINS_LEAST, 9);
    s.pins[1].len = 0;
    CHECK(!pins_rules_hold(&s));
    s = a_set(PINS_MOST, 9);
    s.count = PINS_MOST + 1;
    CHECK(!pins_rules_hold(&s));
}

static void test_a_set_with_one_pin_is_malformed_as_bytes_too(void)
{
    uint8_t b[LIMIT_PIN_SET];
    struct pin_set s = a_set(PINS_LEAST, 1);
    struct signed_pins out = {.set = {.version = 77}};
    struct bytes whole = build(&s, ROOM_OF(b));

    /* ... 58/4x len, payload = a3 01 01 02 07 03 82 41 30 41 31: make it 81 41 30 */
    size_t at = 0;
    while (!(b[at] == 0x82 && b[at + 1] == 0x41))
        at++;
    b[at] = 0x81;
    memmove(b + at + 3, b + at + 5, whole.len - at - 5);
    b[at - 7] = (uint8_t)(b[at - 7] - 2); /* length of the payload */
    CHECK(pins_parse((struct bytes){b, whole.len - 2}, &out) == MALFORMED);
    CHECK(out.set.version == 77);
}

static void test_a_set_cut_extended_or_with_another_head_is_malformed(void)
{
    static uint8_t b[LIMIT_PIN_SET + 1];
    struct pin_set s = a_set(PINS_LEAST, 40);
    struct signed_pins out;
    size_t len = build(&s, (struct room){b, LIMIT_PIN_SET}).len;

    for (size_t n = 0; n < len; n++)
        CHECK(pins_parse((struct bytes){b, n}, &out) == MALFORMED);
    b[len] = 0;
    CHECK(pins_parse((struct bytes){b, len + 1}, &out) == MALFORMED);
    for (size_t i = 0; i < 6; i++) { /* tag, list, protected header, empty map */
        b[i] ^= 1;
        CHECK(pins_parse((struct bytes){b, len}, &out) == MALFORMED);
        b[i] ^= 1;
    }
    CHECK(pins_parse((struct bytes){b, len}, &out) == OK);
}

MAIN(TEST(test_the_largest_and_the_smallest_set_come_back_whole),
    TEST(test_a_set_needs_two_different_pins_and_a_version),
    TEST(test_a_set_with_one_pin_is_malformed_as_bytes_too),
    TEST(test_a_set_cut_extended_or_with_another_head_is_malformed))
