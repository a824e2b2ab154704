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

/* A term that stands in a unit, and how often. */
struct counted {
    uint32_t unit, count;
    uint8_t term;
};

/* Those of one unit, in the order in which they first stand there, added to the list. */
static void count_terms(
    const struct query *q, const struct words *w, uint32_t unit, struct list *out)
{
    size_t place[TERMS_MAX] = {
        0}; /* of each term, behind where it stands in the list */
    for (uint32_t i = 0; i < w->count; i++) {
        uint8_t t = w->at[i].stem < q->numbers ? q->term[w->at[i].stem] : TERM_NONE;
        if (t == TERM_NONE)
            continue;
        if (!place[t]) {
            *(struct counted *)list_add(out) = (struct counted){unit, 0, t};
            place[t] = out->count;
        }
        LIST_AT(out, struct counted, place[t] - 1)->count++;
    }
}

/* Of the unit whose terms begin there; *end: behind them. */
static double score_of(const struct query *q, const struct said *said,
    const struct list *counted, size_t from, size_t *end)
{
    const struct counted *c = LIST_AT(counted, const struct counted, 0);
    uint32_t unit = c[from].unit;
    double score = 0, longer = said->words[unit].count / (q->words / q->units);
    double dampened = repeats * (1 - length + length * longer);
    size_t i = from;
    for (; i < counted->count && c[i].unit == unit; i++) {
        double n = c[i].count;
        score += q->rare[c[i].term] * n * (repeats + 1) / (n + dampened);
    }
    *end = i;
    return score;
}

static void weigh_terms(
    struct query *q, const struct said *said, uint32_t first, struct list *counted)
{
    const struct corpus *c = said->corpus;
    uint32_t with[TERMS_MAX] = {0};
    for (uint32_t u = first; u < c->unit_count; u++) {
        if (!is_searched(&c->units[u]))
            continue;
        count_terms(q, &said->words[u], u, counted);
        q->words += said->words[u].count;
        q->units++;
    }
    for (size_t i = 0; i < counted->count; i++)
        with[LIST_AT(counted, const struct counted, i)->term]++;
    for (uint32_t t = 0; t < q->terms; t++)
        q->rare[t] = log(1 + (q->units - with[t] + 0.5) / (with[t] + 0.5));
}

uint32_t nearest_unit(struct arena *a, const struct said *said, struct bytes text)
{
    const struct corpus *c = said->corpus;
    uint32_t first =
        said->first_doc < c->doc_count ? c->docs[said->first_doc].unit : c->unit_count;
    struct query q = {0};
    struct list counted = LIST_OF(struct counted);
    uint32_t best = UNIT_NONE;
    double most = 0;
    take_terms(a, said, text, &q);
    weigh_terms(&q, said, first, &counted);
    for (size_t i = 0, end; i < counted.count; i = end) {
        double score = score_of(&q, said, &counted, i, &end);
        if (score > most) {
            most = score;
            best = LIST_AT(&counted, const struct counted, i)->unit;
        }
    }
    list_free(&counted);
    return best;
}
