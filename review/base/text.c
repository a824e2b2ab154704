/* SPDX-License-Identifier: Apache-2.0 */
#include "review/base/text.h"

#include <assert.h>
#include <string.h>

struct bytes text_of(const char *c_string)
{
    return (struct bytes){(const uint8_t *)c_string, strlen(c_string)};
}

bool text_same(struct bytes a, struct bytes b)
{
    return a.len == b.len && (!a.len || memcmp(a.at, b.at, a.len) == 0);
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

static bool same_word_n(const uint8_t *a, const uint8_t *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (lower(a[i]) != lower(b[i]))
            return false;
    return true;
}

bool text_same_word(struct bytes a, struct bytes b)
{
    return a.len == b.len && same_word_n(a.at, b.at, a.len);
}

int text_order(struct bytes a, struct bytes b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int order = n ? memcmp(a.at, b.at, n) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

bool text_starts(struct bytes a, struct bytes front)
{
    return a.len >= front.len && text_same((struct bytes){a.at, front.len}, front);
}

bool text_ends(struct bytes a, struct bytes back)
{
    return a.len >= back.len
        && text_same((struct bytes){a.at + (a.len - back.len), back.len}, back);
}

size_t text_find(struct bytes a, struct bytes what)
{
    if (!what.len)
        return 0;
    const uint8_t *at = a.len ? memmem(a.at, a.len, what.at, what.len) : NULL;
    return at ? (size_t)(at - a.at) : a.len;
}

size_t text_find_word(struct bytes a, struct bytes what)
{
    if (!what.len)
        return 0;
    uint8_t first = lower(what.at[0]), upper = first;
    if (first >= 'a' && first <= 'z')
        upper = (uint8_t)(first - ('a' - 'A'));
    for (size_t i = 0; i + what.len <= a.len; i++)
        if ((a.at[i] == first || a.at[i] == upper)
            && same_word_n(a.at + i, what.at, what.len))
            return i;
    return a.len;
}

static bool white(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct bytes text_trim(struct bytes a)
{
    while (a.len && white(a.at[0]))
        a = text_from(a, 1);
    while (a.len && white(a.at[a.len - 1]))
        a.len--;
    return a;
}

struct bytes text_from(struct bytes a, size_t offset)
{
    if (offset >= a.len)
        return (struct bytes){a.at ? a.at + a.len : NULL, 0};
    return (struct bytes){a.at + offset, a.len - offset};
}

struct bytes text_upto(struct bytes a, size_t len)
{
    return (struct bytes){a.at, len < a.len ? len : a.len};
}

bool text_next_part(struct bytes *list, struct bytes *part)
{
    if (!list->len)
        return false;
    size_t comma = text_find(*list, TEXT(","));
    *part = text_trim(text_upto(*list, comma));
    *list = text_from(*list, comma + 1);
    return true;
}

/* Open addressing, at most half full; a value of TABLE_NONE marks a free place. */
struct place {
    const uint8_t *key;
    uint32_t len, hash, value;
};

struct table {
    struct arena *arena;
    struct place *places;
    size_t cap, used;
};

static uint32_t hash_of(struct bytes key)
{
    uint64_t h =
        1469598103934665603u; /* FNV-1a, then mixed: ids differ in their last letters */
    for (size_t i = 0; i < key.len; i++)
        h = (h ^ key.at[i]) * 1099511628211u;
    return (uint32_t)((h ^ (h >> 32)) * 0x9E3779B97F4A7C15u >> 32);
}

static void make_room(struct table *t, size_t cap)
{
    t->places = arena_take(t->arena, cap * sizeof *t->places);
    t->cap = cap;
    for (size_t i = 0; i < cap; i++)
        t->places[i].value = TABLE_NONE;
}

struct table *table_new(struct arena *a, size_t expected)
{
    struct table *t = arena_take(a, sizeof *t);
    size_t cap = 64;
    while (cap < expected * 2)
        cap *= 2;
    t->arena = a;
    make_room(t, cap);
    return t;
}

static struct place *place_of(const struct table *t, uint32_t hash, struct bytes key)
{
    size_t i = hash & (t->cap - 1);
    while (t->places[i].value != TABLE_NONE
        && (t->places[i].hash != hash
            || !text_same((struct bytes){t->places[i].key, t->places[i].len}, key)))
        i = (i + 1) & (t->cap - 1);
    return &t->places[i];
}

uint32_t table_get(const struct table *t, struct bytes key)
{
    return place_of(t, hash_of(key), key)->value;
}

uint32_t *table_at(struct table *t, struct bytes key)
{
    assert(key.len <= UINT32_MAX);
    if (t->used * 2 >= t->cap) {
        struct table old = *t;
        make_room(t, old.cap * 2);
        for (size_t i = 0; i < old.cap; i++)
            if (old.places[i].value != TABLE_NONE)
                *place_of(t, old.places[i].hash,
                    (struct bytes){old.places[i].key, old.places[i].len}) =
                    old.places[i];
    }
    uint32_t hash = hash_of(key);
    struct place *p = place_of(t, hash, key);
    if (p->value == TABLE_NONE) {
        *p = (struct place){key.at, (uint32_t)key.len, hash, TABLE_NONE};
        t->used++;
    }
    return &p->value;
}

void table_put(struct table *t, struct bytes key, uint32_t value)
{
    assert(value != TABLE_NONE);
    *table_at(t, key) = value;
}
