/* SPDX-License-Identifier: Apache-2.0 */
#include "review/check/coverage.h"

static void count_in(const struct model *m, struct row *r)
{
    for (uint32_t k = m->in [r->requirement]; k < m->in[r->requirement + 1]; k++) {
        const struct link *l = &m->links[m->in_links[k]];
        bool code = m->items[l->from].kind == ITEM_CODE;
        r->designs += l->kind == LINK_SATISFIES && !code;
        r->code += l->kind == LINK_SATISFIES && code;
        r->children += l->kind == LINK_PARENT;
    }
}

static void count_out(const struct model *m, struct row *r)
{
    for (uint32_t i = m->out[r->requirement]; i < m->out[r->requirement + 1]; i++) {
        const struct link *l = &m->links[i];
        if (l->to == ITEM_NONE)
            continue;
        r->parents += l->kind == LINK_PARENT;
        r->boundaries += l->kind == LINK_CROSSES;
        r->threats += l->kind == LINK_MITIGATES && m->items[l->to].kind == ITEM_THREAT;
        r->hazards += l->kind == LINK_MITIGATES && m->items[l->to].kind == ITEM_HAZARD;
    }
}

struct row row_of(const struct model *m, uint32_t requirement)
{
    struct row r = {.requirement = requirement};
    count_in(m, &r);
    count_out(m, &r);
    r.verified = verified_of(m, requirement);
    r.cases = r.verified.cases;
    r.ladder = ladder_of(m, requirement);
    if (r.verified.failed)
        r.shown = SHOWN_FAILED;
    else if (r.verified.passed)
        r.shown =
            r.ladder == LADDER_IS_DEMONSTRATED ? SHOWN_DEMONSTRATED : SHOWN_VERIFIED;
    else
        r.shown = r.designs || r.code ? SHOWN_DESIGN : SHOWN_NOTHING;
    return r;
}

const char *shown_name(enum shown s)
{
    static const char *const names[] = {
        "not shown", "described", "verified", "demonstrated", "failed"};
    return names[s];
}

static void count_requirement(const struct model *m, uint32_t i, struct coverage *c)
{
    struct row r = row_of(m, i);
    if (r.children)
        return;
    bool passed = r.shown == SHOWN_VERIFIED || r.shown == SHOWN_DEMONSTRATED;
    c->requirements++;
    c->designed += r.designs || r.code;
    c->verified += passed;
    c->demonstrated += r.shown == SHOWN_DEMONSTRATED;
    c->failed += r.shown == SHOWN_FAILED;
    c->security += m->items[i].security;
    c->security_verified += m->items[i].security && passed;
}

struct coverage coverage_of(const struct model *m)
{
    struct coverage c = {0};
    for (uint32_t i = 0; i < m->item_count; i++) {
        const struct item *it = &m->items[i];
        c.items[it->kind]++;
        if (it->kind == ITEM_REQUIREMENT)
            count_requirement(m, i, &c);
        else if (it->kind == ITEM_THREAT)
            c.threats_open += !item_has_in(m, i, LINK_MITIGATES);
        else if (it->kind == ITEM_CONTROL)
            c.controls_demonstrated += ladder_of(m, i) == LADDER_IS_DEMONSTRATED;
        c.results_passed += it->outcome == OUTCOME_PASSED;
        c.results_failed += it->outcome == OUTCOME_FAILED;
        c.results_skipped += it->outcome == OUTCOME_SKIPPED;
        c.results_manual += it->outcome == OUTCOME_MANUAL;
    }
    return c;
}
