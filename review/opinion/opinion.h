/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opinion: what a language model said of one review of a clause, constraint by constraint.
 *
 * Shown beside a verdict, never a part of it. Promise: of the model there is nothing but one of
 * a few words and quotes; each quote was found, byte for byte, in a passage that it was sent.
 * What it says in words of its own is kept nowhere.
 *
 * Not here: who asks the model (review/asker), whether the review is the one that is shown now
 * (review/main/second.h).
 */
#pragma once

#include "core/base/secret.h"
#include "core/base/status.h"
#include "review/base/text.h"

enum {
    OPINION_FILE_MAX = 1048576, /* bytes */
    OPINION_COUNT_MAX = 64,     /* constraints of a clause */
    OPINION_QUOTES_MAX = 4,
    OPINION_QUOTE_MIN = 12, /* bytes: one word stands in every passage */
    OPINION_QUOTE_MAX = 2000,
    OPINION_NAME_MAX = 128, /* of a model, clause or constraint */
};

enum opinion_word {
    OPINION_MET,
    OPINION_PARTIAL,
    OPINION_ABSENT,
    OPINION_CANNOT_TELL,
    OPINION_OTHER_FORM, /* from here on the model's answer is not taken */
    OPINION_NO_QUOTE,   /* met or partial, and nothing to show for it */
    OPINION_QUOTE_NOT_FOUND,
    OPINION_NOT_ASKED, /* no passage to ask about */
    OPINION_WORDS
};

struct opinion {
    struct bytes constraint;
    enum opinion_word word;
    struct digest prompt; /* of the request's body; zero where nobody was asked */
    struct bytes quotes[OPINION_QUOTES_MAX];
    uint32_t quote_count;
};

struct opinions {
    struct bytes clause, model;
    struct digest
        review; /* SHA-256 of the review's JSON that the model was asked about */
    struct opinion *at;
    uint32_t count;
};

const char *opinion_word(enum opinion_word w); /* "met", "refused: no quote" */
/* A word for itself or none: OPINION_WORDS. */
enum opinion_word opinion_word_of(struct bytes text);
/* What may be shown: printable UTF-8 of that many bytes. */
bool opinion_shows(struct bytes text, size_t least, size_t most);
/* As the texts of one constraint say it, byte for byte. */
bool opinion_quoted(struct bytes quote, const struct bytes *texts, size_t count);
/* Whether quotes go with the word, and as many as it needs. */
bool opinion_fits(const struct opinion *o);
/* NULL: none about it; `all` may be NULL. */
const struct opinion *opinion_find(const struct opinions *all, struct bytes constraint);
/* What holdfast-review-opinion wrote, by opinion.schema.json. */
MUST_USE enum status opinion_parse(
    struct arena *a, struct bytes json, struct opinions *out, const char **why);
