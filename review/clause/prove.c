/* SPDX-License-Identifier: Apache-2.0 */
#include "review/clause/prove.h"

#include "review/base/date.h"
#include "review/check/groups.h"

#include <stdlib.h>

enum { DEEP = 4 }; /* requirements that others refine: so many steps down */

struct prover {
    struct arena *a;
    const struct model *m;
    const struct findings *findings;
    const struct rules *rules;
    const struct clause *clause;
    const struct judged *judged;
    uint32_t *by_unit; /* links in the order of the unit in which they are written */
    bool *stale;       /* of each item */
    uint32_t *seen; /* of each item: for which constraint it was found last, plus 1 */
    uint32_t constraint; /* the one at hand, plus 1 */
    uint32_t named;      /* requirements that its passages name, each time */
    struct list found;   /* struct proof, of the constraint at hand */
    struct standings *out;
};

/* --- which requirements a constraint is linked with --- */

static int in_order_of_units(const void *x, const void *y, void *model)
{
    const struct model *m = model;
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    uint32_t ua = m->links[a].unit, ub = m->links[b].unit;
    return ua != ub ? (ua < ub ? -1 : 1) : (a > b) - (a < b);
}

static void order_links(struct prover *p)
{
    p->by_unit = arena_take(p->a, (p->m->link_count + 1) * sizeof *p->by_unit);
    for (uint32_t i = 0; i < p->m->link_count; i++)
        p->by_unit[i] = i;
    if (p->m->link_count)
        qsort_r(p->by_unit, p->m->link_count, sizeof *p->by_unit, in_order_of_units,
            (void *)(uintptr_t)p->m);
}

/* First place in by_unit whose link is written in that unit or a later one. */
static uint32_t links_from(const struct prover *p, uint32_t unit)
{
    uint32_t low = 0, high = p->m->link_count;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (p->m->links[p->by_unit[mid]].unit < unit)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static void mark_stale(struct prover *p)
{
    p->stale = arena_take(p->a, (p->m->item_count + 1) * sizeof *p->stale);
    for (uint32_t i = 0; i < p->findings->count; i++)
        if (p->findings->at[i].rule == RULE_TRACE_STALE
            && p->findings->at[i].item < p->m->item_count)
            p->stale[p->findings->at[i].item] = true;
}

static void add_requirement(struct prover *p, uint32_t item, unsigned deep)
{
    bool refined = false;
    for (uint32_t k = p->m->in[item]; deep && k < p->m->in[item + 1]; k++) {
        const struct link *l = &p->m->links[p->m->in_links[k]];
        if (l->kind != LINK_PARENT)
            continue;
        refined = true;
        add_requirement(p, l->from, deep - 1);
    }
    if (refined)
        return;
    p->named++;
    if (p->seen[item] == p->constraint)
        return;
    p->seen[item] = p->constraint;
    struct verified v = verified_of(p->m, item);
    uint32_t place = (uint32_t)p->found.count;
    *(struct proof *)list_add(&p->found) = (struct proof){.requirement = item,
        .result = v.newest,
        .ladder = (uint8_t)ladder_of(p->m, item),
        .stale = p->stale[item],
        .failed = v.failed > 0,
        .place = place};
}

/* A requirement, or what is verified on its behalf. */
static void add_item(struct prover *p, uint32_t item)
{
    const struct model *m = p->m;
    if (m->items[item].kind == ITEM_REQUIREMENT)
        add_requirement(p, item, DEEP);
    if (m->items[item].kind != ITEM_CONTROL && m->items[item].kind != ITEM_CASE)
        return;
    for (uint32_t l = m->out[item]; l < m->out[item + 1]; l++)
        if (m->links[l].kind == LINK_VERIFIES && m->links[l].to != ITEM_NONE
            && m->items[m->links[l].to].kind == ITEM_REQUIREMENT)
            add_requirement(p, m->links[l].to, DEEP);
}

/* All that is named in that unit, and the requirement that is written there. */
static void add_unit(struct prover *p, uint32_t unit)
{
    const struct model *m = p->m;
    for (uint32_t i = links_from(p, unit);
         i < m->link_count && m->links[p->by_unit[i]].unit == unit; i++) {
        const struct link *l = &m->links[p->by_unit[i]];
        if (l->to != ITEM_NONE)
            add_item(p, l->to);
        if (l->from != ITEM_NONE && m->items[l->from].unit == unit)
            add_item(p, l->from);
    }
}

/* What a passage names itself; only where it names nothing, what its section names. */
static void add_passage(struct prover *p, uint32_t unit)
{
    uint32_t heading = p->m->corpus->units[unit].heading;
    uint32_t before = p->named;
    add_unit(p, unit);
    if (p->named == before && heading != UNIT_NONE)
        add_unit(p, heading);
}

/* First of what is printed, in its order, then of all that carries it in any document that
 * meets it. */
static void add_passages(struct prover *p, const struct verdict_of *v, uint32_t of)
{
    const struct judged *j = p->judged;
    for (uint32_t i = 0; i < v->counted_count; i++)
        if (passage_carries(&v->counted[i]))
            add_passage(p, v->counted[i].unit);
    for (uint32_t d = j->first_doc; d < p->m->corpus->doc_count; d++) {
        const struct verdict_of *in = &j->in_doc[d * j->rubric->constraint_count + of];
        for (uint32_t i = 0; in->verdict == VERDICT_MET && i < in->carrying_count; i++)
            add_passage(p, in->carrying[i]);
    }
}

static bool is_field(const struct field *f, const char *one, const char *many)
{
    return text_same_word(f->name, text_of(one))
        || text_same_word(f->name, text_of(many));
}

/* The one practice that a constraint is about; one that asks for several is about none. */
static const struct practice *practice_of(const struct prover *p, uint32_t constraint)
{
    uint32_t bits = p->clause->constraints[constraint].practices;
    if (!bits || (bits & (bits - 1)))
        return NULL;
    uint32_t i = 0;
    while (!(bits >> i & 1))
        i++;
    return &p->clause->practices[i];
}

/* "5.3.2-C07"; of a practice its letter, or "5.3.2 g". */
static bool names(const struct prover *p, struct bytes word, uint32_t constraint)
{
    const struct practice *practice = practice_of(p, constraint);
    if (text_same_word(word, p->clause->constraints[constraint].id))
        return true;
    if (!practice)
        return false;
    struct bytes number = p->clause->numbers.at[0],
                 full = arena_print(p->a, "%.*s %.*s", (int)number.len,
                     (const char *)number.at, (int)practice->id.len,
                     (const char *)practice->id.at);
    return text_same_word(word, practice->id) || text_same_word(word, full);
}

static void add_named(struct prover *p, uint32_t constraint)
{
    for (uint32_t i = 0; i < p->m->item_count; i++) {
        const struct item *it = &p->m->items[i];
        if (it->kind != ITEM_REQUIREMENT)
            continue;
        for (uint32_t f = 0; f < it->field_count; f++)
            if (is_field(&it->fields[f], "constraint", "constraints")
                || is_field(&it->fields[f], "practice", "practices"))
                if (names(p, it->fields[f].value, constraint))
                    add_item(p, i);
    }
}

static int best_first(const void *x, const void *y)
{
    const struct proof *a = x, *b = y;
    bool bad_a = a->failed || a->stale, bad_b = b->failed || b->stale;
    if (bad_a != bad_b)
        return bad_a ? 1 : -1;
    if (a->ladder != b->ladder)
        return a->ladder > b->ladder ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

/* --- tailoring --- */

static bool of_clause(const struct prover *p, struct bytes said)
{
    struct bytes id = p->clause->id, short_id = id;
    if (text_starts(id, TEXT("iec")))
        short_id = text_from(id, 3);
    if (text_same_word(said, id) || text_same_word(said, short_id))
        return true;
    for (uint32_t i = 0; i < p->clause->numbers.count; i++)
        if (text_same_word(said, p->clause->numbers.at[i]))
            return true;
    return false;
}

/* Bits of the constraints that a practice's letter, a group or a constraint's id stands for. */
static uint64_t meant_by(const struct prover *p, struct bytes word)
{
    uint64_t bits = 0;
    for (uint32_t i = 0; i < p->clause->constraint_count; i++) {
        const struct constraint *c = &p->clause->constraints[i];
        bool group = c->group != CATALOGUE_NONE
            && text_same_word(word, p->clause->groups[c->group].id);
        if (group || names(p, word, i))
            bits |= UINT64_C(1) << i;
    }
    return bits;
}

static struct bytes lacking(const struct prover *p, const struct item *d)
{
    int64_t until = date_s(item_field(d, "until")), today = p->rules->as_of_s;
    if (!item_field(d, "reason").len)
        return TEXT("a reason");
    if (!item_field(d, "by").len)
        return TEXT("who approved it (by)");
    if (!item_field(d, "expertise").len)
        return TEXT("that person's expertise in security (expertise)");
    if (!date_s(item_field(d, "date")))
        return TEXT("its date");
    if (until && today && until + 86400 <= today)
        return TEXT("a day that is not over (until)");
    return (struct bytes){0};
}

static void find_tailorings(struct prover *p)
{
    const struct model *m = p->m;
    struct tailoring *t = arena_take(p->a, (m->item_count + 1) * sizeof *t);
    uint32_t count = 0;
    for (uint32_t i = 0; i < m->item_count; i++) {
        const struct item *d = &m->items[i];
        if (d->kind != ITEM_DECISION || !of_clause(p, item_field(d, "clause")))
            continue;
        uint64_t about = 0;
        for (uint32_t f = 0; f < d->field_count; f++)
            if (is_field(&d->fields[f], "practice", "practices")
                || is_field(&d->fields[f], "constraint", "constraints")
                || is_field(&d->fields[f], "group", "groups"))
                about |= meant_by(p, d->fields[f].value);
        if (about)
            t[count++] = (struct tailoring){i, about, lacking(p, d)};
    }
    p->out->tailorings = t;
    p->out->tailoring_count = count;
}

static uint32_t tailored_by(const struct prover *p, uint32_t constraint)
{
    for (uint32_t i = 0; i < p->out->tailoring_count; i++)
        if ((p->out->tailorings[i].about >> constraint & 1)
            && !p->out->tailorings[i].lacks.len)
            return i;
    return UINT32_MAX;
}

/* --- where a constraint stands --- */

static bool may_not_apply(const struct prover *p, uint32_t constraint)
{
    uint8_t group = p->clause->constraints[constraint].group;
    return group != CATALOGUE_NONE
        && !text_starts(p->clause->groups[group].applies_if, TEXT("always"));
}

static uint8_t shown_by(const struct standing_of *s)
{
    const struct proof *best = s->proof_count ? &s->proofs[0] : NULL;
    if (!best || best->failed || best->stale)
        return STANDING_DESCRIBED;
    return best->ladder == LADDER_IS_DEMONSTRATED ? STANDING_DEMONSTRATED
        : best->ladder == LADDER_IS_VERIFIED      ? STANDING_VERIFIED
                                                  : STANDING_DESCRIBED;
}

static uint8_t standing(const struct prover *p, uint32_t i, const struct standing_of *s)
{
    if (s->verdict->verdict == VERDICT_MET)
        return shown_by(s);
    if (s->tailored_by != UINT32_MAX)
        return STANDING_TAILORED;
    if (s->verdict->verdict == VERDICT_PARTIAL)
        return STANDING_PARTIAL;
    if (s->verdict->verdict == VERDICT_CANNOT_TELL)
        return STANDING_CANNOT_TELL;
    bool silent = s->verdict->refused_count + s->verdict->counted_count == 0;
    return may_not_apply(p, i) && silent ? STANDING_ASK : STANDING_ABSENT;
}

/* What asks for all practices stands as low as the lowest of them; a tailored one holds. */
static void settle_derived(struct prover *p, uint32_t all)
{
    uint8_t lowest = STANDING_DEMONSTRATED;
    bool tailored = false;
    for (uint32_t i = 0; i < p->clause->constraint_count; i++) {
        if (i == all || !practice_of(p, i))
            continue;
        uint8_t one = p->out->at[i].standing;
        tailored |= one == STANDING_TAILORED;
        if (one != STANDING_TAILORED && one < lowest)
            lowest = one;
    }
    struct standing_of *s = &p->out->at[all];
    if (lowest < STANDING_DESCRIBED)
        return;
    s->standing = s->verdict->verdict != VERDICT_MET && tailored ? STANDING_TAILORED
        : s->verdict->verdict == VERDICT_MET                     ? lowest
                                                                 : s->standing;
}

void prove(struct arena *a, const struct model *m, const struct findings *findings,
    const struct rules *rules, const struct clause *clause, const struct judged *judged,
    struct standings *out)
{
    static const struct verdict_of nothing = {.doc = UNIT_NONE};
    struct prover p = {.a = a,
        .m = m,
        .findings = findings,
        .rules = rules,
        .clause = clause,
        .judged = judged,
        .out = out};
    *out = (struct standings){
        .at = arena_take(a, (clause->constraint_count + 1) * sizeof *out->at)};
    order_links(&p);
    mark_stale(&p);
    p.seen = arena_take(a, (m->item_count + 1) * sizeof *p.seen);
    find_tailorings(&p);
    for (uint32_t i = 0; i < clause->constraint_count; i++) {
        struct standing_of *s = &out->at[i];
        uint32_t k = rubric_index(judged, clause->constraints[i].id);
        *s = (struct standing_of){
            .verdict = k == UINT32_MAX ? &nothing : &judged->best[k],
            .tailored_by = tailored_by(&p, i)};
        p.found = LIST_OF(struct proof);
        p.constraint = i + 1;
        if (k != UINT32_MAX)
            add_passages(&p, s->verdict, k);
        add_named(&p, i);
        s->proofs = list_keep(&p.found, a, &s->proof_count);
        if (s->proof_count)
            qsort(s->proofs, s->proof_count, sizeof *s->proofs, best_first);
        s->standing = standing(&p, i, s);
    }
    for (uint32_t i = 0; i < clause->constraint_count; i++)
        for (uint32_t k = 0; k < judged->rubric->constraint_count; k++)
            if (judged->rubric->constraints[k].derived != DERIVED_NO
                && text_same(
                    judged->rubric->constraints[k].id, clause->constraints[i].id))
                settle_derived(&p, i);
    for (uint32_t i = 0; i < clause->constraint_count; i++)
        out->count[out->at[i].standing]++;
}

const char *standing_name(enum standing s)
{
    static const char *const names[STANDINGS] = {"absent", "asked", "cannot tell",
        "partial", "described", "tailored", "verified", "demonstrated"};
    return names[s];
}
