/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answer: what a team can tell an auditor about one clause, and what it cannot.
 *
 * Gaps are those of the catalogue whose constraints are not shown. The defence is the
 * catalogue's text, filled with product, document, version, date and section, and a sentence
 * for each demonstrated constraint; what is less than demonstrated is named as an exception.
 *
 * Promise: no defence while a constraint is absent, undecided or asked; the catalogue's own
 * sentence only when every constraint is described or tailored; no word that it forbids.
 *
 * Not here: the verdicts (judge, prove), pages (review/render).
 */
#pragma once

#include "review/clause/head.h"
#include "review/clause/prove.h"

struct gap_found {
    const struct gap *gap;
    uint64_t of;      /* bits of constraints that are not shown */
    uint8_t severity; /* enum gap_severity; one lower where something was found */
    bool asks;        /* the group may not apply: a question first */
};

struct answer {
    struct gap_found *gaps; /* the worst first, then in order of the catalogue */
    uint32_t gap_count;
    struct bytes defence;  /* empty: there is none */
    struct bytes why_none; /* then: why */
    struct bytes open;     /* what is not shown yet, one sentence; may be empty */
};

void answer(struct arena *a, const struct model *m, struct bytes product,
    const struct clause *clause, const struct standings *s, struct answer *out);
