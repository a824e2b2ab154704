/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statement: the smallest part of a unit that says one thing and can be meant in one way.
 *
 * A unit is cut at the end of each sentence, at the cells of a row, and within a sentence where
 * a second thing is said of its own: behind a semicolon, a dash, or a comma with "and", "but",
 * "while", when what follows has a verb. "We use TLS, but pinning is planned" is two.
 *
 * Promise: the statements of a unit follow each other and hold each of its words once.
 *
 * Not here: how a statement is meant (modality).
 */
#pragma once

#include "review/clause/words.h"
#include "review/read/unit.h"

enum statement_opens {
    OPENS_SENTENCE,
    OPENS_JOINED,   /* goes on by "and", "or", "so", a semicolon */
    OPENS_DENIED,   /* one of a row of short parts, and the only one that is denied */
    OPENS_CONTRAST, /* by "but", "while", "although" and their like */
    OPENS_CELL,     /* the first of a cell of a row */
};

struct statement {
    struct span words;
    uint8_t opens;   /* enum statement_opens */
    uint32_t column; /* of a row, from 0 */
};

struct splitter; /* the words at which a sentence is cut, as numbers of a lexicon */

struct splitter *splitter_new(struct arena *a, struct lexicon *lexicon);
/* Added to a list of struct statement. */
void statements_of(const struct splitter *s, const struct unit *unit,
    const struct words *words, struct list *out);
