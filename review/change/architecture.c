/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Architecture: what a change may not do to boundaries, flows and mitigations unless somebody
 * looked at it: a threat that names the flow, or a dated decision about the item.
 */
#include "review/base/date.h"
#include "review/change/gate.h"
#include "review/change/strength.h"

#include <string.h>

#define ARG(t) (int)(t).len, (const char *)(t).at

static bool is_new_threat(const struct gate *g, uint32_t after)
{
    return g->after->items[after].kind == ITEM_THREAT
        && g->pairs.before_of[after] == ITEM_NONE;
}

/* A threat that is linked with it, either way. */
static bool threat_names(const struct gate *g, uint32_t item)
{
    const struct model *m = g->after;
    for (uint32_t l = m->out[item]; l < m->out[item + 1]; l++)
        if (m->links[l].to != ITEM_NONE && m->items[m->links[l].to].kind == ITEM_THREAT)
            return true;
    for (uint32_t k = m->in[item]; k < m->in[item + 1]; k++)
        if (m->items[m->links[m->in_links[k]].from].kind == ITEM_THREAT)
            return true;
    return false;
}

/* A link of that kind; links stand in order of from, kind, to. */
static bool is_linked(
    const struct model *m, uint32_t from, enum link_kind kind, uint32_t to)
{
    uint32_t low = m->out[from], high = m->out[from + 1];
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        const struct link *l = &m->links[mid];
        if (l->kind < kind || (l->kind == kind && l->to < to))
            low = mid + 1;
        else
            high = mid;
    }
    return low < m->out[from + 1] && m->links[low].kind == kind
        && m->links[low].to == to;
}

/* A threat at the boundary that came with this change; an old one cannot know the flow. */
static bool new_threat_at(const struct gate *g, uint32_t boundary)
{
    const struct model *m = g->after;
    for (uint32_t k = m->in[boundary]; k < m->in[boundary + 1]; k++)
        if (is_new_threat(g, m->links[m->in_links[k]].from))
            return true;
    return false;
}

static bool guarded(const struct gate *g, uint32_t boundary)
{
    const struct model *m = g->after;
    for (uint32_t k = m->in[boundary]; k < m->in[boundary + 1]; k++)
        if (m->items[m->links[m->in_links[k]].from].kind == ITEM_REQUIREMENT)
            return true;
    return false;
}

static void judge_new_boundary(struct gate *g, uint32_t after)
{
    struct bytes id = g->after->items[after].id;
    bool threat = threat_names(g, after), requirement = guarded(g, after);
    if ((threat && requirement) || gate_decided(g, id))
        return;
    gate_item(g, RULE_GATE_BOUNDARY_NEW, after,
        threat            ? TEXT("it is new, and no requirement stands at it")
            : requirement ? TEXT("it is new, and no threat names it")
                          : TEXT("it is new; no threat and no requirement name it"));
}

/* The flow crosses a boundary, and neither a threat nor a decision speaks of it. */
static void judge_new_flow(struct gate *g, uint32_t after)
{
    const struct model *m = g->after;
    bool crosses = false, looked_at = threat_names(g, after);
    struct bytes boundary = {0};
    for (uint32_t l = m->out[after]; l < m->out[after + 1]; l++) {
        const struct link *k = &m->links[l];
        if (k->kind != LINK_CROSSES)
            continue;
        crosses = true;
        boundary = k->to == ITEM_NONE ? k->target : m->items[k->to].id;
        looked_at |= k->to != ITEM_NONE && new_threat_at(g, k->to);
    }
    if (!crosses || looked_at || gate_decided(g, m->items[after].id))
        return;
    struct finding *f = gate_item(g, RULE_GATE_FLOW_NEW, after,
        arena_print(
            g->a, "it is new and crosses %.*s; no threat names it", ARG(boundary)));
    f->skeleton = arena_print(g->a,
        "- {id: T-, stride: [], boundary: %.*s, flow: %.*s, title: \"\", mitigated_by: []}",
        ARG(boundary), ARG(m->items[after].id));
}

/* A known flow that goes over a boundary which it did not cross before. */
static void judge_moved_flow(struct gate *g, uint32_t before, uint32_t after)
{
    const struct model *m = g->after;
    for (uint32_t l = m->out[after]; l < m->out[after + 1]; l++) {
        const struct link *k = &m->links[l];
        if (k->kind != LINK_CROSSES || k->to == ITEM_NONE)
            continue;
        uint32_t was = g->pairs.before_of[k->to];
        if (was != ITEM_NONE && is_linked(g->before, before, LINK_CROSSES, was))
            continue;
        if (!new_threat_at(g, k->to) && !new_threat_at(g, after)
            && !gate_decided(g, m->items[after].id)
            && !gate_decided(g, m->items[k->to].id))
            gate_item(g, RULE_GATE_FLOW_NEW, after,
                arena_print(g->a, "it now crosses %.*s; no new threat names it",
                    ARG(m->items[k->to].id)));
    }
}

/* Flows that a boundary only lists: crosses: [telemetry, configuration]. */
static bool lists_flows(struct bytes name)
{
    return text_same_word(name, TEXT("crosses")) || text_same_word(name, TEXT("flows"))
        || text_same_word(name, TEXT("interfaces"))
        || text_same_word(name, TEXT("ports"));
}

static bool has_value(const struct item *i, const struct field *f)
{
    for (uint16_t k = 0; k < i->field_count; k++)
        if (text_same_word(i->fields[k].name, f->name)
            && text_same(i->fields[k].value, f->value))
            return true;
    return false;
}

static void judge_listed_flows(struct gate *g, uint32_t before, uint32_t after)
{
    const struct item *x = &g->before->items[before], *y = &g->after->items[after];
    for (uint16_t k = 0; k < y->field_count; k++) {
        const struct field *f = &y->fields[k];
        if (!lists_flows(f->name) || !f->value.len || has_value(x, f)
            || model_find(g->after, f->value) != ITEM_NONE) /* judged as itself */
            continue;
        if (!new_threat_at(g, after) && !gate_decided(g, y->id))
            gate_item(g, RULE_GATE_FLOW_NEW, after,
                arena_print(g->a, "%.*s is new in its list; no new threat is at it",
                    ARG(f->value)));
    }
}

/* All values of a field, one behind the other: a list gives one field for each. */
static struct bytes values_of(struct gate *g, const struct item *i, struct bytes name)
{
    struct bytes all = {0};
    for (uint16_t k = 0; k < i->field_count; k++) {
        struct bytes v = i->fields[k].value;
        if (text_same_word(i->fields[k].name, name) && v.len)
            all = all.len ? arena_print(g->a, "%.*s, %.*s", ARG(all), ARG(v)) : v;
    }
    return all;
}

/* The name of the first field that speaks of it, or empty. */
static struct bytes first_about(const struct item *i, enum strength_of what)
{
    for (uint16_t k = 0; k < i->field_count; k++)
        if (strength_field(what, i->fields[k].name))
            return i->fields[k].name;
    return (struct bytes){0};
}

/*
 * What the item says by a field, and what it says now: by the same field, or by the first that
 * speaks of the same, since a field may be called otherwise in another file. False: the field
 * was compared already, or does not speak of it.
 */
static bool said_about(struct gate *g, const struct item *x, const struct item *y,
    enum strength_of what, uint16_t field, struct bytes *was, struct bytes *is)
{
    struct bytes name = x->fields[field].name;
    if (!strength_field(what, name))
        return false;
    for (uint16_t k = 0; k < field; k++)
        if (text_same_word(x->fields[k].name, name))
            return false;
    *was = values_of(g, x, name);
    *is = values_of(g, y, name);
    if (!is->len)
        *is = values_of(g, y, first_about(y, what));
    return true;
}

static bool has_channel(enum item_kind k)
{
    return k == ITEM_FLOW || k == ITEM_BOUNDARY || k == ITEM_DESIGN
        || k == ITEM_CREDENTIAL || k == ITEM_CONTROL;
}

static void judge_strength(struct gate *g, uint32_t before, uint32_t after)
{
    static const struct {
        uint8_t what, rule;
        const char *name;
    } rows[] = {
        {STRENGTH_PROTOCOL, RULE_GATE_PROTOCOL_WEAKER, "protocol"},
        {STRENGTH_AUTHENTICATION, RULE_GATE_AUTH_WEAKER, "authentication"},
    };
    const struct item *x = &g->before->items[before], *y = &g->after->items[after];
    if (memcmp(x->digest, y->digest, 16) == 0 || gate_decided(g, y->id))
        return;
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++)
        for (uint16_t f = 0; f < x->field_count; f++) {
            enum strength_of what = (enum strength_of)rows[r].what;
            struct bytes was, is;
            if (!said_about(g, x, y, what, f, &was, &is) || !weaker(what, was, is))
                continue;
            gate_item(g, (enum rule_id)rows[r].rule, after,
                is.len ? arena_print(g->a, "its %s was %.*s and is %.*s", rows[r].name,
                    ARG(was), ARG(is))
                       : arena_print(g->a, "its %s was %.*s and is not stated any more",
                           rows[r].name, ARG(was)));
            break;
        }
}

static void judge_cut_mitigation(struct gate *g, const struct link *l)
{
    const struct item *from = &g->before->items[l->from];
    uint32_t to = g->pairs.after_of[l->to], still = g->pairs.after_of[l->from];
    if (to == ITEM_NONE || gate_decided(g, g->after->items[to].id)
        || gate_decided(g, from->id)
        || (still == ITEM_NONE && from->kind == ITEM_CONTROL))
        return;
    gate_item(g, RULE_GATE_MITIGATION_REMOVED, to,
        still == ITEM_NONE
            ? arena_print(g->a, "%.*s mitigated it and is gone", ARG(from->id))
            : arena_print(
                g->a, "%.*s mitigated it and does not any more", ARG(from->id)));
}

enum { STAYED = 1, CAME = 2 };

/* What is linked with the requirement in that way by items of that kind: bits. */
static unsigned others_linked(
    const struct gate *g, uint32_t requirement, enum link_kind link, uint8_t kind)
{
    const struct model *m = g->after;
    uint32_t was = g->pairs.before_of[requirement];
    unsigned seen = 0;
    for (uint32_t k = m->in[requirement]; k < m->in[requirement + 1]; k++) {
        const struct link *l = &m->links[m->in_links[k]];
        uint32_t old = g->pairs.before_of[l->from];
        if (l->kind != link || m->items[l->from].kind != kind)
            continue;
        seen |=
            old != ITEM_NONE && is_linked(g->before, old, link, was) ? STAYED : CAME;
    }
    return seen;
}

/*
 * What met or verified the requirement is gone. Where something new does so it was moved or
 * renamed; where nothing does any more the rules of traces say so. What is left is a loss that
 * others hide, which did the same before.
 */
static void judge_gone_link(struct gate *g, const struct link *l)
{
    const struct item *gone = &g->before->items[l->from];
    uint32_t to = g->pairs.after_of[l->to];
    if (to == ITEM_NONE || g->after->items[to].kind != ITEM_REQUIREMENT
        || gone->kind == ITEM_CONTROL || gone->kind == ITEM_COMPONENT /* own gates */
        || others_linked(g, to, (enum link_kind)l->kind, gone->kind) != STAYED
        || gate_decided(g, g->after->items[to].id) || gate_decided(g, gone->id))
        return;
    struct finding *f = gate_item(g, RULE_GATE_UNLINKED, to,
        arena_print(g->a, "%s %.*s is gone, and nothing new stands in for it",
            item_kind_name((enum item_kind)gone->kind), ARG(gone->id)));
    judge_bind(f, (struct bytes){gone->digest, sizeof gone->digest});
}

/* Both ends are there still, the link is not. */
static void judge_cut_link(struct gate *g, const struct link *l)
{
    const struct model *b = g->before;
    uint32_t from = g->pairs.after_of[l->from], to = g->pairs.after_of[l->to];
    bool up = b->items[l->to].kind == ITEM_REQUIREMENT;
    bool down = b->items[l->from].kind == ITEM_REQUIREMENT;
    if (from == ITEM_NONE || to == ITEM_NONE || (!up && !down))
        return;
    uint32_t requirement = up ? to : from, other = up ? from : to;
    if (gate_decided(g, g->after->items[requirement].id))
        return;
    const struct item *o = &g->after->items[other];
    gate_item(g, RULE_GATE_UNLINKED, requirement,
        arena_print(g->a, "it is no longer linked with %s %.*s",
            item_kind_name((enum item_kind)o->kind), ARG(o->id)));
}

static void judge_cut_links(struct gate *g)
{
    const struct model *b = g->before;
    for (uint32_t i = 0; i < b->link_count; i++) {
        const struct link *l = &b->links[i];
        enum link_kind kind = (enum link_kind)l->kind;
        if (l->to == ITEM_NONE || l->from == ITEM_NONE || kind == LINK_REFERS
            || kind == LINK_RESULT || kind == LINK_USES || kind == LINK_ABOUT)
            continue;
        uint32_t from = g->pairs.after_of[l->from], to = g->pairs.after_of[l->to];
        if (from != ITEM_NONE && to != ITEM_NONE && is_linked(g->after, from, kind, to))
            continue;
        if (kind == LINK_MITIGATES)
            judge_cut_mitigation(g, l);
        else if (from == ITEM_NONE)
            judge_gone_link(g, l);
        else
            judge_cut_link(g, l);
    }
}

static void judge_gone(struct gate *g, uint32_t before)
{
    const struct item *i = &g->before->items[before];
    if (g->pairs.after_of[before] != ITEM_NONE || gate_decided(g, i->id))
        return;
    if (i->kind == ITEM_BOUNDARY)
        gate_gone(g, RULE_GATE_BOUNDARY_REMOVED, before, i->id,
            TEXT("it is not there any more"));
    else if (i->kind == ITEM_THREAT || i->kind == ITEM_HAZARD)
        gate_gone(
            g, RULE_GATE_RISK_REMOVED, before, i->id, TEXT("it is not there any more"));
    else if (i->kind == ITEM_CONTROL)
        gate_gone(g, RULE_GATE_MITIGATION_REMOVED, before, i->id,
            TEXT("the control is not there any more"));
}

/* How the review itself is told to look at things. */
static void judge_rules(struct gate *g)
{
    const struct corpus *c = g->after->corpus, *b = g->before->corpus;
    for (uint32_t d = 0; d < c->doc_count; d++) {
        uint32_t was = g->pairs.doc_before_of[d];
        if (!text_ends(c->docs[d].path, TEXT("holdfast-review.conf"))
            || (was != UNIT_NONE
                && memcmp(b->docs[was].digest, c->docs[d].digest, 32) == 0))
            continue;
        struct finding *f = judge_place(&g->judge, RULE_GATE_RULES_CHANGED, d, 0, 0,
            c->docs[d].path, was == UNIT_NONE ? TEXT("it is new") : TEXT("it changed"));
        judge_bind(f, BYTES_OF(c->docs[d].digest));
        if (was != UNIT_NONE)
            judge_bind(f, BYTES_OF(b->docs[was].digest));
    }
}

void gate_architecture(struct gate *g)
{
    for (uint32_t i = 0; i < g->after->item_count; i++) {
        enum item_kind kind = (enum item_kind)g->after->items[i].kind;
        uint32_t was = g->pairs.before_of[i];
        if (was != ITEM_NONE) {
            if (kind == ITEM_BOUNDARY)
                judge_listed_flows(g, was, i);
            if (has_channel(kind))
                judge_strength(g, was, i);
            if (kind == ITEM_FLOW)
                judge_moved_flow(g, was, i);
        } else if (kind == ITEM_BOUNDARY) {
            judge_new_boundary(g, i);
        } else if (kind == ITEM_FLOW) {
            judge_new_flow(g, i);
        }
    }
    judge_cut_links(g);
    for (uint32_t i = 0; i < g->before->item_count; i++)
        judge_gone(g, i);
    judge_rules(g);
}
