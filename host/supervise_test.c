/* SPDX-License-Identifier: Apache-2.0 */
/* The test program is its own roles: with --role it plays the part that the name says. */
#include "host/supervise.h"

#include "host/cli.h"
#include "host/loop.h"
#include "tests/support/check.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- the roles --- */

static void beat_for(uint64_t ms)
{
    for (uint64_t end = loop_now_ms() + ms; loop_now_ms() < end; poll(NULL, 0, 20))
        role_beat();
}

static int count_descriptors(void)
{
    DIR *d = opendir("/proc/self/fd");
    int n = -3; /* ".", ".." and the folder's own */
    while (d != NULL && readdir(d) != NULL)
        n++;
    if (d != NULL)
        closedir(d);
    return n;
}

static int play(const char *name, int argc, char **argv)
{
    struct role_ready ready = {{1234, 0, 0, 65535}};

    if (strcmp(name, "refuses") == 0)
        return EXIT_USAGE;
    if (strcmp(name, "looks") == 0) {
        int n = count_descriptors();
        ready.ports[1] = (uint16_t)n;
        ready.ports[2] = (uint16_t)(argc == 5 && strcmp(argv[3], "--more") == 0
            && strcmp(argv[4], "word") == 0);
    }
    if (role_ready(&ready) != OK)
        return EXIT_INTERNAL;
    if (strcmp(name, "rubbish") == 0 && write(SUPERVISE_FD, "?", 1) == 1)
        pause();
    if (strcmp(name, "silent") == 0)
        pause();
    if (strcmp(name, "short") == 0)
        return EXIT_INTERNAL;
    if (strcmp(name, "done") == 0) {
        beat_for(100);
        return EXIT_DONE;
    }
    if (strcmp(name, "stubborn") == 0)
        signal(SIGTERM, SIG_IGN);
    beat_for(30000);
    return EXIT_INTERNAL;
}

/* --- the claims --- */

static struct log quiet(void)
{
    struct log l;
    log_open(&l, open("/dev/null", O_WRONLY), "none", true);
    return l;
}

static bool gone(pid_t pid)
{
    return kill(pid, 0) != 0 && waitpid(pid, NULL, WNOHANG) < 0;
}

static void test_roles_get_their_arguments_descriptor_3_and_nothing_else(void)
{
    struct role_spec specs[] = {{.name = "looks", .args = {"--more", "word"}},
        {.name = "beats", .beat_ms = 2000}};
    struct supervisor *s = NULL;
    struct log log = quiet();
    int stray = open("/dev/null", O_RDONLY); /* without close-on-exec */

    CHECK(supervise_start(&s, specs, 2, &log) == OK);
    const struct role_state *a = supervise_state(s, 0), *b = supervise_state(s, 1);
    CHECK(a->ready && b->ready && a->pid > 0 && b->pid > 0 && a->starts == 1);
    CHECK(a->said.ports[0] == 1234 && a->said.ports[3] == 65535);
    CHECK(a->said.ports[1] == 4); /* 0, 1, 2 and 3 */
    CHECK(a->said.ports[2] == 1);
    pid_t pids[] = {a->pid, b->pid};
    supervise_end(s);
    CHECK(gone(pids[0]) && gone(pids[1]));
    close(stray);
    close(log.fd);
}

static void test_a_role_that_ends_is_started_again_ever_later(void)
{
    struct role_spec specs[] = {{.name = "short"}, {.name = "beats", .beat_ms = 2000}};
    struct supervisor *s = NULL;
    struct log log = quiet();

    CHECK(supervise_start(&s, specs, 2, &log) == OK);
    CHECK(supervise_run(s, 1000, NULL, NULL) == OK);
    /* 0, 50, 150, 350, 750, 1550 ms */
    CHECK(supervise_state(s, 0)->starts >= 3 && supervise_state(s, 0)->starts <= 6);
    CHECK(supervise_state(s, 1)->starts == 1);
    supervise_end(s);
    close(log.fd);
}

static void test_a_role_without_heartbeat_or_with_rubbish_is_killed_and_started_again(
    void)
{
    struct role_spec specs[] = {
        {.name = "silent", .beat_ms = 300}, {.name = "rubbish"}, {.name = "silent"}};
    struct supervisor *s = NULL;
    struct log log = quiet();

    CHECK(supervise_start(&s, specs, 3, &log) == OK);
    CHECK(supervise_run(s, 800, NULL, NULL) == OK);
    CHECK(supervise_state(s, 0)->starts >= 2);
    CHECK(supervise_state(s, 1)->starts >= 2
        && supervise_state(s, 1)->last_exit == -SIGKILL);
    CHECK(supervise_state(s, 2)->starts == 1); /* none expected of this one */
    supervise_end(s);
    close(log.fd);
}

static bool third_tick(void *ctx)
{
    int *n = ctx;
    return ++*n < 3;
}

static void test_the_run_ends_by_time_by_tick_by_a_role_or_by_signal(void)
{
    struct role_spec specs[] = {{.name = "beats"}, {.name = "done", .end_with = true}};
    struct supervisor *s = NULL;
    struct log log = quiet();
    int ticks = 0;

    CHECK(supervise_start(&s, specs, 1, &log) == OK);
    uint64_t t = loop_now_ms();
    CHECK(supervise_run(s, 150, NULL, NULL) == OK && loop_now_ms() - t >= 150);
    CHECK(supervise_run(s, 0, third_tick, &ticks) == OK && ticks == 3);
    kill(getpid(), SIGTERM);
    CHECK(supervise_run(s, 0, NULL, NULL) == OK);
    supervise_end(s);

    CHECK(supervise_start(&s, specs, 2, &log) == OK);
    CHECK(supervise_run(s, 0, NULL, NULL) == OK);
    CHECK(supervise_state(s, 1)->last_exit == EXIT_DONE);
    supervise_end(s);
    close(log.fd);
}

static void test_a_role_that_refuses_to_start_refuses_the_whole(void)
{
    struct role_spec specs[] = {{.name = "beats"}, {.name = "refuses"}};
    struct supervisor *s = NULL;
    struct log log = quiet();
    uint64_t t = loop_now_ms();

    CHECK(supervise_start(&s, specs, 2, &log) == REFUSED && s == NULL);
    CHECK(loop_now_ms() - t < 5000);
    CHECK(waitpid(-1, NULL, WNOHANG) < 0); /* nobody is left */
    close(log.fd);
}

static void test_a_role_that_ignores_the_end_is_killed(void)
{
    struct role_spec specs[] = {{.name = "stubborn"}};
    struct supervisor *s = NULL;
    struct log log = quiet();

    CHECK(supervise_start(&s, specs, 1, &log) == OK);
    pid_t pid = supervise_state(s, 0)->pid;
    uint64_t t = loop_now_ms();
    supervise_end(s);
    CHECK(gone(pid) && loop_now_ms() - t < 4000);
    close(log.fd);
}

int main(int argc, char **argv)
{
    if (argc >= 3 && strcmp(argv[1], "--role") == 0)
        return play(argv[2], argc, argv);

    struct test tests[] = {
        TEST(test_roles_get_their_arguments_descriptor_3_and_nothing_else),
        TEST(test_a_role_that_ends_is_started_again_ever_later),
        TEST(test_a_role_without_heartbeat_or_with_rubbish_is_killed_and_started_again),
        TEST(test_the_run_ends_by_time_by_tick_by_a_role_or_by_signal),
        TEST(test_a_role_that_refuses_to_start_refuses_the_whole),
        TEST(test_a_role_that_ignores_the_end_is_killed),
    };
    return run_tests(tests, sizeof tests / sizeof tests[0]);
}
