/* SPDX-License-Identifier: Apache-2.0 */
#include "review/clause/solitary.h"

#include "review/clause/phrase.h"

static uint32_t blanks(struct bytes text)
{
    uint32_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.at[i] == ' ';
    return count;
}

static uint32_t shortest(struct bytes choice)
{
    uint32_t least = UINT32_MAX;
    while (choice.len) {
        size_t bar = text_find(choice, TEXT("|"));
        uint32_t words = blanks(text_upto(choice, bar)) + 1;
        least = words < least ? words : least;
        choice = text_from(choice, bar + 1);
    }
    return least;
}

uint32_t phrase_words(struct bytes phrase)
{
    uint32_t words = 0;
    while (phrase.len) {
        bool choice = phrase.at[0] == '{';
        size_t end = text_find(phrase, choice ? TEXT("}") : TEXT(" "));
        if (choice)
            words += shortest(text_upto(text_from(phrase, 1), end - 1));
        else if (end)
            words += phrase.at[0] != '~' && phrase.at[0] != '*';
        phrase = text_from(phrase, end + 1);
    }
    return words;
}

/* The only document of a phrase so far. */
static const uint32_t NOWHERE = UINT32_MAX, SEVERAL = UINT32_MAX - 1;

static void look(struct phrases *p, struct lexicon *lexicon, struct arena *a,
    const struct corpus *c, uint32_t doc, uint32_t *only)
{
    const struct document *d = &c->docs[doc];
    struct list hits = LIST_OF(struct phrase_hit);
    for (uint32_t u = d->unit; u < d->unit + d->unit_count; u++) {
        struct words w = words_of(lexicon, a, c->units[u].text);
        hits.count = 0;
        phrases_find(p, &w, &hits);
        for (size_t i = 0; i < hits.count; i++) {
            uint32_t n = LIST_AT(&hits, struct phrase_hit, i)->phrase;
            only[n] = only[n] == NOWHERE || only[n] == doc ? doc : SEVERAL;
        }
    }
    list_free(&hits);
}

struct list solitary_find(
    const struct rubric *rubric, const struct corpus *corpus, const bool *counts)
{
    struct list found = LIST_OF(struct solitary);
    struct arena *a = arena_new();
    struct lexicon *lexicon = lexicon_new(a);
    struct phrases *p = phrases_new(a, lexicon, rubric->phrases, rubric->phrase_count);
    uint32_t *only = arena_take(a, rubric->phrase_count * sizeof *only);
    for (uint32_t i = 0; i < rubric->phrase_count; i++)
        only[i] = NOWHERE;
    for (uint32_t d = 0; d < corpus->doc_count; d++)
        if (counts[d])
            look(p, lexicon, a, corpus, d, only);
    for (uint32_t i = 0; i < rubric->phrase_count; i++)
        if (only[i] != NOWHERE && only[i] != SEVERAL
            && phrase_words(rubric->phrases[i]) >= SOLITARY_WORDS)
            *(struct solitary *)list_add(&found) = (struct solitary){i, only[i]};
    phrases_free(p);
    arena_free(a);
    return found;
}
