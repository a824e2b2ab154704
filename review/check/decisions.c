/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decisions: `holdfast-review accept` writes one, bound to the finding's id. The id holds a
 * digest of the subject, so that a changed subject has another id and the decision turns
 * suspect.
 */
#include "review/base/date.h"
#include "review/check/groups.h"

/* Rule name in front of the digest: TRACE-NO-RESULT of TRACE-NO-RESULT-1f3a5b7c. */
static struct bytes rule_part(struct bytes id)
{
    return id.len > 9 ? text_upto(id, id.len - 9) : id;
}

static bool run_out(const struct judge *j, const struct item *d)
{
    struct bytes until = item_field(d, "until");
    int64_t end_s = date_s(until);
    return end_s && j->rules->as_of_s && end_s + 86400 <= j->rules->as_of_s;
}

static bool is_bare(const struct item *d)
{
    return !item_field(d, "reason").len || !item_field(d, "by").len
        || !item_field(d, "date").len;
}

static void apply(struct judge *j, uint32_t decision, struct bytes about)
{
    const struct item *d = &j->m->items[decision];
    struct bytes subject = item_field(d, "subject");
    bool found = false, other = false, over = run_out(j, d);
    for (uint32_t i = 0; i < j->found.count; i++) {
        struct finding *f = LIST_AT(&j->found, struct finding, i);
        struct bytes id = text_of(f->id);
        if (text_same(id, about)) {
            f->accepted = !over;
            found = true;
        } else if (text_same(rule_part(id), rule_part(about)) && subject.len
            && text_same(f->subject, subject)) {
            other = true;
        }
    }
    if (over && found)
        judge_item(j, RULE_DECISION_EXPIRED, decision,
            arena_print(j->a, "%.*s was accepted until %.*s", (int)about.len,
                (const char *)about.at, (int)item_field(d, "until").len,
                (const char *)item_field(d, "until").at));
    if (!found && other)
        judge_item(j, RULE_DECISION_SUSPECT, decision,
            arena_print(j->a, "%.*s changed after %.*s was accepted", (int)subject.len,
                (const char *)subject.at, (int)about.len, (const char *)about.at));
}

void check_decisions(struct judge *j)
{
    const struct model *m = j->m;
    for (uint32_t i = 0; i < m->item_count; i++) {
        if (m->items[i].kind != ITEM_DECISION)
            continue;
        struct bytes about = item_field(&m->items[i], "finding");
        if (!about.len)
            continue; /* another kind of decision: a document, a review record */
        apply(j, i, about);
        if (is_bare(&m->items[i]))
            judge_item(
                j, RULE_DECISION_BARE, i, TEXT("reason, by and date are all needed"));
    }
}
