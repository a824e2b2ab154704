/* SPDX-License-Identifier: Apache-2.0 */
#include "review/model/build.h"

#include "core/base/sha256.h"

#include <stdlib.h>
#include <string.h>

uint32_t build_item(
    struct build *b, enum item_kind kind, struct bytes id, uint32_t unit)
{
    struct item *i = list_add(&b->items);
    uint32_t at = (uint32_t)b->items.count - 1;
    i->kind = (uint8_t)kind;
    i->id = id;
    i->unit = unit;
    uint32_t *known = table_at(b->by_id, id);
    if (*known == TABLE_NONE || build_at(b, *known)->kind > i->kind)
        *known = at;
    struct id_found f;
    if (id_whole(id, &f) && table_get(b->prefixes, f.prefix) == TABLE_NONE)
        table_put(b->prefixes, f.prefix, kind);
    return at;
}

struct item *build_at(struct build *b, uint32_t item)
{
    return LIST_AT(&b->items, struct item, item);
}

struct bytes build_lower(struct build *b, struct bytes text)
{
    uint8_t *at = arena_take(b->a, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        at[i] = text.at[i] >= 'A' && text.at[i] <= 'Z' ? (uint8_t)(text.at[i] + 32)
                                                       : text.at[i];
    return (struct bytes){at, text.len};
}

static bool letter(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Whole words of a path: "test" is in tests/x.py and in x_test.c, not in latest.md. */
bool path_has_word(struct bytes path, const char *word)
{
    struct bytes w = text_of(word);
    for (size_t i = 0; (i += text_find_word(text_from(path, i), w)) < path.len; i++) {
        size_t end = i + w.len;
        if (end < path.len && (path.at[end] == 's' || path.at[end] == 'S'))
            end++;
        if ((i == 0 || !letter(path.at[i - 1]))
            && (end == path.len || !letter(path.at[end])))
            return true;
    }
    return false;
}

static bool says_appendix(struct bytes text)
{
    return path_has_word(text, "appendix") || path_has_word(text, "annex");
}

struct above build_above(struct build *b, uint32_t unit)
{
    const struct unit *units = b->c->units, *u = &units[unit];
    uint32_t heading = u->kind == UNIT_HEADING ? unit : u->heading;
    if (b->above.known && b->above.heading == heading && b->above.doc == u->doc)
        return b->above;
    struct above got = {.heading = heading, .doc = u->doc, .known = true};
    got.appendix = says_appendix(b->c->docs[u->doc].path);
    for (uint32_t h = heading; h != UNIT_NONE; h = units[h].heading)
        got.appendix |= says_appendix(units[h].text);
    for (uint32_t h = u->heading; h != UNIT_NONE; h = units[h].heading)
        got.security |=
            text_find_word(units[h].text, TEXT("security")) < units[h].text.len;
    if (heading != unit) /* a heading's own answer is no one else's */
        b->above = got;
    return got;
}

static bool called_by_name(enum item_kind k)
{
    return k == ITEM_DESIGN || k == ITEM_BOUNDARY || k == ITEM_FLOW || k == ITEM_THREAT
        || k == ITEM_HAZARD || k == ITEM_COMPONENT || k == ITEM_CREDENTIAL
        || k == ITEM_CONTROL;
}

static void name_items(struct build *b)
{
    for (uint32_t i = 0; i < b->items.count; i++) {
        const struct item *it = build_at(b, i);
        if (!called_by_name((enum item_kind)it->kind))
            continue;
        struct bytes names[2] = {it->title, it->id};
        for (size_t n = 0; n < 2; n++) {
            struct bytes key = build_lower(b, names[n]);
            if (key.len && table_get(b->by_name, key) == TABLE_NONE)
                table_put(b->by_name, key, i);
        }
    }
}

static void digest_item(struct item *i)
{
    static const uint8_t parts[] = {0, '=', '\n'};
    struct sha256 s;
    struct digest d;
    sha256_start(&s);
    sha256_more(&s, i->id);
    sha256_more(&s, (struct bytes){&parts[0], 1});
    sha256_more(&s, i->title);
    sha256_more(&s, (struct bytes){&parts[0], 1});
    sha256_more(&s, i->text);
    for (uint16_t f = 0; f < i->field_count; f++) {
        sha256_more(&s, (struct bytes){&parts[2], 1});
        sha256_more(&s, i->fields[f].name);
        sha256_more(&s, (struct bytes){&parts[1], 1});
        sha256_more(&s, i->fields[f].value);
    }
    sha256_peek(&s, &d);
    memcpy(i->digest, d.b, sizeof i->digest);
}

struct sort_key {
    const struct item *item;
    uint32_t number;
};

static int by_kind_and_id(const void *x, const void *y)
{
    const struct sort_key *a = x, *b = y;
    if (a->item->kind != b->item->kind)
        return a->item->kind < b->item->kind ? -1 : 1;
    int order = text_order(a->item->id, b->item->id);
    if (order)
        return order;
    if (a->item->unit != b->item->unit) /* units stand in order of document and line */
        return a->item->unit < b->item->unit ? -1 : 1;
    return (a->number > b->number) - (a->number < b->number);
}

static int by_ends(const void *x, const void *y)
{
    const struct link *a = x, *b = y;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->to != b->to)
        return a->to < b->to ? -1 : 1;
    int order = text_order(a->target, b->target);
    if (order)
        return order;
    if (a->confirmed != b->confirmed) /* the confirmed one of two stays */
        return a->confirmed ? -1 : 1;
    if (a->unit != b->unit)
        return a->unit < b->unit ? -1 : 1;
    return (a->line > b->line) - (a->line < b->line);
}

static void sort_items(struct build *b, struct model *m)
{
    uint32_t n = (uint32_t)b->items.count;
    struct sort_key *keys = arena_take(b->a, n * sizeof *keys);
    uint32_t *new_number = arena_take(b->a, n * sizeof *new_number);
    for (uint32_t i = 0; i < n; i++)
        keys[i] = (struct sort_key){build_at(b, i), i};
    if (n)
        qsort(keys, n, sizeof *keys, by_kind_and_id);
    m->items = arena_take(b->a, n * sizeof *m->items);
    m->item_count = n;
    for (uint32_t i = 0; i < n; i++) {
        m->items[i] = *keys[i].item;
        new_number[keys[i].number] = i;
        digest_item(&m->items[i]);
    }
    for (uint32_t l = 0; l < b->links.count; l++) {
        struct link *link = LIST_AT(&b->links, struct link, l);
        link->from = link->from == ITEM_NONE ? ITEM_NONE : new_number[link->from];
        link->to = link->to == ITEM_NONE ? ITEM_NONE : new_number[link->to];
    }
    struct table *by_id = table_new(b->a, n);
    m->twice = arena_take(b->a, n * sizeof *m->twice);
    for (uint32_t i = n; i > 0; i--)
        table_put(by_id, m->items[i - 1].id, i - 1);
    for (uint32_t i = 1; i < n; i++)
        if (m->items[i].kind == m->items[i - 1].kind
            && text_same(m->items[i].id, m->items[i - 1].id))
            m->twice[m->twice_count++] = i;
    m->by_id = by_id;
}

static bool same_link(const struct link *a, const struct link *b)
{
    return a->from == b->from && a->kind == b->kind && a->to == b->to
        && (a->to != ITEM_NONE || text_same(a->target, b->target));
}

static void sort_links(struct build *b, struct model *m)
{
    uint32_t n = (uint32_t)b->links.count, kept = 0;
    struct link *links = arena_take(b->a, n * sizeof *links);
    if (n) {
        memcpy(links, b->links.at, n * sizeof *links);
        qsort(links, n, sizeof *links, by_ends);
    }
    for (uint32_t i = 0; i < n; i++)
        if (kept == 0 || !same_link(&links[kept - 1], &links[i]))
            links[kept++] = links[i];
    m->links = links;
    m->link_count = kept;
    m->out = arena_take(b->a, ((size_t)m->item_count + 2) * sizeof *m->out);
    m->in = arena_take(b->a, ((size_t)m->item_count + 2) * sizeof *m->in);
    m->in_links = arena_take(b->a, ((size_t)kept + 1) * sizeof *m->in_links);
    for (uint32_t i = 0; i < kept; i++) { /* count, then offsets */
        if (links[i].from != ITEM_NONE)
            m->out[links[i].from + 1]++;
        if (links[i].to != ITEM_NONE)
            m->in[links[i].to + 1]++;
    }
    for (uint32_t i = 0; i < m->item_count; i++) {
        m->out[i + 1] += m->out[i];
        m->in[i + 1] += m->in[i];
    }
    uint32_t *next = arena_take(b->a, ((size_t)m->item_count + 1) * sizeof *next);
    for (uint32_t i = 0; i < kept; i++)
        if (links[i].to != ITEM_NONE)
            m->in_links[m->in[links[i].to] + next[links[i].to]++] = i;
}

/* A JSON Schema has keys and titles like a register, and registers nothing. */
static void find_forms(struct build *b)
{
    for (uint32_t n = 0; n < b->c->unit_count; n++) {
        const struct unit *u = &b->c->units[n];
        struct bytes schema = unit_field(b->c, u, "$schema");
        b->form[u->doc] |= text_find(schema, TEXT("json-schema.org")) < schema.len;
    }
}

void model_build(struct arena *a, const struct corpus *corpus,
    const struct rules *rules, struct model *out)
{
    uint32_t units = corpus->unit_count;
    struct build b = {.a = a,
        .c = corpus,
        .rules = rules,
        .items = LIST_OF(struct item),
        .links = LIST_OF(struct link),
        .item_of_unit = arena_take(a, units * sizeof(uint32_t)),
        .defines = arena_take(a, units * sizeof(bool)),
        .by_id = table_new(a, units),
        .by_test = table_new(a, 256),
        .form = arena_take(a, corpus->doc_count * sizeof(bool)),
        .by_name = table_new(a, 256),
        .prefixes = table_new(a, 64)};
    for (uint32_t i = 0; i < units; i++)
        b.item_of_unit[i] = ITEM_NONE;
    find_forms(&b);
    build_define(&b);
    name_items(&b);
    build_connect(&b);
    *out = (struct model){.corpus = corpus};
    sort_items(&b, out);
    sort_links(&b, out);
    list_free(&b.items);
    list_free(&b.links);
}
