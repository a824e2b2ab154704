/* SPDX-License-Identifier: Apache-2.0 */
#include "core/journal/journal.h"

#include "core/journal/crc32c.h"
#include "core/journal/journal_frame.h"

#include "tests/support/check.h"
#include "tests/support/flash_sim.h"

enum { SECTORS = 40 }; /* 10 for alarms, 30 for routine */

static const struct journal_losing nobody = {0};

static uint8_t byte_of(uint32_t id, size_t i)
{
    return (uint8_t)((id * 2654435761u + i * 40503u) >> 8);
}

static size_t fill(uint8_t *buf, uint32_t id, size_t len)
{
    for (size_t i = 0; i < len; i++)
        buf[i] = byte_of(id, i);
    return len;
}

static bool is(const uint8_t *buf, size_t len, uint32_t id, size_t want)
{
    if (len != want)
        return false;
    for (size_t i = 0; i < len; i++)
        if (buf[i] != byte_of(id, i))
            return false;
    return true;
}

static uint8_t buf[JOURNAL_RECORD_MAX];

static enum status add(struct journal *j, enum journal_class ring, uint32_t id,
    size_t len, struct journal_place *place)
{
    return journal_append(
        j, ring, (struct bytes){buf, fill(buf, id, len)}, nobody, place);
}

static size_t count(const struct journal *j, enum journal_class ring)
{
    struct journal_place at = journal_first(ring);
    enum journal_mark mark;
    size_t len;
    size_t n = 0;

    while (journal_next(j, &at, &len, &mark) == OK)
        n++;
    return n;
}

static void test_the_check_is_crc32c(void)
{
    static const uint8_t digits[] = "123456789";
    static uint8_t bytes[2000];

    CHECK(crc32c(0, (struct bytes){digits, 9}) == 0xe3069283u);
    CHECK(crc32c(crc32c(0, (struct bytes){digits, 4}), (struct bytes){digits + 4, 5})
        == 0xe3069283u);
    CHECK(crc32c(0, (struct bytes){digits, 0}) == 0);
    for (size_t len = 0; len <= sizeof bytes; len++) { /* against the definition */
        uint32_t want = ~0u;
        for (size_t i = 0; i < len; i++) {
            bytes[i] = byte_of(3, i);
            want ^= bytes[i];
            for (int k = 0; k < 8; k++)
                want = want >> 1 ^ (want & 1 ? 0x82f63b78u : 0);
        }
        CHECK(crc32c(0, (struct bytes){bytes, len}) == ~want);
    }
}

static void test_a_blank_flash_is_an_empty_journal(void)
{
    static struct flash_sim sim;
    struct journal j;

    flash_sim_init(&sim, SECTORS, 1);
    CHECK(journal_open(&j, &sim.port) == OK);
    CHECK(count(&j, JOURNAL_ALARM) == 0 && count(&j, JOURNAL_ROUTINE) == 0);
    CHECK(journal_damaged(&j) == 0);
    CHECK(journal_fill_permille(&j, JOURNAL_ROUTINE) == 0);
    CHECK(sim.faults == 0);
}

static void test_records_of_every_size_read_back_before_and_after_a_restart(void)
{
    static const size_t sizes[] = {1, 15, 16, 17, 255, 900, 3936, 3937, 3968, 4000,
        4096, 8192, 12345, JOURNAL_RECORD_MAX - 1, JOURNAL_RECORD_MAX};
    enum { N = sizeof sizes / sizeof sizes[0] };
    static struct flash_sim sim;
    static uint8_t got[JOURNAL_RECORD_MAX];
    struct journal j;
    struct journal_place places[N];
    enum journal_mark mark;
    size_t len;

    flash_sim_init(&sim, 64, 1);
    CHECK(journal_open(&j, &sim.port) == OK);
    for (uint32_t i = 0; i < N; i++)
        CHECK(add(&j, JOURNAL_ROUTINE, i, sizes[i], &places[i]) == OK);
    for (int restart = 0; restart < 2; restart++) {
        struct journal_place at = journal_first(JOURNAL_ROUTINE);
        for (uint32_t i = 0; i < N; i++) {
            CHECK(journal_next(&j, &at, &len, &mark) == OK);
            CHECK(at.at == places[i].at && at.number == places[i].number);
            CHECK(len == sizes[i] && mark == JOURNAL_UNMARKED);
            CHECK(journal_read(&j, &at, ROOM_OF(got), &len, &mark) == OK);
            CHECK(is(got, len, i, sizes[i]));
        }
        CHECK(journal_next(&j, &at, &len, &mark) == AGAIN);
        flash_sim_power_cycle(&sim, 7);
        CHECK(journal_open(&j, &sim.port) == OK);
    }
    CHECK(sim.faults == 0);
}

static void test_a_walk_goes_on_when_a_later_append_makes_one_more(void)
{
    static struct flash_sim sim;
    struct journal j;
    struct journal_place at = journal_first(JOURNAL_ALARM);
    enum journal_mark mark;
    size_t len;

    flash_sim_init(&sim, SECTORS, 1);
    CHECK(journal_open(&j, &sim.port) == OK);
    for (uint32_t i = 1; i <= 20; i++) {
        CHECK(journal_next(&j, &at, &len, &mark) == AGAIN);
        CHECK(add(&j, JOURNAL_ALARM, i, i * 40, NULL) == OK);
        CHECK(journal_next(&j, &at, &len, &mark) == OK && len == i * 40);
        CHECK(at.number == i);
    }
}

static void test_an_open_journal_continues_after_many_restarts(void)
{
    static struct flash_sim sim;
    static uint8_t got[64];
    struct journal j;
    enum journal_mark mark;
    size_t len;

    flash_sim_init(&sim, SECTORS, 1);
    for (uint32_t i = 1; i <= 25; i++) {
        struct journal_place place;
        CHECK(journal_open(&j, &sim.port) == OK);
        CHECK(count(&j, JOURNAL_ROUTINE) == i - 1);
        CHECK(add(&j, JOURNAL_ROUTINE, i, 33, &place) == OK);
        CHECK(place.number == i);
        CHECK(journal_read(&j, &place, ROOM_OF(got), &len, &mark) == OK);
        CHECK(is(got, len, i, 33));
    }
    CHECK(sim.faults == 0);
}

struct toll {
    const struct journal *j;
    uint64_t last;
    size_t unmarked, acknowledged, set_aside, unreadable;
    bool in_order;
};

static enum status on_losing(
    void *ctx, const struct journal_place *place, enum journal_mark mark)
{
    struct toll *t = ctx;
    static uint8_t got[JOURNAL_RECORD_MAX];
    enum journal_mark now;
    size_t len;

    t->in_order = t->in_order && place->number == t->last + 1;
    t->last = place->number;
    t->unmarked += mark == JOURNAL_UNMARKED;
    t->acknowledged += mark == JOURNAL_ACKNOWLEDGED;
    t->set_aside += mark == JOURNAL_SET_ASIDE;
    t->unreadable +=
        journal_read(t->j, place, ROOM_OF(got), &len, &now) != OK || now != mark;
    return OK;
}

static void test_the_newest_is_always_taken_and_what_goes_is_told_before(void)
{
    static struct flash_sim sim;
    struct journal j;
    struct toll toll = {.j = &j, .in_order = true};
    struct journal_losing losing = {&toll, on_losing};
    enum { N = 600 };
    static struct journal_place places[N];
    static uint8_t got[1024];
    enum journal_mark mark;
    size_t len;
    size_t stale = 0;

    flash_sim_init(&sim, SECTORS, 1);
    CHECK(journal_open(&j, &sim.port) == OK);
    for (uint32_t i = 0; i < N; i++) {
        size_t size = 200 + i % 700;
        CHECK(journal_append(&j, JOURNAL_ROUTINE,
                  (struct bytes){buf, fill(buf, i, size)}, losing, &places[i])
            == OK);
        CHECK(journal_read(&j, &places[i], ROOM_OF(got), &len, &mark) == OK);
        CHECK(is(got, len, i, size));
        if (i % 3 == 0)
            CHECK(journal_mark(&j, &places[i], JOURNAL_ACKNOWLEDGED) == OK);
        if (i % 3 == 1)
            CHECK(journal_mark(&j, &places[i], JOURNAL_SET_ASIDE) == OK);
    }
    for (uint32_t i = 0; i < N; i++) {
        enum status s = journal_read(&j, &places[i], ROOM_OF(got), &len, &mark);
        CHECK(s == (i < toll.last ? AGAIN : OK));
        CHECK(
            s != AGAIN || journal_mark(&j, &places[i], JOURNAL_ACKNOWLEDGED) == AGAIN);
        stale += s == AGAIN;
    }
    CHECK(stale > N / 2 && stale == toll.last);
    CHECK(toll.in_order && toll.unreadable == 0);
    CHECK(toll.unmarked + toll.acknowledged + toll.set_aside == toll.last);
    CHECK(toll.unmarked == toll.last / 3);
    CHECK(journal_lost(&j, JOURNAL_ROUTINE) == toll.unmarked);
    CHECK(journal_lost(&j, JOURNAL_ALARM) == 0);
    CHECK(count(&j, JOURNAL_ROUTINE) == N - toll.last);
    CHECK(journal_open(&j, &sim.port) == OK);
    CHECK(journal_lost(&j, JOURNAL_ROUTINE) == toll.unmarked);
    CHECK(count(&j, JOURNAL_ROUTINE) == N - toll.last);
    CHECK(sim.faults == 0);
}

static void test_an_alarm_record_never_makes_room_for_a_routine_one(void)
{
    static struct flash_sim sim;
    static uint8_t got[1024];
    struct journal j;
    struct journal_place alarm;
    enum journal_mark mark;
    size_t len;

    flash_sim_init(&sim, SECTORS, 1);
    CHECK(journal_open(&j, &sim.port) == OK);
    CHECK(add(&j, JOURNAL_ALARM, 77, 500, &alarm) == OK);
    for (uint32_t i = 0; i < 500; i++)
        CHECK(add(&j, JOURNAL_ROUTINE, i, 900, NULL) == OK);
    CHECK(journal_lost(&j, JOURNAL_ROUTINE) > 300);
    CHECK(journal_read(&j, &alarm, ROOM_OF(got), &len, &mark) == OK);
    CHECK(is(got, len, 77, 500));
}

static void test_a_walk_from_a_record_that_is_gone_starts_with_the_oldest(void)
{
    static struct flash_sim sim;
    struct journal j;
    struct journal_place at = journal_first(JOURNAL_ROUTINE);
    struct journal_place oldest = at;
    enum journal_mark mark;
    size_t len;

    flash_sim_init(&sim, SECTORS, 1);
    CHECK(journal_open(&j, &sim.port) == OK);
    CHECK(add(&j, JOURNAL_ROUTINE, 1, 100, NULL) == OK);
    CHECK(journal_next(&j, &at, &len, &mark) == OK && at.number == 1);
    for (uint32_t i = 2; i < 300; i++)
        CHECK(add(&j, JOURNAL_ROUTINE, i, 900, NULL) == OK);
    CHECK(journal_next(&j, &at, &len, &mark) == OK);
    CHECK(journal_next(&j, &oldest, &len, &mark) == OK);
    CHECK(at.number == oldest.number && at.at == oldest.at && at.number > 100);
}

static void test_marks_last_and_an_acknowledged_record_stays_so(void)
{
    static const struct {
        const char *what;
        enum journal_mark first, second, want;
    } rows[] = {
        {"acknowledged", JOURNAL_ACKNOWLEDGED, JOURNAL_UNMARKED, JOURNAL_ACKNOWLEDGED},
        {"set aside", JOURNAL_SET_ASIDE, JOURNAL_UNMARKED, JOURNAL_SET_ASIDE},
        {"later acknowledged", JOURNAL_SET_ASIDE, JOURNAL_ACKNOWLEDGED,
            JOURNAL_ACKNOWLEDGED},
        {"not set aside after it", JOURNAL_ACKNOWLEDGED, JOURNAL_SET_ASIDE,
            JOURNAL_ACKNOWLEDGED},
        {"twice", JOURNAL_SET_ASIDE, JOURNAL_SET_ASIDE, JOURNAL_SET_ASIDE},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        static struct flash_sim sim;
        static uint8_t got[64];
        struct journal j;
        struct journal_place place;
        struct journal_place other;
        enum journal_mark mark;
        size_t len;

        flash_sim_init(&sim, SECTORS, i);
        CHECK(journal_open(&j, &sim.port) == OK);
        CHECK(add(&j, JOURNAL_ALARM, 1, 50, &place) == OK);
        CHECK(add(&j, JOURNAL_ALARM, 2, 50, &other) == OK);
        CHECK(journal_mark(&j, &place, rows[i].first) == OK);
        if (rows[i].second != JOURNAL_UNMARKED)
            CHECK(journal_mark(&j, &place, rows[i].second) == OK);
        CHECK(journal_sync(&j) == OK);
        flash_sim_power_cycle(&sim, i);
        CHECK(journal_open(&j, &sim.port) == OK);
        CHECK(journal_read(&j, &place, ROOM_OF(got), &len, &mark) == OK);
        CHECK(mark == rows[i].want);
        CHECK(journal_read(&j, &other, ROOM_OF(got), &len, &mark) == OK);
        CHECK(mark == JOURNAL_UNMARKED);
        CHECK(sim.faults == 0);
    }
}

static void test_the_fill_is_what_unmarked_records_keep(void)
{
    static struct flash_sim sim;
    struct journal j;
    static struct journal_place places[1000];
    uint32_t n = 0;
    uint32_t last = 0;

    flash_sim_init(&sim, SECTORS, 1);
    CHECK(journal_open(&j, &sim.port) == OK);
    while (journal_lost(&j, JOURNAL_ROUTINE) == 0) {
        CHECK(journal_fill_permille(&j, JOURNAL_ROUTINE) >= last);
        last = journal_fill_permille(&j, JOURNAL_ROUTINE);
        CHECK(add(&j, JOURNAL_ROUTINE, n, n % 7 == 0 ? 9000 : 800, &places[n]) == OK);
        n++;
    }
    CHECK(last > 900);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t before = journal_fill_permille(&j, JOURNAL_ROUTINE);
        enum status s = journal_mark(
            &j, &places[i], i % 2 ? JOURNAL_ACKNOWLEDGED : JOURNAL_SET_ASIDE);
        CHECK(s == OK || s == AGAIN);
        CHECK(journal_fill_permille(&j, JOURNAL_ROUTINE) <= before);
        struct journal again;
        if (i % 8 == 0) {
            CHECK(journal_open(&again, &sim.port) == OK);
            CHECK(journal_fill_permille(&again, JOURNAL_ROUTINE)
                == journal_fill_permille(&j, JOURNAL_ROUTINE));
        }
    }
    CHECK(journal_fill_permille(&j, JOURNAL_ROUTINE) == 0);
}

static enum status does_not_let_go(
    void *ctx, const struct journal_place *place, enum journal_mark mark)
{
    (void)place, (void)mark;
    return ++*(int *)ctx == 1 ? BROKEN : OK;
}

/* Req: HF-FLASH-001 */
static void test_what_nobody_could_count_does_not_make_room(void)
{
    static struct flash_sim sim, before;
    struct journal j;
    int asked = 0;
    enum status s = OK;

    flash_sim_init(&sim, SECTORS, 1);
    CHECK(journal_open(&j, &sim.port) == OK);
    for (uint32_t i = 0; s == OK && i < 1000; i++) {
        flash_sim_copy(&before, &sim);
        s = journal_append(&j, JOURNAL_ROUTINE, (struct bytes){buf, fill(buf, i, 900)},
            (struct journal_losing){&asked, does_not_let_go}, NULL);
    }
    CHECK(s == BROKEN && asked == 1);
    CHECK(flash_sim_hash(&sim) == flash_sim_hash(&before) && sim.pending_count == 0);
    CHECK(add(&j, JOURNAL_ROUTINE, 1, 100, NULL) == BROKEN);
    CHECK(journal_open(&j, &sim.port) == OK && journal_lost(&j, JOURNAL_ROUTINE) == 0);
}

static void test_a_flash_error_breaks_the_journal_until_it_is_opened_anew(void)
{
    static struct flash_sim sim;
    struct journal j;
    struct journal_place place;

    flash_sim_init(&sim, SECTORS, 1);
    CHECK(journal_open(&j, &sim.port) == OK);
    CHECK(add(&j, JOURNAL_ROUTINE, 1, 100, &place) == OK);
    flash_sim_fail_sync(&sim, 0);
    CHECK(add(&j, JOURNAL_ROUTINE, 2, 100, NULL) == BROKEN);
    flash_sim_restart(&sim);
    CHECK(add(&j, JOURNAL_ROUTINE, 3, 100, NULL) == BROKEN);
    CHECK(journal_mark(&j, &place, JOURNAL_ACKNOWLEDGED) == BROKEN);
    CHECK(journal_sync(&j) == BROKEN);
    CHECK(journal_open(&j, &sim.port) == OK);
    CHECK(add(&j, JOURNAL_ROUTINE, 4, 100, NULL) == OK);
    CHECK(sim.faults == 0);
}

static void test_a_mark_that_fails_breaks_the_journal_too(void)
{
    static struct flash_sim sim;
    struct journal j;
    struct journal_place place;

    flash_sim_init(&sim, SECTORS, 1);
    CHECK(journal_open(&j, &sim.port) == OK);
    CHECK(add(&j, JOURNAL_ROUTINE, 1, 100, &place) == OK);
    flash_sim_cut_at(&sim, 0);
    CHECK(journal_mark(&j, &place, JOURNAL_ACKNOWLEDGED) == BROKEN);
    flash_sim_restart(&sim);
    CHECK(add(&j, JOURNAL_ROUTINE, 2, 100, NULL) == BROKEN);
    CHECK(journal_open(&j, &sim.port) == OK);
    CHECK(add(&j, JOURNAL_ROUTINE, 3, 100, NULL) == OK);
}

static void test_a_record_of_three_sectors_keeps_its_first_and_its_middle_one(void)
{
    static struct flash_sim sim;
    struct journal j;
    struct journal_place place;

    flash_sim_init(&sim, SECTORS, 1); /* 30 for routine */
    CHECK(journal_open(&j, &sim.port) == OK);
    CHECK(add(&j, JOURNAL_ROUTINE, 1, 9000, &place) == OK);
    CHECK(journal_fill_permille(&j, JOURNAL_ROUTINE) == 2 * 1000 / 30);
    CHECK(journal_mark(&j, &place, JOURNAL_SET_ASIDE) == OK);
    CHECK(journal_fill_permille(&j, JOURNAL_ROUTINE) == 0);
}

static void test_no_record_is_promised_before_a_sync_and_each_open_syncs_first(void)
{
    static struct flash_sim sim;
    struct journal j;
    struct journal_place at = journal_first(JOURNAL_ROUTINE);
    enum journal_mark mark;
    size_t len;

    flash_sim_init(&sim, SECTORS, 1);
    CHECK(journal_open(&j, &sim.port) == OK);
    CHECK(add(&j, JOURNAL_ROUTINE, 1, 100, NULL) == OK);
    flash_sim_power_cycle_form(&sim, 0); /* nothing that was not synced */
    CHECK(journal_open(&j, &sim.port) == OK);
    CHECK(journal_next(&j, &at, &len, &mark) == OK);
    CHECK(journal_mark(&j, &at, JOURNAL_ACKNOWLEDGED) == OK);
    flash_sim_restart(&sim); /* killed; power stays */
    CHECK(journal_open(&j, &sim.port) == OK);
    at = journal_first(JOURNAL_ROUTINE);
    CHECK(journal_next(&j, &at, &len, &mark) == OK && mark == JOURNAL_ACKNOWLEDGED);
    flash_sim_power_cycle_form(&sim, 0);
    CHECK(journal_open(&j, &sim.port) == OK);
    at = journal_first(JOURNAL_ROUTINE);
    CHECK(journal_next(&j, &at, &len, &mark) == OK && mark == JOURNAL_ACKNOWLEDGED);
}

static void test_one_rotten_bit_costs_its_record_or_its_mark_and_is_counted(void)
{
    enum { N = 12 };
    static struct flash_sim fresh, sim;
    static uint8_t got[1024];
    struct journal j;
    struct journal_place places[N];
    uint64_t damaged = 0;

    flash_sim_init(&fresh, 8, 1);
    CHECK(journal_open(&j, &fresh.port) == OK);
    for (uint32_t i = 0; i < N; i++) {
        CHECK(add(&j, JOURNAL_ROUTINE, i, 300 + i, &places[i]) == OK);
        CHECK(journal_mark(&j, &places[i], JOURNAL_ACKNOWLEDGED) == OK);
    }
    CHECK(journal_sync(&j) == OK);
    for (uint32_t at = places[3].at; at < places[4].at; at++) {
        flash_sim_copy(&sim, &fresh);
        flash_sim_rot(&sim, at, at);
        CHECK(journal_open(&j, &sim.port) == OK);
        damaged += journal_damaged(&j);
        CHECK(count(&j, JOURNAL_ROUTINE) >= N - 1);
        for (uint32_t i = 0; i < N; i++) {
            enum journal_mark mark;
            size_t len;
            enum status s = journal_read(&j, &places[i], ROOM_OF(got), &len, &mark);
            CHECK(i == 3 ? s == OK || s == DAMAGED || s == AGAIN : s == OK);
            CHECK(s != OK || is(got, len, i, 300 + i));
            CHECK(i == 3 || mark == JOURNAL_ACKNOWLEDGED);
        }
    }
    CHECK(damaged > 300);
}

static void test_a_stale_place_never_reads_as_another_record(void)
{
    static struct flash_sim sim;
    static uint8_t got[1024];
    struct journal j;
    struct journal_place place;
    enum journal_mark mark;
    size_t len;

    flash_sim_init(&sim, 8, 1);
    CHECK(journal_open(&j, &sim.port) == OK);
    CHECK(add(&j, JOURNAL_ROUTINE, 1, 300, &place) == OK);
    for (uint32_t i = 2; i < 200; i++) { /* the same size: others come to lie there */
        CHECK(add(&j, JOURNAL_ROUTINE, i, 300, NULL) == OK);
        enum status s = journal_read(&j, &place, ROOM_OF(got), &len, &mark);
        CHECK(s == AGAIN || (s == OK && is(got, len, 1, 300)));
        CHECK(i < 150 || s == AGAIN);
    }
    static const uint32_t odd[] = {
        0, 1, 16, 32, 4095, 4096, 8 * 4096 - 16, 8 * 4096, 0x7fffffff, UINT32_MAX};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        place.at = odd[i];
        CHECK(journal_read(&j, &place, ROOM_OF(got), &len, &mark) == AGAIN);
    }
    CHECK(sim.faults == 0);
}

static void test_too_small_a_room_or_ring_is_said(void)
{
    static struct flash_sim sim;
    struct journal j;
    struct journal_place place;
    enum journal_mark mark;
    uint8_t got[99];
    size_t len;

    flash_sim_init(&sim, 8, 1);
    CHECK(journal_open(&j, &sim.port) == OK);
    CHECK(add(&j, JOURNAL_ROUTINE, 1, 100, &place) == OK);
    CHECK(journal_read(&j, &place, ROOM_OF(got), &len, &mark) == FULL);
    CHECK(add(&j, JOURNAL_ALARM, 1, JOURNAL_RECORD_MAX, &place) == FULL);
    CHECK(add(&j, JOURNAL_ALARM, 1, 4000, &place) == OK);
    CHECK(add(&j, JOURNAL_ROUTINE, 1, JOURNAL_RECORD_MAX, &place) == OK);
    CHECK(count(&j, JOURNAL_ROUTINE) == 2);
}

MAIN(TEST(test_the_check_is_crc32c), TEST(test_a_blank_flash_is_an_empty_journal),
    TEST(test_records_of_every_size_read_back_before_and_after_a_restart),
    TEST(test_a_walk_goes_on_when_a_later_append_makes_one_more),
    TEST(test_an_open_journal_continues_after_many_restarts),
    TEST(test_the_newest_is_always_taken_and_what_goes_is_told_before),
    TEST(test_an_alarm_record_never_makes_room_for_a_routine_one),
    TEST(test_a_walk_from_a_record_that_is_gone_starts_with_the_oldest),
    TEST(test_marks_last_and_an_acknowledged_record_stays_so),
    TEST(test_the_fill_is_what_unmarked_records_keep),
    TEST(test_what_nobody_could_count_does_not_make_room),
    TEST(test_a_flash_error_breaks_the_journal_until_it_is_opened_anew),
    TEST(test_a_mark_that_fails_breaks_the_journal_too),
    TEST(test_a_record_of_three_sectors_keeps_its_first_and_its_middle_one),
    TEST(test_no_record_is_promised_before_a_sync_and_each_open_syncs_first),
    TEST(test_one_rotten_bit_costs_its_record_or_its_mark_and_is_counted),
    TEST(test_a_stale_place_never_reads_as_another_record),
    TEST(test_too_small_a_room_or_ring_is_said))
