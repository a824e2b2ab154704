/* SPDX-License-Identifier: Apache-2.0 */
#include "review/clause/answer.h"

#include "review/check/groups.h"

#include <stdlib.h>
#include <string.h>

struct writer {
    struct arena *a;
    const struct model *m;
    struct bytes product;
    const struct clause *clause;
    const struct standings *s;
    struct bytes text;
};

static void add(struct writer *w, struct bytes more)
{
    uint8_t *at = arena_take(w->a, w->text.len + more.len + 1);
    if (w->text.len)
        memcpy(at, w->text.at, w->text.len);
    if (more.len)
        memcpy(at + w->text.len, more.at, more.len);
    at[w->text.len + more.len] = 0;
    w->text = (struct bytes){at, w->text.len + more.len};
}

static void add_text(struct writer *w, const char *more)
{
    add(w, text_of(more));
}

/* --- gaps --- */

static bool not_shown(const struct standing_of *s)
{
    return s->standing < STANDING_DESCRIBED;
}

static int worst_first(const void *x, const void *y)
{
    const struct gap_found *a = x, *b = y;
    if (a->asks != b->asks)
        return a->asks ? 1 : -1;
    if (a->severity != b->severity)
        return a->severity > b->severity ? -1 : 1;
    return (a->gap > b->gap) - (a->gap < b->gap);
}

static void find_gaps(struct writer *w, struct answer *out)
{
    const struct clause *c = w->clause;
    out->gaps = arena_take(w->a, (c->gap_count + 1) * sizeof *out->gaps);
    for (uint32_t g = 0; g < c->gap_count; g++) {
        struct gap_found found = {
            .gap = &c->gaps[g], .severity = c->gaps[g].severity, .asks = true};
        bool something = true;
        for (uint32_t i = 0; i < c->constraint_count; i++) {
            const struct standing_of *s = &w->s->at[i];
            if (!(c->gaps[g].when >> i & 1) || !not_shown(s)
                || c->constraints[i].force == FORCE_SHOULD)
                continue;
            found.of |= UINT64_C(1) << i;
            found.asks &= s->standing == STANDING_ASK;
            something &= s->standing > STANDING_ASK;
        }
        if (!found.of)
            continue;
        if (something && found.severity > GAP_MINOR)
            found.severity--;
        out->gaps[out->gap_count++] = found;
    }
    if (out->gap_count)
        qsort(out->gaps, out->gap_count, sizeof *out->gaps, worst_first);
}

/* --- defence --- */

/* The document that carries most of what is described. */
static uint32_t main_document(const struct writer *w)
{
    uint32_t best = UNIT_NONE, most = 0;
    for (uint32_t i = 0; i < w->clause->constraint_count; i++) {
        uint32_t doc = w->s->at[i].verdict->doc, count = 0;
        for (uint32_t k = 0; doc != UNIT_NONE && k < w->clause->constraint_count; k++)
            count += w->s->at[k].verdict->doc == doc
                && w->s->at[k].standing >= STANDING_DESCRIBED;
        if (count > most || (count == most && count && doc < best)) {
            best = doc;
            most = count;
        }
    }
    return best;
}

static struct bytes section_of(const struct writer *w, const struct standing_of *s)
{
    if (!s->verdict->counted_count)
        return (struct bytes){0};
    uint32_t heading = w->m->corpus->units[s->verdict->counted[0].unit].heading;
    return heading == UNIT_NONE ? (struct bytes){0} : w->m->corpus->units[heading].text;
}

static struct bytes or_else(struct bytes text, const char *otherwise)
{
    return text.len ? text : text_of(otherwise);
}

/* The value of {name}; empty: nobody has told it, and the sentence cannot be written. */
static struct bytes filled(const struct writer *w, struct bytes name, uint32_t doc)
{
    const struct corpus *c = w->m->corpus;
    struct head h = head_of(c, doc);
    if (text_same(name, TEXT("product")))
        return w->product;
    if (text_same(name, TEXT("document")) || text_same(name, TEXT("documents")))
        return h.id.len ? h.id : c->docs[doc].path;
    if (text_same(name, TEXT("version")))
        return h.version;
    if (text_same(name, TEXT("date")))
        return h.date;
    if (text_same(name, TEXT("section")))
        for (uint32_t i = 0; i < w->clause->constraint_count; i++)
            if (w->s->at[i].verdict->doc == doc && section_of(w, &w->s->at[i]).len)
                return arena_print(w->a, "\"%.*s\"",
                    (int)section_of(w, &w->s->at[i]).len,
                    (const char *)section_of(w, &w->s->at[i]).at);
    return (struct bytes){0};
}

/* The catalogue's sentence; what nobody has told stands as "[name: not stated]". */
static void add_template(struct writer *w, uint32_t doc)
{
    struct bytes rest = w->clause->defence.text;
    while (rest.len) {
        size_t open = text_find(rest, TEXT("{"));
        add(w, text_upto(rest, open));
        rest = text_from(rest, open);
        size_t close = text_find(rest, TEXT("}"));
        if (close >= rest.len)
            break;
        struct bytes name = text_upto(text_from(rest, 1), close - 1),
                     value = filled(w, name, doc);
        add(w,
            value.len ? value
                      : arena_print(w->a, "[%.*s: not stated]", (int)name.len,
                          (const char *)name.at));
        rest = text_from(rest, close + 1);
    }
    add(w, rest);
}

static void add_demonstrated(struct writer *w, uint32_t i)
{
    const struct standing_of *s = &w->s->at[i];
    struct bytes path = w->m->corpus->docs[s->verdict->doc].path,
                 id = w->clause->constraints[i].id,
                 section = or_else(section_of(w, s), "its first part");
    struct head h = head_of(w->m->corpus, s->verdict->doc);
    if (h.id.len)
        path = h.id;
    add(w,
        arena_print(w->a, " %.*s: %.*s, \"%.*s\"; ", (int)id.len, (const char *)id.at,
            (int)path.len, (const char *)path.at, (int)section.len,
            (const char *)section.at));
    uint32_t named = 0;
    for (uint32_t k = 0; k < s->proof_count && named < 4; k++) {
        const struct proof *p = &s->proofs[k];
        if (p->ladder != LADDER_IS_DEMONSTRATED || p->stale || p->failed)
            continue;
        struct bytes req = w->m->items[p->requirement].id;
        add(w,
            arena_print(w->a, "%s%.*s", named++ ? ", " : "", (int)req.len,
                (const char *)req.at));
    }
    add_text(w,
        named == 1 ? " passed, and its test fails without its control."
                   : " passed, and their tests fail without their controls.");
}

static void add_list(
    struct writer *w, const char *before, uint8_t standing, const char *after)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < w->clause->constraint_count; i++) {
        if (w->s->at[i].standing != standing)
            continue;
        add_text(w, n++ ? ", " : before);
        add(w, w->clause->constraints[i].id);
        if (standing == STANDING_TAILORED && w->s->at[i].tailored_by != UINT32_MAX) {
            struct bytes d =
                w->m->items[w->s->tailorings[w->s->at[i].tailored_by].item].id;
            add(w, arena_print(w->a, " (%.*s)", (int)d.len, (const char *)d.at));
        }
    }
    if (n)
        add_text(w, after);
}

static void defend(struct writer *w, struct answer *out)
{
    const uint32_t *n = w->s->count;
    uint32_t open = n[STANDING_ABSENT] + n[STANDING_ASK] + n[STANDING_CANNOT_TELL];
    uint32_t doc = main_document(w);
    if (open) {
        out->why_none = arena_print(w->a,
            "%u of %u constraints are not shown; a defence that leaves them out would be untrue",
            open, w->clause->constraint_count);
        return;
    }
    if (!n[STANDING_DEMONSTRATED] || doc == UNIT_NONE) {
        out->why_none =
            TEXT("no constraint is demonstrated: no control behind them was seen to "
                 "fail its test when it was taken away");
        return;
    }
    w->text = (struct bytes){0};
    if (!n[STANDING_PARTIAL]) {
        add_template(w, doc);
        w->text = text_trim(w->text);
    } else {
        add(w,
            arena_print(w->a, "For %.*s, of %.*s:", (int)w->product.len,
                (const char *)w->product.at, (int)w->clause->title.len,
                (const char *)w->clause->title.at));
    }
    add_text(w, " Demonstrated:");
    for (uint32_t i = 0; i < w->clause->constraint_count; i++)
        if (w->s->at[i].standing == STANDING_DEMONSTRATED
            && w->s->at[i].verdict->doc != UNIT_NONE)
            add_demonstrated(w, i);
    if (n[STANDING_DEMONSTRATED] < w->clause->constraint_count) {
        add_text(w, " Exceptions:");
        add_list(w, " verified by passing tests only: ", STANDING_VERIFIED, ".");
        add_list(w, " described, no result behind it: ", STANDING_DESCRIBED, ".");
        add_list(w, " tailored: ", STANDING_TAILORED, ".");
        add_list(w, " shown in part: ", STANDING_PARTIAL, ".");
    }
    out->defence = w->text;
}

static void say_open(struct writer *w, struct answer *out)
{
    w->text = (struct bytes){0};
    add_list(w, "absent: ", STANDING_ABSENT, ". ");
    add_list(w, "does it apply? ", STANDING_ASK, ". ");
    add_list(w, "a person has to look: ", STANDING_CANNOT_TELL, ". ");
    add_list(w, "shown in part: ", STANDING_PARTIAL, ". ");
    out->open = text_trim(w->text);
}

void answer(struct arena *a, const struct model *m, struct bytes product,
    const struct clause *clause, const struct standings *s, struct answer *out)
{
    struct writer w = {.a = a, .m = m, .product = product, .clause = clause, .s = s};
    *out = (struct answer){0};
    find_gaps(&w, out);
    defend(&w, out);
    say_open(&w, out);
}
