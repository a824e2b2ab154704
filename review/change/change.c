/* SPDX-License-Identifier: Apache-2.0 */
#include "review/change/change.h"

#include "review/base/date.h"
#include "review/change/gate.h"
#include "review/change/reopen.h"
#include "review/change/significance.h"
#include "review/check/groups.h"
#include "review/model/ids.h"

#include <stdlib.h>
#include <string.h>

const char *change_kind_name(enum change_kind k)
{
    static const char *const names[CHANGE_KINDS] = {"new", "gone", "text", "links"};
    return names[k];
}

const char *reopen_name(enum reopen k)
{
    static const char *const names[REOPEN_KINDS] = {"requirements", "controls",
        "hazardous situations", "tests to run again", "documents to issue again"};
    return names[k];
}

/* ---- what changed ---- */

struct far { /* one link of an item, seen from it */
    uint8_t kind;
    bool in;
    uint32_t other; /* item after */
};

static int by_far(const void *x, const void *y)
{
    const struct far *a = x, *b = y;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->in != b->in)
        return a->in ? 1 : -1;
    return (a->other > b->other) - (a->other < b->other);
}

/* Links whose other end both models have; what comes and goes is said of itself. */
static uint32_t far_ends(struct arena *a, const struct model *m, uint32_t item,
    const uint32_t *same, bool before, struct far **out)
{
    uint32_t n = 0,
             room = m->out[item + 1] - m->out[item] + m->in[item + 1] - m->in[item];
    struct far *f = arena_take(a, room * sizeof *f);
    for (uint32_t k = m->out[item]; k < m->out[item + 1]; k++) {
        uint32_t to = m->links[k].to;
        if (to != ITEM_NONE && same[to] != ITEM_NONE)
            f[n++] = (struct far){m->links[k].kind, false, before ? same[to] : to};
    }
    for (uint32_t k = m->in[item]; k < m->in[item + 1]; k++) {
        const struct link *l = &m->links[m->in_links[k]];
        if (l->kind != LINK_RESULT && same[l->from] != ITEM_NONE)
            f[n++] = (struct far){l->kind, true, before ? same[l->from] : l->from};
    }
    if (n)
        qsort(f, n, sizeof *f, by_far);
    *out = f;
    return n;
}

static bool same_links(const struct gate *g, uint32_t before, uint32_t after)
{
    struct far *x, *y;
    uint32_t nx = far_ends(g->a, g->before, before, g->pairs.after_of, true, &x);
    uint32_t ny = far_ends(g->a, g->after, after, g->pairs.before_of, false, &y);
    if (nx != ny)
        return false;
    for (uint32_t i = 0; i < nx; i++)
        if (by_far(&x[i], &y[i]) != 0)
            return false;
    return true;
}

/* A source file has no text in the model: its bytes decide. */
static bool is_source(const struct model *m, const struct item *i)
{
    return text_same(i->id, item_document(m, i)->path);
}

static bool same_text(const struct gate *g, uint32_t before, uint32_t after)
{
    if (!pair_same_text(g->before, before, g->after, after))
        return false;
    return !is_source(g->after, &g->after->items[after])
        || pair_same_document(g->before, before, g->after, after);
}

static struct bytes item_id(const struct gate *g, const struct change_item *c)
{
    return c->after != ITEM_NONE ? g->after->items[c->after].id
                                 : g->before->items[c->before].id;
}

struct sorted {
    struct change_item c;
    struct bytes id;
};

static int by_change(const void *x, const void *y)
{
    const struct sorted *a = x, *b = y;
    if (a->c.item_kind != b->c.item_kind)
        return a->c.item_kind < b->c.item_kind ? -1 : 1;
    if (a->c.kind != b->c.kind)
        return a->c.kind < b->c.kind ? -1 : 1;
    int order = text_order(a->id, b->id);
    if (order)
        return order;
    if (a->c.after != b->c.after)
        return a->c.after < b->c.after ? -1 : 1;
    return (a->c.before > b->c.before) - (a->c.before < b->c.before);
}

static void add(struct list *l, const struct gate *g, enum change_kind kind,
    uint32_t before, uint32_t after)
{
    struct sorted *s = list_add(l);
    uint8_t of = after != ITEM_NONE ? g->after->items[after].kind
                                    : g->before->items[before].kind;
    s->c = (struct change_item){(uint8_t)kind, of, before, after};
    s->id = item_id(g, &s->c);
}

/* Results come and go with every run; they are counted, not listed. */
static void find_changes(const struct gate *g, struct change *out)
{
    struct list found = LIST_OF(struct sorted);
    for (uint32_t i = 0; i < g->after->item_count; i++) {
        uint32_t was = g->pairs.before_of[i];
        if (g->after->items[i].kind == ITEM_RESULT) {
            out->results_after++;
            continue;
        }
        if (g->pairs.double_after[i])
            continue;
        if (was == ITEM_NONE)
            add(&found, g, CHANGE_NEW, ITEM_NONE, i);
        else if (!same_text(g, was, i))
            add(&found, g, CHANGE_TEXT, was, i);
        else if (!same_links(g, was, i))
            add(&found, g, CHANGE_LINKS, was, i);
    }
    for (uint32_t i = 0; i < g->before->item_count; i++) {
        bool result = g->before->items[i].kind == ITEM_RESULT;
        out->results_before += result;
        if (!result && !g->pairs.double_before[i] && g->pairs.after_of[i] == ITEM_NONE)
            add(&found, g, CHANGE_GONE, i, ITEM_NONE);
    }
    if (found.count)
        qsort(found.at, found.count, sizeof(struct sorted), by_change);
    out->items = arena_take(g->a, found.count * sizeof *out->items);
    out->item_count = (uint32_t)found.count;
    for (uint32_t i = 0; i < out->item_count; i++)
        out->items[i] = LIST_AT(&found, struct sorted, i)->c;
    list_free(&found);
}

static void count_files(const struct gate *g, struct change *out)
{
    const struct corpus *b = g->before->corpus, *c = g->after->corpus;
    for (uint32_t d = 0; d < c->doc_count; d++) {
        uint32_t was = g->pairs.doc_before_of[d];
        out->files_new += was == UNIT_NONE;
        out->files_changed +=
            was != UNIT_NONE && memcmp(b->docs[was].digest, c->docs[d].digest, 32) != 0;
    }
    for (uint32_t d = 0; d < b->doc_count; d++)
        out->files_gone += g->pairs.doc_after_of[d] == UNIT_NONE;
}

/* ---- what the gates share ---- */

static void bind_before(const struct gate *g, struct finding *f, uint32_t before_item)
{
    const struct item *was = &g->before->items[before_item];
    judge_bind(f, (struct bytes){was->digest, sizeof was->digest});
}

struct finding *gate_item(
    struct gate *g, enum rule_id rule, uint32_t after_item, struct bytes says)
{
    struct finding *f = judge_item(&g->judge, rule, after_item, says);
    if (g->pairs.before_of[after_item] != ITEM_NONE)
        bind_before(g, f, g->pairs.before_of[after_item]);
    return f;
}

struct finding *gate_gone(struct gate *g, enum rule_id rule, uint32_t before_item,
    struct bytes subject, struct bytes says)
{
    uint32_t doc = g->before->corpus->units[g->before->items[before_item].unit].doc;
    struct finding *f =
        judge_place(&g->judge, rule, g->pairs.doc_after_of[doc], 0, 0, subject, says);
    bind_before(g, f, before_item);
    return f;
}

bool gate_is_fresh(const struct gate *g, uint32_t after_item)
{
    uint32_t was = g->pairs.before_of[after_item];
    return was == ITEM_NONE || !pair_same_text(g->before, was, g->after, after_item);
}

bool gate_decided(const struct gate *g, struct bytes id)
{
    return table_get(g->decided, id) != TABLE_NONE;
}

/* What dated decisions of this change name: linked items, whole values, ids in text. */
static struct table *find_decided(struct gate *g)
{
    const struct model *m = g->after;
    struct table *t = table_new(g->a, 64);
    for (uint32_t i = 0; i < m->item_count; i++) {
        const struct item *d = &m->items[i];
        bool signed_by = item_field(d, "by").len || item_field(d, "reviewer").len
            || item_field(d, "owner").len;
        if (d->kind != ITEM_DECISION || !signed_by || !date_s(item_field(d, "date"))
            || item_field(d, "component").len || !gate_is_fresh(g, i)
            || item_field(d, "finding").len) /* accepts that, and nothing else */
            continue;
        for (uint32_t l = m->out[i]; l < m->out[i + 1]; l++)
            if (m->links[l].to != ITEM_NONE && m->links[l].kind != LINK_CROSSES)
                table_put(t, m->items[m->links[l].to].id, i);
        for (uint16_t f = 0; f < d->field_count; f++) {
            struct id_found id;
            if (d->fields[f].value.len)
                table_put(t, d->fields[f].value, i);
            for (struct bytes rest = d->fields[f].value; id_next(rest, &id);
                 rest = id.rest)
                table_put(t, id.id, i);
        }
    }
    return t;
}

/* Gates, and findings that were not there before. */
static void find_broken(
    struct gate *g, const struct change_ask *ask, struct change *out)
{
    struct judge *j = &g->judge;
    struct list broken = LIST_OF(struct finding);
    gate_components(g);
    gate_architecture(g);
    check_decisions(j);
    for (uint32_t i = 0; i < ask->after_findings->count; i++)
        *(struct finding *)list_add(&j->found) = ask->after_findings->at[i];
    struct findings all;
    judge_done(j, &all);
    gate_new_only(g->a, ask->before_findings, &all, &broken);
    j->found = broken;
    judge_done(j, &out->broken);
}

void change_judge(struct arena *a, const struct change_ask *ask, struct change *out)
{
    struct gate g = {.a = a,
        .before = ask->before,
        .after = ask->after,
        .judge = {.a = a,
            .m = ask->after,
            .rules = ask->rules,
            .found = LIST_OF(struct finding)}};
    *out = (struct change){.go = true};
    pair_models(a, ask->before, ask->after, &g.pairs);
    g.decided = find_decided(&g);
    find_changes(&g, out);
    count_files(&g, out);
    find_broken(&g, ask, out);
    for (unsigned s = ask->fail_on; s <= SEVERITY_CRITICAL; s++)
        out->go &= out->broken.by_severity[s] == 0;
    reopen_all(&g, out->items, out->item_count, out);
    significance(&g, ask->owners, out);
}
