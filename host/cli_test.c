/* SPDX-License-Identifier: Apache-2.0 */
#include "host/cli.h"

#include "tests/support/check.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct seen {
    int calls;
    const char *verb;
    struct cli_args args;
};

enum { LEAVES_NO_CORE = 21, LEAVES_CORE = 22 };

static int run_add(void *ctx, const struct cli_args *a)
{
    struct seen *s = ctx;
    *s = (struct seen){s->calls + 1, "device add", *a};
    return EXIT_NO;
}

static int run_device(void *ctx, const struct cli_args *a)
{
    struct seen *s = ctx;
    *s = (struct seen){s->calls + 1, "device", *a};
    return EXIT_DONE;
}

static int run_role(void *ctx, const struct cli_args *a)
{
    struct seen *s = ctx;
    *s = (struct seen){s->calls + 1, "", *a};
    return EXIT_DONE;
}

static int run_look(void *ctx, const struct cli_args *a)
{
    struct rlimit core = {1, 1};

    (void)ctx, (void)a;
    bool none = getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0
        && prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
    return none ? LEAVES_NO_CORE : LEAVES_CORE;
}

static const struct cli_option options[] = {
    {"speed", CLI_NUMBER, 1, 1000, "N", "how fast", false},
    {"root", CLI_WORD, 0, 0, "DIR", "where", false},
    {"json", CLI_FLAG, 0, 0, "", "for machines", false},
    {"role", CLI_WORD, 0, 0, "NAME", "one role", true},
    {NULL, CLI_FLAG, 0, 0, NULL, NULL, false},
};
static const char *const add_options[] = {"speed", "root", "json", NULL};
static const char *const role_options[] = {"role", NULL};
static const struct cli_verb verbs[] = {
    {"device", "[ID]", "one device", NULL, run_device},
    {"device add", "LABEL [WARD]", "add a device", add_options, run_add},
    {"look", "", "at oneself", NULL, run_look},
    {"", "", NULL, role_options, run_role},
    {NULL, NULL, NULL, NULL, NULL},
};
static const struct cli program = {"prog", "a program", "1.2", options, verbs};

/* Runs with stdout and stderr into `text`. */
static int run(struct seen *seen, char *text, size_t cap, const char *line)
{
    char words[256], *argv[16] = {0};
    int argc = 0, ends[2];

    argv[argc++] = (char[]){"prog"};
    snprintf(words, sizeof words, "%s", line);
    for (char *w = strtok(words, " "); w != NULL; w = strtok(NULL, " "))
        argv[argc++] = w;
    CHECK(pipe(ends) == 0);
    fflush(stdout);
    int out = dup(1), err = dup(2);
    dup2(ends[1], 1);
    dup2(ends[1], 2);
    close(ends[1]);
    int code = cli_main(&program, seen, argc, argv);
    fflush(stdout);
    dup2(out, 1);
    dup2(err, 2);
    close(out);
    close(err);
    ssize_t n = read(ends[0], text, cap - 1);
    text[n < 0 ? 0 : n] = '\0';
    close(ends[0]);
    return code;
}

static void test_the_longest_verb_is_taken_with_its_options_and_operands(void)
{
    struct seen s = {0};
    char text[4096];

    CHECK(run(&s, text, sizeof text, "device add --speed 7 ward-1 --root=/x bed")
        == EXIT_NO);
    CHECK(strcmp(s.verb, "device add") == 0);
    CHECK(cli_given(&s.args, "speed") && cli_number(&s.args, "speed", 1) == 7);
    CHECK(strcmp(cli_word(&s.args, "root", "/"), "/x") == 0);
    CHECK(!cli_given(&s.args, "json"));
    CHECK(s.args.operand_count == 2 && strcmp(s.args.operand[0], "ward-1") == 0);
    CHECK(strcmp(s.args.operand[1], "bed") == 0);

    CHECK(run(&s, text, sizeof text, "device some") == EXIT_DONE);
    CHECK(strcmp(s.verb, "device") == 0 && strcmp(s.args.operand[0], "some") == 0);
    CHECK(run(&s, text, sizeof text, "--role keeper") == EXIT_DONE);
    CHECK(strcmp(s.verb, "") == 0);
    CHECK(strcmp(cli_word(&s.args, "role", ""), "keeper") == 0);
}

static void test_what_is_not_in_the_table_gives_one_line_and_exit_2_and_runs_nothing(
    void)
{
    static const char *const lines[] = {"", "nothing", "device add", "device add a b c",
        "device add a --speed", "device add a --speed 0", "device add a --speed 1001",
        "device add a --speed 1x", "device add a --speed 99999999999999999999",
        "device add a --speed=", "device add a --json=1", "device add a --json --json",
        "device add a --role x", "device --speed 3", "device add a --nothing",
        "--speed 3"};

    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct seen s = {0};
        char text[4096];
        int code = run(&s, text, sizeof text, lines[i]);
        char *end = strchr(text, '\n');

        CHECK(code == EXIT_USAGE && s.calls == 0);
        CHECK(strncmp(text, "error: ", 7) == 0 && strstr(text, ": expected ") != NULL);
        CHECK(end != NULL && end[1] == '\0');
    }
}

static void test_help_version_and_man_name_what_people_may_use_and_nothing_hidden(void)
{
    static const char *const lines[] = {"--help", "device add --help", "--man"};
    struct seen s = {0};
    char text[4096];

    for (size_t i = 0; i < 3; i++) {
        CHECK(run(&s, text, sizeof text, lines[i]) == EXIT_DONE);
        CHECK(strstr(text, "device add") != NULL && strstr(text, "speed") != NULL);
        CHECK(strstr(text, "role") == NULL);
    }
    CHECK(run(&s, text, sizeof text, "--version") == EXIT_DONE);
    CHECK(strcmp(text, "prog 1.2\n") == 0);
    CHECK(s.calls == 0);
}

static void test_a_number_is_digits_and_fits(void)
{
    static const struct {
        const char *text;
        bool good;
        int64_t want;
    } rows[] = {{"0", true, 0}, {"-12", true, -12},
        {"9223372036854775807", true, INT64_MAX}, {"9223372036854775808", false, 0},
        {"", false, 0}, {"-", false, 0}, {"+1", false, 0}, {" 1", false, 0},
        {"1 ", false, 0}, {"0x1", false, 0}, {"--1", false, 0}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t got = 0;
        CHECK(cli_number_of(rows[i].text, &got) == rows[i].good);
        CHECK(got == rows[i].want);
    }
}

/* First, in a process of its own that may leave one; a limit once lowered stays low without a capability. */
static void test_a_verb_runs_in_a_process_that_leaves_no_core(void)
{
    int state = 0;

    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        char *argv[] = {(char[]){"prog"}, (char[]){"look"}, NULL};
        struct rlimit some = {4096, 4096};
        (void)setrlimit(RLIMIT_CORE, &some);
        if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0)
            _exit(LEAVES_CORE);
        _exit(cli_main(&program, NULL, 2, argv));
    }
    CHECK(waitpid(pid, &state, 0) == pid && WIFEXITED(state));
    CHECK(WEXITSTATUS(state) == LEAVES_NO_CORE);
}

MAIN(TEST(test_a_verb_runs_in_a_process_that_leaves_no_core),
    TEST(test_the_longest_verb_is_taken_with_its_options_and_operands),
    TEST(test_what_is_not_in_the_table_gives_one_line_and_exit_2_and_runs_nothing),
    TEST(test_help_version_and_man_name_what_people_may_use_and_nothing_hidden),
    TEST(test_a_number_is_digits_and_fits))
