/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Phrase: every phrase of a rubric, found in one pass over a row of words.
 *
 * Each different word is looked at once; what it can be part of is known from then on, so that a text costs what its words of interest cost, not phrases times words.
 * How a phrase is written: docs/decisions/0009-clause-review.md.
 *
 * Promise: the same row gives the same hits in the same order; of one phrase from one place the
 * shortest hit only.
 *
 * Not here: what a hit means (judge), how a text becomes words (words).
 */
#pragma once

#include "review/clause/words.h"

struct phrase_hit {
    uint32_t phrase;      /* its number */
    uint32_t first, last; /* words of the row, both included */
};

struct phrases;

/* The texts are well formed (review/catalogue/rubric_parse.c says so) and borrowed. The rows
 * to be searched are of the same lexicon, and arena and lexicon outlive the phrases. */
struct phrases *phrases_new(struct arena *a, struct lexicon *lexicon,
    const struct bytes *texts, uint32_t count);
void phrases_free(struct phrases *p);
/* Hits by (first, phrase), added to a list of struct phrase_hit. */
void phrases_find(struct phrases *p, const struct words *row, struct list *hits);
