/* SPDX-License-Identifier: Apache-2.0 */
#include "review/opinion/opinion.h"

#include "core/base/utf8.h"

static const char *const words[OPINION_WORDS] = {
    [OPINION_MET] = "met",
    [OPINION_PARTIAL] = "partial",
    [OPINION_ABSENT] = "absent",
    [OPINION_CANNOT_TELL] = "cannot-tell",
    [OPINION_OTHER_FORM] = "refused: answer of another form",
    [OPINION_NO_QUOTE] = "refused: no quote",
    [OPINION_QUOTE_NOT_FOUND] = "refused: quote not found",
    [OPINION_NOT_ASKED] = "not asked: no passage",
};

const char *opinion_word(enum opinion_word w)
{
    return words[w];
}

enum opinion_word opinion_word_of(struct bytes text)
{
    enum opinion_word w = OPINION_MET;
    while (w < OPINION_WORDS && !text_same(text, text_of(words[w])))
        w++;
    return w;
}

bool opinion_shows(struct bytes text, size_t least, size_t most)
{
    return text.len >= least && text.len <= most && utf8_shows(text)
        && utf8_printable(text);
}

bool opinion_fits(const struct opinion *o)
{
    if (o->word > OPINION_CANNOT_TELL)
        return o->quote_count == 0;
    return o->quote_count > 0 || o->word == OPINION_ABSENT
        || o->word == OPINION_CANNOT_TELL;
}

const struct opinion *opinion_find(const struct opinions *all, struct bytes constraint)
{
    for (uint32_t i = 0; all && i < all->count; i++)
        if (text_same(all->at[i].constraint, constraint))
            return &all->at[i];
    return NULL;
}
