/* SPDX-License-Identifier: Apache-2.0 */
/* change: two runs at once, and what lies between them. */
#include "review/main/verbs.h"
#include "review/render/change_page.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OWNERS_FILE_MAX = 262144 };

static struct bytes read_file(struct run *r, uint32_t file)
{
    int fd = r->tree.open(r->tree.ctx, file);
    uint64_t size = r->tree.files[file].size;
    struct bytes none = {0};
    if (fd < 0)
        return none;
    uint8_t *at = arena_take(r->a, OWNERS_FILE_MAX);
    size_t len = 0;
    while (size <= OWNERS_FILE_MAX && len < OWNERS_FILE_MAX) {
        ssize_t n = read(fd, at + len, OWNERS_FILE_MAX - len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        len += (size_t)n;
    }
    close(fd);
    return (struct bytes){at, len};
}

/* Where code hosts look for it, the first that is there. */
static struct bytes owners_file(struct run *r)
{
    static const char *const names[] = {
        ".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"};
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++)
        for (uint32_t i = 0; i < r->tree.count; i++)
            if (text_same(r->tree.files[i].path, text_of(names[n]))
                && !r->tree.files[i].link)
                return read_file(r, i);
    return (struct bytes){0};
}

static enum exit_code empty(const char *name)
{
    return (enum exit_code)cli_error(EXIT_ENVIRONMENT, name, 0,
        "nothing could be read in it", "documents to compare");
}

static void *read_side(void *side)
{
    struct side *s = side;
    s->code = run_read(&s->ask, &s->run);
    return NULL;
}

static void *judge_side(void *side)
{
    struct side *s = side;
    run_judge(&s->ask, &s->run);
    return NULL;
}

/* Both at once; where no thread can be had, one after the other. */
static void both(void *(*step)(void *), struct side *x, struct side *y)
{
    pthread_t other;
    bool at_once = pthread_create(&other, NULL, step, y) == 0;
    step(x);
    if (at_once)
        pthread_join(other, NULL);
    else
        step(y);
}

static bool is_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* Two single files are two states of one document, whatever they are called. */
static void call_alike(
    const struct change_run *c, struct side *before, struct side *after)
{
    if (!c->base && is_file(c->before) && is_file(c->after)
        && before->run.corpus.doc_count == 1 && after->run.corpus.doc_count == 1)
        before->run.corpus.docs[0].path = after->run.corpus.docs[0].path;
}

/* The day of the state after is the day on which both are judged. */
static enum exit_code read_both(
    const struct change_run *c, struct side *before, struct side *after)
{
    enum exit_code code = run_open(&after->ask, &after->run);
    if (code == EXIT_DONE)
        code = run_open(&before->ask, &before->run);
    if (code != EXIT_DONE)
        return code;
    both(read_side, after, before);
    struct side *sides[] = {after, before};
    for (size_t i = 0; i < 2; i++) {
        if (sides[i]->code != EXIT_DONE)
            return sides[i]->code;
        if (!sides[i]->run.corpus.unit_count)
            return empty(sides[i]->name);
    }
    call_alike(c, before, after);
    before->run.rules.as_of_s = after->run.rules.as_of_s;
    both(judge_side, after, before);
    return EXIT_DONE;
}

static void compare(const struct change_run *c, struct compared *x)
{
    struct run *r = &x->after.run;
    struct change_ask ask = {.rules = &r->rules,
        .before = &x->before.run.model,
        .after = &r->model,
        .before_findings = &x->before.run.findings,
        .after_findings = &r->findings,
        .owners = owners_file(r),
        .fail_on = c->fail_on};
    change_judge(r->a, &ask, &x->change);
}

enum exit_code change_open(const struct change_run *c, struct compared *out)
{
    *out = (struct compared){
        .before = {.ask = c->ask, .name = c->base ? c->base : c->before},
        .after = {.ask = c->ask, .name = c->ask.revision ? c->ask.revision : c->after}};
    if (read_start(&out->second, 2) != OK) /* before anything large is in memory */
        return (enum exit_code)cli_error(EXIT_INTERNAL, NULL, 0,
            "the reading process could not be started", "to fork and to confine it");
    out->before.ask.path = c->before;
    out->before.ask.revision = c->base;
    out->before.ask.reading = out->second;
    out->before.ask.progress = NULL; /* both at once: one of them tells */
    out->after.ask.path = c->after;
    enum exit_code code = read_both(c, &out->before, &out->after);
    if (code == EXIT_DONE)
        compare(c, out);
    return code;
}

void change_end(struct compared *c)
{
    run_end(&c->before.run);
    run_end(&c->after.run);
    if (c->second)
        read_end(c->second);
}

static enum exit_code print(const struct change_run *c, const struct compared *x)
{
    const struct run *r = &x->after.run;
    struct change_page page = {.product = r->product,
        .before_name = text_of(x->before.name),
        .after_name = c->base && !c->ask.revision ? TEXT("the folder as it is")
                                                  : text_of(x->after.name),
        .before = &x->before.run.model,
        .after = &r->model,
        .change = &x->change,
        .fail_on = c->fail_on > SEVERITY_CRITICAL
            ? "never"
            : severity_name((enum severity)c->fail_on)};
    if (c->json)
        render_change_json(&page, stdout);
    else
        render_change(&page, stdout, c->width, c->colour);
    return x->change.go ? EXIT_DONE : EXIT_NO;
}

enum exit_code verb_change(const struct change_run *c)
{
    struct compared x;
    enum exit_code code = change_open(c, &x);
    if (code == EXIT_DONE)
        code = print(c, &x);
    change_end(&x);
    return code;
}
