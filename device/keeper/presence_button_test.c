/* SPDX-License-Identifier: Apache-2.0 */
/* Who presses the button while the screen asks stands before the device; nobody else does. */
#include "device/keeper/presence_button.h"

#include "tests/support/check.h"

static uint64_t now;

static uint64_t now_ms(void *board)
{
    (void)board;
    return now;
}

static const struct clock_port a_clock = {.mono_ms = now_ms, .real_ms = now_ms};
static struct presence_button p;

static void start(void)
{
    now = 5000;
    presence_button_init(&p, &a_clock);
}

/* Asked at 5000, pressed so much later: what does it answer? */
static enum status pressed_after(uint64_t ms)
{
    start();
    CHECK(p.port.ask(p.port.board) == OK);
    now += ms;
    presence_button_press(&p);
    return p.port.here(p.port.board);
}

static void test_a_press_while_it_is_asked_is_somebody_once(void)
{
    CHECK(pressed_after(5000) == OK);
    CHECK(p.port.here(p.port.board) == REFUSED);
    presence_button_press(&p);
    CHECK(p.port.here(p.port.board) == REFUSED);
}

static void test_a_press_that_was_not_asked_for_is_nobody(void)
{
    start();
    presence_button_press(&p);
    CHECK(p.port.here(p.port.board) == REFUSED);
    CHECK(p.port.ask(p.port.board) == OK);
    CHECK(p.port.here(p.port.board) == AGAIN);
}

static void test_the_first_second_is_the_same_finger_and_the_minute_is_the_last(void)
{
    CHECK(pressed_after(0) == AGAIN);
    CHECK(pressed_after(BUTTON_BOUNCE_MS - 1) == AGAIN);
    CHECK(pressed_after(BUTTON_BOUNCE_MS) == OK);
    CHECK(pressed_after(BUTTON_ASKS_MS - 1) == OK);
    CHECK(pressed_after(BUTTON_ASKS_MS) == REFUSED);
}

MAIN(TEST(test_a_press_while_it_is_asked_is_somebody_once),
    TEST(test_a_press_that_was_not_asked_for_is_nobody),
    TEST(test_the_first_second_is_the_same_finger_and_the_minute_is_the_last))
