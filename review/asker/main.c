/* SPDX-License-Identifier: Apache-2.0 */
/*
 * holdfast-review-opinion: asks a model on this machine about the passages of a review.
 *
 * This process reads the file and waits; a dialer and an asker do the rest (dial.h). The asker
 * has all of the answer before it writes a byte of it.
 */
#include "core/base/sha256.h"
#include "host/cli.h"
#include "host/plain_file.h"
#include "review/asker/prompt.h"
#include "review/asker/reply.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct cli_option options[] = {
    {"endpoint", CLI_WORD, 0, 0, "URL", "http://127.0.0.1:PORT/v1, or [::1]; no other",
        false},
    {"model", CLI_WORD, 0, 0, "NAME", "the model, as the endpoint names it", false},
    {"timeout", CLI_NUMBER, 1, 3600, "SECONDS", "for each question; else 120", false},
    {NULL, CLI_FLAG, 0, 0, NULL, NULL, false},
};

enum { TIMEOUT_S = 120 };

struct asking {
    struct arena *a;
    struct endpoint endpoint;
    const char *model, *file;
    unsigned timeout_s;
    struct bytes json;
    int talk; /* to the dialer */
};

/* --- the asker --- */

static int failed(const struct asking *k, enum status s, const char *why)
{
    const char *what = s == AGAIN ? "no whole answer in time"
        : s == FULL               ? "more than 65,536 bytes"
        : s == BROKEN             ? "no connection, or it broke"
                                  : why;
    return cli_error(EXIT_ENVIRONMENT, k->endpoint.host, 0, what,
        "a chat completion of an OpenAI-compatible server");
}

static int ask_one(
    struct asking *k, const struct asked_constraint *c, struct opinion *o)
{
    static uint8_t room[REPLY_MAX + 1];
    struct bytes body = prompt_body(k->a, k->model, c);
    struct sha256 sum;
    struct digest prompt;
    size_t len = 0;
    const char *why = NULL;

    sha256_start(&sum);
    sha256_more(&sum, body);
    sha256_peek(&sum, &prompt);
    enum status s = dial_exchange(k->talk, prompt_request(k->a, &k->endpoint, body),
        k->timeout_s, ROOM_OF(room), &len);
    if (s == OK)
        s = reply_parse(
            k->a, (struct bytes){room, len}, c->passages, c->passage_count, o, &why);
    if (s != OK)
        return failed(k, s, why);
    o->prompt = prompt;
    return EXIT_DONE;
}

static int ask_all(struct asking *k)
{
    struct asked asked;
    const char *why = NULL;

    if (asked_parse(k->a, k->json, &asked, &why) != OK)
        return cli_error(
            EXIT_USAGE, k->file, 0, why, "a review by holdfast-review clause --json");
    struct opinions all = {.clause = asked.clause,
        .model = text_of(k->model),
        .review = asked.review,
        .at = arena_take(k->a, asked.count * sizeof *all.at),
        .count = asked.count};
    for (uint32_t i = 0; i < asked.count; i++) {
        struct opinion *o = &all.at[i];
        int code = EXIT_DONE;
        if (asked.at[i].passage_count)
            code = ask_one(k, &asked.at[i], o);
        else
            o->word = OPINION_NOT_ASKED;
        if (code != EXIT_DONE)
            return code;
        o->constraint = asked.at[i].id;
    }
    opinions_write(&all, stdout);
    if (ferror(stdout) | fflush(stdout))
        return cli_error(EXIT_ENVIRONMENT, NULL, 0, "standard output is not whole",
            "room for what is written");
    return EXIT_DONE;
}

/* --- the process that waits --- */

static int read_file(struct asking *k)
{
    struct stat st;
    int fd = strcmp(k->file, "-") == 0 ? STDIN_FILENO : plain_file_fd(k->file, &st);
    struct room room = {arena_take(k->a, ASKED_FILE_MAX + 1), ASKED_FILE_MAX + 1};
    size_t len = 0;
    ssize_t n = fd < 0 ? -1 : 1;

    while (n > 0 && len < room.cap) {
        n = read(fd, room.at + len, room.cap - len);
        len += n > 0 ? (size_t)n : 0;
    }
    if (n < 0)
        return cli_error(
            EXIT_ENVIRONMENT, k->file, 0, strerror(errno), "a file to read");
    k->json = (struct bytes){room.at, len};
    if (fd > STDERR_FILENO)
        close(fd);
    return EXIT_DONE;
}

static pid_t start_dialer(const struct asking *k, int ends[2])
{
    pid_t pid = fork();
    if (pid == 0) {
        close_range(0, 1, 0);
        close(ends[0]);
        dialer_run(ends[1], &k->endpoint);
    }
    return pid;
}

static pid_t start_asker(struct asking *k, int ends[2])
{
    pid_t pid = fork();
    if (pid == 0) {
        close(STDIN_FILENO);
        close(ends[1]);
        k->talk = ends[0];
        asker_confine();
        _exit(ask_all(k));
    }
    return pid;
}

static int run_both(struct asking *k)
{
    int ends[2], status = 0;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return cli_error(EXIT_INTERNAL, NULL, 0, strerror(errno), "two processes");
    pid_t dialer = start_dialer(k, ends), asker = start_asker(k, ends);
    close(ends[0]);
    close(ends[1]);
    bool ended = asker > 0 && waitpid(asker, &status, 0) == asker && WIFEXITED(status);
    if (dialer > 0)
        waitpid(dialer, NULL, 0); /* it ends when the asker has gone */
    return ended ? WEXITSTATUS(status)
                 : cli_error(EXIT_INTERNAL, NULL, 0, "the asker ended by a fault",
                     "its exit code");
}

static int ask(void *ctx, const struct cli_args *a)
{
    const char *url = cli_word(a, "endpoint", NULL),
               *model = cli_word(a, "model", NULL);
    struct asking k = {.a = ctx,
        .file = a->operand[0],
        .model = model,
        .timeout_s = (unsigned)cli_number(a, "timeout", TIMEOUT_S)};

    if (!url || !model)
        return cli_error(EXIT_USAGE, NULL, 0, url ? "--model" : "--endpoint",
            url ? "the name of a model" : "http://127.0.0.1:PORT/v1");
    const char *expected = endpoint_of(url, &k.endpoint);
    if (expected)
        return cli_error(EXIT_USAGE, NULL, 0, "--endpoint", expected);
    if (!opinion_shows(text_of(model), 1, OPINION_NAME_MAX))
        return cli_error(EXIT_USAGE, NULL, 0, "--model", "1 to 128 printable bytes");
    int code = read_file(&k);
    return code == EXIT_DONE ? run_both(&k) : code;
}

static const struct cli_verb verbs[] = {
    {"", "FILE", "a model's opinion of the review in FILE, or - (options come first)",
        (const char *const[]){"endpoint", "model", "timeout", NULL}, ask},
    {NULL, NULL, NULL, NULL, NULL},
};

static const struct cli cli = {
    .program = "holdfast-review-opinion",
    .summary = "what a language model on this machine says of a review's passages",
    .version = HOLDFAST_VERSION,
    .options = options,
    .verbs = verbs,
};

int main(int argc, char **argv)
{
    struct arena *a = arena_new();
    int code = cli_main(&cli, a, argc, argv);
    arena_free(a);
    return code;
}
