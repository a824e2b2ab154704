/* SPDX-License-Identifier: Apache-2.0 */
#include "review/clause/named.h"

#include "review/catalogue/pattern.h"
#include "review/catalogue/signals.h"

#include <assert.h>

enum { UNKNOWN = UINT8_MAX };

struct named {
    const struct corpus *corpus;
    const struct clause *clause;
    struct pattern **patterns; /* of the clause's files */
    uint8_t *docs;             /* of each document: the answer, or UNKNOWN */
    uint8_t *units; /* of each unit that is a heading: its own answer, or UNKNOWN */
};

static uint8_t *unknown(struct arena *a, uint32_t count)
{
    uint8_t *all = arena_take(a, count + 1);
    for (uint32_t i = 0; i < count; i++)
        all[i] = UNKNOWN;
    return all;
}

struct named *named_new(
    struct arena *a, const struct corpus *corpus, const struct clause *clause)
{
    struct named *n = arena_take(a, sizeof *n);
    *n = (struct named){.corpus = corpus,
        .clause = clause,
        .patterns = arena_take(a, (clause->file_count + 1) * sizeof *n->patterns),
        .docs = unknown(a, corpus->doc_count),
        .units = unknown(a, corpus->unit_count)};
    for (uint32_t i = 0; i < clause->file_count; i++) {
        const char *expected;
        enum status s =
            pattern_new(clause->files[i].pattern, &n->patterns[i], &expected);
        assert(s == OK); /* catalogue_parse took it */
    }
    return n;
}

void named_free(struct named *n)
{
    for (uint32_t i = 0; n && i < n->clause->file_count; i++)
        pattern_free(n->patterns[i]);
}

static uint8_t best_in(const struct named *n, struct bytes text)
{
    uint8_t best = 0;
    for (uint32_t i = 0; i < n->clause->file_count; i++) {
        uint8_t is = (uint8_t)(1 + n->clause->files[i].weight);
        if (is > best && pattern_found(n->patterns[i], text))
            best = is;
    }
    return best;
}

static uint8_t better(uint8_t x, uint8_t y)
{
    return x > y ? x : y;
}

uint8_t named_document(struct named *n, uint32_t doc)
{
    if (n->docs[doc] == UNKNOWN)
        n->docs[doc] = better(best_in(n, n->corpus->docs[doc].path),
            best_in(n, document_title(n->corpus, doc)));
    return n->docs[doc];
}

uint8_t named_unit(struct named *n, uint32_t unit)
{
    const struct unit *units = n->corpus->units;
    uint8_t best = named_document(n, units[unit].doc);
    for (uint32_t h = units[unit].heading; h != UNIT_NONE; h = units[h].heading) {
        if (n->units[h] == UNKNOWN)
            n->units[h] = best_in(n, units[h].text);
        best = better(best, n->units[h]);
    }
    return best;
}
