/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prove: what the project's evidence says of each constraint of a clause, besides the words.
 *
 * Two axes. What is *described* comes from judge. A described constraint is *verified* when a
 * requirement that its passages name (or the section that they stand in meets) has a
 * passed result, none failed, and none of them stale; *demonstrated* when besides a control of
 * such a requirement was seen to fail its test when it was taken away. A requirement may also
 * name the constraint itself, in a field `constraint` or `practice`. Its passages are all that
 * carry it, in each document that meets it: what is shown of a constraint does not depend on
 * which of them is printed, or first. What only touches (a plan, a known gap) links nothing.
 *
 * Tailoring is a decision of kind "tailoring" about the clause that names a practice (its
 * letter), a control group or a constraint. It holds with a reason, a name, that person's
 * expertise in security and a date, and until its last day; else it is kept with what it lacks,
 * and does not hold. A group of which nobody said whether it applies is a question, not a gap.
 *
 * Promise: nothing here raises a verdict of judge; what holds only by tailoring says so.
 *
 * Not here: staleness and ladder (review/check), texts for people (defence, review/render).
 */
#pragma once

#include "review/check/finding.h"
#include "review/clause/judge.h"

enum standing { /* of a constraint, in rising order of what is shown */
    STANDING_ABSENT,
    STANDING_ASK, /* absent, and its group may not apply: somebody has to say */
    STANDING_CANNOT_TELL,
    STANDING_PARTIAL,
    STANDING_DESCRIBED,
    STANDING_TAILORED,
    STANDING_VERIFIED,
    STANDING_DEMONSTRATED,
    STANDINGS
};

struct tailoring {
    uint32_t item;      /* the decision */
    uint64_t about;     /* bits of constraints */
    struct bytes lacks; /* empty: it holds; else what is missing, for a person */
};

struct proof {
    uint32_t requirement; /* item */
    uint32_t result;      /* newest passed one, or ITEM_NONE */
    uint8_t ladder;       /* enum ladder */
    bool stale, failed;
    uint32_t place; /* of its passage: what is printed first comes first */
};

struct standing_of {  /* one constraint */
    uint8_t standing; /* enum standing */
    const struct verdict_of *verdict;
    struct proof *proofs; /* best first */
    uint32_t proof_count;
    uint32_t tailored_by; /* index in tailorings, or UINT32_MAX */
};

struct standings {
    struct standing_of *at; /* of each constraint of the clause */
    struct tailoring *tailorings;
    uint32_t tailoring_count;
    uint32_t count[STANDINGS];
};

/* `findings` are those of the same model. The rubric names each constraint of the clause, or
 * leaves it out: then it is judged by the model alone. */
void prove(struct arena *a, const struct model *m, const struct findings *findings,
    const struct rules *rules, const struct clause *clause, const struct judged *judged,
    struct standings *out);
const char *standing_name(enum standing s);
