/* SPDX-License-Identifier: Apache-2.0 */
#include "review/clause/nearest.h"

#include <math.h>
#include <string.h>

/* The usual two numbers of BM25: how soon repeats stop counting, how much length costs. */
static const double repeats = 1.2, length = 0.75;
enum { TERMS_MAX = 64, TERM_NONE = UINT8_MAX, WORD_LEAST = 3 };

struct query {
    uint8_t *term; /* of each number of the lexicon: which term, or TERM_NONE */
    uint32_t numbers, terms;
    double rare[TERMS_MAX]; /* weight of each, by how few units hold it */
    double words, units;    /* of all that is searched */
};

struct bytes clause_words(
    struct arena *a, const struct clause *clause, const struct rubric_constraint *c)
{
    uint8_t i = constraint_find(clause, c->id);
    struct bytes all = i == CATALOGUE_NONE ? TEXT("") : clause->constraints[i].text;
    for (uint8_t k = 0; k < c->facet_count; k++)
        all = arena_print(a, "%.*s %.*s", (int)all.len, (const char *)all.at,
            (int)c->facets[k].why.len, (const char *)c->facets[k].why.at);
    return all;
}

static void take_terms(
    struct arena *a, const struct said *said, struct bytes text, struct query *q)
{
    struct words w = words_of(said->lexicon, a, text);
    q->numbers = lexicon_count(said->lexicon);
    q->term = arena_take(a, q->numbers);
    memset(q->term, TERM_NONE, q->numbers);
    for (uint32_t i = 0; i < w.count && q->terms < TERMS_MAX; i++)
        if (w.at[i].len >= WORD_LEAST && q->term[w.at[i].stem] == TERM_NONE)
            q->term[w.at[i].stem] = (uint8_t)q->terms++;
}

static bool is_searched(const struct unit *u)
{
    return u->kind != UNIT_HEADING && u->kind != UNIT_CODE;
}

/* Which terms stand in a unit, and how often; most units have none. */
struct counted {
    uint8_t term[TERMS_MAX];
    uint32_t terms;
    uint32_t count[TERMS_MAX]; /* of each term; only of those above */
};

static void count_terms(
    const struct query *q, const struct words *w, struct counted *out)
{
    for (uint32_t i = 0; i < out->terms; i++)
        out->count[out->term[i]] = 0;
    out->terms = 0;
    for (uint32_t i = 0; i < w->count; i++) {
        uint8_t t = w->at[i].stem < q->numbers ? q->term[w->at[i].stem] : TERM_NONE;
        if (t != TERM_NONE && out->count[t]++ == 0)
            out->term[out->terms++] = t;
    }
}

static double score_of(
    const struct query *q, const struct words *w, const struct counted *c)
{
    double score = 0, longer = w->count / (q->words / q->units);
    double dampened = repeats * (1 - length + length * longer);
    for (uint32_t i = 0; i < c->terms; i++) {
        double n = c->count[c->term[i]];
        score += q->rare[c->term[i]] * n * (repeats + 1) / (n + dampened);
    }
    return score;
}

static void weigh_terms(struct query *q, const struct said *said, uint32_t first)
{
    const struct corpus *c = said->corpus;
    struct counted here = {.terms = 0};
    uint32_t with[TERMS_MAX] = {0};
    for (uint32_t u = first; u < c->unit_count; u++) {
        if (!is_searched(&c->units[u]))
            continue;
        count_terms(q, &said->words[u], &here);
        for (uint32_t t = 0; t < here.terms; t++)
            with[here.term[t]]++;
        q->words += said->words[u].count;
        q->units++;
    }
    for (uint32_t t = 0; t < q->terms; t++)
        q->rare[t] = log(1 + (q->units - with[t] + 0.5) / (with[t] + 0.5));
}

uint32_t nearest_unit(struct arena *a, const struct said *said, struct bytes text)
{
    const struct corpus *c = said->corpus;
    uint32_t first =
        said->first_doc < c->doc_count ? c->docs[said->first_doc].unit : c->unit_count;
    struct query q = {0};
    struct counted here = {.terms = 0};
    uint32_t best = UNIT_NONE;
    double most = 0;
    take_terms(a, said, text, &q);
    weigh_terms(&q, said, first);
    for (uint32_t u = first; u < c->unit_count && q.words > 0; u++) {
        if (!is_searched(&c->units[u]))
            continue;
        count_terms(&q, &said->words[u], &here);
        double score = score_of(&q, &said->words[u], &here);
        if (score > most) {
            most = score;
            best = u;
        }
    }
    return best;
}
