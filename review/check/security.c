/* SPDX-License-Identifier: Apache-2.0 */
/* Security as part of the architecture: principles at boundaries, threats answered, the cloud gone. */
#include "review/check/groups.h"

static bool has_word(struct bytes text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_find_word(text, text_of(words[i])) < text.len)
            return true;
    return false;
}
#define HAS(text, list) has_word(text, list, sizeof(list) / sizeof((list)[0]))

static const char *const far_ends[] = {"cloud", "server", "backend", "back end",
    "network", "connection", "connectivity", "internet"};
static const char *const losses[] = {"cannot be reached", "not reachable",
    "unreachable", "without a reachable", "unavailable", "not available", "is away",
    "is lost", "loss of", "loses", "lost", "offline", "outage", "disconnected",
    "disappear", "is gone", "is down", "does not answer", "no answer", "interrupted",
    "absence"};

static bool out_to(
    const struct model *m, uint32_t i, enum link_kind kind, enum item_kind to)
{
    for (uint32_t l = m->out[i]; l < m->out[i + 1]; l++)
        if (m->links[l].kind == kind && m->links[l].to != ITEM_NONE
            && m->items[m->links[l].to].kind == to)
            return true;
    return false;
}

static bool at_boundary(const struct model *m, uint32_t i)
{
    for (uint32_t l = m->out[i]; l < m->out[i + 1]; l++)
        if (m->links[l].kind == LINK_CROSSES)
            return true;
    return false;
}

static void check_requirements(struct judge *j)
{
    const struct model *m = j->m;
    bool any = false, cloud = false, answered = false;
    for (uint32_t i = 0; i < m->item_count; i++) {
        const struct item *r = &m->items[i];
        if (r->kind != ITEM_REQUIREMENT)
            continue;
        any = true;
        if (at_boundary(m, i) && !r->principles)
            judge_item(
                j, RULE_SEC_NO_PRINCIPLE, i, TEXT("it stands at a trust boundary"));
        if (r->security && !item_has_in(m, i, LINK_PARENT)
            && !out_to(m, i, LINK_MITIGATES, ITEM_THREAT)
            && !out_to(m, i, LINK_MITIGATES, ITEM_HAZARD))
            judge_item(
                j, RULE_SEC_NO_THREAT, i, TEXT("nothing says what it protects from"));
        bool far = HAS(r->text, far_ends) || HAS(r->title, far_ends);
        cloud |= far;
        answered |= far && (HAS(r->text, losses) || HAS(r->title, losses));
    }
    if (any && cloud && !answered) {
        struct finding *f = judge_place(j, RULE_SEC_NO_CLOUD_LOSS, UNIT_NONE, 0, 0,
            TEXT("loss of the cloud"),
            TEXT("requirements speak of a cloud or network, none of its loss"));
        f->skeleton = TEXT(
            "While the cloud cannot be reached the device shall keep measuring and alarming, "
            "shall store at least N h of readings, shall not use any unauthenticated channel, "
            "and shall show the unsynchronised state within N s.");
    }
}

/* Sections of design documents that carry security requirements: are all of them appendices? */
static void check_appendix(struct judge *j)
{
    const struct model *m = j->m;
    uint32_t inside = 0, appendix = ITEM_NONE;
    for (uint32_t i = 0; i < m->item_count; i++) {
        if (m->items[i].kind != ITEM_REQUIREMENT || !m->items[i].security)
            continue;
        for (uint32_t k = m->in[i]; k < m->in[i + 1]; k++) {
            const struct link *l = &m->links[m->in_links[k]];
            if (l->kind != LINK_SATISFIES || m->items[l->from].kind != ITEM_DESIGN)
                continue;
            inside += !m->items[l->from].appendix;
            if (appendix == ITEM_NONE && m->items[l->from].appendix)
                appendix = l->from;
        }
    }
    if (inside == 0 && appendix != ITEM_NONE)
        judge_item(j, RULE_SEC_APPENDIX, appendix,
            TEXT("every section that carries a security requirement is an appendix"));
}

static bool says_accepted(const struct item *i)
{
    static const char *const names[] = {
        "status", "treatment", "risk", "response", "residual", "decision"};
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
        struct bytes v = item_field(i, names[n]);
        if (text_find_word(v, TEXT("accept")) < v.len)
            return true;
    }
    return false;
}

static bool has_owner_and_end(const struct item *i)
{
    bool owner = item_field(i, "owner").len || item_field(i, "accepted_by").len
        || item_field(i, "accepted by").len || item_field(i, "by").len;
    bool end = item_field(i, "until").len || item_field(i, "expires").len
        || item_field(i, "expiry").len || item_field(i, "review").len;
    return owner && end;
}

/* A decision about a finding accepts that finding until its day; it is no mitigation. */
static bool decided(const struct model *m, uint32_t i)
{
    for (uint32_t k = m->in[i]; k < m->in[i + 1]; k++) {
        const struct link *l = &m->links[m->in_links[k]];
        if (l->kind == LINK_ABOUT && !item_field(&m->items[l->from], "finding").len)
            return true;
    }
    return false;
}

static void check_risks(struct judge *j)
{
    const struct model *m = j->m;
    for (uint32_t i = 0; i < m->item_count; i++) {
        const struct item *it = &m->items[i];
        if (it->kind != ITEM_THREAT && it->kind != ITEM_HAZARD)
            continue;
        bool accepted = says_accepted(it);
        if (accepted && !has_owner_and_end(it) && !decided(m, i))
            judge_item(j, RULE_RISK_ACCEPTED, i,
                TEXT("accepted, but not by whom and until when"));
        if (it->kind == ITEM_THREAT && !accepted && !item_has_in(m, i, LINK_MITIGATES)
            && !decided(m, i))
            judge_item(
                j, RULE_THREAT_OPEN, i, TEXT("no requirement or control names it"));
        if (it->kind == ITEM_HAZARD && item_has_in(m, i, LINK_LEADS)
            && !item_has_in(m, i, LINK_MITIGATES) && !accepted)
            judge_item(j, RULE_HAZARD_OPEN, i,
                TEXT("threats lead to it, and no requirement controls it"));
    }
}

void check_security(struct judge *j)
{
    check_requirements(j);
    check_appendix(j);
    check_risks(j);
}
