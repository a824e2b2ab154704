/* SPDX-License-Identifier: Apache-2.0 */
#include "device/main/held.h"

#include "tests/support/check.h"

static struct held held; /* 0.2 MiB: not for the stack */

static void add(uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        held_add(&held, (struct said_reading){.mono_ms = held.next * 1000});
}

static uint64_t say_all(void)
{
    uint64_t said = 0;
    for (const struct said_reading *r; (r = held_peek(&held)) != NULL; said++) {
        CHECK(r->number == held.said && r->mono_ms == r->number * 1000);
        held_said(&held);
    }
    return said;
}

static void test_what_a_keeper_did_not_keep_is_said_again_to_the_next_one(void)
{
    held_init(&held, 0);
    add(100);
    CHECK(say_all() == 100);
    CHECK(held_forget(&held, 60) == OK);
    held_say_again(&held);
    add(1);
    CHECK(held_peek(&held)->number == 60);
    CHECK(say_all() == 41);
}

static void test_what_does_not_fit_pushes_out_the_oldest_and_its_number_stays_missing(
    void)
{
    held_init(&held, 0);
    add(HELD_MAX + 7);
    CHECK(held_peek(&held)->number == 7 && say_all() == HELD_MAX);
    CHECK(held_forget(&held, 17) == OK);
    add(11);
    CHECK(held_peek(&held)->number == HELD_MAX + 7 && say_all() == 11);
    held_say_again(&held); /* number 17 was pushed out, but had been said */
    CHECK(held_peek(&held)->number == 18 && say_all() == HELD_MAX);
}

static void test_a_keeper_cannot_make_measure_forget_what_it_was_not_given(void)
{
    held_init(&held, 0);
    add(10);
    for (int i = 0; i < 4; i++)
        held_said(&held);
    CHECK(
        held_forget(&held, 5) == REFUSED && held_forget(&held, UINT64_MAX) == REFUSED);
    CHECK(held.kept == 0 && held_forget(&held, 4) == OK);
    CHECK(held_forget(&held, 2) == OK && held.kept == 4); /* never back */
    CHECK(say_all() == 6);
}

static void test_another_run_of_measure_goes_on_where_the_last_one_was(void)
{
    held_init(&held, 41);
    add(2);
    CHECK(held_peek(&held)->number == 41);
    CHECK(held_forget(&held, 30) == OK && held.kept == 41); /* of the run before */
    held_said(&held);
    CHECK(held_forget(&held, 42) == OK && held.kept == 42);
}

MAIN(TEST(test_what_a_keeper_did_not_keep_is_said_again_to_the_next_one),
    TEST(test_what_does_not_fit_pushes_out_the_oldest_and_its_number_stays_missing),
    TEST(test_a_keeper_cannot_make_measure_forget_what_it_was_not_given),
    TEST(test_another_run_of_measure_goes_on_where_the_last_one_was))
