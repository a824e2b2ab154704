/* SPDX-License-Identifier: Apache-2.0 */
#include "review/clause/contradiction.h"

#include <stdlib.h>

static int by_subject(const void *x, const void *y)
{
    const struct claim *a = x, *b = y;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    int order = text_order(a->subject, b->subject);
    if (order)
        return order;
    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    return (a->unit > b->unit) - (a->unit < b->unit);
}

static bool about_the_same(const struct claim *a, const struct claim *b)
{
    return a->kind == b->kind && text_same(a->subject, b->subject);
}

static bool parts_meet(const struct claim *a, const struct claim *b)
{
    return !a->parts || !b->parts || (a->parts & b->parts);
}

/* From `first`, of claims about one subject in order of value: the first pair of two values. */
static void pair_up(const struct claim *c, uint32_t count, struct list *out)
{
    for (uint32_t i = 0; i < count; i++) {
        if (i && c[i].order == c[i - 1].order)
            continue;
        for (uint32_t k = i + 1; k < count; k++) {
            if (c[k].order == c[i].order || c[k].unit == c[i].unit
                || !parts_meet(&c[i], &c[k]))
                continue;
            bool swap = c[k].unit < c[i].unit;
            struct contradiction *pair = list_add(out);
            *pair = (struct contradiction){swap ? c[k] : c[i], swap ? c[i] : c[k]};
            while (k + 1 < count && c[k + 1].order == c[k].order)
                k++;
        }
    }
}

static int by_place(const void *x, const void *y)
{
    const struct contradiction *a = x, *b = y;
    if (a->one.unit != b->one.unit)
        return a->one.unit < b->one.unit ? -1 : 1;
    if (a->other.unit != b->other.unit)
        return a->other.unit < b->other.unit ? -1 : 1;
    return by_subject(&a->one, &b->one);
}

void contradictions_find(struct arena *a, const struct corpus *corpus,
    struct lexicon *lexicon, struct list *out)
{
    struct list claims = LIST_OF(struct claim);
    size_t before = out->count;
    claims_find(a, corpus, lexicon, &claims);
    struct claim *c = claims.at;
    uint32_t count = (uint32_t)claims.count;
    if (count)
        qsort(c, count, sizeof *c, by_subject);
    for (uint32_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && about_the_same(&c[i], &c[end]);)
            end++;
        pair_up(c + i, end - i, out);
    }
    if (out->count > before)
        qsort(LIST_AT(out, struct contradiction, before), out->count - before,
            sizeof(struct contradiction), by_place);
    list_free(&claims);
}

void check_contradictions(struct judge *j)
{
    struct list found = LIST_OF(struct contradiction);
    contradictions_find(j->a, j->m->corpus, lexicon_new(j->a), &found);
    for (uint32_t i = 0; i < found.count; i++) {
        const struct contradiction *c = LIST_AT(&found, struct contradiction, i);
        const struct unit *u = &j->m->corpus->units[c->one.unit];
        struct bytes place = unit_place(j->a, j->m->corpus, c->other.unit),
                     here = text_upto(c->one.sentence, 160),
                     there = text_upto(c->other.sentence, 160);
        struct finding *f =
            judge_place(j, RULE_CONTRADICTION, u->doc, u->line, u->page, c->one.subject,
                arena_print(j->a,
                    "here it is %.*s (\"%.*s\"), in %.*s it is %.*s (\"%.*s\")",
                    (int)c->one.value.len, (const char *)c->one.value.at, (int)here.len,
                    (const char *)here.at, (int)place.len, (const char *)place.at,
                    (int)c->other.value.len, (const char *)c->other.value.at,
                    (int)there.len, (const char *)there.at));
        f->fix_in = place;
    }
    list_free(&found);
}
