/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/bytes.h"
#include "image/init/line_rule.h"
#include "image/init/network_rule.h"
#include "image/init/trial_rule.h"
#include "image/init/version_rule.h"
#include "image/init/watch_rule.h"
#include "tests/support/check.h"

static struct bytes text(const char *t)
{
    return (struct bytes){(const uint8_t *)t, strlen(t)};
}

/* Req: HF-IMG-001 "An image shall not start with another kernel command line than the one that was signed with it." */
static void test_no_other_line_than_the_signed_one_starts(void)
{
    static const char good[] = "quiet lockdown=confidentiality";
    static const char *const other[] = {"quiet lockdown=confidentiality x", "quiet",
        "quiet lockdown=confidentialitx", "", "\n", "quiet lockdown=confidentiality ",
        "quiet lockdown=confidentiality\n\n"};

    CHECK(line_is_signed(text(good), text(good)));
    CHECK(line_is_signed(text("quiet lockdown=confidentiality\n"), text(good)));
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++)
        CHECK(!line_is_signed(text(other[i]), text(good)));
    CHECK(!line_is_signed(text(good), text("")));
    CHECK(!line_is_signed(text(""), text("")));
}

/* Req: HF-IMG-002 "An image whose security version is below the TPM's counter, or that cannot read it, shall not start." */
static void test_no_version_below_the_counter_starts(void)
{
    CHECK(version_may_start(2, 2) && version_may_start(3, 2));
    CHECK(!version_may_start(1, 2));
    CHECK(!version_may_start(1, UINT64_MAX) && version_may_start(1, 0));
}

struct seen {
    bool rules_load;
    char order[4];
    size_t count;
};

static bool load(void *ctx)
{
    struct seen *s = ctx;
    s->order[s->count++] = 'r';
    return s->rules_load;
}

static bool set_address(void *ctx)
{
    struct seen *s = ctx;
    s->order[s->count++] = 'a';
    return true;
}

/* Req: HF-IMG-003 "The image shall have no network before its firewall's rules are in force." */
static void test_there_is_no_network_before_the_firewall_and_none_without_it(void)
{
    struct seen s = {.rules_load = true};
    const struct network_steps steps = {&s, load, set_address};

    CHECK(network_open(&steps) && strcmp(s.order, "ra") == 0);
    s = (struct seen){.rules_load = false};
    CHECK(!network_open(&steps) && strcmp(s.order, "r") == 0);
}

/* Req: HF-IMG-004 "A version on trial whose program does not stay up shall give its place back without help." */
static void test_a_version_on_trial_that_does_not_stay_up_gives_its_place_back(void)
{
    CHECK(!trial_gives_up(true, TRIAL_ENDS - 1));
    CHECK(trial_gives_up(true, TRIAL_ENDS) && trial_gives_up(true, TRIAL_ENDS + 1));
    CHECK(!trial_gives_up(false, TRIAL_ENDS) && !trial_gives_up(false, 1000));
}

/* Req: HF-IMG-006 "A version that hangs shall be started anew by a watchdog that nothing in it can stop." */
static void test_a_program_that_tells_of_no_reading_is_not_fed_for(void)
{
    struct watch w = {0, 1000};

    CHECK(watch_feeds(&w, 0, false, 1000 + WATCH_SILENT_MS - 1));
    CHECK(!watch_feeds(&w, 0, false, 1000 + WATCH_SILENT_MS));
    CHECK(!watch_feeds(&w, 0, false, UINT64_MAX));
    w = (struct watch){0, 1000};
    CHECK(watch_feeds(&w, 7, false, 20000));
    CHECK(watch_feeds(&w, 7, false, 20000 + WATCH_SILENT_MS - 1));
    CHECK(!watch_feeds(&w, 7, false, 20000 + WATCH_SILENT_MS));
    /* Started again it counts from nothing: another number, and so a sign. */
    CHECK(watch_feeds(&w, 1, false, 90000));
}

/* Req: HF-IMG-006 "A version that hangs shall be started anew by a watchdog that nothing in it can stop." */
static void test_a_recording_that_has_ended_is_no_hang(void)
{
    struct watch w = {0, 1000};

    CHECK(watch_feeds(&w, 7, true, 500000) && watch_feeds(&w, 7, true, 900000));
    CHECK(!watch_feeds(&w, 7, false, 900000 + WATCH_SILENT_MS));
}

int main(void)
{
    static const struct test tests[] = {
        {"test_no_other_line_than_the_signed_one_starts",
            test_no_other_line_than_the_signed_one_starts},
        {"test_no_version_below_the_counter_starts",
            test_no_version_below_the_counter_starts},
        {"test_there_is_no_network_before_the_firewall_and_none_without_it",
            test_there_is_no_network_before_the_firewall_and_none_without_it},
        {"test_a_version_on_trial_that_does_not_stay_up_gives_its_place_back",
            test_a_version_on_trial_that_does_not_stay_up_gives_its_place_back},
        {"test_a_program_that_tells_of_no_reading_is_not_fed_for",
            test_a_program_that_tells_of_no_reading_is_not_fed_for},
        {"test_a_recording_that_has_ended_is_no_hang",
            test_a_recording_that_has_ended_is_no_hang},
    };
    return run_tests(tests, sizeof tests / sizeof tests[0]);
}
