/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Solitary: phrases of a rubric that fit one document and no other.
 *
 * A phrase of many words that stands in exactly one of the documents by which a rubric is
 * measured repeats how that one is worded; with it the rubric would know its own test.
 *
 * Not here: short phrases, which are terms of the field and may well be rare.
 */
#pragma once

#include "review/catalogue/rubric.h"
#include "review/read/unit.h"

enum { SOLITARY_WORDS = 4 };

struct solitary {
    uint32_t phrase, doc;
};

/* Words that a phrase asks for: of a choice those of its shortest, of a gap none. */
uint32_t phrase_words(struct bytes phrase);
/* By phrase; struct solitary, to list_free(). `counts`: for each document, whether it is one of
 * those by which is measured. */
struct list solitary_find(
    const struct rubric *rubric, const struct corpus *corpus, const bool *counts);
