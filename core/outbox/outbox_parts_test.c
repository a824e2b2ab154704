/* SPDX-License-Identifier: Apache-2.0 */
/* The parts that need no journal and no crypto. */
#include "core/outbox/outbox_clock.h"
#include "core/outbox/outbox_entry.h"
#include "core/outbox/outbox_match.h"
#include "core/outbox/outbox_memory.h"
#include "core/outbox/outbox_nonce.h"
#include "core/outbox/outbox_rows.h"

#include "tests/support/check.h"

static void test_a_nonce_is_accepted_once(void)
{
    struct outbox_nonce n;
    struct nonce drawn = {{1, 2, 3}};

    outbox_nonce_remember(&n, &drawn, 1000);
    CHECK(outbox_nonce_accept(&n, &drawn, 1001));
    CHECK(!outbox_nonce_accept(&n, &drawn, 1001));
}

static void test_a_nonce_is_accepted_for_60_s_and_no_longer(void)
{
    static const struct {
        uint64_t after_ms;
        bool good;
    } rows[] = {{0, true}, {59999, true}, {60000, true}, {60001, false},
        {UINT64_C(1) << 32, false}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct outbox_nonce n;
        struct nonce drawn = {{9}};
        outbox_nonce_remember(&n, &drawn, 77);
        CHECK(outbox_nonce_accept(&n, &drawn, 77 + rows[i].after_ms) == rows[i].good);
    }
}

static void test_a_nonce_with_any_bit_changed_is_refused(void)
{
    struct outbox_nonce n;
    struct nonce drawn = {{0xa5, 0x5a}};

    outbox_nonce_remember(&n, &drawn, 5);
    for (size_t bit = 0; bit < 8 * sizeof drawn.b; bit++) {
        struct nonce other = drawn;
        other.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
        CHECK(!outbox_nonce_accept(&n, &other, 6));
    }
    CHECK(outbox_nonce_accept(&n, &drawn, 6));
}

static void test_a_verdict_matches_only_the_very_batch_that_was_sent(void)
{
    struct outbox_sent sent = {.seq = 7};
    memset(sent.epoch.b, 0x11, sizeof sent.epoch.b);
    memset(sent.digest.b, 0x22, sizeof sent.digest.b);
    struct verdict v = {.epoch = sent.epoch, .seq = 7, .digest = sent.digest};

    CHECK(outbox_match(&sent, &v));
    v.seq = 8;
    CHECK(!outbox_match(&sent, &v));
    v.seq = 7;
    for (size_t bit = 0; bit < 256; bit++) {
        struct verdict other = v;
        other.epoch.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
        CHECK(!outbox_match(&sent, &other));
        other = v;
        other.digest.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
        CHECK(!outbox_match(&sent, &other));
    }
}

static struct entry an_entry(const uint8_t *at, size_t len)
{
    return (struct entry){.span_s = 60,
        .start_count = 3,
        .seq = 77,
        .readings = 600,
        .lost_count = 12,
        .has_utc = true,
        .utc_ms = UINT64_C(1790000000123),
        .run = UINT64_C(0x8877665544332211),
        .upto = 42,
        .envelope = {at, len}};
}

static void test_an_entry_comes_back_as_it_was_written(void)
{
    uint8_t buf[ENTRY_HEAD_LEN + 3] = {[ENTRY_HEAD_LEN] = 1, 2, 3};
    struct entry e = an_entry(buf + ENTRY_HEAD_LEN, 3), got = {0};

    entry_head_build(&e, buf);
    CHECK(entry_parse(BYTES_OF(buf), &got) == OK);
    CHECK(got.seq == 77 && got.start_count == 3 && got.readings == 600);
    CHECK(got.lost_count == 12 && got.has_utc && got.utc_ms == e.utc_ms);
    CHECK(got.run == e.run && got.upto == 42);
    CHECK(got.span_s == 60 && got.envelope.len == 3);
    CHECK(got.envelope.at == buf + ENTRY_HEAD_LEN);
}

static void test_an_entry_that_is_short_or_out_of_range_is_malformed(void)
{
    uint8_t buf[ENTRY_HEAD_LEN + 1] = {0};
    struct entry e = an_entry(buf + ENTRY_HEAD_LEN, 1), got = {.seq = 5};
    static const struct {
        const char *what;
        size_t at;
        uint8_t v;
    } rows[] = {{"version", 0, 1}, {"flag", 1, 2}, {"flag off, time set", 1, 0},
        {"reserved", 3, 1}, {"readings over 36000", 12, 1},
        {"time over 2^53", 20, 0xff}};

    entry_head_build(&e, buf);
    for (size_t len = 0; len <= ENTRY_HEAD_LEN; len++)
        CHECK(entry_parse((struct bytes){buf, len}, &got) == MALFORMED);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t bad[sizeof buf];
        memcpy(bad, buf, sizeof bad);
        bad[rows[i].at] = rows[i].v;
        if (entry_parse(BYTES_OF(bad), &got) != MALFORMED)
            CHECK(!rows[i].what);
    }
    CHECK(got.seq == 5);
}

static struct memory a_memory(void)
{
    struct memory m = {.start_count = 9,
        .has_device = true,
        .device = {{0x41, 7}},
        .has_store = true,
        .store = {{1, 2, 3}},
        .offer_again = true,
        .below = {10, 20},
        .lost = 321,
        .run = 7,
        .settled = 5000,
        .losing_count = 2,
        .losing = {{1, 77, 60}, {0, 78, 1}},
        .serials = {.used = {{{{1}}, 100, true}, {{{2}}, 200, false}}, .floor_s = 50},
        .config = {.version = 4,
            .batch_s = 30,
            .ward = "Ward \xc3\xa4",
            .time_zone = "Europe/Berlin",
            .has_assignment = true,
            .assignment = {.set = true, .b = {5}},
            .has_label = true,
            .label = "Bed 4"}};
    return m;
}

static void test_memory_comes_back_as_it_was_written(void)
{
    uint8_t buf[SLOTS_MAX], again[SLOTS_MAX];
    struct memory m = a_memory(), got;
    size_t len, again_len;

    memory_build(&m, ROOM_OF(buf), &len);
    CHECK(memory_parse((struct bytes){buf, len}, &got) == OK);
    CHECK(got.start_count == 9 && got.lost == 321 && got.losing_count == 2);
    CHECK(got.has_device && got.device.b[0] == 0x41 && got.device.b[1] == 7);
    CHECK(got.losing[0].number == 77 && got.losing[1].ring == 0 && got.below[1] == 20);
    CHECK(
        strcmp(got.config.ward, m.config.ward) == 0 && got.config.assignment.b[0] == 5);
    memory_build(&got, ROOM_OF(again), &again_len);
    CHECK(len == again_len && memcmp(buf, again, len) == 0);
}

static void test_memory_with_any_byte_missing_or_added_is_malformed(void)
{
    uint8_t buf[SLOTS_MAX + 1] = {0};
    struct memory m = a_memory(), got = {.start_count = 1};
    size_t len;

    memory_build(&m, (struct room){buf, SLOTS_MAX}, &len);
    for (size_t n = 0; n < len; n++)
        CHECK(memory_parse((struct bytes){buf, n}, &got) == MALFORMED);
    CHECK(memory_parse((struct bytes){buf, len + 1}, &got) == MALFORMED);
    CHECK(got.start_count == 1);
}

static void test_memory_of_before_the_device_was_kept_is_read_and_names_nobody(void)
{
    enum { AT = 5, PLACE = 1 + DEVICE_ID_LEN };
    uint8_t buf[SLOTS_MAX], again[SLOTS_MAX];
    struct memory m = a_memory(), got;
    size_t len, again_len;

    m.has_device = false;
    m.device = (struct device_id){{0}};
    memory_build(&m, ROOM_OF(buf), &len);
    memcpy(again, buf, len);
    buf[0] = MEMORY_FORM_BEFORE; /* as it was: without the place */
    memmove(buf + AT, buf + AT + PLACE, len - AT - PLACE);
    CHECK(memory_parse((struct bytes){buf, len - PLACE}, &got) == OK);
    CHECK(got.start_count == 9 && got.lost == 321 && !got.has_device);
    CHECK(memory_parse((struct bytes){buf, len}, &got) == MALFORMED);
    memory_build(&got, ROOM_OF(buf), &again_len);
    CHECK(again_len == len && memcmp(buf, again, len) == 0);
    for (int form = 0; form <= UINT8_MAX; form++) {
        buf[0] = (uint8_t)form;
        CHECK((memory_parse((struct bytes){buf, len}, &got) == OK)
            == (form == MEMORY_FORM));
    }
    buf[0] = MEMORY_FORM;
    buf[AT + 1] = 1; /* somebody, and nobody */
    CHECK(memory_parse((struct bytes){buf, len}, &got) == MALFORMED);
}

static void test_the_largest_memory_fits_into_a_slot(void)
{
    uint8_t buf[SLOTS_MAX];
    struct memory m = a_memory(), got;
    size_t len;

    m.losing_count = MEMORY_LOSING_MAX;
    for (size_t i = 0; i < SERIALS_KEPT; i++)
        m.serials.used[i] = (struct used_serial){{{9}}, UINT32_MAX, true};
    for (size_t i = 0; i < MEMORY_LOSING_MAX; i++)
        m.losing[i] = (struct losing){1, UINT64_MAX - i, 36000};
    memset(m.config.ward, 'w', 64);
    memset(m.config.time_zone, 'z', 64);
    memset(m.config.label, 'l', 32);
    memory_build(&m, ROOM_OF(buf), &len);
    CHECK(memory_parse((struct bytes){buf, len}, &got) == OK);
    CHECK(got.losing[MEMORY_LOSING_MAX - 1].readings == 36000);
}

static void test_the_clock_is_unset_until_it_is_told(void)
{
    struct outbox_clock c = {0};
    uint64_t utc = 1;

    CHECK(outbox_clock_state(&c, 5) == CLOCK_UNSET);
    CHECK(!outbox_clock_utc(&c, 5, &utc) && utc == 1);
    CHECK(outbox_clock_hear(&c, 1000, 200, 50000) == CLOCK_SET);
    CHECK(outbox_clock_utc(&c, 1500, &utc) && utc == 50600);
    CHECK(outbox_clock_state(&c, 1500) == CLOCK_SYNCHRONISED);
    CHECK(outbox_clock_state(&c, 1001 + CLOCK_FRESH_MS) == CLOCK_FREE_RUNNING);
}

static void test_a_step_of_the_clock_is_said_in_either_direction(void)
{
    static const struct {
        int64_t by_ms;
        enum clock_change is;
        uint64_t utc_ms;
    } rows[] = {{0, CLOCK_KEPT, 500000}, {900, CLOCK_KEPT, 500000},
        {-900, CLOCK_KEPT, 500000}, {1500, CLOCK_KEPT, 501500},
        {-1500, CLOCK_KEPT, 498500}, {2001, CLOCK_CHANGED, 502001},
        {-2001, CLOCK_CHANGED, 497999}, {7200000, CLOCK_CHANGED, 7700000}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct outbox_clock c = {0};
        uint64_t utc = 0, said = 500000 + (uint64_t)rows[i].by_ms;
        (void)outbox_clock_hear(&c, 1000, 0, 500000);
        CHECK(outbox_clock_hear(&c, 1000, 0, said) == rows[i].is);
        CHECK(outbox_clock_utc(&c, 1000, &utc) && utc == rows[i].utc_ms);
        CHECK((outbox_clock_state(&c, 1000) == CLOCK_STEPPED)
            == (rows[i].is == CLOCK_CHANGED));
    }
}

static void test_time_beyond_what_a_batch_can_say_is_no_time(void)
{
    struct outbox_clock c = {0};
    uint64_t utc;

    (void)outbox_clock_hear(&c, 1000, 0, (UINT64_C(1) << 53) - 1);
    CHECK(outbox_clock_utc(&c, 1000, &utc));
    CHECK(!outbox_clock_utc(&c, 1001, &utc));
}

static struct rows rows;

static void test_rows_count_every_change_of_state(void)
{
    rows_init(&rows);
    for (uint64_t n = 1; n <= 5; n++)
        rows_add(&rows, JOURNAL_ROUTINE,
            &(struct row){.number = n * 3, .readings = (uint16_t)n, .state = ROW_HELD});
    CHECK(rows.batches[ROW_HELD] == 5 && rows.readings[ROW_HELD] == 15);
    CHECK(rows_find(&rows, JOURNAL_ROUTINE, 4) == NULL);
    struct row *r = rows_find(&rows, JOURNAL_ROUTINE, 9);
    CHECK(r != NULL && r->readings == 3);
    rows_set(&rows, r, ROW_DONE);
    CHECK(rows.batches[ROW_HELD] == 4 && rows.readings[ROW_DONE] == 3);
    rows_offer_again(&rows, r);
    CHECK(rows.again == 1 && rows.readings[ROW_HELD] == 15);
    rows_set(&rows, r, ROW_SENT);
    CHECK(rows.again == 1);
    rows_set(&rows, r, ROW_DONE);
    CHECK(rows.again == 0 && rows.batches[ROW_DONE] == 1);
}

static void test_rows_go_at_the_old_end_and_come_at_the_new_one_for_ever(void)
{
    rows_init(&rows);
    for (uint64_t n = 1; n <= 3 * ROWS_ALARM; n++) {
        if (rows_full(&rows, JOURNAL_ALARM)) {
            rows_set(&rows, rows_at(&rows, JOURNAL_ALARM, 1), ROW_GONE);
            rows_shed(&rows, JOURNAL_ALARM); /* the oldest stays: nothing is shed yet */
            CHECK(rows_full(&rows, JOURNAL_ALARM));
            rows_set(&rows, rows_at(&rows, JOURNAL_ALARM, 0), ROW_GONE);
            rows_shed(&rows, JOURNAL_ALARM);
            CHECK(rows_count(&rows, JOURNAL_ALARM) == ROWS_ALARM - 2);
        }
        rows_add(&rows, JOURNAL_ALARM,
            &(struct row){.number = n, .readings = 1, .state = ROW_HELD});
        if (n % 1000 == 0)
            CHECK(rows_find(&rows, JOURNAL_ALARM, n) != NULL);
    }
    CHECK(rows.batches[ROW_HELD] == rows.readings[ROW_HELD]);
    CHECK(rows.batches[ROW_HELD] == rows_count(&rows, JOURNAL_ALARM));
}

MAIN(TEST(test_a_nonce_is_accepted_once),
    TEST(test_a_nonce_is_accepted_for_60_s_and_no_longer),
    TEST(test_a_nonce_with_any_bit_changed_is_refused),
    TEST(test_a_verdict_matches_only_the_very_batch_that_was_sent),
    TEST(test_an_entry_comes_back_as_it_was_written),
    TEST(test_an_entry_that_is_short_or_out_of_range_is_malformed),
    TEST(test_memory_comes_back_as_it_was_written),
    TEST(test_memory_with_any_byte_missing_or_added_is_malformed),
    TEST(test_memory_of_before_the_device_was_kept_is_read_and_names_nobody),
    TEST(test_the_largest_memory_fits_into_a_slot),
    TEST(test_the_clock_is_unset_until_it_is_told),
    TEST(test_a_step_of_the_clock_is_said_in_either_direction),
    TEST(test_time_beyond_what_a_batch_can_say_is_no_time),
    TEST(test_rows_count_every_change_of_state),
    TEST(test_rows_go_at_the_old_end_and_come_at_the_new_one_for_ever))
