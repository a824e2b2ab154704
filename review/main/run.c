/* SPDX-License-Identifier: Apache-2.0 */
#include "review/main/ages.h"

#include "core/base/limits.h"
#include "review/base/date.h"
#include "review/clause/contradiction.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char config_name[] = RUN_CONFIG;

bool run_read_whole(struct arena *a, int fd, size_t max, struct bytes *out)
{
    uint8_t *at = arena_take(a, max + 1);
    size_t len = 0;
    for (;;) {
        ssize_t n = read(fd, at + len, max + 1 - len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            *out = (struct bytes){at, len};
            return n == 0;
        }
        len += (size_t)n;
        if (len > max)
            return false;
    }
}

static enum exit_code take_config(struct run *r, const char *name, struct bytes text)
{
    struct bytes error;
    *(struct run_input *)list_add(&r->inputs) =
        (struct run_input){TEXT(RUN_CONFIG), text};
    if (rules_parse(r->a, text_of(name), text, &r->rules, &error) == OK)
        return EXIT_DONE;
    fprintf(stderr, "error: %s\n", (const char *)error.at);
    return EXIT_USAGE;
}

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static enum exit_code read_config(struct run *r, const struct run_ask *ask)
{
    const char *name = ask->config;
    if (!name) {
        if (!ask->path || !is_folder(ask->path))
            return EXIT_DONE;
        name = (const char *)arena_print(r->a, "%s/%s", ask->path, config_name).at;
    }
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 && !ask->config && errno == ENOENT)
        return EXIT_DONE;
    if (fd < 0)
        return (enum exit_code)cli_error(
            EXIT_USAGE, name, 0, strerror(errno), "a readable configuration file");
    struct bytes text;
    bool whole = run_read_whole(r->a, fd, LIMIT_CONF_FILE, &text);
    close(fd);
    if (!whole)
        return (enum exit_code)cli_error(EXIT_USAGE, name, 0, "too large or unreadable",
            "at most 64 KiB of key = value lines");
    return take_config(r, name, text);
}

/* The last part of the folder's real path: what people call the project. */
static struct bytes product_of(struct arena *a, const char *path)
{
    char *real = realpath(path, NULL);
    struct bytes name = arena_copy(a, text_of(real ? real : path));
    free(real);
    for (size_t i = name.len; i > 0; i--)
        if (name.at[i - 1] == '/' && i < name.len)
            return text_from(name, i);
    return name;
}

static int64_t newest_change(const struct corpus *c)
{
    int64_t newest = 0;
    for (uint32_t i = 0; i < c->doc_count; i++)
        if (c->docs[i].changed_s > newest)
            newest = c->docs[i].changed_s;
    return newest;
}

static enum exit_code configure_given(const struct run_given *g, struct run *r)
{
    enum exit_code code = EXIT_DONE;
    for (uint32_t i = 0; i < g->input_count && code == EXIT_DONE; i++)
        if (text_same(g->inputs[i].name, TEXT(RUN_CONFIG)))
            code = take_config(r, config_name, g->inputs[i].text);
    r->rules.as_of_s = g->as_of_s;
    return code;
}

enum exit_code run_configure(const struct run_ask *ask, struct run *out)
{
    struct run *r = out;
    *r = (struct run){.a = arena_new(),
        .progress = ask->progress,
        .inputs = LIST_OF(struct run_input)};
    rules_default(&r->rules);
    if (ask->given)
        return configure_given(ask->given, r);
    if (ask->as_of && !(r->rules.as_of_s = date_s(text_of(ask->as_of))))
        return (enum exit_code)cli_error(
            EXIT_USAGE, NULL, 0, "--as-of", "a day like 2026-11-28");
    return read_config(r, ask);
}

enum exit_code run_open(const struct run_ask *ask, struct run *out)
{
    struct run *r = out;
    enum exit_code code = run_configure(ask, r);
    if (code != EXIT_DONE)
        return code;
    if (ask->given) {
        r->tree = ask->given->tree;
        r->product = ask->given->product;
        r->revision = ask->given->revision;
        return EXIT_DONE;
    }
    struct tree_pick pick = {.root = ask->path,
        .leave_out = r->rules.leave_out,
        .take_in = r->rules.take_in};
    struct bytes why = {0};
    enum status s = !ask->path ? OK
        : ask->revision ? tree_open_commit(r->a, &pick, ask->revision, &r->tree, &why)
                        : tree_open_folder(r->a, &pick, &r->tree, &why);
    if (s != OK) {
        fprintf(stderr, "error: %.*s\n", (int)why.len, (const char *)why.at);
        return EXIT_ENVIRONMENT;
    }
    /* Ages are judged by commits where there are any: a fresh clone has new times everywhere. */
    if (ask->path && !ask->revision && ask->ages != AGES_NONE && is_folder(ask->path)
        && tree_follow_git(r->a, &pick, &r->tree, &why) != OK)
        why = (struct bytes){0};
    if (ask->doc_count && run_open_docs(r, ask, &why) != OK) {
        fprintf(stderr, "error: %.*s\n", (int)why.len, (const char *)why.at);
        return EXIT_ENVIRONMENT;
    }
    r->product = product_of(r->a, ask->path ? ask->path : ask->docs[0]);
    r->revision = r->tree.commit;
    return EXIT_DONE;
}

enum exit_code run_read(const struct run_ask *ask, struct run *r)
{
    progress_begin(r->progress, "reading documents:");
    read_watch(ask->reading, r->progress ? progress_told : NULL, r->progress);
    enum status s = read_tree(ask->reading, r->a, &r->tree, &r->corpus);
    read_watch(ask->reading, NULL, NULL);
    progress_end(r->progress);
    if (s != OK)
        return (enum exit_code)cli_error(EXIT_INTERNAL, ask->path, 0,
            "the reading process ended", "it to live as long as the review");
    if (!r->rules.as_of_s)
        r->rules.as_of_s = newest_change(&r->corpus);
    return EXIT_DONE;
}

void run_judge(const struct run_ask *ask, struct run *r)
{
    progress_begin(r->progress, "judging");
    model_build(r->a, &r->corpus, &r->rules, &r->model);
    ages_find(ask, r);
    check_model(r->a, &r->model, &r->rules, check_contradictions, &r->findings);
    progress_end(r->progress);
}

enum exit_code run_review(const struct run_ask *ask, struct run *out)
{
    enum exit_code code = run_open(ask, out);
    if (code == EXIT_DONE)
        code = run_read(ask, out);
    if (code == EXIT_DONE)
        run_judge(ask, out);
    return code;
}

void run_end(struct run *r)
{
    if (r->tree.close)
        r->tree.close(r->tree.ctx);
    list_free(&r->inputs);
    arena_free(r->a);
    *r = (struct run){0};
}

bool run_threshold(struct bytes fail_on, uint8_t *least)
{
    uint8_t s = SEVERITY_NOTE;
    while (s <= SEVERITY_CRITICAL
        && !text_same(fail_on, text_of(severity_name((enum severity)s))))
        s++;
    *least = s;
    return s <= SEVERITY_CRITICAL || text_same(fail_on, TEXT("never"));
}

enum exit_code run_verdict(const struct run *r, const char *fail_on)
{
    uint8_t least;
    if (r->corpus.unit_count == 0)
        return EXIT_ENVIRONMENT;
    run_threshold(text_of(fail_on), &least);
    for (uint8_t s = least; s <= SEVERITY_CRITICAL; s++)
        if (r->findings.by_severity[s])
            return EXIT_NO;
    return EXIT_DONE;
}
