/* SPDX-License-Identifier: Apache-2.0 */
#include "core/uplink/uplink.h"

#include "tests/support/check.h"

enum { NOW = 1000000 };

/* What must happen, written apart from the table in uplink.c. Rest: hang up and wait. */
/* clang-format off */
static const struct expected {
    enum uplink_state when; enum uplink_event on; bool want;
    enum uplink_state next; enum uplink_action act;
} listed[] = {
    {UPLINK_DOWN,    UPLINK_WANT,    false, UPLINK_DIALING, UPLINK_DIAL   },
    {UPLINK_DOWN,    UPLINK_WANT,    true,  UPLINK_DIALING, UPLINK_DIAL   },
    {UPLINK_WAITING, UPLINK_WANT,    false, UPLINK_WAITING, UPLINK_NOTHING},
    {UPLINK_WAITING, UPLINK_WANT,    true,  UPLINK_WAITING, UPLINK_NOTHING},
    {UPLINK_WAITING, UPLINK_TIMER,   false, UPLINK_DOWN,    UPLINK_NOTHING},
    {UPLINK_WAITING, UPLINK_TIMER,   true,  UPLINK_DIALING, UPLINK_DIAL   },
    {UPLINK_DIALING, UPLINK_WANT,    false, UPLINK_DIALING, UPLINK_NOTHING},
    {UPLINK_DIALING, UPLINK_WANT,    true,  UPLINK_DIALING, UPLINK_NOTHING},
    {UPLINK_DIALING, UPLINK_SECURED, false, UPLINK_IDLE,    UPLINK_NOTHING},
    {UPLINK_DIALING, UPLINK_SECURED, true,  UPLINK_BUSY,    UPLINK_SEND   },
    {UPLINK_DIALING, UPLINK_PROVE,   false, UPLINK_PROVING, UPLINK_ATTEST },
    {UPLINK_DIALING, UPLINK_PROVE,   true,  UPLINK_PROVING, UPLINK_ATTEST },
    {UPLINK_PROVING, UPLINK_WANT,    false, UPLINK_PROVING, UPLINK_NOTHING},
    {UPLINK_PROVING, UPLINK_WANT,    true,  UPLINK_PROVING, UPLINK_NOTHING},
    {UPLINK_PROVING, UPLINK_SECURED, false, UPLINK_IDLE,    UPLINK_NOTHING},
    {UPLINK_PROVING, UPLINK_SECURED, true,  UPLINK_BUSY,    UPLINK_SEND   },
    {UPLINK_IDLE,    UPLINK_WANT,    false, UPLINK_BUSY,    UPLINK_SEND   },
    {UPLINK_IDLE,    UPLINK_WANT,    true,  UPLINK_BUSY,    UPLINK_SEND   },
    {UPLINK_BUSY,    UPLINK_WANT,    false, UPLINK_BUSY,    UPLINK_NOTHING},
    {UPLINK_BUSY,    UPLINK_WANT,    true,  UPLINK_BUSY,    UPLINK_NOTHING},
    {UPLINK_BUSY,    UPLINK_REPLIED, false, UPLINK_IDLE,    UPLINK_NOTHING},
    {UPLINK_BUSY,    UPLINK_REPLIED, true,  UPLINK_IDLE,    UPLINK_NOTHING},
};
/* clang-format on */

static const struct expected *find(enum uplink_state s, enum uplink_event e, bool want)
{
    for (size_t i = 0; i < sizeof listed / sizeof listed[0]; i++)
        if (listed[i].when == s && listed[i].on == e && listed[i].want == want)
            return &listed[i];
    return NULL;
}

static void test_every_event_in_every_state_does_what_is_listed_or_hangs_up(void)
{
    for (unsigned s = 0; s < UPLINK_STATES; s++) {
        for (unsigned e = 0; e < UPLINK_EVENTS; e++) {
            for (unsigned want = 0; want < 2; want++) {
                struct uplink u = {
                    .state = (enum uplink_state)s, .want = want, .due_ms = NOW};
                enum uplink_action a =
                    uplink_step(&u, (enum uplink_event)e, NOW, 0, UINT32_MAX);
                const struct expected *x =
                    find((enum uplink_state)s, (enum uplink_event)e, want);
                if (x) {
                    CHECK(u.state == x->next && a == x->act && u.failures == 0);
                } else if (e == UPLINK_STOP) {
                    CHECK(u.state == UPLINK_DOWN && a == UPLINK_HANG_UP && !u.want);
                    CHECK(uplink_due_ms(&u) == 0);
                } else {
                    CHECK(u.state == UPLINK_WAITING && a == UPLINK_HANG_UP);
                    CHECK(u.failures == 1 && uplink_due_ms(&u) > NOW);
                }
            }
        }
    }
}

/* Whatever the order of 6 events, SEND only comes after SECURED since the last hang-up and since the last proof began. */
static void test_nothing_is_sent_before_handshake_and_proof_have_finished(void)
{
    enum { LONG = 6 };
    unsigned all = 1;
    for (int i = 0; i < LONG; i++)
        all *= UPLINK_EVENTS;
    for (unsigned path = 0; path < all; path++) {
        struct uplink u;
        bool secured = false;
        unsigned rest = path;
        uplink_init(&u);
        for (int i = 0; i < LONG; i++, rest /= UPLINK_EVENTS) {
            enum uplink_event e = (enum uplink_event)(rest % UPLINK_EVENTS);
            bool dialing = u.state == UPLINK_DIALING || u.state == UPLINK_PROVING;
            enum uplink_action a = uplink_step(&u, e, u.due_ms, 0, 7);
            if (e == UPLINK_SECURED && dialing)
                secured = true;
            if (a == UPLINK_SEND && !secured) {
                CHECK(secured); /* sent without a handshake */
                return;
            }
            if (a == UPLINK_HANG_UP || a == UPLINK_DIAL || a == UPLINK_ATTEST)
                secured = false;
        }
    }
}

static void test_back_off_is_full_jitter_doubling_from_2_s_to_15_min(void)
{
    struct uplink u;
    uint64_t ceiling = 2000;

    uplink_init(&u);
    for (int i = 0; i < 40; i++) {
        struct uplink low = u, high = u;
        CHECK(uplink_step(&low, UPLINK_LOST, NOW, 0, 0) == UPLINK_HANG_UP);
        CHECK(uplink_step(&high, UPLINK_LOST, NOW, 0, UINT32_MAX) == UPLINK_HANG_UP);
        CHECK(uplink_due_ms(&low) == NOW + 1);
        CHECK(uplink_due_ms(&high) == NOW + 1 + ceiling);
        ceiling = ceiling * 2 > 900000 ? 900000 : ceiling * 2;
        u = high;
    }
}

static void test_an_answer_ends_the_back_off(void)
{
    struct uplink u = {
        .state = UPLINK_BUSY, .want = true, .failures = 9, .due_ms = NOW};
    CHECK(uplink_step(&u, UPLINK_REPLIED, NOW, 0, 0) == UPLINK_NOTHING);
    CHECK(u.failures == 0 && uplink_due_ms(&u) == 0 && !u.want);
}

static void test_a_finished_handshake_alone_does_not_end_the_back_off(void)
{
    struct uplink u = {
        .state = UPLINK_DIALING, .want = true, .failures = 5, .due_ms = NOW};
    CHECK(uplink_step(&u, UPLINK_SECURED, NOW, 0, 0) == UPLINK_SEND);
    CHECK(uplink_step(&u, UPLINK_DENIED, NOW, 0, UINT32_MAX) == UPLINK_HANG_UP);
    CHECK(u.failures == 6);
}

/* Req: HF-TPM-014 "on a connection whose proof the cloud has not taken it shall send nothing" */
static void test_a_proof_that_is_refused_or_not_answered_hangs_up_and_comes_back_later(
    void)
{
    static const enum uplink_event ends[] = {
        UPLINK_DENIED, UPLINK_LOST, UPLINK_TIMER, UPLINK_REPLIED, UPLINK_PROVE};

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct uplink u;
        uplink_init(&u);
        CHECK(uplink_step(&u, UPLINK_WANT, NOW, 0, 0) == UPLINK_DIAL);
        CHECK(uplink_step(&u, UPLINK_PROVE, NOW, 0, 0) == UPLINK_ATTEST);
        CHECK(uplink_due_ms(&u) == NOW + LIMIT_NONCE_MS);
        CHECK(uplink_step(&u, ends[i], u.due_ms, 0, 9) == UPLINK_HANG_UP);
        CHECK(u.state == UPLINK_WAITING && u.failures == 1 && uplink_due_ms(&u) > NOW);
    }
}

static void test_retry_after_is_clamped_to_1_s_to_1_h(void)
{
    static const struct {
        uint32_t asked_s;
        uint64_t least_ms;
    } rows[] = {{0, 0}, {1, 1000}, {30, 30000}, {3600, 3600000}, {3601, 3600000},
        {UINT32_MAX, 3600000}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct uplink u = {.state = UPLINK_BUSY, .want = true};
        CHECK(
            uplink_step(&u, UPLINK_DENIED, NOW, rows[i].asked_s, 0) == UPLINK_HANG_UP);
        CHECK(uplink_due_ms(&u) == NOW + 1 + rows[i].least_ms);
        u = (struct uplink){.state = UPLINK_BUSY, .want = true};
        CHECK(uplink_step(&u, UPLINK_DENIED, NOW, rows[i].asked_s, UINT32_MAX)
            == UPLINK_HANG_UP);
        CHECK(uplink_due_ms(&u) == NOW + 1 + rows[i].least_ms + 2000);
        CHECK(u.want);
    }
}

static void test_whoever_waits_for_something_has_a_timer(void)
{
    struct uplink u;

    uplink_init(&u);
    CHECK(uplink_step(&u, UPLINK_WANT, NOW, 0, 0) == UPLINK_DIAL);
    CHECK(uplink_due_ms(&u) == NOW + LIMIT_HANDSHAKE_MS);
    CHECK(uplink_step(&u, UPLINK_SECURED, NOW + 5, 0, 0) == UPLINK_SEND);
    CHECK(uplink_due_ms(&u) == NOW + 5 + LIMIT_NONCE_MS);
    CHECK(uplink_step(&u, UPLINK_TIMER, u.due_ms, 0, 9) == UPLINK_HANG_UP);
    CHECK(u.state == UPLINK_WAITING && uplink_due_ms(&u) > 0);
}

static void test_an_early_timer_changes_nothing(void)
{
    struct uplink u = {
        .state = UPLINK_WAITING, .want = true, .failures = 1, .due_ms = NOW};
    CHECK(uplink_step(&u, UPLINK_TIMER, NOW - 1, 0, 0) == UPLINK_NOTHING);
    CHECK(u.state == UPLINK_WAITING && uplink_due_ms(&u) == NOW);
    CHECK(uplink_step(&u, UPLINK_TIMER, NOW, 0, 0) == UPLINK_DIAL);
}

static void test_times_beyond_49_days_are_times(void)
{
    struct uplink u;
    uint64_t late = UINT64_C(1) << 33;

    uplink_init(&u);
    CHECK(uplink_step(&u, UPLINK_LOST, late, 0, UINT32_MAX) == UPLINK_HANG_UP);
    CHECK(uplink_due_ms(&u) == late + 2001);
}

MAIN(TEST(test_every_event_in_every_state_does_what_is_listed_or_hangs_up),
    TEST(test_nothing_is_sent_before_handshake_and_proof_have_finished),
    TEST(test_a_proof_that_is_refused_or_not_answered_hangs_up_and_comes_back_later),
    TEST(test_back_off_is_full_jitter_doubling_from_2_s_to_15_min),
    TEST(test_an_answer_ends_the_back_off),
    TEST(test_a_finished_handshake_alone_does_not_end_the_back_off),
    TEST(test_retry_after_is_clamped_to_1_s_to_1_h),
    TEST(test_whoever_waits_for_something_has_a_timer),
    TEST(test_an_early_timer_changes_nothing),
    TEST(test_times_beyond_49_days_are_times))
