/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/clone_rule.h"

#include "cloud/store/device_state.h"
#include "cloud/store/devices.h"
#include "cloud/store/rig.h"

#include "tests/support/check.h"

enum { STEPS = 16 };

struct step {
    char run;      /* epoch; 0: the end */
    uint32_t at_s; /* measured */
};

/* Each row: what comes in, in the order in which it comes. */
static const struct {
    const char *what;
    bool seen;
    struct step steps[STEPS];
} rows[] = {
    {"one run", false,
        {{'a', 10}, {'a', 20}, {'a', 30}, {'a', 40}, {'a', 50}, {'a', 60}}},
    {"a restart each minute", false,
        {{'a', 10}, {'b', 20}, {'c', 30}, {'d', 40}, {'e', 50}, {'f', 60}, {'g', 70}}},
    {"batches of the run before, late and by turns", false,
        {{'a', 10}, {'b', 60}, {'a', 20}, {'b', 70}, {'a', 30}, {'b', 80}, {'a', 40},
            {'b', 90}, {'a', 50}, {'b', 100}}},
    {"batches of three runs before, newest first", false,
        {{'d', 100}, {'c', 90}, {'b', 80}, {'a', 70}, {'d', 110}, {'c', 85}, {'b', 75},
            {'d', 120}}},
    {"a clock that was ahead before the restart", false,
        {{'a', 10}, {'b', 20}, {'a', 900}, {'b', 30}, {'a', 950}, {'b', 40}, {'b', 960},
            {'b', 970}}},
    {"a clock that jumps back", false,
        {{'a', 900}, {'b', 20}, {'b', 30}, {'b', 910}, {'b', 920}}},
    {"the same batches again, as after a restore", false,
        {{'a', 10}, {'b', 20}, {'a', 10}, {'b', 20}, {'a', 10}, {'b', 20}, {'a', 10},
            {'b', 20}, {'c', 30}}},
    {"no clock: all at one time", false,
        {{'a', 0}, {'b', 0}, {'a', 0}, {'b', 0}, {'a', 0}, {'b', 0}, {'a', 0},
            {'b', 0}}},
    {"three returns, one too few", false,
        {{'a', 10}, {'b', 20}, {'a', 30}, {'b', 40}, {'a', 50}, {'a', 60}, {'a', 70}}},
    {"a third run between", false,
        {{'a', 10}, {'b', 20}, {'a', 30}, {'b', 40}, {'a', 50}, {'c', 60}, {'a', 70},
            {'c', 80}}},
    {"two copies by turns", true,
        {{'a', 10}, {'b', 20}, {'a', 30}, {'b', 40}, {'a', 50}, {'b', 60}}},
    {"two copies, one of which sends three times as often", true,
        {{'a', 10}, {'b', 12}, {'b', 14}, {'b', 16}, {'a', 20}, {'b', 22}, {'b', 24},
            {'a', 30}, {'b', 32}, {'a', 40}}},
    {"two copies, one of which was restarted", true,
        {{'a', 10}, {'b', 20}, {'a', 30}, {'c', 40}, {'a', 50}, {'c', 60}, {'a', 70},
            {'c', 80}}},
};

static void test_each_case_is_a_suspicion_or_is_none(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct clone_front f = {0};
        bool seen = false;
        for (size_t n = 0; n < STEPS && rows[i].steps[n].run != 0; n++) {
            struct epoch e = {{(uint8_t)rows[i].steps[n].run}};
            seen |= clone_rule_sees(
                &f, &e, rows[i].steps[n].at_s * UINT64_C(1000), UINT64_C(2000000));
        }
        if (seen != rows[i].seen)
            printf("# %s\n", rows[i].what);
        CHECK(seen == rows[i].seen);
    }
}

static void test_a_front_that_lies_in_the_future_is_forgotten_and_hides_nothing(void)
{
    static const struct epoch a = {{'a'}}, b = {{'b'}};
    struct clone_front f = {0};
    uint64_t now = 1000000;

    CHECK(!clone_rule_sees(&f, &a, now + CLONE_AHEAD_MS + 1, now) && !f.any);
    CHECK(!clone_rule_sees(&f, &a, now + CLONE_AHEAD_MS, now) && f.any);
    now -= 500000; /* the cloud's clock was wrong, and was set */
    bool seen = false;
    for (uint64_t i = 1; i <= CLONE_RETURNS + 2; i++)
        seen = clone_rule_sees(&f, i % 2 == 0 ? &a : &b, now + i, now);
    CHECK(seen);
}

/* Seed 337 of the simulated world: a clock far ahead, set back while the link dropped again and again. */
static void
test_a_batch_from_the_future_begins_the_count_anew_and_copies_are_seen_after_it(void)
{
    static const struct epoch a = {{'a'}}, b = {{'b'}};
    struct clone_front f = {0};
    uint64_t now = 1000000, at = 0;
    bool seen = false;

    for (int i = 0; i < CLONE_RETURNS + 1; i++)
        seen |= clone_rule_sees(&f, i % 2 == 0 ? &a : &b, ++at, now);
    CHECK(!seen && f.returns == CLONE_RETURNS - 1);
    CHECK(!clone_rule_sees(&f, &a, now + CLONE_AHEAD_MS + 1, now));
    for (int i = 1; i < CLONE_RETURNS + 1; i++)
        seen |= clone_rule_sees(&f, i % 2 == 0 ? &a : &b, ++at, now);
    CHECK(!seen);
    CHECK(clone_rule_sees(&f, &b, ++at, now));
}

/* Req: HF-CLN-001 */
static void copies_measure(
    struct rig *r, struct rig_device *one, struct rig_device *two)
{
    static struct rig_sealed sealed;

    for (uint32_t n = 0; n < CLONE_RETURNS + 2; n++) {
        struct rig_device *d = n % 2 == 0 ? one : two;
        r->utc_ms += 10000;
        rig_seal(r, d, rig_batch(n, 5, r->utc_ms - 5000), &sealed);
        (void)rig_send(r, d, &sealed);
    }
}

static int sends(struct rig *r, struct rig_device *d, uint32_t seq)
{
    static struct rig_sealed sealed;

    r->utc_ms += 10000;
    rig_seal(r, d, rig_batch(seq, 5, r->utc_ms - 5000), &sealed);
    return rig_send(r, d, &sealed)->http_status;
}

static struct rig_device copy_of(struct rig *r, const struct rig_device *d)
{
    struct rig_device copy = *d;
    rig_new_epoch(r, &copy);
    return copy;
}

static uint64_t told(struct rig *r)
{
    return rig_count(r,
        "SELECT count(*) FROM event WHERE code ="
        " (SELECT code FROM event ORDER BY id DESC LIMIT 1)"
        " AND device IS NOT NULL");
}

static void
test_two_copies_are_one_event_and_a_mark_and_go_on_where_the_policy_is_to_note(void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0], copy = copy_of(r, d);

    copies_measure(r, d, &copy);
    CHECK(rig_count(r, "SELECT clone FROM device WHERE id = 1") == 1);
    CHECK(rig_count(r, "SELECT sum(clone) FROM device") == 1 && told(r) == 1);
    CHECK(sends(r, d, 100) == 200 && sends(r, &copy, 101) == 200 && told(r) == 1);
    CHECK(rig_count(r, "SELECT state FROM device WHERE id = 1") == DEVICE_ACTIVE);
    rig_free(r);
}

/* Req: HF-CLN-002 */
static void test_where_the_policy_is_to_stop_no_copy_is_served_until_a_person_says_so(
    void)
{
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0], copy = copy_of(r, d);

    r->store.stop_clones = true;
    copies_measure(r, d, &copy);
    CHECK(rig_count(r, "SELECT state FROM device WHERE id = 1") == DEVICE_SUSPENDED);
    /* What showed it was stored; nothing after it is, of either. */
    CHECK(rig_count(r, "SELECT batches FROM device WHERE id = 1") == CLONE_RETURNS + 2);
    CHECK(sends(r, d, 100) == 403 && sends(r, &copy, 101) == 403);
    CHECK(sends(r, &r->devices[1], 0) == 200);
    CHECK(db_begin(&r->store.db) == OK);
    CHECK(device_clear(&r->store, &r->devices[1].kid.device) == REFUSED);
    CHECK(device_clear(&r->store, &d->kid.device) == OK);
    CHECK(db_commit(&r->store.db) == OK);
    CHECK(rig_count(r, "SELECT clone FROM device WHERE id = 1") == 0);
    CHECK(sends(r, d, 100) == 200 && sends(r, d, 102) == 200);
    rig_free(r);
}

static void test_a_run_whose_clock_is_ahead_or_unset_says_nothing(void)
{
    static struct rig_sealed sealed;
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0], copy = copy_of(r, d);

    for (uint32_t n = 0; n < 40; n++) {
        struct rig_device *from = n % 2 == 0 ? d : &copy;
        uint64_t at = n < 20 ? 0 : r->utc_ms + 60000 + n * 1000;
        rig_seal(r, from, rig_batch(n, 5, at), &sealed);
        CHECK(rig_send(r, from, &sealed)->http_status == 200);
    }
    CHECK(rig_count(r, "SELECT sum(clone) FROM device") == 0);
    rig_free(r);
}

static void test_a_device_that_restarts_all_the_time_with_batches_on_the_way_is_none(
    void)
{
    static struct rig_sealed kept[30];
    struct rig *r = rig_new();
    struct rig_device *d = &r->devices[0];

    r->store.stop_clones = true;
    for (uint32_t run = 0; run < 30; run++) {
        r->utc_ms += 10000;
        rig_seal(r, d, rig_batch(1, 5, r->utc_ms - 8000), &kept[run]); /* sent later */
        CHECK(sends(r, d, 2) == 200);
        if (run > 2)
            CHECK(rig_send(r, d, &kept[run - 3])->http_status == 200);
        rig_new_epoch(r, d);
    }
    CHECK(rig_count(r, "SELECT sum(clone) FROM device") == 0);
    rig_free(r);
}

MAIN(TEST(test_each_case_is_a_suspicion_or_is_none),
    TEST(test_a_front_that_lies_in_the_future_is_forgotten_and_hides_nothing),
    TEST(
        test_a_batch_from_the_future_begins_the_count_anew_and_copies_are_seen_after_it),
    TEST(
        test_two_copies_are_one_event_and_a_mark_and_go_on_where_the_policy_is_to_note),
    TEST(test_where_the_policy_is_to_stop_no_copy_is_served_until_a_person_says_so),
    TEST(test_a_run_whose_clock_is_ahead_or_unset_says_nothing),
    TEST(test_a_device_that_restarts_all_the_time_with_batches_on_the_way_is_none))
