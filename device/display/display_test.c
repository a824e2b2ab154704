/* SPDX-License-Identifier: Apache-2.0 */
#include "device/display/face.h"
#include "device/display/terminal.h"
#include "device/display/words.h"

#include "tests/support/check.h"

#include "core/base/utf8.h"

static struct view good_view(void)
{
    struct view v = {
        .mono_ms = 5000,
        .utc_ms = 1795846800000,
        .clock = CLOCK_SYNCHRONISED,
        .has_spo2 = true,
        .has_pulse = true,
        .has_pi = true,
        .spo2_permille = 974,
        .pulse_decibpm = 718,
        .pi_centipercent = 412,
        .quality = 92,
        .sync = VIEW_SYNCHRONISED,
        .trust = "software",
        .device = "0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0",
        .pleth_count = VIEW_PLETH,
    };
    for (int i = 0; i < VIEW_PLETH; i++)
        v.pleth[i] = (uint16_t)(i * 37 % 1001);
    return v;
}

static void test_a_value_that_is_not_there_is_two_dashes_and_never_the_last_number(void)
{
    struct view v = good_view();
    struct words w;

    words_of(&v, &w);
    CHECK(strcmp(w.spo2, "97") == 0 && strcmp(w.pulse, "72") == 0
        && strcmp(w.pi, "4.1") == 0);
    v.has_spo2 = v.has_pulse = v.has_pi =
        false; /* the numbers themselves are still there */
    words_of(&v, &w);
    CHECK(strcmp(w.spo2, "--") == 0 && strcmp(w.pulse, "--") == 0
        && strcmp(w.pi, "--") == 0);
}

static void test_not_synchronised_says_how_much_is_held_and_how_old_it_is(void)
{
    static const struct {
        uint64_t count, age_ms;
        const char *want;
    } cases[] = {
        {0, 0, "no reading held"},
        {1, 999, "1 reading held, oldest 0 s"},
        {37, 99999, "37 readings held, oldest 99 s"},
        {37, 100000, "37 readings held, oldest 1 min"},
        {5000, 5999999, "5000 readings held, oldest 99 min"},
        {5000, 6000000, "5000 readings held, oldest 1 h"},
        {999999, 864000000, "999999 readings held, oldest 10 days"},
        {UINT64_MAX, UINT64_MAX,
            "18446744073709551615 readings held, oldest 213503982334 days"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct view v = good_view();
        struct words w;
        v.sync = VIEW_NOT_SYNCHRONISED;
        v.held_count = cases[i].count;
        v.held_age_ms = cases[i].age_ms;
        words_of(&v, &w);
        CHECK(strcmp(w.sync, "NOT SYNCHRONISED") == 0);
        if (strcmp(w.held, cases[i].want) != 0)
            printf("# %s\n", w.held);
        CHECK(strncmp(w.held, cases[i].want, WORDS_LEN - 1) == 0);
    }
}

static void test_the_worst_note_is_the_one_that_is_shown(void)
{
    struct view v = good_view();
    struct words w;

    v.notes = VIEW_NO_NETWORK | VIEW_NOT_TRUSTED;
    words_of(&v, &w);
    CHECK(strcmp(w.note, "SERVER NOT TRUSTED") == 0);
    v.notes |= VIEW_STORE_FULL;
    v.lost_count = 61;
    words_of(&v, &w);
    CHECK(strcmp(w.note, "STORE FULL, OLDEST LOST 61") == 0);
    v.notes |= VIEW_CONFIG;
    words_of(&v, &w);
    CHECK(strncmp(w.note, "CONFIG", 6) == 0);
}

static void test_a_clock_that_is_not_set_invents_no_time(void)
{
    struct view v = good_view();
    struct words w;

    words_of(&v, &w);
    CHECK(strcmp(w.clock, "06:20:00 UTC") == 0);
    v.clock = CLOCK_UNSET;
    words_of(&v, &w);
    CHECK(strcmp(w.clock, "CLOCK NOT SET") == 0);
}

/* Columns of each line: escape sequences take none, every character takes one. */
/* Req: HF-SVC-004 "the screen shall show whose it is and until when" */
static void test_a_service_ticket_is_shown_as_long_as_it_lasts_and_hides_no_value(void)
{
    static struct canvas without, with;
    struct view v = good_view();
    struct words w;
    uint8_t frame[TERMINAL_FRAME_MAX + 1];

    words_of(&v, &w);
    CHECK(w.service[0] == '\0');
    face_draw(&without, &v);
    v.service = (struct view_ticket){VIEW_SERVICE_ASKS, 0, 417, "J. Engineer"};
    words_of(&v, &w);
    CHECK(strcmp(w.service, "SERVICE? J. Engineer: code 000417") == 0);
    v.service = (struct view_ticket){VIEW_SERVICE_PRESS, 0, 0, "J. Engineer"};
    words_of(&v, &w);
    CHECK(strcmp(w.service, "SERVICE? J. Engineer: press button") == 0);
    v.service = (struct view_ticket){
        VIEW_SERVICE_OPEN, 1795846800000 + 90 * 60000, 0, "J. Engineer"};
    words_of(&v, &w);
    CHECK(strcmp(w.service, "SERVICE J. Engineer until 07:50 UTC") == 0);
    CHECK(strcmp(w.spo2, "97") == 0 && strcmp(w.sync, "SYNCHRONISED") == 0);
    frame[terminal_draw(&v, ROOM_OF(frame))] = 0;
    CHECK(strstr((char *)frame, "SERVICE J. Engineer until 07:50 UTC") != NULL);
    face_draw(&with, &v);
    size_t strip = 0;
    for (size_t y = 0; y < CANVAS_H; y++)
        for (size_t x = 0; x < CANVAS_W; x++) {
            bool same = memcmp(without.rgb[y][x], with.rgb[y][x], 3) == 0;
            bool below_the_numbers = y >= 196 && y < 284;
            CHECK(same || below_the_numbers);
            strip += !same;
        }
    CHECK(strip > 5000);
}

static void test_a_terminal_frame_is_at_most_80_columns_and_18_lines(void)
{
    struct view v = good_view();
    uint8_t frame[TERMINAL_FRAME_MAX];

    v.sync = VIEW_NOT_SYNCHRONISED;
    v.held_count = UINT64_MAX;
    v.held_age_ms = UINT64_MAX;
    v.spo2_permille = 1000;
    v.pulse_decibpm = 3000;
    v.notes = VIEW_STORE_FULL;
    v.lost_count = UINT64_MAX;
    v.reduced_separation = v.test_data = true;
    v.clock = CLOCK_STEPPED;
    v.service = (struct view_ticket){
        VIEW_SERVICE_ASKS, 0, 999999, "abcdefghijklmnopqrstuvwxyz012345"};
    size_t len = terminal_draw(&v, ROOM_OF(frame));
    struct bytes rest = {frame, len};
    int column = 0, lines = 1;
    while (rest.len > 0) {
        size_t n = utf8_char(rest);
        CHECK(n > 0);
        if (rest.at[0] == 0x1b) {
            for (n = 2; n < rest.len && rest.at[n] < 'A'; n++)
                ;
            n++;
        } else if (rest.at[0] == '\r') {
            column = 0;
        } else if (rest.at[0] == '\n') {
            lines++;
        } else if (++column > TERMINAL_COLUMNS) {
            CHECK(column <= TERMINAL_COLUMNS); /* too wide */
            return;
        }
        rest = (struct bytes){rest.at + n, rest.len - n};
    }
    CHECK(lines <= 18);
}

static long ink(const struct canvas *c, int y0, int y1)
{
    long sum = 0;
    for (int y = y0; y < y1; y++)
        for (int x = 0; x < CANVAS_W; x++)
            sum += c->rgb[y][x][1] > 128;
    return sum;
}

static void test_the_bar_of_an_unsynchronised_device_is_inverted(void)
{
    static struct canvas c;
    struct view v = good_view();

    face_draw(&c, &v);
    long when_synchronised = ink(&c, 0, 42);
    v.sync = VIEW_NOT_SYNCHRONISED;
    face_draw(&c, &v);
    long when_not = ink(&c, 0, 42);
    CHECK(when_synchronised < 42L * CANVAS_W / 4);
    CHECK(when_not > 42L * CANVAS_W / 2);
}

static void test_every_printable_character_has_a_picture_of_its_own(void)
{
    static struct canvas one[95];
    for (int ch = '!'; ch <= '~'; ch++) {
        char s[2] = {(char)ch, 0};
        canvas_text(
            &one[ch - 32], (struct spot){100, 100}, 60, (struct pen){0xffffff, 3}, s);
        CHECK(ink(&one[ch - 32], 0, CANVAS_H) > 0);
        for (int other = '!'; other < ch; other++) {
            bool same = memcmp(&one[ch - 32], &one[other - 32], sizeof one[0]) == 0;
            if (same)
                printf("# '%c' looks like '%c'\n", ch, other);
            CHECK(!same);
        }
    }
}

static void test_what_lies_outside_the_picture_is_not_drawn(void)
{
    static struct {
        struct canvas c;
        uint8_t after[64];
    } m;
    canvas_box(&m.c, -50, -50, 1000, 1000, 0x010203);
    canvas_stroke(&m.c, (struct spot){-1e6f, -5}, (struct spot){1e6f, 400},
        (struct pen){0xffffff, 9});
    canvas_text(&m.c, (struct spot){470, 330}, 90, (struct pen){0xffffff, 9}, "W@");
    for (size_t i = 0; i < sizeof m.after; i++)
        CHECK(m.after[i] == 0);
}

MAIN(TEST(test_a_value_that_is_not_there_is_two_dashes_and_never_the_last_number),
    TEST(test_not_synchronised_says_how_much_is_held_and_how_old_it_is),
    TEST(test_the_worst_note_is_the_one_that_is_shown),
    TEST(test_a_clock_that_is_not_set_invents_no_time),
    TEST(test_a_service_ticket_is_shown_as_long_as_it_lasts_and_hides_no_value),
    TEST(test_a_terminal_frame_is_at_most_80_columns_and_18_lines),
    TEST(test_the_bar_of_an_unsynchronised_device_is_inverted),
    TEST(test_every_printable_character_has_a_picture_of_its_own),
    TEST(test_what_lies_outside_the_picture_is_not_drawn))
