/* SPDX-License-Identifier: Apache-2.0 */
#include "host/log.h"

#include "core/base/limits.h"
#include "tests/support/check.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static size_t drain(int fd, char *into, size_t cap)
{
    ssize_t n = read(fd, into, cap - 1);
    into[n < 0 ? 0 : n] = '\0';
    return n < 0 ? 0 : (size_t)n;
}

static void test_a_line_has_its_keys_in_the_one_order(void)
{
    static const struct device_id id = {{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0x4d, 0xef,
        0x81, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef}};
    static const uint8_t digest[3] = {0xde, 0xad, 0x01};
    int ends[2];
    struct log l;
    char text[2048];

    CHECK(pipe(ends) == 0);
    log_open(&l, ends[1], "keeper", true);
    LOG(&l, LOG_INFO, REASON_BATCH_SEALED, F_NUM("seq", 7), F_HEX("digest", digest, 3),
        F_NUM("n", 60), F_WORD("why", "age"), F_DEV(&id));
    CHECK(drain(ends[0], text, sizeof text) > 0);
    CHECK(strncmp(text, "{\"t\":\"20", 8) == 0 && text[29] == 'Z');
    CHECK(strcmp(text + 30,
              "\",\"role\":\"keeper\",\"level\":\"info\",\"code\":\"batch.sealed\","
              "\"dev\":\"01234567-89ab-4def-8123-456789abcdef\",\"n\":60,\"seq\":7,"
              "\"digest\":\"dead01\",\"why\":\"age\"}\n")
        == 0);
    close(ends[0]);
    close(ends[1]);
}

static void test_without_json_people_see_what_is_wrong_and_nothing_else(void)
{
    int ends[2];
    struct log l;
    char text[2048];

    CHECK(pipe2(ends, O_NONBLOCK) == 0);
    log_open(&l, ends[1], "gate", false);
    LOG(&l, LOG_INFO, REASON_CONN_OPEN, F_NUM("n", 1));
    CHECK(drain(ends[0], text, sizeof text) == 0);
    LOG(&l, LOG_REFUSE, REASON_AUTHZ_PATH, F_NUM("req", 12));
    CHECK(drain(ends[0], text, sizeof text) > 0);
    CHECK(strncmp(text, "gate: refuse: authz.path: ", 26) == 0);
    CHECK(strstr(text, " req=12\n") != NULL);
    close(ends[0]);
    close(ends[1]);
}

/* Fill until lines are dropped, read, and the next lines must tell how many were dropped. */
static void dropped_lines_are_counted(int read_end, int write_end)
{
    static char text[1 << 20];
    struct log l;
    uint64_t sent = 0, got = 0;

    log_open(&l, write_end, "measure", true);
    while (l.dropped < 5 && sent < 1000000) {
        LOG(&l, LOG_INFO, REASON_ROLE_READY, F_NUM("n", sent));
        sent++;
    }
    CHECK(l.dropped == 5);
    size_t have = 0;
    for (size_t n; (n = drain(read_end, text + have, sizeof text - have)) > 0;)
        have += n;
    for (char *at = text; (at = strchr(at, '\n')) != NULL; at++)
        got++;
    CHECK(got == sent - 5);
    LOG(&l, LOG_INFO, REASON_ROLE_READY, F_NUM("n", sent));
    CHECK(l.dropped == 0);
    have = 0;
    for (size_t n; (n = drain(read_end, text + have, sizeof text - have)) > 0;)
        have += n;
    CHECK(strstr(text, "\"code\":\"log.dropped\",\"n\":5}\n") != NULL);
    CHECK(strstr(text, "\"code\":\"role.ready\"") > strstr(text, "log.dropped"));
}

static void close_both(const int ends[2])
{
    close(ends[0]);
    close(ends[1]);
}

static void test_a_reader_that_stopped_costs_lines_and_never_time(void)
{
    int ends[2];

    CHECK(pipe(ends) == 0);
    CHECK(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
    dropped_lines_are_counted(ends[0], ends[1]);
    CHECK(
        (fcntl(ends[1], F_GETFL) & O_NONBLOCK) == 0); /* shared with others: not ours */
    close_both(ends);

    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    CHECK(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
    dropped_lines_are_counted(ends[0], ends[1]);
    close_both(ends);
}

/* Asked for room, a pipe of one page has none from the first line on, and /dev/kmsg never. */
static void test_a_line_is_written_wherever_it_has_room(void)
{
    enum { LINES = 8 };
    int ends[2];
    struct log l;
    char text[4096];
    size_t got = 0;

    CHECK(pipe(ends) == 0);
    CHECK(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
    CHECK(fcntl(ends[1], F_SETPIPE_SZ, 4096) == 4096);
    log_open(&l, ends[1], "measure", true);
    for (int i = 0; i < LINES; i++)
        LOG(&l, LOG_INFO, REASON_ROLE_READY, F_NUM("n", i));
    CHECK(l.dropped == 0);
    CHECK(drain(ends[0], text, sizeof text) > 0);
    for (char *at = text; (at = strchr(at, '\n')) != NULL; at++)
        got++;
    CHECK(got == LINES);
    dropped_lines_are_counted(ends[0], ends[1]);
    close_both(ends);
}

/* A pipe that cannot be opened for us alone: others may want to wait there, and we must not. */
static void test_a_shared_pipe_costs_lines_and_never_time(void)
{
    struct rlimit before, few;
    int ends[2];

    CHECK(pipe(ends) == 0);
    CHECK(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
    CHECK(fcntl(ends[1], F_SETPIPE_SZ, 4096) == 4096);
    CHECK(getrlimit(RLIMIT_NOFILE, &before) == 0);
    few = before;
    few.rlim_cur = 1;
    CHECK(setrlimit(RLIMIT_NOFILE, &few) == 0);
    dropped_lines_are_counted(ends[0], ends[1]);
    CHECK(setrlimit(RLIMIT_NOFILE, &before) == 0);
    close_both(ends);
}

MAIN(TEST(test_a_line_has_its_keys_in_the_one_order),
    TEST(test_without_json_people_see_what_is_wrong_and_nothing_else),
    TEST(test_a_reader_that_stopped_costs_lines_and_never_time),
    TEST(test_a_line_is_written_wherever_it_has_room),
    TEST(test_a_shared_pipe_costs_lines_and_never_time))
