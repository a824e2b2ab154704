/* SPDX-License-Identifier: Apache-2.0 */
#include "review/catalogue/fields.h"

#include "core/base/utf8.h"

#include <string.h>

enum { SHOWN_MAX = 60 }; /* bytes of a value in an error line */

static struct bytes shown(struct bytes text)
{
    size_t n = text.len < SHOWN_MAX ? text.len : SHOWN_MAX;
    while (n > 0 && n < text.len && (text.at[n] & 0xC0) == 0x80)
        n--;
    text = text_upto(text, n);
    return utf8_printable(text) ? text : TEXT("a text with control characters");
}

bool fields_refuse(
    struct fields *f, uint32_t node, struct bytes what, const char *expected)
{
    what = shown(what);
    *f->error = arena_print(f->a, "%.*s:%u: %.*s: expected %s", (int)f->name.len,
        (const char *)f->name.at, flat_line(f->flat, node), (int)what.len,
        (const char *)what.at, expected);
    return false;
}

/* "constraints" where it has a name, else what it is. */
static struct bytes named(const struct fields *f, uint32_t node)
{
    struct bytes key = flat_key_of(f->flat, node);
    return key.len ? key : TEXT("an entry");
}

static const struct field_rule *rule_for(
    const struct field_rule *rules, size_t count, struct bytes key)
{
    for (size_t i = 0; i < count; i++)
        if (text_same(key, text_of(rules[i].key)))
            return &rules[i];
    return NULL;
}

static bool refuse_key(
    struct fields *f, uint32_t node, const struct field_rule *rules, size_t count)
{
    struct bytes all = {0};
    for (size_t i = 0; i < count; i++)
        all = arena_print(f->a, "%.*s%s%s", (int)all.len,
            all.len ? (const char *)all.at : "", i ? ", " : "", rules[i].key);
    return fields_refuse(f, node, flat_key_of(f->flat, node),
        (const char *)arena_print(
            f->a, "one of the keys %.*s", (int)all.len, (const char *)all.at)
            .at);
}

bool fields_take(struct fields *f, uint32_t map, const struct field_rule *rules,
    size_t count, void *to)
{
    if (flat_kind(f->flat, map) != FLAT_MAP)
        return fields_refuse(f, map, named(f, map), "a map of keys and values");
    for (uint32_t n = flat_first(f->flat, map); n; n = flat_after(f->flat, map, n)) {
        const struct field_rule *r = rule_for(rules, count, flat_key_of(f->flat, n));
        if (!r)
            return refuse_key(f, n, rules, count);
        if (!r->take(f, n, (char *)to + r->offset))
            return false;
    }
    for (size_t i = 0; i < count; i++)
        if (rules[i].must && !flat_get(f->flat, map, rules[i].key))
            return fields_refuse(f, map, named(f, map),
                (const char *)arena_print(f->a, "the key %s", rules[i].key).at);
    return true;
}

/* Trimmed, white space folded to single blanks. */
static struct bytes folded(struct arena *a, struct bytes text)
{
    text = text_trim(text);
    uint8_t *to = arena_take(a, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.at[i];
        bool white = c == ' ' || (c >= '\t' && c <= '\r');
        if (!white)
            to[len++] = c;
        else if (len && to[len - 1] != ' ')
            to[len++] = ' ';
    }
    return (struct bytes){to, len};
}

bool field_text(struct fields *f, uint32_t node, void *bytes)
{
    struct bytes *to = bytes, text = flat_text(f->flat, node);
    if (flat_kind(f->flat, node) != FLAT_TEXT || !text_trim(text).len)
        return fields_refuse(f, node, named(f, node), "a text");
    if (text.len > FIELD_TEXT_MAX)
        return fields_refuse(f, node, text, "at most 2000 bytes");
    *to = folded(f->a, text);
    return utf8_printable(*to)
        || fields_refuse(f, node, named(f, node), "printable UTF-8");
}

static uint32_t children(const struct flat *f, uint32_t list)
{
    uint32_t count = 0;
    for (uint32_t n = flat_first(f, list); n; n = flat_after(f, list, n))
        count++;
    return count;
}

static bool take_all(struct fields *f, uint32_t node, field_fn *take, struct texts *to)
{
    if (flat_kind(f->flat, node) != FLAT_LIST)
        return fields_refuse(f, node, named(f, node), "a list of texts");
    uint32_t count = children(f->flat, node), i = 0;
    if (count > FIELD_TEXTS_MAX)
        return fields_refuse(f, node, named(f, node), "at most 1000 texts");
    struct bytes *at = arena_take(f->a, count * sizeof *at);
    for (uint32_t n = flat_first(f->flat, node); n; n = flat_after(f->flat, node, n))
        if (!take(f, n, &at[i++]))
            return false;
    *to = (struct texts){at, count};
    return true;
}

bool field_texts(struct fields *f, uint32_t node, void *texts)
{
    return take_all(f, node, field_text, texts);
}

static bool id_byte(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
        || c == '.' || c == ':' || c == '-' || c == '_';
}

bool field_id(struct fields *f, uint32_t node, void *bytes)
{
    struct bytes *to = bytes, text = flat_text(f->flat, node);
    bool sound = text.len > 0 && text.len <= FIELD_ID_MAX;
    for (size_t i = 0; i < text.len && sound; i++)
        sound = id_byte(text.at[i]);
    if (!sound)
        return fields_refuse(f, node, text.len ? text : named(f, node),
            "an id of at most 64 letters, digits and . : - _");
    *to = arena_copy(f->a, text);
    return true;
}

bool field_ids(struct fields *f, uint32_t node, void *texts)
{
    return take_all(f, node, field_id, texts);
}

bool field_bool(struct fields *f, uint32_t node, void *boolean)
{
    struct bytes text = flat_text(f->flat, node);
    bool yes = text_same(text, TEXT("true"));
    if (!yes && !text_same(text, TEXT("false")))
        return fields_refuse(f, node, named(f, node), "true or false");
    *(bool *)boolean = yes;
    return true;
}

bool field_word(struct fields *f, uint32_t node, const char *const *words, size_t count,
    const char *expected, uint8_t *place)
{
    struct bytes text = flat_text(f->flat, node);
    for (size_t i = 0; i < count; i++)
        if (text_same(text, text_of(words[i]))) {
            *place = (uint8_t)i;
            return true;
        }
    return fields_refuse(f, node, text.len ? text : named(f, node), expected);
}

bool field_rows(struct fields *f, uint32_t node, const struct field_rows_kind *kind,
    struct field_rows *rows)
{
    if (flat_kind(f->flat, node) != FLAT_LIST)
        return fields_refuse(f, node, named(f, node), "a list of maps");
    uint32_t count = children(f->flat, node), i = 0;
    if (count > kind->max)
        return fields_refuse(f, node, named(f, node),
            (const char *)arena_print(f->a, "at most %u entries", kind->max).at);
    char *at = arena_take(f->a, count * kind->each);
    for (uint32_t n = flat_first(f->flat, node); n; n = flat_after(f->flat, node, n)) {
        char *to = at + kind->each * i++;
        uint32_t line = flat_line(f->flat, n);
        memcpy(to + kind->line, &line, sizeof line);
        if (!fields_take(f, n, kind->rules, kind->count, to))
            return false;
    }
    *rows = (struct field_rows){at, count};
    return true;
}
