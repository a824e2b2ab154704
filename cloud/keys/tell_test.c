/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/keys/tell.h"

#include "tests/support/check.h"

#include <fcntl.h>
#include <unistd.h>

static const struct kid named = {{{7}}, 1}, nobody;

struct scene {
    struct log log;
    int fds[2];
    struct tell tell;
    bool away;
    size_t told;
    struct door_enrol_said last;
};

static bool hear(void *ctx, struct bytes said)
{
    struct scene *s = ctx;

    if (s->away)
        return false;
    s->told++;
    CHECK(door_enrol_said_parse(said, &s->last) == OK);
    return true;
}

static void begin(struct scene *s)
{
    *s = (struct scene){.away = false};
    CHECK(pipe2(s->fds, O_NONBLOCK) == 0);
    log_open(&s->log, s->fds[1], "keys", true);
    s->tell = (struct tell){.log = &s->log, .ctx = s, .store = hear};
}

static void end(struct scene *s)
{
    close(s->fds[0]);
    close(s->fds[1]);
}

/* The lines that were logged since the last call, and whether this code is in the first. */
static size_t logged(struct scene *s, const char *code)
{
    char text[16384];
    ssize_t len = read(s->fds[0], text, sizeof text - 1);
    size_t n = 0;

    text[len > 0 ? len : 0] = 0;
    for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
        n++;
    CHECK(n == 0 || strstr(text, code) != NULL);
    return n;
}

static void test_what_came_of_an_enrolment_is_told_once_and_names_who_was_opened(void)
{
    static const struct {
        const char *what;
        struct told told;
        enum reason reason;
        bool refused;
        size_t times;
    } rows[] = {
        {"evidence", {REFUSED, &named, "maker", false}, REASON_ATTEST_MAKER, true, 1},
        {"no invitation", {REFUSED, &nobody, NULL, false}, REASON_ENROL_REFUSED, true,
            1},
        {"our disk", {BROKEN, &named, NULL, false}, REASON_ENROL_REFUSED, true, 1},
        {"taken in", {OK, &named, NULL, false}, REASON_DEVICE_ENROLLED, false, 1},
        {"and its evidence not", {OK, &named, "maker", false}, REASON_DEVICE_ENROLLED,
            false, 2},
        {"first of two rounds", {OK, &named, NULL, true}, 0, false, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scene s;
        begin(&s);
        tell_enrol(&s.tell, 5000, &rows[i].told);
        CHECK(s.told == rows[i].times && logged(&s, "") == 0);
        CHECK(s.last.reason == rows[i].reason && s.last.refused == rows[i].refused);
        if (rows[i].times > 0)
            CHECK(s.last.has_device == (rows[i].told.who == &named));
        end(&s);
    }
}

static void test_without_store_keys_writes_the_line_itself(void)
{
    struct told refused = {REFUSED, &named, "maker", false};
    struct scene s;

    begin(&s);
    s.away = true;
    tell_enrol(&s.tell, 5000, &refused);
    CHECK(logged(&s, "attest.maker") == 1);
    refused = (struct told){REFUSED, &nobody, NULL, false};
    tell_enrol(&s.tell, 5000, &refused);
    CHECK(logged(&s, "enrol.refused") == 1);
    s.away = false;
    tell_enrol(&s.tell, 5000, &refused);
    CHECK(logged(&s, "") == 0 && s.told == 1);
    end(&s);
}

static void test_a_flood_reaches_store_so_often_in_a_second_and_loses_no_line(void)
{
    struct told refused = {REFUSED, &nobody, NULL, false};
    struct scene s;

    begin(&s);
    for (int i = 0; i < 3 * TELL_PER_S; i++)
        tell_enrol(&s.tell, 5000, &refused);
    CHECK(s.told == TELL_PER_S && logged(&s, "enrol.refused") == 2 * TELL_PER_S);
    tell_enrol(&s.tell, 5999, &refused);
    CHECK(s.told == TELL_PER_S && logged(&s, "enrol.refused") == 1);
    tell_enrol(&s.tell, 6000, &refused);
    CHECK(s.told == TELL_PER_S + 1 && logged(&s, "") == 0);
    end(&s);
}

MAIN(TEST(test_what_came_of_an_enrolment_is_told_once_and_names_who_was_opened),
    TEST(test_without_store_keys_writes_the_line_itself),
    TEST(test_a_flood_reaches_store_so_often_in_a_second_and_loses_no_line))
