/* SPDX-License-Identifier: Apache-2.0 */
/* What a model said of a constraint, as it stands beside the verdict. */
#include "review/render/clause.h"

enum { QUOTE_SHOWN = 120 };

/* Its beginning, to the end of a word where there is one. */
static struct bytes begun(struct bytes quote)
{
    if (quote.len <= QUOTE_SHOWN)
        return quote;
    size_t n = QUOTE_SHOWN;
    while (n && (quote.at[n] & 0xC0) == 0x80)
        n--;
    for (size_t k = n; k > QUOTE_SHOWN / 2; k--)
        if (quote.at[k] == ' ') {
            n = k;
            break;
        }
    return text_upto(quote, n);
}

struct bytes clause_opinion(
    struct arena *a, const struct clause_page *p, uint32_t constraint)
{
    const struct opinion *o =
        opinion_find(p->opinions, p->clause->constraints[constraint].id);
    if (!o)
        return (struct bytes){0};
    struct bytes model = p->opinions->model,
                 text = arena_print(a, "second opinion (%.*s): %s", (int)model.len,
                     (const char *)model.at, opinion_word(o->word));
    for (uint32_t i = 0; i < o->quote_count; i++) {
        struct bytes quote = begun(o->quotes[i]);
        text = arena_print(a, "%.*s%s “%.*s%s”", (int)text.len, (const char *)text.at,
            i ? "," : ", quotes", (int)quote.len, (const char *)quote.at,
            quote.len < o->quotes[i].len ? " …" : "");
    }
    return text;
}

struct bytes clause_opinion_note(struct arena *a, const struct clause_page *p)
{
    if (!p->opinions)
        return (struct bytes){0};
    return arena_print(a,
        "Second opinions are of a language model, %.*s; no verdict, gap or exit code rests on"
        " them.",
        (int)p->opinions->model.len, (const char *)p->opinions->model.at);
}
