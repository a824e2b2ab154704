/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/hex.h"
#include "review/opinion/opinion.h"
#include "review/opinion/value.h"

enum { VALUES_MAX = 2048 }; /* twice what the largest file has */

/* Nothing beside what is asked for below. */
static bool has(const struct value *v, uint32_t count)
{
    return v->kind == VALUE_MAP && v->count == count;
}

static bool take_name(const struct value *v, const char *key, struct bytes *out)
{
    *out = value_text(v, key);
    return opinion_shows(*out, 1, OPINION_NAME_MAX);
}

static bool take_digest(const struct value *v, const char *key, struct digest *out)
{
    return hex_parse(value_text(v, key), ROOM_OF(out->b)) == OK;
}

static bool take_quotes(const struct value *list, struct opinion *o)
{
    if (list->count > OPINION_QUOTES_MAX)
        return false;
    for (const struct value *q = list->first; q; q = q->next) {
        if (q->kind != VALUE_TEXT
            || !opinion_shows(q->text, OPINION_QUOTE_MIN, OPINION_QUOTE_MAX))
            return false;
        o->quotes[o->quote_count++] = q->text;
    }
    return true;
}

static bool take_opinion(const struct value *v, struct opinion *o)
{
    const struct value *quotes = value_list(v, "quotes");
    o->word = opinion_word_of(value_text(v, "opinion"));
    uint32_t keys = o->word == OPINION_NOT_ASKED ? 2
        : o->word > OPINION_CANNOT_TELL          ? 3
                                                 : 4;
    return o->word < OPINION_WORDS && has(v, keys)
        && take_name(v, "constraint", &o->constraint)
        && (keys < 3 || take_digest(v, "prompt_sha256", &o->prompt))
        && (keys < 4 || (quotes && take_quotes(quotes, o))) && opinion_fits(o);
}

enum status opinion_parse(
    struct arena *a, struct bytes json, struct opinions *out, const char **why)
{
    static const char form[] = "not as opinion.schema.json says";
    const struct value *v = NULL;
    struct opinions got = {0};

    *why = "more than 1,048,576 bytes";
    if (json.len > OPINION_FILE_MAX)
        return REFUSED;
    TRY(value_parse(a, json, VALUES_MAX, &v, why));
    const struct value *list = value_list(v, "opinions");
    *why = form;
    if (!has(v, 5) || !list || list->count > OPINION_COUNT_MAX
        || !text_same(value_text(v, "schema"), TEXT("holdfast-review-opinion/1"))
        || !take_name(v, "clause", &got.clause) || !take_name(v, "model", &got.model)
        || !take_digest(v, "review_sha256", &got.review))
        return MALFORMED;
    got.at = arena_take(a, list->count * sizeof *got.at);
    for (const struct value *o = list->first; o; o = o->next, got.count++)
        if (!take_opinion(o, &got.at[got.count])
            || opinion_find(&got, got.at[got.count].constraint))
            return MALFORMED;
    *out = got;
    return OK;
}
