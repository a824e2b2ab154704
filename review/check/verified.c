/* SPDX-License-Identifier: Apache-2.0 */
#include "review/check/groups.h"

static void count_result(const struct model *m, uint32_t result, struct verified *v)
{
    const struct item *r = &m->items[result];
    int64_t at_s = r->at_s ? r->at_s : item_document(m, r)->changed_s;
    switch ((enum outcome)r->outcome) {
    case OUTCOME_PASSED:
        v->passed++;
        if (v->newest == ITEM_NONE || at_s > v->newest_s) {
            v->newest = result;
            v->newest_s = at_s;
        }
        break;
    case OUTCOME_FAILED:
        v->failed++;
        if (v->first_failed == ITEM_NONE)
            v->first_failed = result;
        break;
    case OUTCOME_SKIPPED: v->skipped++; break;
    case OUTCOME_MANUAL: v->manual++; break;
    case OUTCOME_NONE: break;
    }
}

static void count_results_of(const struct model *m, uint32_t item, struct verified *v)
{
    for (uint32_t k = m->in[item]; k < m->in[item + 1]; k++) {
        const struct link *l = &m->links[m->in_links[k]];
        if (l->kind == LINK_RESULT)
            count_result(m, l->from, v);
    }
}

/* A run in which the control was taken away: it shows that the test can fail, not that it passes. */
static bool is_proof(const struct item *result)
{
    return item_field(result, "property.proof").len > 0;
}

static bool verifies(const struct model *m, uint32_t from, uint32_t item)
{
    for (uint32_t l = m->out[from]; l < m->out[from + 1]; l++)
        if (m->links[l].kind == LINK_VERIFIES && m->links[l].to == item)
            return true;
    return false;
}

/* A result may name a requirement itself and by its test: it is one result. */
static bool counted_by_case(const struct model *m, uint32_t result, uint32_t item)
{
    for (uint32_t l = m->out[result]; l < m->out[result + 1]; l++)
        if (m->links[l].kind == LINK_RESULT && m->links[l].to != ITEM_NONE
            && m->items[m->links[l].to].kind == ITEM_CASE
            && verifies(m, m->links[l].to, item))
            return true;
    return false;
}

struct verified verified_of(const struct model *m, uint32_t item)
{
    struct verified v = {.first_failed = ITEM_NONE, .newest = ITEM_NONE};
    for (uint32_t k = m->in[item]; k < m->in[item + 1]; k++) {
        const struct link *l = &m->links[m->in_links[k]];
        if (l->kind == LINK_VERIFIES && m->items[l->from].kind == ITEM_CASE) {
            v.cases++;
            count_results_of(m, l->from, &v);
        } else if (l->kind == LINK_RESULT && !is_proof(&m->items[l->from])
            && !counted_by_case(m, l->from, item)) {
            v.cases++;
            count_result(m, l->from, &v);
        }
    }
    return v;
}

/* A passed result that names the control and says that its test failed without it. */
static bool demonstrated(const struct model *m, uint32_t control)
{
    for (uint32_t k = m->in[control]; k < m->in[control + 1]; k++) {
        const struct link *l = &m->links[m->in_links[k]];
        const struct item *r = &m->items[l->from];
        if (l->kind == LINK_RESULT && r->outcome == OUTCOME_PASSED
            && text_same_word(
                item_field(r, "property.proof"), TEXT("fails without it")))
            return true;
    }
    return false;
}

enum ladder ladder_of(const struct model *m, uint32_t item)
{
    struct verified v = verified_of(m, item);
    enum ladder best = v.passed && !v.failed ? LADDER_IS_VERIFIED : LADDER_IS_DESCRIBED;
    if (m->items[item].kind == ITEM_CONTROL)
        return best == LADDER_IS_VERIFIED && demonstrated(m, item)
            ? LADDER_IS_DEMONSTRATED
            : best;
    for (uint32_t k = m->in[item]; k < m->in[item + 1]; k++) {
        const struct link *l = &m->links[m->in_links[k]];
        if (m->items[l->from].kind == ITEM_CONTROL && best == LADDER_IS_VERIFIED
            && ladder_of(m, l->from) == LADDER_IS_DEMONSTRATED)
            return LADDER_IS_DEMONSTRATED;
    }
    return best;
}

const char *ladder_name(enum ladder l)
{
    static const char *const names[] = {
        "not found", "described", "verified", "demonstrated"};
    return names[l];
}
