/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/sha256.h"
#include "core/base/utf8.h"
#include "review/asker/asked.h"
#include "review/opinion/opinion.h"
#include "review/opinion/value.h"

enum { VALUES_MAX = 1000000 };

static struct bytes cut(struct bytes text)
{
    size_t n = text.len < ASKED_PASSAGE_MAX ? text.len : ASKED_PASSAGE_MAX;
    while (n && n < text.len && (text.at[n] & 0xC0) == 0x80)
        n--;
    return text_upto(text, n);
}

static bool is_there(const struct asked_constraint *c, struct bytes text)
{
    for (uint32_t i = 0; i < c->passage_count; i++)
        if (text_same(c->passages[i], text))
            return true;
    return false;
}

/* False: a passage without a text. What could not be shown is not sent either. */
static bool take_passages(const struct value *list, struct asked_constraint *c)
{
    for (const struct value *p = list->first; p; p = p->next) {
        const struct value *text = value_at(p, "text");
        if (!text || text->kind != VALUE_TEXT)
            return false;
        struct bytes shown = cut(text->text);
        if (c->passage_count < ASKED_PASSAGES_MAX && utf8_shows(shown)
            && utf8_printable(shown) && !is_there(c, shown))
            c->passages[c->passage_count++] = shown;
    }
    return true;
}

static bool take_constraint(const struct value *v, struct asked_constraint *c)
{
    const struct value *counted = value_list(v, "passages"),
                       *refused = value_list(v, "refused");
    c->id = value_text(v, "id");
    c->question = value_text(v, "question");
    return opinion_shows(c->id, 1, OPINION_NAME_MAX)
        && opinion_shows(c->question, 1, ASKED_QUESTION_MAX) && counted && refused
        && take_passages(counted, c) && take_passages(refused, c);
}

enum status asked_parse(
    struct arena *a, struct bytes json, struct asked *out, const char **why)
{
    const struct value *v = NULL;
    struct asked got = {0};
    struct sha256 sum;

    *why = "more than 33,554,432 bytes";
    if (json.len > ASKED_FILE_MAX)
        return REFUSED;
    TRY(value_parse(a, json, VALUES_MAX, &v, why));
    const struct value *list = value_list(v, "constraints");
    got.clause = value_text(v, "clause");
    *why = "not what holdfast-review clause --json writes";
    if (!text_same(value_text(v, "schema"), TEXT("holdfast-review-clause/1")) || !list
        || list->count > ASKED_CONSTRAINTS_MAX
        || !opinion_shows(got.clause, 1, OPINION_NAME_MAX))
        return MALFORMED;
    got.at = arena_take(a, list->count * sizeof *got.at);
    for (const struct value *c = list->first; c; c = c->next)
        if (!take_constraint(c, &got.at[got.count++]))
            return MALFORMED;
    sha256_start(&sum);
    sha256_more(&sum, json);
    sha256_peek(&sum, &got.review);
    *out = got;
    return OK;
}
