/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/entries.h"

#include "review/read/read.h"

#include <string.h>

enum { PATH_MAX_BYTES = 256 };

struct writer {
    const struct flat *flat;
    struct emit *out;
    struct bytes spoken; /* the text of the ENTRY that is open; empty: all its values */
    bool any;            /* one value has been said */
    bool silent;         /* fields only, of all depths; the unit has a text already */
    uint32_t fields;
    bool cut_said;
};

/* Keys joined by '.', as deep as they fit. */
struct path {
    uint8_t at[PATH_MAX_BYTES];
    size_t len;
};

static struct bytes path_text(const struct path *p)
{
    return (struct bytes){p->at, p->len};
}

static size_t path_push(struct path *p, struct bytes key)
{
    size_t before = p->len;
    if (p->len && p->len < sizeof p->at)
        p->at[p->len++] = '.';
    size_t n = key.len < sizeof p->at - p->len ? key.len : sizeof p->at - p->len;
    if (n)
        memcpy(p->at + p->len, key.at, n);
    p->len += n;
    return before;
}

static bool is_container(const struct flat *f, uint32_t n)
{
    return flat_kind(f, n) == FLAT_MAP || flat_kind(f, n) == FLAT_LIST;
}

static bool map_of_maps(const struct flat *f, uint32_t map)
{
    uint32_t count = 0;
    for (uint32_t c = flat_first(f, map); c; c = flat_after(f, map, c), count++)
        if (flat_kind(f, c) != FLAT_MAP)
            return false;
    return count >= 2;
}

/* Does it become ENTRYs of its own, rather than fields of the map that it stands in? */
static bool holds_entries(const struct flat *f, uint32_t n)
{
    if (flat_kind(f, n) == FLAT_MAP)
        return map_of_maps(f, n);
    if (flat_kind(f, n) != FLAT_LIST)
        return false;
    for (uint32_t c = flat_first(f, n); c; c = flat_after(f, n, c))
        if (flat_kind(f, c) == FLAT_MAP || holds_entries(f, c))
            return true;
    return false;
}

static void say_field(
    struct writer *w, struct bytes name, struct bytes value, uint32_t line)
{
    if (w->fields++ >= EMIT_FIELDS_MAX) {
        if (!w->cut_said)
            emit_note(w->out, NOTE_TOO_MUCH, line, 0, TEXT("fields of one entry"));
        w->cut_said = true;
        return;
    }
    emit_field(w->out, name, value, line);
    if (w->silent || w->spoken.len || !value.len)
        return;
    if (w->any)
        emit_text(w->out, TEXT(" | "));
    emit_text(w->out, value);
    w->any = true;
}

static void say_fields(struct writer *w, uint32_t map, struct path *p);

/* Depth is bounded by READ_DEPTH_MAX, so that recursion is too. */
static void say_scalars(struct writer *w, uint32_t list, struct path *p)
{
    const struct flat *f = w->flat;
    for (uint32_t c = flat_first(f, list); c; c = flat_after(f, list, c)) {
        if (!is_container(f, c))
            say_field(w, path_text(p), flat_text(f, c), flat_line(f, c));
        else if (flat_kind(f, c) == FLAT_LIST)
            say_scalars(w, c, p);
        else if (w->silent)
            say_fields(w, c, p);
    }
}

static void say_fields(struct writer *w, uint32_t map, struct path *p)
{
    const struct flat *f = w->flat;
    for (uint32_t c = flat_first(f, map); c; c = flat_after(f, map, c)) {
        size_t before = path_push(p, flat_key_of(f, c));
        if (!is_container(f, c) || !flat_first(f, c))
            say_field(w, path_text(p), flat_text(f, c), flat_line(f, c));
        else if (flat_kind(f, c) == FLAT_LIST)
            say_scalars(w, c, p);
        else if (w->silent || !holds_entries(f, c))
            say_fields(w, c, p);
        p->len = before;
    }
}

static struct bytes spoken_text(const struct flat *f, uint32_t map)
{
    static const char *const words[] = {"text", "title", "name"};
    struct bytes best = {0};
    size_t rank = 3;
    for (uint32_t c = flat_first(f, map); c; c = flat_after(f, map, c))
        for (size_t i = 0; i < rank; i++)
            if (!is_container(f, c)
                && text_same_word(flat_key_of(f, c), text_of(words[i]))
                && flat_text(f, c).len) {
                best = flat_text(f, c);
                rank = i;
            }
    return best;
}

static void say_entry(struct writer *w, uint32_t map, struct bytes key)
{
    struct path p = {.len = 0};
    w->any = w->cut_said = false;
    w->fields = 0;
    w->spoken = spoken_text(w->flat, map);
    emit_begin(w->out, UNIT_ENTRY, 0, flat_line(w->flat, map), 0);
    emit_text(w->out, w->spoken);
    if (key.len)
        say_field(w, TEXT("key"), key, flat_line(w->flat, map));
    say_fields(w, map, &p);
    emit_end(w->out);
}

/* The entries of a list, or of a map of maps; lists in lists are one list. */
static void say_entries(struct writer *w, uint32_t list)
{
    const struct flat *f = w->flat;
    for (uint32_t c = flat_first(f, list); c && !emit_full(w->out);
         c = flat_after(f, list, c)) {
        if (flat_kind(f, c) == FLAT_LIST)
            say_entries(w, c);
        else if (flat_kind(f, c) == FLAT_MAP)
            say_entry(w, c, flat_key_of(f, c));
    }
}

static void say_items(struct writer *w, uint32_t list)
{
    const struct flat *f = w->flat;
    for (uint32_t c = flat_first(f, list); c && !emit_full(w->out);
         c = flat_after(f, list, c)) {
        if (flat_kind(f, c) == FLAT_LIST)
            say_items(w, c);
        else if (flat_kind(f, c) != FLAT_MAP)
            emit_unit(w->out, UNIT_ITEM, 1, flat_line(f, c), 0, flat_text(f, c));
    }
}

static void say_nested(struct writer *w, uint32_t list, unsigned level);

static unsigned one_level(unsigned level)
{
    return level < 6 ? level + 1 : 6;
}

/* What stands above the lists of one map: its id, said once and only if it has such lists. */
struct above {
    struct bytes id; /* empty: none, or said */
    uint32_t line;
    unsigned level; /* of the next heading */
};

static void say_lists(
    struct writer *w, uint32_t map, struct path *p, struct above *above)
{
    const struct flat *f = w->flat;
    for (uint32_t c = flat_first(f, map); c && !emit_full(w->out);
         c = flat_after(f, map, c)) {
        if (!is_container(f, c))
            continue;
        size_t before = path_push(p, flat_key_of(f, c));
        if (holds_entries(f, c)) {
            if (above->id.len) {
                emit_unit(w->out, UNIT_HEADING, (uint8_t)above->level, above->line, 0,
                    above->id);
                above->level = one_level(above->level);
                above->id.len = 0;
            }
            emit_unit(w->out, UNIT_HEADING, (uint8_t)above->level, flat_line(f, c), 0,
                path_text(p));
            say_entries(w, c);
            say_nested(w, c, one_level(above->level));
        } else if (flat_kind(f, c) == FLAT_MAP) {
            say_lists(w, c, p, above);
        }
        p->len = before;
    }
}

static struct bytes id_of(const struct flat *f, uint32_t map)
{
    struct bytes id = flat_get_text(f, map, "id");
    return id.len ? id : flat_key_of(f, map);
}

/* Behind the entries of a list stand the lists that its maps hold. */
static void say_nested(struct writer *w, uint32_t list, unsigned level)
{
    const struct flat *f = w->flat;
    for (uint32_t c = flat_first(f, list); c && !emit_full(w->out);
         c = flat_after(f, list, c)) {
        struct path p = {.len = 0};
        struct above above = {id_of(f, c), flat_line(f, c), level};
        if (flat_kind(f, c) == FLAT_LIST)
            say_nested(w, c, level);
        else if (flat_kind(f, c) == FLAT_MAP)
            say_lists(w, c, &p, &above);
    }
}

static void say_document(struct writer *w, uint32_t d)
{
    const struct flat *f = w->flat;
    if (flat_kind(f, d) == FLAT_LIST) {
        say_items(w, d);
        say_entries(w, d);
    } else if (flat_kind(f, d) == FLAT_MAP) {
        if (map_of_maps(f, d))
            say_entries(w, d);
        else
            say_entry(w, d, (struct bytes){0});
    } else {
        emit_unit(w->out, UNIT_ENTRY, 0, flat_line(f, d), 0, flat_text(f, d));
    }
}

/*
 * Of several documents in one file, all stand before the first list of any: a heading would
 * else stand above the documents behind it.
 */
void entries_emit(const struct flat *f, struct emit *out)
{
    struct writer w = {.flat = f, .out = out};
    for (uint32_t d = flat_first(f, 0); d; d = flat_after(f, 0, d))
        say_document(&w, d);
    for (uint32_t d = flat_first(f, 0); d; d = flat_after(f, 0, d)) {
        struct path p = {.len = 0};
        struct above above = {.line = 1, .level = 1};
        if (flat_kind(f, d) == FLAT_LIST
            || (flat_kind(f, d) == FLAT_MAP && map_of_maps(f, d)))
            say_nested(&w, d, 1);
        else if (flat_kind(f, d) == FLAT_MAP)
            say_lists(&w, d, &p, &above);
    }
}

void entries_list(
    const struct flat *f, uint32_t list, struct bytes heading, struct emit *out)
{
    struct writer w = {.flat = f, .out = out};
    if (!flat_first(f, list))
        return;
    emit_unit(out, UNIT_HEADING, 1, flat_line(f, list), 0, heading);
    say_entries(&w, list);
    say_nested(&w, list, 2);
}

void entries_fields(
    const struct flat *f, uint32_t map, struct bytes front, struct emit *out)
{
    struct writer w = {.flat = f, .out = out, .silent = true};
    struct path p = {.len = 0};
    path_push(&p, front);
    say_fields(&w, map, &p);
}
