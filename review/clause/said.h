/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Said: a corpus as sentences, each with the way it is meant and how concrete it is.
 *
 * Made once for all clauses that are judged. A row of a table is one sentence; code is none.
 *
 * Not here: which sentence counts for what (judge).
 */
#pragma once

#include "review/clause/role.h"
#include "review/model/model.h"

struct sentence {
    uint32_t unit;
    struct span words; /* of the unit */
    uint8_t own;       /* signs of something concrete: 0 to 9 */
    bool verb;         /* something is said, and not only named */
};

struct said {
    struct arena *a;
    const struct corpus *corpus;
    const struct model *model; /* or NULL */
    uint32_t first_doc;        /* documents before it are there for the model only */
    bool chosen; /* a person named these documents as the evidence, one by one */
    struct lexicon *lexicon;
    const struct meant *meant;
    struct words *words; /* of each unit */
    uint32_t *first;     /* of each unit, in sentences; one more at the end */
    struct sentence *sentences;
    uint8_t *matter; /* of each unit: front or back matter, no description */
    uint32_t *
        leads; /* of each unit: the sentence that its list ends, "The rules:", or UNIT_NONE */
    const struct role_told *roles; /* of each document */
};

/* It is a number, a date, or written as an id that no document defines. */
bool said_number_or_id(const struct said *s, uint32_t unit, const struct word *w);
void said_of(struct arena *a, const struct corpus *corpus, const struct model *model,
    struct said *out);
