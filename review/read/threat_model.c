/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/threat_model.h"

#include "core/base/hex.h"
#include "core/base/sha256.h"

#include <string.h>

enum {
    ID_MAX = 64,    /* of a name that stands for itself in the model */
    ID_DIGEST = 4,  /* bytes of SHA-256 at the end of an id that was cut */
    CHAIN_MAX = 64, /* boundaries and elements around a thing */
};

struct said {
    struct bytes name, value;
    uint32_t line, next; /* next: of the same thing, or TM_NONE */
};

struct thing {
    uint8_t kind; /* enum tm_kind */
    uint32_t node, inside, from, to;
    uint32_t first, last; /* in fields, or TM_NONE */
    struct bytes id, name, text;
};

struct tm {
    const struct flat *flat;
    struct emit *out;
    struct arena *arena;
    struct list things, fields;
    struct table *by_id[TM_KINDS]; /* id as in the file -> thing, the first of them */
    struct table *kinds;           /* id as it will be written -> kind + 1 */
};

/* clang-format off */
static const struct {
    const char *heading, *is;
} words[TM_KINDS] = {
    [TM_BOUNDARY] = {"trust boundaries", "trust boundary"},
    [TM_ELEMENT] = {"architecture elements", "architecture element"},
    [TM_FLOW] = {"data flows", "data flow"},
    [TM_THREAT] = {"threats", "threat"},
    [TM_MITIGATION] = {"controls", "control"},
    [TM_REQUIREMENT] = {"security requirements", "requirement"},
};

static const struct {
    const char *word; /* in it, whatever stands around it */
    enum tm_state state;
} states[] = { /* what says no stands before what it denies */
    {"not applicable", TM_ASIDE}, {"not-applicable", TM_ASIDE}, {"notapplicable", TM_ASIDE},
    {"n/a", TM_ASIDE}, {"false positive", TM_ASIDE}, {"false-positive", TM_ASIDE}, {"rejected", TM_ASIDE},
    {"accept", TM_ACCEPTED},
    {"unmitigated", TM_OPEN}, {"not ", TM_OPEN}, {"part", TM_OPEN}, {"progress", TM_OPEN},
    {"mitigated", TM_DONE}, {"implemented", TM_DONE}, {"in place", TM_DONE}, {"done", TM_DONE},
    {"verified", TM_DONE}, {"closed", TM_DONE}, {"resolved", TM_DONE},
};
/* clang-format on */

static struct thing *thing_at(const struct tm *t, uint32_t i)
{
    return LIST_AT(&t->things, struct thing, i);
}

struct tm *tm_new(const struct flat *flat, struct emit *out)
{
    struct arena *a = arena_new();
    struct tm *t = arena_take(a, sizeof *t);
    *t = (struct tm){.flat = flat,
        .out = out,
        .arena = a,
        .things = LIST_OF(struct thing),
        .fields = LIST_OF(struct said),
        .kinds = table_new(a, 64)};
    for (size_t k = 0; k < TM_KINDS; k++)
        t->by_id[k] = table_new(a, 64);
    return t;
}

struct arena *tm_arena(struct tm *t)
{
    return t->arena;
}

/* Without blanks, and no longer than a name may be; what was cut off is a digest. */
static struct bytes as_id(struct tm *t, struct bytes id)
{
    struct bytes copy = arena_copy(t->arena, text_trim(id));
    uint8_t *at = (uint8_t *)(uintptr_t)copy.at;
    for (size_t i = 0; i < copy.len; i++)
        at[i] = at[i] <= ' ' ? '-' : at[i];
    if (copy.len <= ID_MAX)
        return copy;
    struct sha256 sum;
    struct digest d;
    uint8_t hex[ID_DIGEST * 2 + 1];
    sha256_start(&sum);
    sha256_more(&sum, copy);
    sha256_peek(&sum, &d);
    hex_of((struct bytes){d.b, ID_DIGEST}, ROOM_OF(hex));
    size_t kept = ID_MAX - 1 - ID_DIGEST * 2;
    while (kept > 0 && (copy.at[kept] & 0xC0) == 0x80)
        kept--;
    return arena_print(
        t->arena, "%.*s~%s", (int)kept, (const char *)copy.at, (const char *)hex);
}

uint32_t tm_add(
    struct tm *t, enum tm_kind kind, uint32_t node, struct bytes id, struct bytes name)
{
    struct bytes raw = text_trim(id).len ? id : name;
    if (!text_trim(raw).len)
        return TM_NONE;
    struct bytes written = as_id(t, raw);
    uint32_t *known = table_at(t->kinds, written);
    if (*known != TABLE_NONE && *known != (uint32_t)kind) {
        written = as_id(t,
            arena_print(t->arena, "%s/%.*s", words[kind].is, (int)raw.len,
                (const char *)raw.at));
        known = table_at(t->kinds, written);
    }
    *known = (uint32_t)kind;
    struct thing *new = list_add(&t->things);
    uint32_t at = (uint32_t)t->things.count - 1;
    *new = (struct thing){.kind = (uint8_t)kind,
        .node = node,
        .inside = TM_NONE,
        .from = TM_NONE,
        .to = TM_NONE,
        .first = TM_NONE,
        .last = TM_NONE,
        .id = written,
        .name = name};
    uint32_t *first = table_at(t->by_id[kind], raw);
    if (*first == TABLE_NONE)
        *first = at;
    return at;
}

uint32_t tm_find(const struct tm *t, enum tm_kind kind, struct bytes id)
{
    return id.len ? table_get(t->by_id[kind], id) : TM_NONE;
}

struct bytes tm_id(const struct tm *t, uint32_t thing)
{
    return thing_at(t, thing)->id;
}

struct bytes tm_name(const struct tm *t, uint32_t thing)
{
    return thing_at(t, thing)->name;
}

static void say_at(
    struct tm *t, uint32_t thing, struct bytes name, struct bytes value, uint32_t line)
{
    if (thing == TM_NONE || !text_trim(value).len)
        return;
    struct said *f = list_add(&t->fields);
    uint32_t at = (uint32_t)t->fields.count - 1;
    *f = (struct said){name, value, line, TM_NONE};
    struct thing *owner = thing_at(t, thing);
    if (owner->first == TM_NONE)
        owner->first = at;
    else
        LIST_AT(&t->fields, struct said, owner->last)->next = at;
    owner->last = at;
}

void tm_say(struct tm *t, uint32_t thing, struct bytes name, struct bytes value)
{
    if (thing != TM_NONE)
        say_at(t, thing, name, value, flat_line(t->flat, thing_at(t, thing)->node));
}

static bool is_list(const struct tm *t, uint32_t n)
{
    return flat_kind(t->flat, n) == FLAT_LIST;
}

static void say_node(struct tm *t, uint32_t thing, struct bytes name, uint32_t n)
{
    const struct flat *f = t->flat;
    if (!is_list(t, n)) {
        say_at(t, thing, name, flat_text(f, n), flat_line(f, n));
        return;
    }
    for (uint32_t c = flat_first(f, n); c; c = flat_after(f, n, c))
        say_at(t, thing, name, flat_text(f, c), flat_line(f, c));
}

void tm_say_keys(
    struct tm *t, uint32_t thing, uint32_t node, const char *const *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t n = flat_get(t->flat, node, keys[i]);
        if (n != FLAT_NO)
            say_node(t, thing, text_of(keys[i]), n);
    }
}

void tm_say_all(struct tm *t, uint32_t thing, uint32_t map)
{
    const struct flat *f = t->flat;
    if (map == FLAT_NO || flat_kind(f, map) != FLAT_MAP)
        return;
    for (uint32_t c = flat_first(f, map); c; c = flat_after(f, map, c))
        say_node(t, thing, flat_key_of(f, c), c);
}

void tm_text(struct tm *t, uint32_t thing, struct bytes text)
{
    if (thing != TM_NONE)
        thing_at(t, thing)->text = text;
}

void tm_put_inside(struct tm *t, uint32_t thing, uint32_t outer)
{
    if (thing != TM_NONE && thing_at(t, thing)->inside == TM_NONE)
        thing_at(t, thing)->inside = outer;
}

void tm_ends(struct tm *t, uint32_t flow, uint32_t from, uint32_t to)
{
    if (flow == TM_NONE)
        return;
    thing_at(t, flow)->from = from;
    thing_at(t, flow)->to = to;
}

void tm_crosses(struct tm *t, uint32_t flow, uint32_t boundary)
{
    if (boundary != TM_NONE)
        tm_say(t, flow, TEXT("crosses"), tm_id(t, boundary));
}

void tm_about(struct tm *t, uint32_t threat, uint32_t thing)
{
    if (thing == TM_NONE)
        return;
    uint8_t kind = thing_at(t, thing)->kind;
    tm_say(t, threat,
        kind == TM_FLOW           ? TEXT("flow")
            : kind == TM_BOUNDARY ? TEXT("boundary")
                                  : TEXT("element"),
        tm_id(t, thing));
}

void tm_mitigated(struct tm *t, uint32_t threat, uint32_t mitigation)
{
    if (mitigation != TM_NONE)
        tm_say(t, threat, TEXT("mitigated_by"), tm_id(t, mitigation));
}

enum tm_state tm_state_of(struct bytes said)
{
    said = text_trim(said);
    if (text_same_word(said, TEXT("na")))
        return TM_ASIDE;
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        if (text_find_word(said, text_of(states[i].word)) < said.len)
            return states[i].state;
    return TM_OPEN;
}

struct bytes tm_joined(
    struct tm *t, struct bytes id, const char *sign, struct bytes name)
{
    struct bytes joined = arena_print(t->arena, "%.*s%s%.*s", (int)id.len,
        (const char *)id.at, sign, (int)name.len, (const char *)name.at);
    uint8_t *at = (uint8_t *)(uintptr_t)joined.at;
    size_t from = id.len + strlen(sign), len = from;
    bool gap = false;
    for (size_t i = from; i < joined.len; i++) {
        uint8_t c = at[i];
        bool upper = c >= 'A' && c <= 'Z';
        bool kept =
            upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
        if (kept && gap && len > from)
            at[len++] = '-';
        gap = !kept;
        if (kept)
            at[len++] = upper ? (uint8_t)(c + 32) : c;
    }
    return text_upto(joined, len);
}

/* The boundaries around a thing, the innermost first; itself, if it is one. */
static size_t boundaries_around(const struct tm *t, uint32_t thing, uint32_t *around)
{
    size_t count = 0;
    for (size_t steps = 0; thing != TM_NONE && steps < CHAIN_MAX; steps++) {
        if (thing_at(t, thing)->kind == TM_BOUNDARY)
            around[count++] = thing;
        thing = thing_at(t, thing)->inside;
    }
    return count;
}

static bool among(const uint32_t *list, size_t count, uint32_t what)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == what)
            return true;
    return false;
}

static void find_crossings(struct tm *t, uint32_t flow)
{
    uint32_t here[CHAIN_MAX], there[CHAIN_MAX];
    const struct thing *f = thing_at(t, flow);
    if (f->from == TM_NONE || f->to == TM_NONE)
        return;
    size_t n = boundaries_around(t, f->from, here);
    size_t m = boundaries_around(t, f->to, there);
    for (size_t i = 0; i < n; i++)
        if (!among(there, m, here[i]))
            tm_crosses(t, flow, here[i]);
    for (size_t i = 0; i < m; i++)
        if (!among(here, n, there[i]))
            tm_crosses(t, flow, there[i]);
}

static void write_ref(struct tm *t, const char *name, uint32_t thing, uint32_t line)
{
    if (thing != TM_NONE)
        emit_field(t->out, text_of(name), tm_id(t, thing), line);
}

static void write_thing(struct tm *t, uint32_t i)
{
    const struct thing *g = thing_at(t, i);
    uint32_t line = flat_line(t->flat, g->node);
    emit_begin(t->out, UNIT_ENTRY, 0, line, 0);
    emit_text(t->out, g->text.len ? g->text : g->name.len ? g->name : g->id);
    emit_field(t->out, TEXT("is"), text_of(words[g->kind].is), line);
    emit_field(t->out, TEXT("id"), g->id, line);
    if (g->name.len)
        emit_field(t->out, TEXT("name"), g->name, line);
    if (g->text.len)
        emit_field(t->out, TEXT("text"), g->text, line);
    write_ref(t, "inside", g->inside, line);
    write_ref(t, "from", g->from, line);
    write_ref(t, "to", g->to, line);
    for (uint32_t k = g->first; k != TM_NONE;) {
        const struct said *f = LIST_AT(&t->fields, struct said, k);
        emit_field(t->out, f->name, f->value, f->line);
        k = f->next;
    }
    emit_end(t->out);
}

static void write_kind(struct tm *t, enum tm_kind kind)
{
    bool any = false;
    for (uint32_t i = 0; i < t->things.count && !emit_full(t->out); i++) {
        if (thing_at(t, i)->kind != kind)
            continue;
        if (!any)
            emit_unit(t->out, UNIT_HEADING, 2, flat_line(t->flat, thing_at(t, i)->node),
                0, text_of(words[kind].heading));
        any = true;
        write_thing(t, i);
    }
}

void tm_write(struct tm *t)
{
    for (uint32_t i = 0; i < t->things.count; i++)
        if (thing_at(t, i)->kind == TM_FLOW)
            find_crossings(t, i);
    for (size_t k = 0; k < TM_KINDS; k++)
        write_kind(t, (enum tm_kind)k);
    list_free(&t->things);
    list_free(&t->fields);
    arena_free(t->arena);
}

void tm_title(struct tm *t, struct bytes title, uint32_t line)
{
    emit_unit(
        t->out, UNIT_HEADING, 1, line, 0, title.len ? title : TEXT("threat model"));
}

void tm_prose(struct tm *t, struct bytes name, struct bytes text, uint32_t line)
{
    if (!text_trim(text).len)
        return;
    emit_begin(t->out, UNIT_PARAGRAPH, 0, line, 0);
    emit_text(t->out, name);
    emit_text(t->out, name.len ? TEXT(": ") : TEXT(""));
    emit_text(t->out, text);
    emit_end(t->out);
}
