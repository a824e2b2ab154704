/* SPDX-License-Identifier: Apache-2.0 */
#include "review/catalogue/rubric.h"

#include "core/base/sha256.h"
#include "review/read/structure.h"

#include <stdlib.h>
#include <string.h>

struct taker {
    struct arena *a;
    const struct flat *f;
    struct bytes file;
    struct bytes *error;
    uint32_t concepts;     /* map */
    struct table *numbers; /* phrase -> its number */
    struct list phrases;   /* struct bytes */
};

static bool wrong(
    struct taker *t, uint32_t node, const char *what, const char *expected)
{
    if (!t->error->len)
        *t->error = arena_print(t->a, "%.*s:%u: %s: expected %s", (int)t->file.len,
            (const char *)t->file.at, flat_line(t->f, node), what, expected);
    return false;
}

/* Only the keys of `known`: a word that is spelt wrong must not be a rule that is missing. */
static bool keys_known(struct taker *t, uint32_t map, const char *const *known)
{
    if (flat_kind(t->f, map) != FLAT_MAP)
        return wrong(t, map, "no map", "keys and values");
    for (uint32_t n = flat_first(t->f, map); n; n = flat_after(t->f, map, n)) {
        size_t k = 0;
        while (known[k] && !text_same(flat_key_of(t->f, n), text_of(known[k])))
            k++;
        if (!known[k])
            return wrong(t, n, (const char *)arena_copy(t->a, flat_key_of(t->f, n)).at,
                "a key that docs/decisions/0009-clause-review.md names");
    }
    return true;
}

static bool take_text(struct taker *t, uint32_t map, const char *key, struct bytes *out)
{
    uint32_t n = flat_get(t->f, map, key);
    if (!n || flat_kind(t->f, n) != FLAT_TEXT || !flat_text(t->f, n).len)
        return wrong(t, n ? n : map, key, "a text");
    *out = arena_copy(t->a, flat_text(t->f, n));
    return true;
}

/* Absent: `fallback`. */
static bool take_number(
    struct taker *t, uint32_t map, const char *key, uint32_t max, uint32_t *out)
{
    uint32_t n = flat_get(t->f, map, key);
    if (!n)
        return true;
    struct bytes text = flat_text(t->f, n);
    uint32_t value = 0;
    for (size_t i = 0; i < text.len && value <= max; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return wrong(t, n, key, "a whole number");
        value = value * 10 + (uint32_t)(text.at[i] - '0');
    }
    if (!text.len || value > max)
        return wrong(t, n, key, "a whole number that is not too large");
    *out = value;
    return true;
}

static bool take_flag(struct taker *t, uint32_t map, const char *key, bool *out)
{
    uint32_t n = flat_get(t->f, map, key);
    struct bytes text = flat_text(t->f, n);
    *out = n && text_same(text, TEXT("true"));
    return !n || *out || text_same(text, TEXT("false"))
        || wrong(t, n, key, "true or false");
}

/* Phrases ------------------------------------------------------------------------------- */

static bool is_letter(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
        || c >= 0x80;
}

/* Letters and digits, a full stop between them, '=' before, '*' behind. */
static bool word_formed(struct bytes word)
{
    size_t i = 0;
    if (word.len && word.at[0] == '=')
        i++;
    size_t first = i, end = word.len;
    if (end && word.at[end - 1] == '*')
        end--;
    for (; i < end; i++)
        if (!is_letter(word.at[i])
            && !(word.at[i] == '.' && i > first && i + 1 < word.len))
            return false;
    return end > first;
}

static struct bytes next_word(struct bytes *rest)
{
    struct bytes word = *rest;
    size_t end = text_find(word, TEXT(" "));
    *rest = text_from(word, end + 1);
    return text_upto(word, end);
}

static bool words_formed(struct bytes text)
{
    if (!text.len || text.at[text.len - 1] == ' ')
        return false;
    while (text.len)
        if (!word_formed(next_word(&text)))
            return false;
    return true;
}

/* {one|two words|thr*}, perhaps with '*' behind; *text moves behind it. */
static bool choice_formed(struct bytes *text)
{
    size_t close = text_find(*text, TEXT("}"));
    if (close == text->len)
        return false;
    struct bytes inside = text_upto(text_from(*text, 1), close - 1);
    for (;;) {
        size_t bar = text_find(inside, TEXT("|"));
        if (!words_formed(text_upto(inside, bar)))
            return false;
        if (bar == inside.len)
            break;
        inside = text_from(inside, bar + 1);
    }
    *text = text_from(*text, close + 1);
    if (text->len && text->at[0] == '*')
        *text = text_from(*text, 1);
    if (!text->len)
        return true;
    if (text->at[0] != ' ' || text->len == 1)
        return false;
    *text = text_from(*text, 1);
    return true;
}

/* "~4", "~12"; "~4~": what stands on its sides may change them */
static bool is_gap(struct bytes word)
{
    if (word.len > 2 && word.at[word.len - 1] == '~')
        word.len--;
    if (word.len < 2 || word.len > 3 || word.at[0] != '~' || word.at[1] == '0')
        return false;
    for (size_t i = 1; i < word.len; i++)
        if (word.at[i] < '0' || word.at[i] > '9')
            return false;
    return true;
}

/* A gap stands between two words, and one at most of either order; the rest is words and choices
 * with single spaces. */
static bool phrase_formed(struct bytes text)
{
    bool gap = true;
    uint32_t turning = 0;
    if (!text.len || text.at[text.len - 1] == ' ')
        return false;
    while (text.len) {
        if (text.at[0] == '{') {
            if (!choice_formed(&text))
                return false;
            gap = false;
            continue;
        }
        struct bytes word = next_word(&text);
        if (is_gap(word) && gap)
            return false;
        gap = is_gap(word);
        turning += gap && word.at[word.len - 1] == '~';
        if ((!gap && !word_formed(word)) || turning > 1)
            return false;
    }
    return !gap;
}

static bool number_of(struct taker *t, uint32_t node, uint32_t *out)
{
    struct bytes text = flat_text(t->f, node);
    if (!phrase_formed(text))
        return wrong(t, node, (const char *)arena_copy(t->a, text).at,
            "a phrase as docs/decisions/0009-clause-review.md writes them");
    *out = table_get(t->numbers, text);
    if (*out != TABLE_NONE)
        return true;
    if (t->phrases.count == RUBRIC_PHRASES_MAX)
        return wrong(t, node, "too many phrases", "at most 20,000");
    struct bytes *kept = list_add(&t->phrases);
    *kept = arena_copy(t->a, text);
    *out = (uint32_t)t->phrases.count - 1;
    table_put(t->numbers, *kept, *out);
    return true;
}

static int by_number(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

static struct phrase_set set_of(struct taker *t, struct list *numbers)
{
    uint32_t *at = arena_take(t->a, numbers->count * sizeof *at), count = 0;
    if (numbers->count)
        qsort(numbers->at, numbers->count, sizeof *at, by_number);
    for (size_t i = 0; i < numbers->count; i++) {
        uint32_t n = *LIST_AT(numbers, uint32_t, i);
        if (!count || at[count - 1] != n)
            at[count++] = n;
    }
    list_free(numbers);
    return (struct phrase_set){at, count};
}

static bool add_phrases(struct taker *t, uint32_t list, bool names, struct list *out)
{
    if (flat_kind(t->f, list) != FLAT_LIST)
        return wrong(t, list, "no list", "a list of phrases");
    for (uint32_t n = flat_first(t->f, list); n; n = flat_after(t->f, list, n)) {
        struct bytes text = flat_text(t->f, n);
        if (names && text.len && text.at[0] == '+') {
            const char *name = (const char *)arena_copy(t->a, text_from(text, 1)).at;
            uint32_t concept = flat_get(t->f, t->concepts, name);
            if (!concept)
                return wrong(t, n, name, "the name of a concept above");
            if (!add_phrases(t, concept, false, out))
                return false;
            continue;
        }
        uint32_t number;
        if (!number_of(t, n, &number))
            return false;
        *(uint32_t *)list_add(out) = number;
    }
    return true;
}

static bool take_set(
    struct taker *t, uint32_t map, const char *key, struct phrase_set *out)
{
    struct list numbers = LIST_OF(uint32_t);
    uint32_t n = flat_get(t->f, map, key);
    bool good = !n || add_phrases(t, n, true, &numbers);
    *out = set_of(t, &numbers);
    return good;
}

/* Constraints --------------------------------------------------------------------------- */

static bool take_polarity(struct taker *t, uint32_t map, uint8_t *out)
{
    static const char *const names[] = {"asserted", "denied", "either"};
    uint32_t n = flat_get(t->f, map, "polarity");
    for (uint8_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (!n || text_same(flat_text(t->f, n), text_of(names[i]))) {
            *out = i;
            return true;
        }
    return wrong(t, n, "polarity", "asserted, denied or either");
}

static bool take_also(struct taker *t, uint32_t map, uint8_t *out)
{
    static const struct {
        const char *name;
        uint8_t bit;
    } words[] = {{"gap", ALSO_GAP}, {"planned", ALSO_PLANNED}, {"threat", ALSO_THREAT}};
    uint32_t list = flat_get(t->f, map, "also");
    for (uint32_t n = list ? flat_first(t->f, list) : 0; n;
         n = flat_after(t->f, list, n)) {
        uint8_t bit = 0;
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
            if (text_same(flat_text(t->f, n), text_of(words[i].name)))
                bit = words[i].bit;
        if (!bit)
            return wrong(t, n, "also", "gap, planned or threat");
        *out |= bit;
    }
    return !list || *out || wrong(t, list, "also", "a list of gap, planned or threat");
}

static bool take_facet(struct taker *t, uint32_t map, struct facet *out)
{
    static const char *const known[] = {"id", "why", "any", "with", "near", "not",
        "polarity", "also", "here", "distinct", "support", "kinds", "weight", NULL};
    uint32_t near = 0, weight = 2, kinds = 1;
    if (!keys_known(t, map, known) || !take_text(t, map, "id", &out->id)
        || !take_text(t, map, "why", &out->why) || !take_set(t, map, "any", &out->any)
        || !take_set(t, map, "with", &out->with) || !take_set(t, map, "not", &out->none)
        || !take_polarity(t, map, &out->polarity)
        || !take_flag(t, map, "distinct", &out->distinct)
        || !take_also(t, map, &out->also) || !take_flag(t, map, "here", &out->here)
        || !take_flag(t, map, "support", &out->support)
        || !take_number(t, map, "near", RUBRIC_NEAR_MAX, &near)
        || !take_number(t, map, "kinds", RUBRIC_KINDS_MAX, &kinds)
        || !take_number(t, map, "weight", 3, &weight))
        return false;
    if (!out->any.count || !weight || !kinds)
        return wrong(
            t, map, "any, kinds or weight", "a phrase, and numbers above nought");
    out->near = (uint8_t)near;
    out->weight = (uint8_t)weight;
    out->kinds = (uint8_t)kinds;
    return true;
}

static uint32_t count_of(const struct flat *f, uint32_t list)
{
    uint32_t count = 0;
    for (uint32_t n = flat_first(f, list); n; n = flat_after(f, list, n))
        count++;
    return count;
}

static bool take_facets(struct taker *t, uint32_t map, struct rubric_constraint *out)
{
    uint32_t list = flat_get(t->f, map, "facets"), count = count_of(t->f, list);
    if (!count || count > RUBRIC_FACETS_MAX)
        return wrong(t, list ? list : map, "facets", "one to eight of them");
    struct facet *at = arena_take(t->a, count * sizeof *at);
    out->facets = at;
    for (uint32_t n = flat_first(t->f, list); n; n = flat_after(t->f, list, n)) {
        struct facet *facet = &at[out->facet_count];
        if (!take_facet(t, n, facet))
            return false;
        for (uint8_t k = 0; k < out->facet_count; k++)
            if (text_same(at[k].id, facet->id))
                return wrong(t, n, "id", "another id for each facet of a constraint");
        if (facet->distinct && !out->facet_count)
            return wrong(t, n, "distinct", "a facet before it");
        out->facet_count++;
    }
    return true;
}

static bool take_threshold(
    struct taker *t, uint32_t map, const char *key, struct threshold *out)
{
    static const char *const known[] = {"facets", "score", NULL};
    uint32_t n = flat_get(t->f, map, key), facets = 1, score = 0;
    if (!n)
        return wrong(t, map, key, "facets and score");
    if (!keys_known(t, n, known)
        || !take_number(t, n, "facets", RUBRIC_FACETS_MAX, &facets)
        || !take_number(t, n, "score", RUBRIC_SCORE_MAX, &score))
        return false;
    if (!facets || !score)
        return wrong(t, n, key, "facets and score above nought");
    *out = (struct threshold){(uint8_t)facets, (uint16_t)score};
    return true;
}

static bool take_constraint(
    struct taker *t, uint32_t map, struct rubric_constraint *out)
{
    static const char *const known[] = {
        "id", "derived", "facets", "met", "partial", NULL};
    if (!keys_known(t, map, known) || !take_text(t, map, "id", &out->id)
        || !take_facets(t, map, out) || !take_threshold(t, map, "met", &out->met)
        || !take_threshold(t, map, "partial", &out->partial))
        return false;
    if (out->partial.score > out->met.score)
        return wrong(t, map, "partial", "a score that is not above that of met");
    uint32_t derived = flat_get(t->f, map, "derived");
    if (derived && !text_same(flat_text(t->f, derived), TEXT("practices")))
        return wrong(t, derived, "derived", "practices");
    out->derived = derived ? DERIVED_PRACTICES : DERIVED_NO;
    return true;
}

static bool take_summing(struct taker *t, uint32_t root, struct summing *out)
{
    static const char *const known[] = {
        "fade", "trail", "breadth", "length", "why", NULL};
    uint32_t n = flat_get(t->f, root, "sum"), fade = 0, trail = 0, breadth = 0,
             length = 0;
    if (!n)
        return true;
    if (!keys_known(t, n, known) || !take_number(t, n, "fade", 99, &fade)
        || !take_number(t, n, "trail", 99, &trail)
        || !take_number(t, n, "breadth", 20, &breadth)
        || !take_number(t, n, "length", 9999, &length))
        return false;
    if (!fade || !trail || !length)
        return wrong(t, n, "sum", "fade, trail and length above nought");
    *out = (struct summing){
        (uint8_t)fade, (uint8_t)trail, (uint8_t)breadth, (uint16_t)length};
    return true;
}

static bool take_constraints(struct taker *t, uint32_t root, struct rubric *out)
{
    uint32_t list = flat_get(t->f, root, "constraints"), count = count_of(t->f, list);
    if (!count || count > RUBRIC_CONSTRAINTS_MAX)
        return wrong(t, list ? list : root, "constraints", "one to 64 of them");
    struct rubric_constraint *at = arena_take(t->a, count * sizeof *at);
    out->constraints = at;
    for (uint32_t n = flat_first(t->f, list); n; n = flat_after(t->f, list, n)) {
        struct rubric_constraint *c = &at[out->constraint_count];
        if (!take_constraint(t, n, c))
            return false;
        for (uint32_t k = 0; k < out->constraint_count; k++)
            if (text_same(at[k].id, c->id))
                return wrong(t, n, "id", "another id for each constraint");
        out->constraint_count++;
    }
    return true;
}

static bool take_rubric(struct taker *t, struct rubric *out)
{
    static const char *const known[] = {"schema", "clause", "version", "concepts",
        "specific", "foreign", "named", "sum", "constraints", NULL};
    uint32_t root = flat_first(t->f, 0);
    if (!root)
        return wrong(t, 0, "nothing in it", "a rubric");
    if (!keys_known(t, root, known))
        return false;
    if (!text_same(flat_get_text(t->f, root, "schema"), TEXT("holdfast-rubric/1")))
        return wrong(t, root, "schema", "holdfast-rubric/1");
    t->concepts = flat_get(t->f, root, "concepts");
    return take_text(t, root, "clause", &out->clause)
        && take_set(t, root, "specific", &out->specific)
        && take_set(t, root, "foreign", &out->foreign)
        && take_flag(t, root, "named", &out->named) && take_summing(t, root, &out->sum)
        && take_constraints(t, root, out);
}

static void digest_of(struct bytes text, uint8_t out[32])
{
    struct sha256 sum;
    struct digest d;
    sha256_start(&sum);
    sha256_more(&sum, text);
    sha256_peek(&sum, &d);
    memcpy(out, &d, 32);
}

enum status rubric_parse(struct arena *a, struct bytes file_name, struct bytes text,
    struct rubric *out, struct bytes *error)
{
    struct flat *f = structure_open(a, file_name, text, error);
    struct rubric got = {0};
    if (!f)
        return MALFORMED;
    *error = (struct bytes){0};
    struct taker t = {.a = a,
        .f = f,
        .file = file_name,
        .error = error,
        .numbers = table_new(a, 1024),
        .phrases = LIST_OF(struct bytes)};
    bool good = take_rubric(&t, &got);
    struct bytes *phrases = arena_take(a, t.phrases.count * sizeof *phrases);
    if (t.phrases.count)
        memcpy(phrases, t.phrases.at, t.phrases.count * sizeof *phrases);
    got.phrases = phrases;
    got.phrase_count = (uint32_t)t.phrases.count;
    list_free(&t.phrases);
    flat_free(f);
    if (!good)
        return MALFORMED;
    digest_of(text, got.digest);
    *out = got;
    return OK;
}
