/* SPDX-License-Identifier: Apache-2.0 */
#include "core/update/machine.h"

#include "tests/support/check.h"

enum { LONG = 7 };

/* Written apart from the table in machine.c: what may lead where at all. Rest: stays. */
static const unsigned leads_to[UPDATE_STATES] = {
    [UPDATE_IDLE] = 1u << UPDATE_OFFERED,
    [UPDATE_OFFERED] = 1u << UPDATE_CHECKED | 1u << UPDATE_REFUSED | 1u << UPDATE_IDLE,
    [UPDATE_CHECKED] = 1u << UPDATE_WRITING | 1u << UPDATE_REFUSED | 1u << UPDATE_IDLE
        | 1u << UPDATE_OFFERED,
    [UPDATE_WRITING] = 1u << UPDATE_WRITTEN | 1u << UPDATE_REFUSED | 1u << UPDATE_IDLE
        | 1u << UPDATE_OFFERED,
    [UPDATE_WRITTEN] = 1u << UPDATE_TRIAL | 1u << UPDATE_IDLE,
    [UPDATE_TRIAL] = 1u << UPDATE_HEALTHY | 1u << UPDATE_REVERTED,
    [UPDATE_HEALTHY] = 1u << UPDATE_RAISING | 1u << UPDATE_REVERTED,
    [UPDATE_RAISING] = 1u << UPDATE_CONFIRMED | 1u << UPDATE_REVERTED,
    [UPDATE_CONFIRMED] = 1u << UPDATE_OFFERED | 1u << UPDATE_IDLE,
    [UPDATE_REVERTED] = 1u << UPDATE_OFFERED,
    [UPDATE_REFUSED] = 1u << UPDATE_OFFERED | 1u << UPDATE_IDLE,
};

static void test_every_event_in_every_state_leads_where_it_may(void)
{
    unsigned moved = 0;

    for (unsigned s = 0; s < UPDATE_STATES; s++)
        for (unsigned e = 0; e < UPDATE_EVENTS; e++) {
            enum update_state state = (enum update_state)s;
            enum update_action act = UPDATE_DO_RAISE;
            bool known = update_step(&state, (enum update_event)e, &act);
            CHECK(known || (state == s && act == UPDATE_DO_NOTHING));
            CHECK(state == s || (leads_to[s] >> state & 1u) != 0);
            CHECK(act < UPDATE_ACTIONS);
            moved += state != s;
        }
    CHECK(moved > 25);
}

/* Whatever the order of 7 events from idle: the dangerous actions come only after their grounds. */
static void test_no_order_of_events_writes_unchecked_or_raises_unhealthy(void)
{
    unsigned all = 1;
    for (int i = 0; i < LONG; i++)
        all *= UPDATE_EVENTS;
    for (unsigned path = 0; path < all; path++) {
        enum update_state s = UPDATE_IDLE;
        enum update_action act = UPDATE_DO_NOTHING;
        bool checked = false, shut = false, healthy = false;
        unsigned rest = path;
        for (int i = 0; i < LONG; i++, rest /= UPDATE_EVENTS) {
            enum update_event e = (enum update_event)(rest % UPDATE_EVENTS);
            enum update_action before = act;
            bool good = e == UPDATE_ON_GOOD;
            if (e == UPDATE_ON_OFFER && !update_busy(s))
                checked = shut = healthy = false;
            checked = checked || (good && before == UPDATE_DO_CHECK);
            shut = shut || (good && before == UPDATE_DO_SHUT);
            healthy = healthy || e == UPDATE_ON_HEALTH;
            if (!update_step(&s, e, &act)) {
                act = before;
                continue;
            }
            bool sound = (act != UPDATE_DO_WRITE || (checked && shut))
                && (act != UPDATE_DO_RAISE || healthy)
                && (act != UPDATE_DO_OPEN || healthy);
            if (!sound) {
                CHECK(sound);
                return;
            }
        }
    }
}

static void test_a_withdrawn_release_stops_unless_it_has_started(void)
{
    for (unsigned s = 0; s < UPDATE_STATES; s++) {
        enum update_state state = (enum update_state)s;
        enum update_action act;
        bool started = s >= UPDATE_TRIAL, under_way = update_busy(state);
        update_step(&state, UPDATE_ON_WITHDRAWN, &act);
        CHECK(state == (under_way && !started ? UPDATE_IDLE : (enum update_state)s));
    }
}

MAIN(TEST(test_every_event_in_every_state_leads_where_it_may),
    TEST(test_no_order_of_events_writes_unchecked_or_raises_unhealthy),
    TEST(test_a_withdrawn_release_stops_unless_it_has_started))
