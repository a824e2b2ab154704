/* SPDX-License-Identifier: Apache-2.0 */
#include "review/change/reopen.h"

#include <stdlib.h>
#include <string.h>

#define ARG(t) (int)(t).len, (const char *)(t).at

enum reach { REACH_NOT, REACH_END, REACH_WORK, REACH_MEANING };

struct step { /* how an item was reached */
    uint8_t reach;
    uint8_t verb; /* row of `carries`, for the chain */
    uint32_t
        over; /* the item it was reached from, in the model after; ITEM_NONE: a start */
    uint32_t start; /* change item that it all began with */
};

enum { IN, OUT };

/* clang-format off */
static const struct {
    uint8_t from, link, way, to; /* way OUT: the link goes from `from` to `to` */
    uint8_t least;               /* how far `from` must be reached */
    uint8_t then;                /* how far `to` is reached */
    const char *chain;           /* follows on `from`: ", which VER-002 verifies" */
    bool acts;                   /* `to` does it: its id goes in front of the verb */
} carries[] = { /* `from` in order of enum item_kind */
    {ITEM_REQUIREMENT, LINK_VERIFIES,  IN,  ITEM_CASE,        REACH_WORK,    REACH_END,     "verifies", true},
    {ITEM_REQUIREMENT, LINK_VERIFIES,  IN,  ITEM_CONTROL,     REACH_WORK,    REACH_WORK,    "carries out", true},
    {ITEM_REQUIREMENT, LINK_MITIGATES, OUT, ITEM_THREAT,      REACH_MEANING, REACH_WORK,    "answers", false},
    {ITEM_REQUIREMENT, LINK_MITIGATES, OUT, ITEM_HAZARD,      REACH_MEANING, REACH_END,     "controls", false},
    {ITEM_REQUIREMENT, LINK_PARENT,    IN,  ITEM_REQUIREMENT, REACH_MEANING, REACH_WORK,    "is part of", true},
    {ITEM_REQUIREMENT, LINK_PARENT,    OUT, ITEM_REQUIREMENT, REACH_MEANING, REACH_END,     "is part of", false},
    {ITEM_DESIGN,      LINK_SATISFIES, OUT, ITEM_REQUIREMENT, REACH_WORK,    REACH_WORK,    "meets", false},
    {ITEM_BOUNDARY,    LINK_CROSSES,   IN,  ITEM_REQUIREMENT, REACH_MEANING, REACH_WORK,    "guards", true},
    {ITEM_BOUNDARY,    LINK_CROSSES,   IN,  ITEM_THREAT,      REACH_MEANING, REACH_WORK,    "attacks", true},
    {ITEM_FLOW,        LINK_CROSSES,   OUT, ITEM_BOUNDARY,    REACH_MEANING, REACH_MEANING, "crosses", false},
    {ITEM_THREAT,      LINK_LEADS,     OUT, ITEM_HAZARD,      REACH_WORK,    REACH_END,     "leads to", false},
    {ITEM_THREAT,      LINK_MITIGATES, IN,  ITEM_REQUIREMENT, REACH_MEANING, REACH_WORK,    "answers", true},
    {ITEM_THREAT,      LINK_MITIGATES, IN,  ITEM_CONTROL,     REACH_MEANING, REACH_WORK,    "answers", true},
    {ITEM_THREAT,      LINK_VERIFIES,  IN,  ITEM_CASE,        REACH_MEANING, REACH_END,     "verifies", true},
    {ITEM_HAZARD,      LINK_MITIGATES, IN,  ITEM_REQUIREMENT, REACH_MEANING, REACH_WORK,    "controls", true},
    {ITEM_HAZARD,      LINK_MITIGATES, IN,  ITEM_CONTROL,     REACH_MEANING, REACH_WORK,    "controls", true},
    {ITEM_COMPONENT,   LINK_USES,      IN,  ITEM_COMPONENT,   REACH_WORK,    REACH_WORK,    "needs", true},
    {ITEM_COMPONENT,   LINK_USES,      IN,  ITEM_DESIGN,      REACH_WORK,    REACH_WORK,    "uses", true},
    {ITEM_COMPONENT,   LINK_SATISFIES, OUT, ITEM_REQUIREMENT, REACH_WORK,    REACH_WORK,    "meets", false},
    {ITEM_COMPONENT,   LINK_CROSSES,   OUT, ITEM_BOUNDARY,    REACH_MEANING, REACH_MEANING, "stands at", false},
    {ITEM_CREDENTIAL,  LINK_MITIGATES, IN,  ITEM_REQUIREMENT, REACH_MEANING, REACH_WORK,    "contains", true},
    {ITEM_CREDENTIAL,  LINK_VERIFIES,  IN,  ITEM_CASE,        REACH_MEANING, REACH_END,     "verifies", true},
    {ITEM_CREDENTIAL,  LINK_USES,      IN,  ITEM_DESIGN,      REACH_MEANING, REACH_WORK,    "uses", true},
    {ITEM_CREDENTIAL,  LINK_USES,      IN,  ITEM_FLOW,        REACH_MEANING, REACH_MEANING, "uses", true},
    {ITEM_CONTROL,     LINK_VERIFIES,  OUT, ITEM_REQUIREMENT, REACH_MEANING, REACH_WORK,    "carries out", false},
    {ITEM_CONTROL,     LINK_VERIFIES,  IN,  ITEM_CASE,        REACH_WORK,    REACH_END,     "verifies", true},
    {ITEM_CONTROL,     LINK_MITIGATES, OUT, ITEM_THREAT,      REACH_MEANING, REACH_WORK,    "answers", false},
    {ITEM_CODE,        LINK_SATISFIES, OUT, ITEM_REQUIREMENT, REACH_WORK,    REACH_WORK,    "meets", false},
    {ITEM_CODE,        LINK_SATISFIES, OUT, ITEM_CONTROL,     REACH_WORK,    REACH_WORK,    "is part of", false},
};
/* clang-format on */

struct walk {
    const struct gate *g;
    const struct change_item *changes;
    struct step *steps; /* for each item after */
    uint32_t *queue;    /* each item is in it at most once for each reach */
    uint32_t head, tail;
    uint16_t first_row[ITEM_KINDS + 1];
};

static void reach(struct walk *w, uint32_t item, uint8_t how, uint8_t row,
    uint32_t over, uint32_t start)
{
    struct step *s = &w->steps[item];
    if (s->reach >= how)
        return;
    *s = (struct step){how, row, over, start};
    w->queue[w->tail++] = item;
}

/* A start in the model before (gone) hands on to what is still there. */
static void carry(struct walk *w, const struct model *m, uint32_t from, uint8_t how,
    uint32_t start, const uint32_t *after_of)
{
    uint8_t kind = m->items[from].kind;
    for (uint16_t r = w->first_row[kind]; r < w->first_row[kind + 1]; r++) {
        if (how < carries[r].least)
            continue;
        const uint32_t *ends = carries[r].way == OUT ? m->out : m->in;
        for (uint32_t k = ends[from]; k < ends[from + 1]; k++) {
            const struct link *l =
                &m->links[carries[r].way == OUT ? k : m->in_links[k]];
            uint32_t to = carries[r].way == OUT ? l->to : l->from;
            if (l->kind != carries[r].link || to == ITEM_NONE
                || m->items[to].kind != carries[r].to)
                continue;
            uint32_t other = after_of ? after_of[to] : to;
            if (other != ITEM_NONE)
                reach(w, other, carries[r].then, (uint8_t)r,
                    after_of ? ITEM_NONE : from, start);
        }
    }
}

static uint8_t reach_of(const struct change_item *c)
{
    switch ((enum item_kind)c->item_kind) {
    case ITEM_CASE:
    case ITEM_RESULT:
    case ITEM_DECISION: return REACH_END;
    case ITEM_DESIGN:
    case ITEM_CODE: return c->kind == CHANGE_LINKS ? REACH_END : REACH_WORK;
    case ITEM_REQUIREMENT:
    case ITEM_BOUNDARY:
    case ITEM_FLOW:
    case ITEM_THREAT:
    case ITEM_HAZARD:
    case ITEM_COMPONENT:
    case ITEM_CREDENTIAL:
    case ITEM_CONTROL:
    case ITEM_KINDS: break;
    }
    return c->kind == CHANGE_LINKS ? REACH_END : REACH_MEANING;
}

static void walk_all(struct walk *w, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (w->changes[i].after != ITEM_NONE)
            reach(w, w->changes[i].after, reach_of(&w->changes[i]), UINT8_MAX,
                ITEM_NONE, i);
    for (uint32_t i = 0; i < count; i++)
        if (w->changes[i].after == ITEM_NONE)
            carry(w, w->g->before, w->changes[i].before, reach_of(&w->changes[i]), i,
                w->g->pairs.after_of);
    while (w->head < w->tail) {
        uint32_t at = w->queue[w->head++];
        carry(w, w->g->after, at, w->steps[at].reach, w->steps[at].start, NULL);
    }
}

/* ---- chains ---- */

static const struct item *start_item(const struct walk *w, uint32_t start)
{
    const struct change_item *c = &w->changes[start];
    return c->after != ITEM_NONE ? &w->g->after->items[c->after]
                                 : &w->g->before->items[c->before];
}

static struct bytes called(const struct item *i)
{
    return i->kind == ITEM_COMPONENT && i->title.len ? i->title : i->id;
}

static const char *happened(const struct change_item *c)
{
    static const char *const words[CHANGE_KINDS] = {
        "is new", "is gone", "changed", "has other links"};
    return words[c->kind];
}

/* "the threat changed, which the requirement answers": from the start down to `item`. */
static struct bytes chain_to(const struct walk *w, uint32_t item)
{
    struct arena *a = w->g->a;
    const struct step *s = &w->steps[item];
    const struct change_item *c = &w->changes[s->start];
    if (s->verb == UINT8_MAX) {
        static const char *const own[CHANGE_KINDS] = {
            "it is new", "it is gone", "its text changed", "its links changed"};
        bool code = c->item_kind == ITEM_CODE || c->item_kind == ITEM_CASE;
        return text_of(
            code && c->kind == CHANGE_TEXT ? "its source changed" : own[c->kind]);
    }
    uint32_t path[16],
        n = 0; /* chains are as long as the table's kinds allow, or cut */
    for (uint32_t at = item;
         n < 16 && at != ITEM_NONE && w->steps[at].verb != UINT8_MAX;
         at = w->steps[at].over)
        path[n++] = at;
    struct bytes text =
        arena_print(a, "%.*s %s", ARG(called(start_item(w, s->start))), happened(c));
    for (; n > 0; n--) {
        struct bytes id = called(&w->g->after->items[path[n - 1]]);
        uint8_t row = w->steps[path[n - 1]].verb;
        text = carries[row].acts ? arena_print(
                   a, "%.*s, which %.*s %s", ARG(text), ARG(id), carries[row].chain)
                                 : arena_print(a, "%.*s, which %s %.*s", ARG(text),
                                     carries[row].chain, ARG(id));
    }
    return text;
}

/* ---- what comes out ---- */

static enum reopen reopen_of(enum item_kind k)
{
    switch (k) {
    case ITEM_REQUIREMENT: return REOPEN_REQUIREMENT;
    case ITEM_CONTROL: return REOPEN_CONTROL;
    case ITEM_HAZARD: return REOPEN_HAZARD;
    case ITEM_CASE: return REOPEN_TEST;
    case ITEM_DESIGN:
    case ITEM_BOUNDARY:
    case ITEM_FLOW:
    case ITEM_THREAT:
    case ITEM_RESULT:
    case ITEM_COMPONENT:
    case ITEM_CREDENTIAL:
    case ITEM_DECISION:
    case ITEM_CODE:
    case ITEM_KINDS: break;
    }
    return REOPEN_KINDS;
}

static void add(struct list *l, enum reopen kind, struct bytes what, struct bytes why)
{
    *(struct reopened *)list_add(l) = (struct reopened){(uint8_t)kind, what, why};
}

/* What is issued as a document: not program text, and not what a test run writes. */
static bool is_issued(const struct document *d)
{
    switch ((enum format)d->format) {
    case FORMAT_MARKDOWN:
    case FORMAT_TEXT:
    case FORMAT_RST:
    case FORMAT_HTML:
    case FORMAT_DOCX:
    case FORMAT_XLSX:
    case FORMAT_ODT:
    case FORMAT_PDF:
    case FORMAT_YAML:
    case FORMAT_REQIF:
    case FORMAT_THREAGILE:
    case FORMAT_OTM:
    case FORMAT_THREAT_DRAGON:
    case FORMAT_CSV: return d->unit_count > 0;
    case FORMAT_NONE:
    case FORMAT_JSON:
    case FORMAT_JUNIT:
    case FORMAT_TAP:
    case FORMAT_CYCLONEDX:
    case FORMAT_SPDX_JSON:
    case FORMAT_SPDX_TAG:
    case FORMAT_SOURCE:
    case FORMATS: break;
    }
    return false;
}

/* A document is re-issued because it says what changed, or refers to what changed. */
static void reopen_documents(const struct walk *w, uint32_t count, struct list *out)
{
    const struct model *m = w->g->after;
    const struct corpus *c = m->corpus;
    struct bytes *why = arena_take(w->g->a, c->doc_count * sizeof *why);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = w->changes[i].after;
        if (at == ITEM_NONE || w->changes[i].kind == CHANGE_LINKS)
            continue;
        struct bytes id = called(&m->items[at]);
        uint32_t own = c->units[m->items[at].unit].doc;
        if (!why[own].len)
            why[own] = arena_print(
                w->g->a, "it says %.*s, which %s", ARG(id), happened(&w->changes[i]));
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = w->changes[i].after;
        if (at == ITEM_NONE || w->changes[i].kind == CHANGE_LINKS)
            continue;
        for (uint32_t k = m->in[at]; k < m->in[at + 1]; k++) {
            uint32_t doc = c->units[m->links[m->in_links[k]].unit].doc;
            if (!why[doc].len)
                why[doc] = arena_print(w->g->a, "it refers to %.*s, which %s",
                    ARG(called(&m->items[at])), happened(&w->changes[i]));
        }
    }
    for (uint32_t i = 0; i < m->item_count; i++) {
        uint32_t doc = c->units[m->items[i].unit].doc;
        if (w->steps[i].verb != UINT8_MAX && w->steps[i].reach > REACH_NOT
            && reopen_of((enum item_kind)m->items[i].kind) != REOPEN_KINDS
            && !why[doc].len)
            why[doc] = arena_print(w->g->a, "it says %.*s: %.*s", ARG(m->items[i].id),
                ARG(chain_to(w, i)));
    }
    for (uint32_t d = 0; d < c->doc_count; d++)
        if (why[d].len && is_issued(&c->docs[d]))
            add(out, REOPEN_DOCUMENT, c->docs[d].path, why[d]);
}

static int by_kind(const void *x, const void *y)
{
    const struct reopened *a = x, *b = y;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    int order = text_order(a->what, b->what);
    return order ? order : text_order(a->why, b->why);
}

void reopen_all(const struct gate *g, const struct change_item *items, uint32_t count,
    struct change *out)
{
    const struct model *m = g->after;
    struct walk w = {.g = g,
        .changes = items,
        .steps = arena_take(g->a, m->item_count * sizeof(struct step)),
        .queue = arena_take(
            g->a, ((size_t)m->item_count * REACH_MEANING + 1) * sizeof(uint32_t))};
    for (uint16_t r = 0; r < sizeof carries / sizeof carries[0]; r++)
        w.first_row[carries[r].from + 1]++;
    for (size_t k = 0; k < ITEM_KINDS; k++)
        w.first_row[k + 1] = (uint16_t)(w.first_row[k + 1] + w.first_row[k]);
    walk_all(&w, count);

    struct list found = LIST_OF(struct reopened);
    for (uint32_t i = 0; i < m->item_count; i++) {
        enum reopen kind = reopen_of((enum item_kind)m->items[i].kind);
        bool is_new = w.steps[i].verb == UINT8_MAX && w.steps[i].reach
            && items[w.steps[i].start].kind == CHANGE_NEW;
        if (w.steps[i].reach && kind != REOPEN_KINDS
            && (!is_new || kind == REOPEN_TEST))
            add(&found, kind, m->items[i].id, chain_to(&w, i));
    }
    reopen_documents(&w, count, &found);
    if (found.count)
        qsort(found.at, found.count, sizeof(struct reopened), by_kind);
    out->reopened = arena_take(g->a, found.count * sizeof *out->reopened);
    if (found.count)
        memcpy(out->reopened, found.at, found.count * sizeof *out->reopened);
    out->reopened_count = (uint32_t)found.count;
    list_free(&found);
}
