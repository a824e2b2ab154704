/* SPDX-License-Identifier: Apache-2.0 */
/* clause: what the documents say against one clause; and why, for one of its constraints. */
#include "core/base/sha256.h"
#include "review/main/verbs.h"
#include "review/render/judged.h"

#include <string.h>

struct clause_run { /* what both verbs need */
    const struct clause *clause;
    struct rubric rubric;
    struct said said;
    struct judged judged;
};

static enum exit_code no_clause(const char *name, struct bytes others)
{
    char expected[256];
    if (others.len)
        snprintf(expected, sizeof expected, "one of %.*s", (int)others.len,
            (const char *)others.at);
    else
        snprintf(expected, sizeof expected,
            "a clause that is judged by content, like 81001-5-1:5.3.2");
    return (enum exit_code)cli_error(EXIT_USAGE, NULL, 0, name, expected);
}

static enum exit_code start(struct run *r, const struct library *l,
    const struct clause *clause, struct clause_run *c)
{
    c->clause = clause;
    if (!library_rubric(r->a, l, clause->id, &c->rubric))
        return no_clause((const char *)clause->id.at, (struct bytes){0});
    if (r->corpus.unit_count == 0)
        return (enum exit_code)cli_error(
            EXIT_ENVIRONMENT, NULL, 0, "nothing could be read", "documents with text");
    said_of(r->a, &r->corpus, &r->model, &c->said);
    c->said.first_doc = r->first_doc;
    struct weights weights = weights_fitted();
    judge(r->a, &c->said, &c->rubric, c->clause, &weights, &c->judged);
    return EXIT_DONE;
}

/* Of all that a judgement takes from the catalogue. */
static void digest_of(const struct clause *c, uint8_t out[32])
{
    struct sha256 sum;
    struct digest d;
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
    sha256_peek(&sum, &d);
    memcpy(out, &d, 32);
}

static struct judged_page page_of(const struct clause_run *c)
{
    struct judged_page page = {
        .said = &c->said, .judged = &c->judged, .clause = c->clause};
    digest_of(c->clause, page.catalogue_digest);
    return page;
}

enum exit_code verb_clause(
    struct run *r, const struct library *l, const char *name, bool json, unsigned width)
{
    struct clause_run c = {0};
    struct bytes others = {0};
    const struct clause *clause =
        clause_find(r->a, &l->catalogue, text_of(name), &others);
    enum exit_code code = clause ? start(r, l, clause, &c) : no_clause(name, others);
    if (code != EXIT_DONE)
        return code;
    struct judged_page page = page_of(&c);
    if (json)
        render_judged_json(&page, stdout);
    else
        render_judged(r->a, &page, stdout, width);
    return EXIT_DONE;
}

/* Ends in "-C" and two digits; a finding's id ends in hexadecimal letters. */
bool names_constraint(const char *id)
{
    size_t len = strlen(id);
    const char *end = id + len;
    return len > 4 && end[-4] == '-' && end[-3] == 'C' && end[-2] >= '0'
        && end[-2] <= '9' && end[-1] >= '0' && end[-1] <= '9';
}

enum exit_code verb_why_constraint(
    struct run *r, const struct library *l, const char *id, unsigned width)
{
    struct clause_run c = {0};
    uint32_t k = 0;
    while (k < clause_count(&l->catalogue)
        && constraint_find(clause_at(&l->catalogue, k), text_of(id)) == CATALOGUE_NONE)
        k++;
    if (k == clause_count(&l->catalogue))
        return (enum exit_code)cli_error(EXIT_USAGE, NULL, 0, id,
            "a constraint of a clause of the catalogue, like 5.3.2-C07");
    enum exit_code code = start(r, l, clause_at(&l->catalogue, k), &c);
    if (code != EXIT_DONE)
        return code;
    uint32_t i = 0;
    while (i < c.rubric.constraint_count
        && !text_same(c.rubric.constraints[i].id, text_of(id)))
        i++;
    if (i == c.rubric.constraint_count)
        return (enum exit_code)cli_error(
            EXIT_USAGE, NULL, 0, id, "a constraint that is judged by content");
    struct judged_page page = page_of(&c);
    render_judged_constraint(r->a, &page, i, stdout, width);
    return EXIT_DONE;
}
