/* SPDX-License-Identifier: Apache-2.0 */
#include "review/catalogue/signals.h"

#include "review/catalogue/pattern.h"

#include <assert.h>
#include <stdlib.h>

enum { TITLE_UNITS = 50 }; /* a title stands at the front, or there is none */

struct bytes document_title(const struct corpus *c, uint32_t doc)
{
    const struct document *d = &c->docs[doc];
    uint32_t count = d->unit_count < TITLE_UNITS ? d->unit_count : TITLE_UNITS;
    struct bytes heading = {0};
    for (uint32_t i = d->unit; i < d->unit + count; i++) {
        const struct unit *u = &c->units[i];
        struct bytes title =
            u->kind == UNIT_ENTRY ? unit_field(c, u, "title") : (struct bytes){0};
        if (title.len && u->heading == UNIT_NONE)
            return title;
        if (u->kind == UNIT_HEADING && !heading.len)
            heading = u->text;
    }
    return heading;
}

struct search {
    const struct corpus *corpus;
    const struct bytes *titles;
    struct list *out;
};

static uint8_t places(const struct pattern *p, const struct search *s, uint32_t doc)
{
    bool path = pattern_found(p, s->corpus->docs[doc].path);
    bool title = s->titles[doc].len && pattern_found(p, s->titles[doc]);
    return (uint8_t)((path ? IN_PATH : 0) | (title ? IN_TITLE : 0));
}

/* best: one signal for each document, place 0 where none. */
static void try_pattern(const struct search *s, const struct clause *k, uint8_t pattern,
    struct signal *best)
{
    struct pattern *p = NULL;
    const char *expected;
    enum status status = pattern_new(k->files[pattern].pattern, &p, &expected);
    assert(status == OK); /* catalogue_parse took it */
    for (uint32_t d = 0; d < s->corpus->doc_count; d++) {
        uint8_t weight = k->files[pattern].weight;
        bool better = !best[d].place || best[d].weight < weight;
        /* An empty file is no evidence, however it is called; a picture may be. */
        uint8_t place = better && s->corpus->docs[d].size ? places(p, s, d) : 0;
        if (place)
            best[d] = (struct signal){
                .doc = d, .pattern = pattern, .weight = weight, .place = place};
    }
    pattern_free(p);
}

static void take_clause(const struct search *s, const struct clause *k, uint32_t clause,
    struct signal *best)
{
    for (uint32_t d = 0; d < s->corpus->doc_count; d++)
        best[d].place = 0;
    for (uint32_t f = 0; f < k->file_count; f++)
        try_pattern(s, k, (uint8_t)f, best);
    for (int w = SIGNAL_STRONG; w >= SIGNAL_SUPPORT; w--)
        for (uint32_t d = 0; d < s->corpus->doc_count; d++)
            if (best[d].place && best[d].weight == w) {
                struct signal *to = list_add(s->out);
                *to = best[d];
                to->clause = clause;
            }
}

struct list signals_find(const struct catalogue *catalogue, const struct corpus *corpus)
{
    struct list out = LIST_OF(struct signal);
    struct arena *a = arena_new();
    struct bytes *titles = arena_take(a, corpus->doc_count * sizeof *titles);
    struct signal *best = arena_take(a, corpus->doc_count * sizeof *best);
    for (uint32_t d = 0; d < corpus->doc_count; d++)
        titles[d] = document_title(corpus, d);
    struct search s = {corpus, titles, &out};
    for (uint32_t i = 0; i < clause_count(catalogue); i++)
        take_clause(&s, clause_at(catalogue, i), i, best);
    arena_free(a);
    return out;
}
