/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judge: what the documents say, against the rubric of one clause, constraint by constraint.
 *
 * Every document is judged by itself; a constraint's verdict is that of its best document. Of
 * several that have this verdict the one is shown first that bears a name under which evidence
 * for the clause is kept, then that which answers more of the clause: an auditor reads the
 * description of the design before a table or a guide that says the same thing once. A
 * verdict comes with the passages that were counted, those that held the words and were not
 * counted, each with the rule that refused it, and the facets for which nothing was found.
 *
 * Promise: the same corpus, model and rubric give the same judgement; nothing but a counted
 * passage raises a verdict; order of documents and paragraphs makes no difference to it.
 *
 * Not here: reading (review/read), what documents are and how sentences are meant (role,
 * modality), whether what is described was shown (prove).
 */
#pragma once

#include "review/catalogue/catalogue.h"
#include "review/catalogue/rubric.h"
#include "review/clause/said.h"

enum verdict { /* in rising order */
    VERDICT_ABSENT,
    VERDICT_CANNOT_TELL, /* so near to the next one that a person has to look */
    VERDICT_PARTIAL,
    VERDICT_MET,
};

enum refusal {        /* why a passage with the words of a facet was not counted */
    REFUSED_NOT,      /* it was counted */
    REFUSED_MODALITY, /* a question, a plan, a threat, …: the sentence's rule says which */
    REFUSED_NEGATED,  /* denied where an assertion is asked for */
    REFUSED_COMPANY,  /* the second group of words does not stand near */
    REFUSED_EXCLUDED, /* a phrase stands there that turns the sense */
    REFUSED_FOREIGN,  /* about somebody or something else than the product */
    REFUSED_PARROT,   /* the clause's own words and nothing besides */
    REFUSED_BARE,     /* words without a verb: a list of them asserts nothing */
    REFUSED_SAME,     /* no other phrase than the facet before it has */
    REFUSED_ROLE,   /* the document is of a kind that describes nothing of a product */
    REFUSED_MATTER, /* stands where words are explained or other documents named */
    REFUSALS
};

enum { PASSAGES_MAX = 8, PASSAGE_LINES = 12, SCORE_ONE = 10 };

struct line_span { /* both within it; 0: the format has none */
    uint32_t first, last;
};

/* A sentence that was looked at, and where to read it: its unit, or, of a unit of more than PASSAGE_LINES, the sentence alone. */
struct passage {
    uint32_t doc, unit;
    struct span words; /* of the unit */
    struct line_span lines, sentence;
    uint32_t page;     /* 0: the format has none */
    struct bytes text; /* the sentence as it stands in the unit */
    uint32_t phrase;   /* of the rubric, that was found */
    uint32_t kind;     /* the same for the same words */
    struct span hit;   /* the words of the unit that were found; none: in the heading */
    uint16_t points;   /* tenths */
    uint16_t rank;     /* points, and what stands near it: best first */
    uint8_t facet;     /* of the constraint */
    uint8_t facets;    /* bits: all of the constraint's for which its unit counts */
    uint8_t modality, own, refusal; /* enums; own: how concrete, 0 to 2 */
    const char *rule;               /* by which the modality was told */
};

struct verdict_of { /* one constraint, in one document or in the best one */
    uint8_t verdict;
    uint8_t carried, touched; /* bits of facets: with full weight; in any way */
    uint16_t score, touch;    /* tenths: of what carries; of all */
    uint32_t doc;             /* UNIT_NONE: no document has anything */
    struct passage *counted, *refused; /* best first */
    uint32_t counted_count, refused_count;
    uint32_t *carrying; /* units with a passage that carries: all, shown or not */
    uint32_t carrying_count;
};

struct judged {
    const struct rubric *rubric;
    struct verdict_of *best;   /* of each constraint */
    struct verdict_of *in_doc; /* [doc * constraint_count + constraint] */
    uint32_t first_doc;        /* documents before it are read for the model only */
};

/* Weights by which sentences count, in tenths; fitted by script/clause-fit. */
struct weights {
    uint8_t modality[MODALITIES];
    uint8_t own[3]; /* by how concrete: 0, 1, 2 */
    uint8_t again;  /* a second passage of a facet, in another place */
    uint8_t headed; /* the words stand in the heading only */
    uint8_t bare;   /* a fragment without a verb */
    uint8_t band;   /* below a threshold: cannot tell */
};
struct weights weights_fitted(void);

/* `clause` is whose words are no description by themselves; NULL: none are known. */
void judge(struct arena *a, const struct said *said, const struct rubric *rubric,
    const struct clause *clause, const struct weights *weights, struct judged *out);
/* Index of the clause's constraint in the rubric, or UINT32_MAX: judged by the model only. */
uint32_t rubric_index(const struct judged *j, struct bytes constraint);
/* It counts with full weight: it is no plan, no gap, no advice. */
bool passage_carries(const struct passage *p);
/* What a document can be at most by what kind it is: enum verdict. */
uint8_t verdict_most(const struct said *said, uint32_t doc);
const char *verdict_word(enum verdict v);
const char *refusal_name(enum refusal r); /* a short sentence */
