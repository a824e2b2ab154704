/* SPDX-License-Identifier: Apache-2.0 */
#include "review/opinion/value.h"

#include "review/read/json_read.h"
#include "review/read/read.h"

struct building {
    struct arena *a;
    struct value top; /* the list whose only member is the whole */
    struct {
        struct value *of, *last;
    } open[READ_DEPTH_MAX + 1];
    uint32_t depth, count, most;
    struct bytes key;
    enum status status;
    const char *why;
};

static bool stop(struct building *b, enum status s, const char *why)
{
    b->status = s;
    b->why = why;
    return false;
}

static struct value *add(struct building *b, enum value_kind kind)
{
    struct value *of = b->open[b->depth].of, *v = arena_take(b->a, sizeof *v);
    v->kind = kind;
    v->key = b->key;
    b->key = (struct bytes){0};
    if (b->open[b->depth].last)
        b->open[b->depth].last->next = v;
    else
        of->first = v;
    b->open[b->depth].last = v;
    of->count++;
    return v;
}

static bool room(struct building *b)
{
    return b->count++ < b->most || stop(b, REFUSED, "too many values");
}

static bool on_open(void *ctx, bool map, uint32_t line)
{
    struct building *b = ctx;
    (void)line;
    if (!room(b))
        return false;
    struct value *v = add(b, map ? VALUE_MAP : VALUE_LIST);
    b->depth++;
    b->open[b->depth].of = v;
    b->open[b->depth].last = NULL;
    return true;
}

static bool on_close(void *ctx)
{
    ((struct building *)ctx)->depth--;
    return true;
}

static bool on_key(void *ctx, struct bytes key, uint32_t line)
{
    struct building *b = ctx;
    const struct value *map = b->open[b->depth].of;
    (void)line;
    if (map->count == VALUE_KEYS_MAX)
        return stop(b, REFUSED, "too many keys in a map");
    for (const struct value *v = map->first; v; v = v->next)
        if (text_same(v->key, key))
            return stop(b, MALFORMED, "a key stands twice");
    b->key = arena_copy(b->a, key);
    return true;
}

static bool on_value(void *ctx, enum json_kind kind, struct bytes text, uint32_t line)
{
    struct building *b = ctx;
    (void)line;
    if (!room(b))
        return false;
    struct value *v = add(b, kind == JSON_STRING ? VALUE_TEXT : VALUE_OTHER);
    v->text = arena_copy(b->a, text);
    return true;
}

enum status value_parse(struct arena *a, struct bytes json, uint32_t most,
    const struct value **out, const char **why)
{
    struct building *b = arena_take(a, sizeof *b);
    *b = (struct building){.a = a, .most = most, .status = OK};
    b->open[0].of = &b->top;
    struct json_events events = {b, on_open, on_close, on_key, on_value};
    struct json_result r = json_read(json, &events);
    if (r.end == JSON_MALFORMED || r.end == JSON_TOO_DEEP)
        stop(b, MALFORMED, "no JSON text");
    if (b->status == OK)
        *out = b->top.first;
    else
        *why = b->why;
    return b->status;
}

const struct value *value_at(const struct value *v, const char *key)
{
    if (!v || v->kind != VALUE_MAP)
        return NULL;
    const struct value *m = v->first;
    while (m && !text_same(m->key, text_of(key)))
        m = m->next;
    return m;
}

const struct value *value_list(const struct value *v, const char *key)
{
    const struct value *m = value_at(v, key);
    return m && m->kind == VALUE_LIST ? m : NULL;
}

struct bytes value_text(const struct value *v, const char *key)
{
    const struct value *m = value_at(v, key);
    return m && m->kind == VALUE_TEXT ? m->text : (struct bytes){0};
}
