/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nearest: the unit whose words come closest to a text, by BM25. A finder for a person who
 * asks where it might stand; it decides nothing.
 *
 * Promise: the first in document order of those that come equally close; none when no word
 * that tells anything is shared.
 */
#pragma once

#include "review/catalogue/catalogue.h"
#include "review/catalogue/rubric.h"
#include "review/clause/said.h"

/* The words by which a constraint is looked for: its text in the catalogue, and its facets'. */
struct bytes clause_words(
    struct arena *a, const struct clause *clause, const struct rubric_constraint *c);
/* Of the documents from said->first_doc on; UNIT_NONE: none. The lexicon may grow. */
uint32_t nearest_unit(struct arena *a, const struct said *said, struct bytes text);
