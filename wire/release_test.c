/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/release.h"

#include "wire/ticket.h"

#include "tests/support/check.h"
#include "tests/support/messages.h"

static struct bytes built(
    const struct release *r, const struct signature *s, uint8_t out[LIMIT_RELEASE])
{
    uint8_t payload[SIGN1_PAYLOAD_MAX];

    return release_build(release_payload_build(r, ROOM_OF(payload)), s,
        (struct room){out, LIMIT_RELEASE});
}

static void test_any_statement_comes_back_whole(void)
{
    struct dice d = {5};

    for (int i = 0; i < 5000; i++) {
        uint8_t b[LIMIT_RELEASE];
        struct release in;
        struct signed_release out;
        static const struct signature s = {{0x5e}};
        any_release(&d, &in);
        CHECK(release_parse(built(&in, &s, b), &out) == OK);
        CHECK(memcmp(&out.release, &in, sizeof in) == 0);
        CHECK(memcmp(&out.signature, &s, sizeof s) == 0);
    }
}

static void test_the_largest_statement_fits_its_limit(void)
{
    uint8_t b[LIMIT_RELEASE];
    struct signature s = {{0}};
    struct release r = {.version = {UINT16_MAX, UINT16_MAX, UINT16_MAX},
        .security_version = UINT32_MAX,
        .bundle_len = LIMIT_UPDATE_BUNDLE,
        .part_count = RELEASE_PARTS};

    memset(r.product, 'a', WORD_MAX);
    for (size_t i = 0; i < RELEASE_PARTS; i++)
        r.parts[i].len = LIMIT_UPDATE_BUNDLE / 2 - 1;
    struct bytes whole = built(&r, &s, b);
    struct signed_release out;
    CHECK(release_parse(whole, &out) == OK && out.payload.len <= SIGN1_PAYLOAD_MAX);
}

static void test_a_statement_cut_or_extended_anywhere_is_malformed(void)
{
    uint8_t b[LIMIT_RELEASE + 1];
    struct dice d = {9};
    struct release r;
    struct signed_release out;
    struct signature s = {{1}};

    any_release(&d, &r);
    struct bytes whole = built(&r, &s, b);
    CHECK(release_parse(whole, &out) == OK);
    for (size_t n = 0; n < whole.len; n++)
        CHECK(release_parse((struct bytes){b, n}, &out) == MALFORMED);
    b[whole.len] = 0;
    CHECK(release_parse((struct bytes){b, whole.len + 1}, &out) == MALFORMED);
}

static void test_a_spoiled_statement_is_refused_whole_or_is_another_valid_one(void)
{
    static uint8_t b[MESSAGE_MAX];
    uint8_t again[LIMIT_RELEASE];
    struct signed_release out, before;
    struct dice d = {11};
    unsigned refused = 0;

    memset(&before, 0x33, sizeof before);
    for (int i = 0; i < 20000; i++) {
        size_t len =
            spoil(&d, ROOM_OF(b), any_message(&d, MESSAGE_RELEASE, ROOM_OF(b)));
        memcpy(&out, &before, sizeof out);
        if (release_parse((struct bytes){b, len}, &out) != OK) {
            refused++;
            CHECK(memcmp(&out, &before, sizeof out) == 0);
            continue;
        }
        struct bytes other = built(&out.release, &out.signature, again);
        CHECK(other.len == len && memcmp(other.at, b, len) == 0);
    }
    CHECK(refused > 8000 && refused < 20000);
}

/* Signed for one purpose, it says nothing for another. */
static void test_a_statement_and_a_ticket_never_have_the_same_bytes_to_sign(void)
{
    static const uint8_t payload[] = {0xa0};
    uint8_t a[SIGN1_TO_SIGN_MAX], b[SIGN1_TO_SIGN_MAX];
    struct bytes one = release_to_sign(BYTES_OF(payload), ROOM_OF(a)),
                 two = ticket_signed_bytes(BYTES_OF(payload), ROOM_OF(b));

    CHECK(one.len != two.len || memcmp(one.at, two.at, one.len) != 0);
}

static void test_versions_are_compared_from_the_left(void)
{
    static const struct {
        struct release_version a, b;
        int order;
    } rows[] = {
        {{1, 0, 0}, {0, 65535, 65535}, 1},
        {{1, 2, 0}, {1, 1, 9}, 1},
        {{1, 2, 3}, {1, 2, 3}, 0},
        {{1, 2, 3}, {1, 2, 4}, -1},
        {{0, 0, 0}, {65535, 0, 0}, -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int got = release_version_order(rows[i].a, rows[i].b);
        CHECK((got > 0) - (got < 0) == rows[i].order);
        got = release_version_order(rows[i].b, rows[i].a);
        CHECK((got > 0) - (got < 0) == -rows[i].order);
    }
}

static void test_the_mark_of_a_class_is_how_the_sha_256_of_its_name_begins(void)
{
    /* printf holdfast-oximeter | sha256sum */
    static const uint8_t known[] = {0xdd, 0xcf, 0xf1, 0xb1, 0x59, 0x06, 0x51, 0x91};
    uint8_t mark[EVENT_ABOUT_LEN], other[EVENT_ABOUT_LEN];

    release_class_mark("holdfast-oximeter", mark);
    release_class_mark("holdfast-oximete", other);
    CHECK(memcmp(mark, known, sizeof mark) == 0);
    CHECK(memcmp(other, known, sizeof other) != 0);
}

MAIN(TEST(test_any_statement_comes_back_whole),
    TEST(test_the_largest_statement_fits_its_limit),
    TEST(test_a_statement_cut_or_extended_anywhere_is_malformed),
    TEST(test_a_spoiled_statement_is_refused_whole_or_is_another_valid_one),
    TEST(test_a_statement_and_a_ticket_never_have_the_same_bytes_to_sign),
    TEST(test_versions_are_compared_from_the_left),
    TEST(test_the_mark_of_a_class_is_how_the_sha_256_of_its_name_begins))
