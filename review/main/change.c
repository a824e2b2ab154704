/* SPDX-License-Identifier: Apache-2.0 */
/* change: two runs, the one after first, because its day is the day on which both are judged. */
#include "review/main/verbs.h"
#include "review/render/change_page.h"

#include <errno.h>
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

static bool is_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* Two single files are two states of one document, whatever they are called. */
static struct bytes one_name(const struct change_run *c, const struct run *after)
{
    bool files = !c->base && is_file(c->before) && is_file(c->after);
    return files && after->corpus.doc_count == 1 ? after->corpus.docs[0].path
                                                 : (struct bytes){0};
}

enum exit_code verb_change(const struct change_run *c)
{
    struct run before = {0}, after = {0};
    struct run_ask ask = c->ask;
    ask.path = c->after;
    ask.date_by_git = c->base != NULL;
    enum exit_code code = run_review(&ask, &after);
    if (code == EXIT_DONE && !after.corpus.unit_count)
        code = empty(c->after);
    if (code == EXIT_DONE) {
        ask.path = c->before;
        ask.revision = c->base;
        ask.date_by_git = false;
        ask.as_of_s = after.rules.as_of_s;
        ask.call_it = one_name(c, &after);
        code = run_review(&ask, &before);
    }
    if (code == EXIT_DONE && !before.corpus.unit_count)
        code = empty(c->base ? c->base : c->before);
    if (code == EXIT_DONE) {
        struct change change;
        struct change_ask judge = {.rules = &after.rules,
            .before = &before.model,
            .after = &after.model,
            .before_findings = &before.findings,
            .after_findings = &after.findings,
            .owners = owners_file(&after),
            .fail_on = c->fail_on};
        change_judge(after.a, &judge, &change);
        struct change_page page = {.product = after.product,
            .before_name = text_of(c->base ? c->base : c->before),
            .after_name = c->ask.revision ? text_of(c->ask.revision)
                : c->base                 ? TEXT("the folder as it is")
                                          : text_of(c->after),
            .before = &before.model,
            .after = &after.model,
            .change = &change,
            .fail_on = c->fail_on > SEVERITY_CRITICAL
                ? "never"
                : severity_name((enum severity)c->fail_on)};
        if (c->json)
            render_change_json(&page, stdout);
        else
            render_change(&page, stdout, c->width, c->colour);
        code = change.go ? EXIT_DONE : EXIT_NO;
    }
    run_end(&before);
    run_end(&after);
    return code;
}
