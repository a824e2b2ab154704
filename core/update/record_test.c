/* SPDX-License-Identifier: Apache-2.0 */
#include "core/update/record.h"

#include "core/update/bundle.h"

#include "tests/support/check.h"

static struct update_record a_record(void)
{
    struct update_record r;

    memset(&r, 0, sizeof r);
    r.state = UPDATE_TRIAL;
    r.active = 1;
    r.boots = 2;
    r.why = 47;
    r.has_release = true;
    r.release.version = (struct release_version){1, 2, 3};
    r.release.security_version = 9;
    r.release.bundle_len = 4000;
    r.release.part_count = 2;
    r.release.parts[0].len = 1000;
    r.release.parts[1].len = 2000;
    (void)snprintf(r.release.product, sizeof r.release.product, "holdfast-oximeter");
    update_tried(&r, &r.release.bundle_digest);
    return r;
}

static void test_a_record_comes_back_whole(void)
{
    uint8_t b[UPDATE_RECORD_LEN], again[UPDATE_RECORD_LEN];
    struct update_record in = a_record(), out;

    CHECK(update_record_parse(update_record_build(&in, b), &out) == OK);
    update_record_build(&out, again);
    CHECK(memcmp(b, again, sizeof b) == 0);
    CHECK(out.state == UPDATE_TRIAL && out.active == 1 && out.boots == 2
        && out.release.security_version == 9
        && update_tries(&out, &in.release.bundle_digest) == 1);
}

/* One form for one record: what is still one after a change is another one. */
static void test_every_changed_byte_is_malformed_or_another_record(void)
{
    uint8_t b[UPDATE_RECORD_LEN], again[UPDATE_RECORD_LEN];
    struct update_record in = a_record(), out;
    unsigned malformed = 0;

    update_record_build(&in, b);
    for (size_t i = 0; i < sizeof b; i++)
        for (unsigned v = 1; v < 256; v++) {
            b[i] ^= (uint8_t)v;
            if (update_record_parse(BYTES_OF(b), &out) == OK) {
                update_record_build(&out, again);
                CHECK(memcmp(b, again, sizeof b) == 0);
            } else {
                malformed++;
            }
            b[i] ^= (uint8_t)v;
        }
    CHECK(malformed > 10000);
    for (size_t n = 0; n < sizeof b; n++)
        CHECK(update_record_parse((struct bytes){b, n}, &out) == MALFORMED);
}

static void test_a_release_under_way_is_never_missing(void)
{
    uint8_t b[UPDATE_RECORD_LEN];
    struct update_record r = a_record(), out;

    memset(&r.release, 0, sizeof r.release);
    r.has_release = false;
    for (unsigned s = 0; s < UPDATE_STATES; s++) {
        r.state = (enum update_state)s;
        enum status got = update_record_parse(update_record_build(&r, b), &out);
        CHECK(got == (update_busy(r.state) ? MALFORMED : OK));
    }
}

static void test_the_eight_newest_tries_are_remembered(void)
{
    struct update_record r = a_record();
    struct digest d = {{0}};

    for (uint8_t i = 1; i <= 9; i++) {
        d.b[0] = i;
        update_tried(&r, &d);
    }
    d.b[0] = 1;
    CHECK(update_tries(&r, &d) == 0); /* eight others since */
    d.b[0] = 2;
    update_tried(&r, &d); /* it is the newest again */
    d.b[0] = 10;
    update_tried(&r, &d);
    d.b[0] = 2;
    CHECK(update_tries(&r, &d) == 2);
    for (int i = 0; i < 300; i++)
        update_tried(&r, &d);
    CHECK(update_tries(&r, &d) == LIMIT_UPDATE_TRIES);
}

static void test_the_length_at_the_end_of_a_bundle_cannot_lie(void)
{
    static const struct {
        uint64_t says;
        enum status is;
    } rows[] = {{0, MALFORMED}, {1, OK}, {91, OK}, {92, MALFORMED}, {100, MALFORMED},
        {LIMIT_UPDATE_SIGNATURE + 1, MALFORMED}, {UINT64_MAX, MALFORMED},
        {UINT64_MAX - 7, MALFORMED}, {(uint64_t)1 << 32 | 1, MALFORMED}};
    uint8_t b[100] = {0};
    struct update_bundle out;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t k = 0; k < 8; k++)
            b[92 + k] = (uint8_t)(rows[i].says >> (56 - 8 * k));
        CHECK(update_bundle_parse(BYTES_OF(b), &out) == rows[i].is);
        if (rows[i].is == OK)
            CHECK(out.cms.len == rows[i].says && out.parts.len == 92 - rows[i].says);
    }
    for (size_t n = 0; n <= 8; n++)
        CHECK(update_bundle_parse((struct bytes){b, n}, &out) == MALFORMED);
}

MAIN(TEST(test_a_record_comes_back_whole),
    TEST(test_every_changed_byte_is_malformed_or_another_record),
    TEST(test_a_release_under_way_is_never_missing),
    TEST(test_the_eight_newest_tries_are_remembered),
    TEST(test_the_length_at_the_end_of_a_bundle_cannot_lie))
