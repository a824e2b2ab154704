/* SPDX-License-Identifier: Apache-2.0 */
#include "review/change/pair.h"

#include <stdlib.h>
#include <string.h>

struct keyed {
    struct bytes key, version;
    uint32_t item;
};

static struct bytes lower(struct arena *a, struct bytes t)
{
    uint8_t *at = arena_take(a, t.len + 1);
    for (size_t i = 0; i < t.len; i++)
        at[i] = t.at[i] >= 'A' && t.at[i] <= 'Z' ? (uint8_t)(t.at[i] + 32) : t.at[i];
    return (struct bytes){at, t.len};
}

struct bytes purl_front(struct bytes purl)
{
    size_t end = 0, at;
    while (end < purl.len && purl.at[end] != '?' && purl.at[end] != '#')
        end++;
    for (at = end; at > 0 && purl.at[at - 1] != '/'; at--)
        if (purl.at[at - 1] == '@')
            return text_upto(purl, at - 1);
    return text_upto(purl, end);
}

struct bytes component_key(struct arena *a, const struct item *component)
{
    struct bytes key = purl_front(text_trim(item_field(component, "purl")));
    if (!key.len)
        key = item_field(component, "package");
    if (!key.len) {
        struct bytes group = item_field(component, "group");
        struct bytes name = component->title.len ? component->title : component->id;
        key = group.len ? arena_print(a, "%.*s/%.*s", (int)group.len,
                  (const char *)group.at, (int)name.len, (const char *)name.at)
                        : name;
    }
    return lower(a, text_trim(key));
}

struct bytes component_version(const struct item *component)
{
    return text_trim(item_field(component, "version"));
}

static int by_key(const void *x, const void *y)
{
    const struct keyed *a = x, *b = y;
    int order = text_order(a->key, b->key);
    if (order == 0)
        order = text_order(a->version, b->version);
    return order ? order : (a->item > b->item) - (a->item < b->item);
}

/* Items of a kind stand together. */
static void kind_range(
    const struct model *m, enum item_kind kind, uint32_t *from, uint32_t *to)
{
    *from = 0;
    while (*from < m->item_count && m->items[*from].kind < kind)
        ++*from;
    *to = *from;
    while (*to < m->item_count && m->items[*to].kind == kind)
        ++*to;
}

static struct keyed *keyed_components(
    struct arena *a, const struct model *m, uint32_t *count)
{
    uint32_t from, to;
    kind_range(m, ITEM_COMPONENT, &from, &to);
    struct keyed *k = arena_take(a, (to - from) * sizeof *k);
    for (uint32_t i = from; i < to; i++)
        k[i - from] = (struct keyed){
            component_key(a, &m->items[i]), component_version(&m->items[i]), i};
    if (to > from)
        qsort(k, to - from, sizeof *k, by_key);
    *count = to - from;
    return k;
}

struct run_of { /* of one key: [at, end) */
    const struct keyed *k;
    uint32_t at, end;
};

static uint32_t version_end(const struct run_of *r)
{
    uint32_t end = r->at + 1;
    while (end < r->end && text_same(r->k[end].version, r->k[r->at].version))
        end++;
    return end;
}

static void join(struct pairs *p, uint32_t before, uint32_t after)
{
    p->after_of[before] = after;
    p->before_of[after] = before;
}

static void mark_doubles(const struct keyed *k, uint32_t from, uint32_t to, bool *mark)
{
    for (uint32_t i = from + 1; i < to; i++)
        mark[k[i].item] = true;
}

/* Equal versions of one key, however often each side says it. */
static void join_version(
    struct pairs *p, struct run_of *b, uint32_t b_end, struct run_of *a, uint32_t a_end)
{
    uint32_t nb = b_end - b->at, na = a_end - a->at, n = nb < na ? nb : na;
    for (uint32_t i = 0; i < n; i++)
        join(p, b->k[b->at + i].item, a->k[a->at + i].item);
    for (uint32_t i = n; i < nb; i++)
        p->after_of[b->k[b->at + i].item] = a->k[a->at].item;
    for (uint32_t i = n; i < na; i++)
        p->before_of[a->k[a->at + i].item] = b->k[b->at].item;
    mark_doubles(b->k, b->at + n - 1, b_end, p->double_before);
    mark_doubles(a->k, a->at + n - 1, a_end, p->double_after);
}

/* First the equal versions, then what is left over, oldest with oldest. */
static void join_key(
    struct arena *arena, struct pairs *p, struct run_of b, struct run_of a)
{
    uint32_t *left = arena_take(arena, (b.end - b.at) * sizeof *left);
    uint32_t *right = arena_take(arena, (a.end - a.at) * sizeof *right);
    uint32_t lefts = 0, rights = 0;
    while (b.at < b.end || a.at < a.end) {
        int order = b.at == b.end ? 1
            : a.at == a.end       ? -1
                                  : text_order(b.k[b.at].version, a.k[a.at].version);
        uint32_t b_end = order <= 0 ? version_end(&b) : b.at;
        uint32_t a_end = order >= 0 ? version_end(&a) : a.at;
        if (order == 0) {
            join_version(p, &b, b_end, &a, a_end);
        } else if (order < 0) {
            left[lefts++] = b.k[b.at].item;
            mark_doubles(b.k, b.at, b_end, p->double_before);
        } else {
            right[rights++] = a.k[a.at].item;
            mark_doubles(a.k, a.at, a_end, p->double_after);
        }
        b.at = b_end;
        a.at = a_end;
    }
    for (uint32_t i = 0; i < lefts && i < rights; i++)
        join(p, left[i], right[i]);
}

static uint32_t key_end(const struct keyed *k, uint32_t at, uint32_t count)
{
    uint32_t end = at + 1;
    while (end < count && text_same(k[end].key, k[at].key))
        end++;
    return end;
}

static void pair_components(struct arena *a, const struct model *before,
    const struct model *after, struct pairs *p)
{
    uint32_t nb, na, b = 0, c = 0;
    const struct keyed *kb = keyed_components(a, before, &nb),
                       *ka = keyed_components(a, after, &na);
    while (b < nb || c < na) {
        int order = b == nb ? 1 : c == na ? -1 : text_order(kb[b].key, ka[c].key);
        uint32_t b_end = order <= 0 ? key_end(kb, b, nb) : b;
        uint32_t a_end = order >= 0 ? key_end(ka, c, na) : c;
        join_key(a, p, (struct run_of){kb, b, b_end}, (struct run_of){ka, c, a_end});
        b = b_end;
        c = a_end;
    }
}

static int item_order(const struct item *a, const struct item *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    return text_order(a->id, b->id);
}

static void pair_by_id(
    const struct model *before, const struct model *after, struct pairs *p)
{
    uint32_t b = 0, c = 0;
    while (b < before->item_count && c < after->item_count) {
        int order = item_order(&before->items[b], &after->items[c]);
        if (order == 0 && before->items[b].kind != ITEM_COMPONENT)
            join(p, b, c);
        b += order <= 0;
        c += order >= 0;
    }
}

static void pair_documents(struct arena *a, const struct corpus *before,
    const struct corpus *after, struct pairs *p)
{
    struct table *paths = table_new(a, before->doc_count);
    for (uint32_t i = 0; i < before->doc_count; i++) {
        p->doc_after_of[i] = UNIT_NONE;
        table_put(paths, before->docs[i].path, i);
    }
    for (uint32_t i = 0; i < after->doc_count; i++) {
        uint32_t b = table_get(paths, after->docs[i].path);
        p->doc_before_of[i] = b == TABLE_NONE ? UNIT_NONE : b;
        if (b != TABLE_NONE)
            p->doc_after_of[b] = i;
    }
}

static uint32_t *numbers(struct arena *a, uint32_t count)
{
    uint32_t *n = arena_take(a, (size_t)count * sizeof *n);
    for (uint32_t i = 0; i < count; i++)
        n[i] = ITEM_NONE;
    return n;
}

void pair_models(struct arena *a, const struct model *before, const struct model *after,
    struct pairs *out)
{
    *out = (struct pairs){.after_of = numbers(a, before->item_count),
        .before_of = numbers(a, after->item_count),
        .double_before = arena_take(a, before->item_count),
        .double_after = arena_take(a, after->item_count),
        .doc_after_of = numbers(a, before->corpus->doc_count),
        .doc_before_of = numbers(a, after->corpus->doc_count)};
    pair_by_id(before, after, out);
    pair_components(a, before, after, out);
    pair_documents(a, before->corpus, after->corpus, out);
}

bool pair_same_document(
    const struct model *before, uint32_t b, const struct model *after, uint32_t a)
{
    return memcmp(item_document(before, &before->items[b])->digest,
               item_document(after, &after->items[a])->digest, 32)
        == 0;
}

/* First unit that no longer stands below the heading `unit`. */
static uint32_t section_end(const struct corpus *c, uint32_t unit)
{
    uint32_t end = unit + 1;
    while (end < c->unit_count && c->units[end].doc == c->units[unit].doc
        && (c->units[end].kind != UNIT_HEADING
            || c->units[end].level > c->units[unit].level))
        end++;
    return end;
}

bool pair_same_text(
    const struct model *before, uint32_t b, const struct model *after, uint32_t a)
{
    const struct item *x = &before->items[b], *y = &after->items[a];
    if (memcmp(x->digest, y->digest, sizeof x->digest) != 0)
        return false;
    const struct corpus *cx = before->corpus, *cy = after->corpus;
    if (x->kind != ITEM_DESIGN || cx->units[x->unit].kind != UNIT_HEADING
        || cy->units[y->unit].kind != UNIT_HEADING)
        return true;
    uint32_t ex = section_end(cx, x->unit), ey = section_end(cy, y->unit);
    if (ex - x->unit != ey - y->unit)
        return false;
    for (uint32_t i = 0; i < ex - x->unit; i++)
        if (!text_same(cx->units[x->unit + i].text, cy->units[y->unit + i].text))
            return false;
    return true;
}
