/* SPDX-License-Identifier: Apache-2.0 */
#include "review/pack/verdicts.h"

#include "review/check/coverage.h"
#include "review/render/clause.h"

static struct bytes place_of(
    struct arena *a, const struct report *r, uint32_t doc, uint32_t line, uint32_t page)
{
    if (doc == UNIT_NONE)
        return TEXT("");
    return place_text(a, r->corpus->docs[doc].path, line, page);
}

static void add(struct list *rows, struct statement_verdict v)
{
    *(struct statement_verdict *)list_add(rows) = v;
}

static void findings(struct arena *a, const struct report *r, uint8_t fail_on,
    bool *found, struct list *rows)
{
    for (uint32_t i = 0; i < r->findings->count; i++) {
        const struct finding *f = &r->findings->at[i];
        found[f->rule] = true;
        add(rows,
            (struct statement_verdict){.outcome = !f->accepted && f->severity >= fail_on
                    ? VERDICT_FAILED
                    : VERDICT_WARNED,
                .kind = TEXT("finding"),
                .id = text_of(f->id),
                .state = f->accepted
                    ? TEXT("accepted")
                    : text_of(severity_name((enum severity)f->severity)),
                .subject = f->subject,
                .says = f->says,
                .place = place_of(a, r, f->doc, f->line, f->page)});
    }
}

static void silent_rules(const bool *found, struct list *rows)
{
    for (uint32_t i = 0; i < RULE_COUNT; i++)
        if (!found[i])
            add(rows,
                (struct statement_verdict){.outcome = VERDICT_PASSED,
                    .kind = TEXT("rule"),
                    .id = text_of(rule_of((enum rule_id)i)->name),
                    .state = TEXT("nothing found"),
                    .subject = TEXT(""),
                    .says = TEXT(""),
                    .place = TEXT("")});
}

static void requirements(struct arena *a, const struct report *r, struct list *rows)
{
    for (uint32_t i = 0; i < r->model->item_count; i++) {
        const struct item *it = &r->model->items[i];
        if (it->kind != ITEM_REQUIREMENT)
            continue;
        const struct unit *u = &r->corpus->units[it->unit];
        enum shown shown = row_of(r->model, i).shown;
        bool passed = shown == SHOWN_VERIFIED || shown == SHOWN_DEMONSTRATED;
        add(rows,
            (struct statement_verdict){
                .outcome = passed ? VERDICT_PASSED : VERDICT_WARNED,
                .kind = TEXT("requirement"),
                .id = it->id,
                .state = text_of(shown_name(shown)),
                .subject = it->title,
                .says = TEXT(""),
                .place = place_of(a, r, u->doc, u->line, u->page)});
    }
}

/* "iec81001-5-1:5.3.2-C01": a number alone may stand in two standards. */
static struct bytes id_of(struct arena *a, const struct clause *c, uint32_t k)
{
    struct bytes standard = text_upto(c->id, text_find(c->id, TEXT(":")) + 1);
    struct bytes id = c->constraints[k].id;
    return arena_print(a, "%.*s%.*s", (int)standard.len, (const char *)standard.at,
        (int)id.len, (const char *)id.at);
}

/* With the best of its passages, word for word. */
static void constraint(
    struct arena *a, const struct clause_page *page, uint32_t k, struct list *rows)
{
    const struct standing_of *s = &page->standings->at[k];
    const struct verdict_of *v = s->verdict;
    const struct passage *best = v && v->counted_count ? &v->counted[0] : NULL;
    bool passed = s->standing == STANDING_TAILORED || s->standing == STANDING_VERIFIED
        || s->standing == STANDING_DEMONSTRATED;
    add(rows,
        (struct statement_verdict){.outcome = passed ? VERDICT_PASSED : VERDICT_WARNED,
            .kind = TEXT("constraint"),
            .id = id_of(a, page->clause, k),
            .state = text_of(standing_name((enum standing)s->standing)),
            .subject = page->clause->constraints[k].text,
            .says = best ? best->text : TEXT(""),
            .place = best ? clause_place(a, page, best) : TEXT("")});
}

static void constraints(struct arena *a, const struct report *r, struct list *rows)
{
    for (uint32_t c = 0; c < r->clause_count; c++)
        for (uint32_t k = 0; k < r->clauses[c].clause->constraint_count; k++)
            constraint(a, &r->clauses[c], k, rows);
}

void verdicts_of(
    struct arena *a, const struct report *r, uint8_t fail_on, struct statement *into)
{
    struct list rows = LIST_OF(struct statement_verdict);
    bool found[RULE_COUNT] = {0};
    findings(a, r, fail_on, found, &rows);
    silent_rules(found, &rows);
    requirements(a, r, &rows);
    constraints(a, r, &rows);
    into->verdicts = list_keep(&rows, a, &into->verdict_count);
}

static int by_id(const struct statement_verdict *x, const struct statement_verdict *y)
{
    int order = text_order(x->kind, y->kind);
    return order ? order : text_order(x->id, y->id);
}

static bool same(const struct statement_verdict *x, const struct statement_verdict *y)
{
    return x->outcome == y->outcome && text_same(x->state, y->state)
        && text_same(x->subject, y->subject) && text_same(x->says, y->says)
        && text_same(x->place, y->place);
}

struct list verdicts_compare(
    const struct statement *before, const struct statement *after)
{
    struct list out = LIST_OF(struct verdict_difference);
    uint32_t b = 0, n = 0;
    while (b < before->verdict_count || n < after->verdict_count) {
        const struct statement_verdict *x =
            b < before->verdict_count ? &before->verdicts[b] : NULL;
        const struct statement_verdict *y =
            n < after->verdict_count ? &after->verdicts[n] : NULL;
        int order = !x ? 1 : !y ? -1 : by_id(x, y);
        b += order <= 0;
        n += order >= 0;
        if (order == 0 && same(x, y))
            continue;
        *(struct verdict_difference *)list_add(&out) =
            (struct verdict_difference){order < 0 ? VERDICT_REMOVED
                    : order > 0                   ? VERDICT_ADDED
                                                  : VERDICT_CHANGED,
                order <= 0 ? x : NULL, order >= 0 ? y : NULL};
    }
    return out;
}
