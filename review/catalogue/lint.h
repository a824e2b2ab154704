/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lint: whether a catalogue and its rubrics are good data, beyond being well formed.
 *
 * Asked for: references across files; samples of patterns; that each constraint has a test, a
 * question, a gap and a rubric; placeholders and promises of defence texts; sentences of at most
 * 40 words that stand once; thresholds that can be reached; concepts that are used.
 *
 * Not here: whether a rubric was fitted to one document (review/clause/solitary.h).
 */
#pragma once

#include "review/catalogue/library.h"

enum {
    LINT_SENTENCE_WORDS = 40,
    LINT_RUN_WORDS = 9, /* that may not stand in the texts of two clauses */
};

/* The line of a rubric's file on which a phrase stands first. */
uint32_t lint_line_of_phrase(
    struct arena *a, const struct rubric_file *file, struct bytes phrase);
/* Lines `FILE:LINE: what: expected …`, struct bytes, sorted as they are found; to list_free(). */
struct list lint(struct arena *a, const struct library *l);
