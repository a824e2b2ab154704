/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contradiction: two places of a team's documents that cannot both be so.
 *
 * Two claims about one subject with different values. Claims about parts that both sentences
 * name and that differ (device, cloud, app) are not compared.
 *
 * Promise: each pair of values is told once, by its first places, in the order of the
 * documents. A wrong pair costs the reader a minute, a missed one nobody sees: so rather
 * fewer, and each with both quotations.
 *
 * Not here: what a claim is (claim), whether either is true.
 */
#pragma once

#include "review/check/finding.h"
#include "review/clause/claim.h"

struct contradiction {
    struct claim one, other; /* of the earlier document, or line, first */
};

/* struct contradiction, added to a list. `lexicon` may know words already. */
void contradictions_find(struct arena *a, const struct corpus *corpus,
    struct lexicon *lexicon, struct list *out);
/* The same as findings. */
void check_contradictions(struct judge *j);
