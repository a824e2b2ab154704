/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/batch_rules.h"
#include "wire/message.h"

#include "tests/support/check.h"
#include "tests/support/messages.h"

static struct batch small; /* set by reset() before each use */

static void reset(void)
{
    small =
        (struct batch){.record_count = 2, .event_count = 1, .merged = 2, .clock = 1};
    small.has_utc = true;
    small.records[0] = (struct record){0, {true, 970}, {true, 720}, {true, 400}, 0, 90};
    small.records[1] =
        (struct record){1000, {true, 971}, {true, 721}, {true, 401}, 1, 91};
    for (size_t i = 0; i < LIMIT_BATCH_EVENTS; i++)
        small.events[i] = (struct event){1, 1, 5, 5};
}

/* Encode without the builder's rules: build a valid batch, then put raw heads in its place. */
static bool accepts_with(size_t at, size_t old, struct bytes put_in)
{
    static uint8_t b[LIMIT_BATCH], other[LIMIT_BATCH];
    static struct batch back;
    size_t len;

    reset();
    CHECK(batch_build(&small, ROOM_OF(b), &len) == OK);
    memcpy(other, b, at);
    memcpy(other + at, put_in.at, put_in.len);
    memcpy(other + at + put_in.len, b + at + old, len - at - old);
    return batch_parse((struct bytes){other, len - old + put_in.len}, &back) == OK;
}

/* Req: HF-SEC-004 "what does not satisfy it shall be refused ... and change nothing" */
static void test_every_range_is_refused_one_beyond_its_edge(void)
{
#define ROW(field, low, high)                                                \
    do {                                                                     \
        const uint64_t edge[] = {(low), (high)};                             \
        for (int i = 0; i < 2; i++) {                                        \
            reset();                                                         \
            (field) = (__typeof__(field))edge[i];                            \
            CHECK(batch_rules_hold(&small));                                 \
        }                                                                    \
        const uint64_t beyond[] = {(uint64_t)(low)-1, (uint64_t)(high) + 1}; \
        for (int i = 0; i < 2; i++) {                                        \
            reset();                                                         \
            (field) = (__typeof__(field))beyond[i];                          \
            if (((low) > 0 || i == 1) && (uint64_t)(field) == beyond[i])     \
                CHECK(!batch_rules_hold(&small));                            \
        }                                                                    \
    } while (0)
    ROW(small.mono_ms, 0, 9007199254740991u);
    ROW(small.utc_ms, 0, 9007199254740991u);
    ROW(small.clock, 0, 3);
    ROW(small.record_count, 1, 600);
    ROW(small.records[0].dt_ms, 0, 0);
    ROW(small.records[1].spo2.v, 0, 1000);
    ROW(small.records[0].pulse.v, 0, 3000);
    ROW(small.records[1].pi.v, 0, 2000);
    ROW(small.records[1].quality, 0, 100);
    ROW(small.events[0].code, 1, 255);
    ROW(small.events[0].count, 1, 65535);
    ROW(small.events[0].first_ms, 0, 5);
    ROW(small.events[0].last_ms, 5, 9007199254740991u);
    ROW(small.event_count, 0, 32);
    ROW(small.merged, 2, 60);
#undef ROW
}

static void test_the_parser_asks_the_rules_of_bytes_too(void)
{
    static uint8_t b[LIMIT_BATCH];
    static const uint8_t spo2_970[] = {0x19, 0x03, 0xca},
                         spo2_1000[] = {0x19, 0x03, 0xe8},
                         spo2_1001[] = {0x19, 0x03, 0xe9};
    size_t len, at = 0;

    reset();
    CHECK(batch_build(&small, ROOM_OF(b), &len) == OK);
    while (at + 3 < len && memcmp(b + at, spo2_970, 3) != 0)
        at++;
    CHECK(at + 3 < len);
    CHECK(accepts_with(at, 3, BYTES_OF(spo2_1000)));
    CHECK(!accepts_with(at, 3, BYTES_OF(spo2_1001)));
}

static void test_reserved_and_unknown_keys_are_refused(void)
{
    static const uint8_t fifteen[] = {0x0f, 0x00}, map14[] = {0xae}, map15[] = {0xaf};
    static uint8_t b[LIMIT_BATCH];
    static struct batch back;
    size_t len;

    CHECK(accepts_with(0, 1, BYTES_OF(map14)));
    CHECK(!accepts_with(0, 1, BYTES_OF(map15)));
    CHECK(batch_build(&small, ROOM_OF(b), &len) == OK);
    b[0] = 0xaf;
    memcpy(b + len, fifteen, 2);
    CHECK(batch_parse((struct bytes){b, len + 2}, &back) == MALFORMED);
}

static void test_any_valid_batch_comes_back_whole(void)
{
    static struct batch in, out;
    static uint8_t b[LIMIT_BATCH], again[LIMIT_BATCH];
    struct dice d = {1};
    size_t len, len2;

    for (int i = 0; i < 2000; i++) {
        any_batch(&d, &in);
        CHECK(batch_build(&in, ROOM_OF(b), &len) == OK);
        CHECK(batch_parse((struct bytes){b, len}, &out) == OK);
        CHECK(batch_build(&out, ROOM_OF(again), &len2) == OK);
        CHECK(len == len2 && memcmp(b, again, len) == 0);
        CHECK(out.record_count == in.record_count && out.utc_ms == in.utc_ms);
        CHECK(memcmp(in.records, out.records, sizeof in.records) == 0);
        CHECK(memcmp(in.events, out.events, in.event_count * sizeof in.events[0]) == 0);
    }
}

static void test_a_spoiled_batch_is_refused_or_is_another_valid_one(void)
{
    static uint8_t b[MESSAGE_MAX], again[LIMIT_BATCH];
    static struct batch out, before;
    struct dice d = {7};
    unsigned refused = 0;
    size_t len2;

    memset(&before, 0x33, sizeof before);
    for (int i = 0; i < 20000; i++) {
        size_t len = any_message(&d, MESSAGE_BATCH, ROOM_OF(b));
        len = spoil(&d, ROOM_OF(b), len);
        memcpy(&out, &before, sizeof out);
        if (batch_parse((struct bytes){b, len}, &out) != OK) {
            refused++;
            CHECK(memcmp(&out, &before, sizeof out) == 0);
            continue;
        }
        CHECK(batch_rules_hold(&out));
        CHECK(batch_build(&out, ROOM_OF(again), &len2) == OK);
        CHECK(len == len2 && memcmp(b, again, len) == 0);
    }
    CHECK(refused > 10000 && refused < 20000);
}

static void test_the_largest_batch_fits_and_one_byte_less_room_is_full(void)
{
    static struct batch b;
    static uint8_t out[LIMIT_BATCH];
    size_t len = 0;

    b = (struct batch){.seq = UINT32_MAX, .start_count = UINT32_MAX, .has_utc = true};
    b.mono_ms = b.utc_ms = 9007199254740991;
    b.clock = 3;
    b.assignment.set = true;
    b.record_count = LIMIT_BATCH_RECORDS;
    for (size_t i = 0; i < LIMIT_BATCH_RECORDS; i++)
        b.records[i] = (struct record){i ? UINT16_MAX : 0, {true, 1000}, {true, 3000},
            {true, 2000}, UINT16_MAX, 100};
    b.lost_count = b.config_version = UINT32_MAX;
    b.event_count = LIMIT_BATCH_EVENTS;
    for (size_t i = 0; i < LIMIT_BATCH_EVENTS; i++)
        b.events[i] =
            (struct event){255, UINT16_MAX, 9007199254740990, 9007199254740991};
    b.merged = 60;
    b.tpm = true;
    CHECK(batch_build(&b, ROOM_OF(out), &len) == OK && len < LIMIT_BATCH);
    size_t short_len;
    CHECK(batch_build(&b, (struct room){out, len}, &short_len) == OK);
    CHECK(batch_build(&b, (struct room){out, len - 1}, &short_len) == FULL);
}

static void test_content_is_of_this_record_at_its_own_time(void)
{
    static const uint8_t want[CONTENT_LEN] = {0, 0, 0, 0, 0, 0, 0x13,
        0x88,                         /* utc 5,000 */
        0, 0, 0, 0, 0, 0, 0x03, 0xf2, /* mono 1,010 */
        0xff, 0xff, 0x02, 0xd1, 0x01, 0x91, 0x80, 0x01, 91, 0};
    uint8_t got[CONTENT_LEN], first[CONTENT_LEN];

    reset();
    small.mono_ms = 10;
    small.utc_ms = 4000;
    small.records[1].spo2.set = false;
    small.records[1].status = 0x8001;
    content_of(&small, 1, got);
    CHECK(memcmp(got, want, sizeof want) == 0);
    content_of(&small, 0, first);
    CHECK(memcmp(first, got, 16) != 0);
    small.has_utc = false;
    small.utc_ms = 0;
    content_of(&small, 1, got);
    CHECK(
        got[6] == 0 && got[7] == 0 && memcmp(got + 8, want + 8, CONTENT_LEN - 8) == 0);
}

MAIN(TEST(test_every_range_is_refused_one_beyond_its_edge),
    TEST(test_the_parser_asks_the_rules_of_bytes_too),
    TEST(test_reserved_and_unknown_keys_are_refused),
    TEST(test_any_valid_batch_comes_back_whole),
    TEST(test_a_spoiled_batch_is_refused_or_is_another_valid_one),
    TEST(test_the_largest_batch_fits_and_one_byte_less_room_is_full),
    TEST(test_content_is_of_this_record_at_its_own_time))
