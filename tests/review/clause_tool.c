/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clause_tool: each file judged by itself against a rubric that is given as a file; for the
 * scripts that measure and fit. In this very process: the files are the tester's own.
 *
 *   clause-tool [--without PHRASES] RUBRIC CLAUSES OUT-FOLDER FILE...
 *
 * writes OUT-FOLDER/<name without ending>.json, and .phrases: each phrase of the rubric that stands
 * in the file. PHRASES is a file of phrases, one a line, that are taken out of the rubric first.
 */
#include "review/catalogue/catalogue.h"
#include "review/clause/phrase.h"
#include "review/read/read.h"
#include "review/read/see.h"
#include "review/render/clause.h"
#include "tests/support/whole_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *out_file(const char *folder, const char *path, const char *ending)
{
    char name[4096];
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path, *dot = strrchr(base, '.');
    int len = (int)(dot ? (size_t)(dot - base) : strlen(base));
    snprintf(name, sizeof name, "%s/%.*s%s", folder, len, base, ending);
    FILE *f = fopen(name, "w");
    if (!f) {
        fprintf(stderr, "error: %s: expected to write it\n", name);
        exit(2);
    }
    return f;
}

static void list_phrases(
    struct arena *a, const struct said *said, const struct rubric *rubric, FILE *out)
{
    struct phrases *p =
        phrases_new(a, said->lexicon, rubric->phrases, rubric->phrase_count);
    uint8_t *found = arena_take(a, rubric->phrase_count + 1);
    struct list hits = LIST_OF(struct phrase_hit);
    for (uint32_t u = 0; u < said->corpus->unit_count; u++)
        phrases_find(p, &said->words[u], &hits);
    for (size_t i = 0; i < hits.count; i++)
        found[LIST_AT(&hits, struct phrase_hit, i)->phrase] = 1;
    for (uint32_t i = 0; i < rubric->phrase_count; i++)
        if (found[i])
            fprintf(out, "%.*s\n", (int)rubric->phrases[i].len,
                (const char *)rubric->phrases[i].at);
    list_free(&hits);
    phrases_free(p);
}

struct asked {
    const char *without, *folder;
    struct rubric rubric;
    const struct clause *clause;
    struct weights weights;
};

static void judge_file(const struct asked *ask, const char *path)
{
    struct bytes document = whole_file(path);
    reader_fn *reader =
        format_reader(format_of(text_of(path), text_upto(document, 4096)));
    if (!reader)
        exit(2);
    struct seen s = see_read(reader, document);
    struct arena *a = arena_new();
    struct rules rules;
    struct model model;
    struct said said = {0};
    struct judged judged;
    rules_default(&rules);
    s.docs[0].path = text_of(path);
    model_build(a, &s.corpus, &rules, &model);
    said_of(a, &s.corpus, &model, &said);
    judge(a, &said, &ask->rubric, ask->clause, &ask->weights, &judged);
    struct clause_page page = {.said = &said, .judged = &judged, .clause = ask->clause};
    FILE *out = out_file(ask->folder, path, ".json");
    render_judged_json(&page, out);
    fclose(out);
    out = out_file(ask->folder, path, ".phrases");
    list_phrases(a, &said, &ask->rubric, out);
    fclose(out);
    arena_free(a);
    see_end(&s);
    free((void *)(uintptr_t)document.at);
}

static void take_out(
    const struct table *gone, const struct rubric *r, struct phrase_set *s)
{
    uint32_t *at = (uint32_t *)(uintptr_t)s->at, count = 0;
    for (uint32_t i = 0; i < s->count; i++)
        if (table_get(gone, r->phrases[at[i]]) == TABLE_NONE)
            at[count++] = at[i];
    s->count = count;
}

static void drop_phrases(struct arena *a, const char *path, struct rubric *r)
{
    struct bytes text = whole_file(path);
    struct table *gone = table_new(a, 1024);
    while (text.len) {
        size_t end = text_find(text, TEXT("\n"));
        table_put(gone, text_upto(text, end), 1);
        text = text_from(text, end + 1);
    }
    for (uint32_t c = 0; c < r->constraint_count; c++)
        for (uint8_t k = 0; k < r->constraints[c].facet_count; k++) {
            struct facet *f = (struct facet *)(uintptr_t)&r->constraints[c].facets[k];
            take_out(gone, r, &f->any);
            take_out(gone, r, &f->with);
            take_out(gone, r, &f->none);
        }
    take_out(gone, r, &r->specific);
    take_out(gone, r, &r->foreign);
}

int main(int argc, char **argv)
{
    struct asked ask = {.weights = weights_fitted()};
    int first = 1;
    for (; first + 1 < argc && strcmp(argv[first], "--without") == 0; first += 2)
        ask.without = argv[first + 1];
    if (argc < first + 4) {
        fputs(
            "usage: clause-tool [--without PHRASES] RUBRIC CLAUSES OUT-FOLDER FILE...\n",
            stderr);
        return 2;
    }
    struct arena *a = arena_new();
    struct catalogue catalogue = catalogue_new();
    struct bytes error = {0}, others = {0};
    const char *rubric = argv[first], *clauses = argv[first + 1];
    if (rubric_parse(a, text_of(rubric), whole_file(rubric), &ask.rubric, &error) != OK
        || catalogue_parse(a, text_of(clauses), whole_file(clauses), &catalogue, &error)
            != OK) {
        fprintf(stderr, "error: %.*s\n", (int)error.len, (const char *)error.at);
        return 2;
    }
    if (ask.without)
        drop_phrases(a, ask.without, &ask.rubric);
    ask.folder = argv[first + 2];
    ask.clause = clause_find(a, &catalogue, ask.rubric.clause, &others);
    for (int i = first + 3; i < argc && ask.clause; i++)
        judge_file(&ask, argv[i]);
    catalogue_free(&catalogue);
    arena_free(a);
    return ask.clause ? 0 : 2;
}
