/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wording: could a competent tester derive pass or fail from this sentence alone?
 *
 * A table of open words, each with a weight and the reason, against signs that a trial decides
 * (a bound with its unit, a named mechanism, a quoted value, a condition with an observable
 * reaction). It judges words, not sense: a sentence it calls testable may still be wrong.
 */
#pragma once

#include "review/base/text.h"

enum { WORDING_WORDS = 6 };

enum wording_gap { /* what kind of thing is missing; the first that was found */
    GAP_NONE,
    GAP_OPEN_WORD,  /* secure, appropriate, adequate */
    GAP_ESCAPE,     /* where possible, as needed */
    GAP_WEAK_VERB,  /* support, handle, facilitate without a bound */
    GAP_MECHANISM,  /* authenticate to the cloud: how, and what happens otherwise */
    GAP_UNFINISHED, /* TBD, "X ms", a question mark */
};

struct wording {
    bool vague;
    enum wording_gap gap;
    uint32_t word_count;
    struct bytes words[WORDING_WORDS]; /* as they stand in the text */
    const char *why;                   /* of the first and heaviest */
};

struct wording wording_of(struct bytes text);
/* How many things the sentence asks for: clauses joined by "and", "or", ";" that could each
 * fail alone. 1: one. */
uint32_t wording_parts(struct bytes text);
