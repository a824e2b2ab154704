/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decisions: `holdfast-review accept` writes one, bound to the finding's id. The id holds a
 * digest of the subject, and of what was there before where a change is judged, so that a
 * changed subject has another id and the decision turns suspect.
 */
#include "review/base/date.h"
#include "review/check/groups.h"

/* Rule name in front of the digest, whole or in part: TRACE-FAILED of TRACE-FAILED-1f3a5b7c. */
static struct bytes rule_part(struct bytes id)
{
    size_t end = id.len;
    while (end > 0 && id.at[end - 1] != '-')
        end--;
    return text_upto(id, end ? end - 1 : 0);
}

static bool run_out(const struct judge *j, const struct item *d)
{
    struct bytes until = item_field(d, "until");
    int64_t end_s = date_s(until);
    return end_s && j->rules->as_of_s && end_s + 86400 <= j->rules->as_of_s;
}

/* Nobody can be asked about it, or until when it holds cannot be told: it accepts nothing. */
static bool is_bare(const struct item *d)
{
    struct bytes until = item_field(d, "until");
    return !item_field(d, "reason").len || !item_field(d, "by").len
        || !item_field(d, "date").len || (until.len && !date_s(until));
}

struct bytes decision_says(struct arena *a, const struct item *d)
{
    struct bytes by = item_field(d, "by"), until = item_field(d, "until"),
                 reason = item_field(d, "reason");
    return arena_print(a, "%.*s, by %.*s%s%.*s: %.*s", (int)d->id.len,
        (const char *)d->id.at, (int)by.len, (const char *)by.at,
        until.len ? ", until " : "", (int)until.len, (const char *)until.at,
        (int)reason.len, (const char *)reason.at);
}

static void accept(struct judge *j, uint32_t decision, struct bytes about)
{
    const struct item *d = &j->m->items[decision];
    struct bytes until = item_field(d, "until");
    bool found = false, over = run_out(j, d), holds = !over && !is_bare(d);
    for (uint32_t i = 0; i < j->found.count; i++) {
        struct finding *f = LIST_AT(&j->found, struct finding, i);
        if (!finding_is(f, about))
            continue;
        found = true;
        if (holds) {
            f->accepted = true;
            f->decision = decision;
        }
    }
    if (over && found)
        judge_item(j, RULE_DECISION_EXPIRED, decision,
            arena_print(j->a, "%.*s was accepted until %.*s", (int)about.len,
                (const char *)about.at, (int)until.len, (const char *)until.at));
}

/* Its finding is not there, but one of that rule about that subject is, and nobody accepted it. */
static void suspect(struct judge *j, uint32_t decision, struct bytes about)
{
    struct bytes subject = item_field(&j->m->items[decision], "subject");
    bool found = false, other = false;
    for (uint32_t i = 0; i < j->found.count; i++) {
        const struct finding *f = LIST_AT(&j->found, struct finding, i);
        found |= finding_is(f, about);
        other |= !f->accepted && text_same(rule_part(about), rule_part(text_of(f->id)))
            && subject.len && text_same(f->subject, subject);
    }
    if (!found && other)
        judge_item(j, RULE_DECISION_SUSPECT, decision,
            arena_print(j->a, "%.*s changed after %.*s was accepted", (int)subject.len,
                (const char *)subject.at, (int)about.len, (const char *)about.at));
}

/* For each decision about a finding; others are documents, or records of a review. */
static void each(struct judge *j,
    void (*act)(struct judge *j, uint32_t decision, struct bytes about))
{
    for (uint32_t i = 0; i < j->m->item_count; i++) {
        struct bytes about = item_field(&j->m->items[i], "finding");
        if (j->m->items[i].kind == ITEM_DECISION && about.len)
            act(j, i, about);
    }
}

static void whole(struct judge *j, uint32_t decision, struct bytes about)
{
    (void)about;
    if (is_bare(&j->m->items[decision]))
        judge_item(j, RULE_DECISION_BARE, decision,
            TEXT("reason, by and date are all needed, and a day where it has until"));
}

/* All are applied before any is suspect: what a newer one accepts is settled. */
void check_decisions(struct judge *j)
{
    each(j, accept);
    each(j, suspect);
    each(j, whole);
}
