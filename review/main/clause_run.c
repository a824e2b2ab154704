/* SPDX-License-Identifier: Apache-2.0 */
#include "review/main/clause_run.h"

#include "core/base/sha256.h"

#include <string.h>

/* Of all that a judgement takes from the catalogue. */
static const uint8_t *digest_of(struct arena *a, const struct clause *c)
{
    struct sha256 sum;
    struct digest *d = arena_take(a, sizeof *d);
    sha256_start(&sum);
    sha256_more(&sum, c->id);
    sha256_more(&sum, c->title);
    sha256_more(&sum, c->summary);
    for (uint32_t i = 0; i < c->practice_count; i++)
        sha256_more(&sum, c->practices[i].text);
    for (uint32_t i = 0; i < c->constraint_count; i++) {
        sha256_more(&sum, c->constraints[i].id);
        sha256_more(&sum, c->constraints[i].text);
    }
    sha256_peek(&sum, d);
    return d->b;
}

struct reviewing {
    struct run *r;
    const struct library *l;
    struct said said;
    struct list pages; /* struct clause_page */
};

/* False: the clause is not judged by content. */
static bool add_clause(struct reviewing *v, const struct clause *clause)
{
    struct run *r = v->r;
    struct arena *a = r->a;
    struct rubric *rubric = arena_take(a, sizeof *rubric);
    struct judged *judged = arena_take(a, sizeof *judged);
    struct standings *standings = arena_take(a, sizeof *standings);
    struct answer *answered = arena_take(a, sizeof *answered);
    struct weights weights = weights_fitted();
    if (!library_rubric(a, v->l, clause->id, rubric))
        return false;
    progress_begin(r->progress, "holding it against clauses");
    judge(a, &v->said, rubric, clause, &weights, judged);
    prove(a, &r->model, &r->findings, &r->rules, clause, judged, standings);
    answer(a, &r->model, r->product, clause, standings, answered);
    progress_end(r->progress);
    *(struct clause_page *)list_add(&v->pages) = (struct clause_page){.said = &v->said,
        .judged = judged,
        .model = &r->model,
        .findings = &r->findings,
        .catalogue = &v->l->catalogue,
        .clause = clause,
        .standings = standings,
        .answer = answered,
        .product = r->product,
        .revision = r->revision,
        .catalogue_digest = digest_of(a, clause),
        .as_of_s = r->rules.as_of_s};
    return true;
}

static enum exit_code no_clause(struct arena *a, struct bytes name, struct bytes others)
{
    const char *expected = others.len
        ? (const char *)arena_print(
            a, "one of %.*s", (int)others.len, (const char *)others.at)
              .at
        : "a clause that is judged by content, like 81001-5-1:5.3.2";
    return (enum exit_code)cli_error(EXIT_USAGE, NULL, 0,
        name.len ? (const char *)arena_copy(a, name).at : "no clause", expected);
}

static enum exit_code add_named(struct reviewing *v, struct bytes names)
{
    struct bytes one = {0}, others = {0};
    while (text_next_part(&names, &one)) {
        others = (struct bytes){0};
        const struct clause *c = clause_find(v->r->a, &v->l->catalogue, one, &others);
        if (!c || !add_clause(v, c))
            return no_clause(v->r->a, one, others);
    }
    return v->pages.count ? EXIT_DONE : no_clause(v->r->a, one, others);
}

static bool is_there(const struct reviewing *v, const struct clause *c)
{
    for (size_t i = 0; i < v->pages.count; i++)
        if (LIST_AT(&v->pages, const struct clause_page, i)->clause == c)
            return true;
    return false;
}

/* A constraint without a clause, or one that is not judged by content, answers nothing. */
static void add_asked(struct reviewing *v, const struct questionnaire *q)
{
    for (uint32_t i = 0; i < q->item_count; i++)
        for (uint32_t k = 0; k < q->items[i].answered_by.count; k++) {
            const struct clause *c =
                clause_of(&v->l->catalogue, q->items[i].answered_by.at[k]);
            if (c && !is_there(v, c))
                (void)add_clause(v, c);
        }
}

static void add_all(struct reviewing *v)
{
    for (uint32_t i = 0; i < clause_count(&v->l->catalogue); i++)
        (void)add_clause(
            v, clause_at(&v->l->catalogue, i)); /* or judged by the model only */
}

enum exit_code run_clauses(struct run *r, const struct library *l, const char *names,
    const struct questionnaire *asked)
{
    struct reviewing *v = arena_take(r->a, sizeof *v);
    enum exit_code code = EXIT_DONE;
    *v = (struct reviewing){.r = r, .l = l, .pages = LIST_OF(struct clause_page)};
    progress_begin(r->progress, "telling what is meant");
    said_of(r->a, &r->corpus, &r->model, &v->said);
    progress_end(r->progress);
    v->said.first_doc = r->first_doc;
    v->said.chosen = r->chosen;
    if (strcmp(names, "all") == 0)
        add_all(v);
    else
        code = add_named(
            v, text_of(strcmp(names, "first") == 0 ? "iec81001-5-1:5.3.2" : names));
    if (asked && code == EXIT_DONE)
        add_asked(v, asked);
    r->clauses = list_keep(&v->pages, r->a, &r->clause_count);
    return code;
}
