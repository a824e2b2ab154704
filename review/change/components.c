/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Components: each one that is new, gone or another than before needs a dated review record
 * that names it and its version.
 */
#include "review/base/date.h"
#include "review/change/gate.h"

#include <stdlib.h>
#include <string.h>

enum { DIGEST_SHOWN = 12, DIGEST_MIN = 8 };

struct record {       /* a decision with a field `component` */
    struct bytes key; /* what it calls the component, lower case */
    uint32_t item;
};

struct bill {
    struct gate *g;
    struct record *records; /* sorted by key */
    uint32_t record_count;
    uint32_t
        *above; /* component under a boundary-facing one: the component that needs it */
};

static int by_key(const void *x, const void *y)
{
    const struct record *a = x, *b = y;
    int order = text_order(a->key, b->key);
    return order ? order : (a->item > b->item) - (a->item < b->item);
}

static struct bytes lower(struct arena *a, struct bytes t)
{
    uint8_t *at = arena_take(a, t.len + 1);
    for (size_t i = 0; i < t.len; i++)
        at[i] = t.at[i] >= 'A' && t.at[i] <= 'Z' ? (uint8_t)(t.at[i] + 32) : t.at[i];
    return (struct bytes){at, t.len};
}

/* One record may be about several: component: zlib, bzip2. */
static void add_names(const struct bill *b, struct list *records, uint32_t item)
{
    struct bytes rest = text_trim(item_field(&b->g->after->items[item], "component"));
    if (text_find(rest, TEXT(",")) < rest.len) /* or the comma belongs to one name */
        *(struct record *)list_add(records) =
            (struct record){lower(b->g->a, rest), item};
    struct bytes name;
    while (text_next_part(&rest, &name))
        if (name.len)
            *(struct record *)list_add(records) =
                (struct record){lower(b->g->a, purl_front(name)), item};
}

static void find_records(struct bill *b)
{
    const struct model *m = b->g->after;
    struct list records = LIST_OF(struct record);
    for (uint32_t i = 0; i < m->item_count; i++) {
        if (m->items[i].kind != ITEM_DECISION)
            continue;
        add_names(b, &records, i);
    }
    b->record_count = (uint32_t)records.count;
    b->records = arena_take(b->g->a, records.count * sizeof *b->records);
    if (records.count) {
        memcpy(b->records, records.at, records.count * sizeof *b->records);
        qsort(b->records, records.count, sizeof *b->records, by_key);
    }
    list_free(&records);
}

static uint32_t first_record(const struct bill *b, struct bytes key)
{
    uint32_t from = 0, to = b->record_count;
    while (from < to) {
        uint32_t mid = from + (to - from) / 2;
        if (text_order(b->records[mid].key, key) < 0)
            from = mid + 1;
        else
            to = mid;
    }
    return from;
}

/* What a record must say beside the component's name. */
struct wanted {
    struct bytes from, to; /* empty: it did not exist, or has no version */
    bool gone;
    struct bytes digest; /* the record must name this one */
    bool fresh;          /* a record from before this change does not count */
};

static bool says_nothing(struct bytes v)
{
    return !v.len || text_same_word(v, TEXT("none")) || text_same_word(v, TEXT("-"))
        || text_same_word(v, TEXT("removed")) || text_same_word(v, TEXT("gone"));
}

static bool names_version(const struct item *r, const struct wanted *w)
{
    struct bytes to = text_trim(item_field(r, "to"));
    if (!to.len)
        to = text_trim(item_field(r, "version"));
    struct bytes from = text_trim(item_field(r, "from"));
    if (w->gone)
        return says_nothing(to) && (!w->from.len || text_same(from, w->from));
    /* A register that leaves the version to the record is answered by any that names it. */
    return w->to.len ? text_same(to, w->to) : !says_nothing(to);
}

static bool names_digest(const struct item *r, struct bytes digest)
{
    static const char *const names[] = {"hash", "digest", "sha256", "sha-256"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct bytes v = text_trim(item_field(r, names[i]));
        if (v.len >= DIGEST_MIN && v.len <= digest.len
            && text_same_word(text_upto(digest, v.len), v))
            return true;
    }
    return false;
}

static bool refuses(struct bytes decision)
{
    static const char *const words[] = {
        "reject", "refuse", "declin", "no-go", "not accepted", "not approved"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (text_find_word(decision, text_of(words[i])) < decision.len)
            return true;
    return text_same_word(decision, TEXT("no"));
}

/* What a record that names the component and version lacks; NULL: nothing. */
static const char *lacks(const struct item *r)
{
    struct bytes decision = item_field(r, "decision");
    if (!item_field(r, "reviewer").len && !item_field(r, "by").len)
        return "names no reviewer";
    if (!date_s(item_field(r, "date")))
        return "has no date";
    if (!item_field(r, "impact").len)
        return "does not say the impact";
    if (!decision.len)
        return "does not decide";
    return refuses(decision) ? "refuses it" : NULL;
}

/* True: reviewed. Else *near is the record that almost does, and *why what it lacks. */
static bool reviewed(const struct bill *b, struct bytes key, const struct wanted *w,
    const char **why, uint32_t *near)
{
    const struct model *m = b->g->after;
    for (uint32_t i = first_record(b, key);
         i < b->record_count && text_same(b->records[i].key, key); i++) {
        const struct item *r = &m->items[b->records[i].item];
        const char *lack = NULL;
        if (!names_version(r, w))
            continue;
        if (w->digest.len && !names_digest(r, w->digest))
            lack = "does not name the new digest";
        else if (w->fresh && !gate_is_fresh(b->g, b->records[i].item))
            lack = "is older than this change";
        else
            lack = lacks(r);
        if (!lack)
            return true;
        *why = lack;
        *near = b->records[i].item;
    }
    return false;
}

/* All names by which a record may call it. */
static bool reviewed_by_any_name(const struct bill *b, const struct item *c,
    const struct wanted *w, const char **why, uint32_t *near)
{
    struct bytes purl = purl_front(item_field(c, "purl")), last = purl;
    for (size_t i = purl.len; i > 0 && last.len == purl.len; i--)
        if (purl.at[i - 1] == '/')
            last = text_from(purl, i);
    struct bytes names[] = {
        purl, last, item_field(c, "name"), item_field(c, "package"), c->title, c->id};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].len
            && reviewed(b, lower(b->g->a, text_trim(names[i])), w, why, near))
            return true;
    return false;
}

static struct bytes safe_name(struct arena *a, struct bytes name)
{
    uint8_t *at = arena_take(a, name.len + 1);
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
            || (c >= '0' && c <= '9') || c == '.' || c == '-';
        at[i] = plain ? c : '-';
    }
    size_t len = name.len;
    while (len > 1 && at[len - 1] == '-')
        len--;
    return (struct bytes){at, len};
}

#define ARG(t) (int)(t).len, (const char *)(t).at

static void ask_for_record(struct bill *b, struct finding *f, const struct item *c,
    const struct wanted *w, const char *lack, uint32_t near)
{
    struct arena *a = b->g->a;
    struct bytes name = c->title.len ? c->title : c->id;
    if (lack) {
        struct bytes place = item_place(a, b->g->after, &b->g->after->items[near]);
        f->says =
            arena_print(a, "%.*s; the record %.*s %s", ARG(f->says), ARG(place), lack);
        f->fix_in = place;
        return;
    }
    struct bytes file = safe_name(
        a, arena_print(a, "%.*s-%.*s", ARG(name), ARG(w->to.len ? w->to : w->from)));
    f->fix_in = arena_print(a, "reviews/%.*s.md", ARG(file));
    f->skeleton = arena_print(a,
        "---\ncomponent: %.*s\nfrom: %.*s\nto: %.*s\n%s%.*s%sreviewer: \ndate: \n"
        "boundary: \nimpact: \ndecision: \n---\n",
        ARG(name), ARG(w->from), ARG(w->gone ? TEXT("none") : w->to),
        w->digest.len ? "digest: " : "", ARG(w->digest), w->digest.len ? "\n" : "");
}

static void want_after(struct bill *b, enum rule_id rule, uint32_t after,
    struct bytes says, const struct wanted *w)
{
    const char *lack = NULL;
    uint32_t near = ITEM_NONE;
    const struct item *c = &b->g->after->items[after];
    if (!reviewed_by_any_name(b, c, w, &lack, &near))
        ask_for_record(b, gate_item(b->g, rule, after, says), c, w, lack, near);
}

static struct bytes or_none(struct bytes t)
{
    return t.len ? t : TEXT("no version");
}

/* "OpenSSL 3.0"; the name only where the item's id is another. */
static struct bytes with_version(struct bill *b, const struct item *c)
{
    struct bytes version = component_version(c);
    bool other = c->title.len && !text_same(c->title, c->id);
    if (!other)
        return version.len ? version : TEXT("it");
    return version.len ? arena_print(b->g->a, "%.*s %.*s", ARG(c->title), ARG(version))
                       : c->title;
}

static void judge_new(struct bill *b, uint32_t after)
{
    struct arena *a = b->g->a;
    const struct model *m = b->g->after;
    struct wanted w = {.to = component_version(&m->items[after])};
    if (b->above[after] == ITEM_NONE) {
        want_after(b, RULE_GATE_COMPONENT_NEW, after,
            arena_print(a, "%.*s is new", ARG(with_version(b, &m->items[after]))), &w);
        return;
    }
    const struct item *above = &m->items[b->above[after]];
    want_after(b, RULE_GATE_COMPONENT_TRANSITIVE, after,
        arena_print(a,
            "%.*s is new, and %.*s, which meets input from outside, needs it",
            ARG(with_version(b, &m->items[after])),
            ARG(above->title.len ? above->title : above->id)),
        &w);
}

static void judge_gone(struct bill *b, uint32_t before)
{
    const char *lack = NULL;
    uint32_t near = ITEM_NONE;
    const struct item *c = &b->g->before->items[before];
    struct wanted w = {.from = component_version(c), .gone = true};
    if (reviewed_by_any_name(b, c, &w, &lack, &near))
        return;
    struct finding *f = gate_gone(b->g, RULE_GATE_COMPONENT_REMOVED, before, c->id,
        arena_print(b->g->a, "%.*s is gone", ARG(with_version(b, c))));
    ask_for_record(b, f, c, &w, lack, near);
}

static bool is_hash(const struct field *f)
{
    return text_starts(f->name, TEXT("hash."));
}

/* The first algorithm that both know and that gives another value. */
static bool other_digest(const struct item *x, const struct item *y,
    const struct field **old, const struct field **new)
{
    bool known = false;
    for (uint16_t i = 0; i < x->field_count; i++)
        for (uint16_t j = 0; is_hash(&x->fields[i]) && j < y->field_count; j++) {
            if (!text_same_word(x->fields[i].name, y->fields[j].name))
                continue;
            if (text_same_word(x->fields[i].value, y->fields[j].value))
                return false; /* one that agrees is proof enough of the same bytes */
            if (!known) {
                *old = &x->fields[i];
                *new = &y->fields[j];
                known = true;
            }
        }
    return known;
}

static void judge_digest(struct bill *b, uint32_t before, uint32_t after)
{
    const struct field *old = NULL, *new = NULL;
    const struct item *x = &b->g->before->items[before];
    const struct item *y = &b->g->after->items[after];
    if (!other_digest(x, y, &old, &new))
        return;
    struct wanted w = {.from = component_version(x),
        .to = component_version(y),
        .digest = new->value,
        .fresh = true};
    struct bytes alg = text_from(new->name, 5);
    struct bytes was = text_upto(old->value, DIGEST_SHOWN);
    struct bytes is = text_upto(new->value, DIGEST_SHOWN);
    want_after(b, RULE_GATE_COMPONENT_DIGEST, after,
        arena_print(b->g->a, "%.*s is still %.*s, but its %.*s was %.*s… and is %.*s…",
            ARG(y->title.len ? y->title : y->id), ARG(or_none(w.to)), ARG(alg),
            ARG(was), ARG(is)),
        &w);
}

/* In order, joined: two licences said in another order are another text, and looked at. */
static struct bytes licence_of(struct arena *a, const struct item *c)
{
    struct bytes all = {0};
    for (uint16_t i = 0; i < c->field_count; i++) {
        if (!text_same_word(c->fields[i].name, TEXT("licence"))
            && !text_same_word(c->fields[i].name, TEXT("license")))
            continue;
        struct bytes v = c->fields[i].value;
        all = all.len ? arena_print(a, "%.*s, %.*s", ARG(all), ARG(v)) : v;
    }
    return all;
}

static void judge_licence(struct bill *b, uint32_t before, uint32_t after)
{
    const struct item *x = &b->g->before->items[before];
    const struct item *y = &b->g->after->items[after];
    struct bytes was = licence_of(b->g->a, x), is = licence_of(b->g->a, y);
    if (text_same(was, is) || !was.len)
        return;
    struct wanted w = {
        .from = component_version(x), .to = component_version(y), .fresh = true};
    want_after(b, RULE_GATE_COMPONENT_LICENCE, after,
        arena_print(b->g->a, "its licence was %.*s and is %.*s", ARG(was),
            ARG(is.len ? is : TEXT("not stated"))),
        &w);
}

static void judge_same(struct bill *b, uint32_t before, uint32_t after)
{
    struct bytes was = component_version(&b->g->before->items[before]);
    struct bytes is = component_version(&b->g->after->items[after]);
    if (text_same(was, is)) {
        judge_digest(b, before, after);
    } else {
        struct wanted w = {.from = was, .to = is};
        want_after(b, RULE_GATE_COMPONENT_VERSION, after,
            arena_print(
                b->g->a, "%.*s becomes %.*s", ARG(or_none(was)), ARG(or_none(is))),
            &w);
    }
    judge_licence(b, before, after);
}

/* Names of components that meet input from outside, whichever document says so. */
static struct table *facing_names(struct bill *b)
{
    const struct model *m = b->g->after;
    struct table *t = table_new(b->g->a, 64);
    for (uint32_t i = 0; i < m->item_count; i++) {
        const struct item *c = &m->items[i];
        if (c->kind != ITEM_COMPONENT)
            continue;
        bool facing = c->boundary_facing;
        for (uint32_t l = m->out[i]; l < m->out[i + 1] && !facing; l++)
            facing = m->links[l].kind == LINK_CROSSES;
        struct bytes names[] = {c->id, c->title, item_field(c, "package")};
        for (size_t n = 0; facing && n < 3; n++)
            if (names[n].len)
                table_put(t, lower(b->g->a, names[n]), i);
    }
    return t;
}

struct descent {
    const struct model *m;
    uint32_t *queue;
    bool *seen;
    uint32_t tail;
};

/* The row of a register and the part of a bill are one component: reached together. */
static void reach(struct bill *b, struct descent *d, uint32_t item, uint32_t root)
{
    const struct model *m = d->m;
    struct bytes id = m->items[item].id;
    while (item > 0 && m->items[item - 1].kind == ITEM_COMPONENT
        && text_same(m->items[item - 1].id, id))
        item--;
    for (; item < m->item_count && m->items[item].kind == ITEM_COMPONENT
         && text_same(m->items[item].id, id);
         item++) {
        d->seen[item] = true;
        b->above[item] = root;
        d->queue[d->tail++] = item;
    }
}

/* Down from every boundary-facing component by what it depends on, nearest first. */
static void find_parts_below(struct bill *b)
{
    const struct model *m = b->g->after;
    struct table *facing = facing_names(b);
    struct descent d = {.m = m,
        .queue = arena_take(b->g->a, m->item_count * sizeof *d.queue),
        .seen = arena_take(b->g->a, m->item_count)};
    uint32_t head = 0;
    b->above = arena_take(b->g->a, m->item_count * sizeof *b->above);
    for (uint32_t i = 0; i < m->item_count; i++) {
        b->above[i] = ITEM_NONE;
        const struct item *c = &m->items[i];
        if (c->kind == ITEM_COMPONENT
            && (table_get(facing, lower(b->g->a, c->id)) != TABLE_NONE
                || c->boundary_facing)) {
            d.seen[i] = true;
            d.queue[d.tail++] = i;
        }
    }
    uint32_t roots = d.tail;
    while (head < d.tail) {
        uint32_t at = d.queue[head];
        uint32_t root = head++ < roots ? at : b->above[at];
        for (uint32_t l = m->out[at]; l < m->out[at + 1]; l++) {
            uint32_t to = m->links[l].to;
            if (m->links[l].kind == LINK_USES && to != ITEM_NONE && !d.seen[to]
                && m->items[to].kind == ITEM_COMPONENT)
                reach(b, &d, to, root);
        }
    }
}

void gate_components(struct gate *g)
{
    struct bill b = {.g = g};
    find_records(&b);
    find_parts_below(&b);
    for (uint32_t i = 0; i < g->after->item_count; i++) {
        if (g->after->items[i].kind != ITEM_COMPONENT || g->pairs.double_after[i])
            continue;
        if (g->pairs.before_of[i] == ITEM_NONE)
            judge_new(&b, i);
        else
            judge_same(&b, g->pairs.before_of[i], i);
    }
    for (uint32_t i = 0; i < g->before->item_count; i++)
        if (g->before->items[i].kind == ITEM_COMPONENT && !g->pairs.double_before[i]
            && g->pairs.after_of[i] == ITEM_NONE)
            judge_gone(&b, i);
}
