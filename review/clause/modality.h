/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Modality: how each statement of a document is meant: asked, planned, denied, asserted, …
 *
 * A statement is judged by its own words and by what stands above it: the headings, the
 * sentence before a list or a table, the head of its column, the label before it ("Mitigation:
 * …"), the state that its row is marked with. Words and rules are modality.def; the first rule
 * that holds decides, and what stands above can only take from a statement, but for a
 * heading that makes a requirement of an assertion.
 *
 * Promise: the same corpus gives the same stances; every word of a unit but of one without
 * words has exactly one; the rule that decided, and the unit whose words it read, are kept.
 *
 * Not here: of what kind a document is (role), what a statement is about (phrase, judge).
 */
#pragma once

#include "review/clause/words.h"
#include "review/model/model.h"

enum modality { /* the weaker first, by and large */
#define MODALITY(name, weight, says) MODALITY_##name,
#include "review/clause/modality.def"
    MODALITIES
};

struct modality_rule {
    const char *name; /* "below-threats" */
    const char *says; /* "it stands among threats" */
    uint8_t modality;
};

struct stance {
    struct span words; /* of the unit */
    uint8_t modality;  /* enum modality */
    bool denied;       /* its verb is negated, whatever its modality */
    uint32_t by;       /* the unit whose words decided: its own, or one above */
    struct span cue;   /* these words of that unit; none where it was no word */
    const struct modality_rule *rule;
    const struct modality_rule *own; /* by its own words alone */
};

struct meant;

/* Rows are the words of each unit of the corpus; the model, or NULL, says which ids resolve.
 * All are borrowed and outlive what is returned, which lies in the arena. */
struct meant *meant_of(struct arena *a, const struct corpus *corpus,
    struct lexicon *lexicon, const struct words *rows, const struct model *model);
/* The statements of a unit, in order. */
const struct stance *meant_unit(const struct meant *m, uint32_t unit, uint32_t *count);
/* The one in which that word of the unit stands. */
const struct stance *meant_at(const struct meant *m, uint32_t unit, uint32_t word);

const char *modality_name(enum modality m); /* "planned", "a known gap" */
uint8_t modality_weight(enum modality m);   /* tenths; fitted by script/clause-fit */
