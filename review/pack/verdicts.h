/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verdicts: what a review says, as rows of a statement; and what differs between two of them.
 *
 * Kinds: "finding" (failed at or above the threshold unless accepted, else warned), "rule"
 * (passed: it found nothing), "requirement" (passed where a passed result stands behind it),
 * "constraint" of a reviewed clause (passed where it is verified, demonstrated or tailored).
 */
#pragma once

#include "review/pack/statement.h"
#include "review/render/render.h"

/* fail_on: enum severity, or more: never. */
void verdicts_of(
    struct arena *a, const struct report *r, uint8_t fail_on, struct statement *into);

enum verdict_change { VERDICT_ADDED, VERDICT_REMOVED, VERDICT_CHANGED };
struct verdict_difference {
    uint8_t change;                                 /* enum verdict_change */
    const struct statement_verdict *before, *after; /* NULL: there is none */
};
/* Between two sorted statements, in order of kind and id; struct verdict_difference. */
struct list verdicts_compare(
    const struct statement *before, const struct statement *after);
