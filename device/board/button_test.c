/* SPDX-License-Identifier: Apache-2.0 */
/* Presses of a button as the kernel tells them. A machine for tests has none: the image's has. */
#include "device/board/button.h"

#include "tests/support/check.h"

#include <fcntl.h>
#include <linux/input.h>
#include <string.h>
#include <unistd.h>

static struct bytes events(const struct input_event *e, size_t n)
{
    return (struct bytes){(const uint8_t *)e, n * sizeof *e};
}

static void test_a_press_counts_once_and_letting_go_or_holding_does_not(void)
{
    const struct input_event e[] = {
        {.type = EV_KEY, .code = KEY_POWER, .value = 1},
        {.type = EV_SYN},
        {.type = EV_KEY, .code = KEY_POWER, .value = 2},
        {.type = EV_KEY, .code = KEY_POWER, .value = 0},
        {.type = EV_SYN},
        {.type = EV_KEY, .code = KEY_POWER, .value = 1},
    };
    unsigned n = 9;

    CHECK(button_parse(events(e, 1), &n) == OK && n == 1);
    CHECK(button_parse(events(e, 5), &n) == OK && n == 1);
    CHECK(button_parse(events(e, 6), &n) == OK && n == 2);
    CHECK(button_parse(events(e + 1, 4), &n) == OK && n == 0);
    const struct input_event woken = {.type = EV_KEY, .code = KEY_WAKEUP, .value = 1};
    CHECK(button_parse(events(&woken, 1), &n) == OK && n == 0);
}

static void test_anything_but_whole_events_is_malformed(void)
{
    const struct input_event e[2] = {{.type = EV_KEY, .value = 1}};
    unsigned n = 9;

    for (size_t len = 0; len <= sizeof e; len++)
        CHECK((button_parse((struct bytes){(const uint8_t *)e, len}, &n) == OK)
            == (len > 0 && len % BUTTON_EVENT_LEN == 0));
    n = 9;
    CHECK(button_parse((struct bytes){(const uint8_t *)e, 23}, &n) == MALFORMED);
    CHECK(n == 9);
}

static void test_what_is_no_input_device_of_one_key_is_refused(void)
{
    static const char *const others[] = {"/dev/null", "/proc/version"};
    int fd = -7;

    for (size_t i = 0; i < 2; i++)
        CHECK(button_open(others[i], &fd) == REFUSED && fd == -7);
    CHECK(button_open("/proc/none", &fd) == BROKEN && fd == -7);
}

static void test_reading_waits_for_nothing_and_ends_with_its_line(void)
{
    const struct input_event e = {.type = EV_KEY, .code = KEY_POWER, .value = 1};
    int ends[2];
    unsigned n = 0;

    CHECK(pipe2(ends, O_NONBLOCK | O_CLOEXEC) == 0);
    CHECK(button_read(ends[0], &n) == AGAIN);
    CHECK(write(ends[1], &e, sizeof e) == (ssize_t)sizeof e);
    CHECK(button_read(ends[0], &n) == OK && n == 1);
    CHECK(write(ends[1], &e, 5) == 5);
    CHECK(button_read(ends[0], &n) == MALFORMED);
    close(ends[1]);
    CHECK(button_read(ends[0], &n) == BROKEN);
    close(ends[0]);
}

MAIN(TEST(test_a_press_counts_once_and_letting_go_or_holding_does_not),
    TEST(test_anything_but_whole_events_is_malformed),
    TEST(test_what_is_no_input_device_of_one_key_is_refused),
    TEST(test_reading_waits_for_nothing_and_ends_with_its_line))
