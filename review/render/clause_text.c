/* SPDX-License-Identifier: Apache-2.0 */
/* The review of a clause for the team: one screen, and one constraint told whole. */
#include "review/render/clause.h"
#include "review/render/out.h"

enum { FIRST_THINGS = 3, QUOTED = 120, NAME_AT = 16, PLACE_AT = 48 };

static void put(FILE *out, struct bytes text)
{
    out_text(out, text);
}

static void wrapped(FILE *out, struct bytes text, unsigned indent, unsigned width)
{
    for (unsigned i = 0; i < indent; i++)
        fputc(' ', out);
    out_wrapped(out, text, indent, indent, width);
    fputc('\n', out);
}

/* Behind the dash of "5.3.2-C07": the screen has one clause only. */
static struct bytes short_id(struct bytes id)
{
    size_t dash = text_find(id, TEXT("-C"));
    return dash < id.len ? text_from(id, dash + 1) : id;
}

/* A text that ends at that column, with room for what comes behind it. */
static void padded(FILE *out, struct bytes text, unsigned columns)
{
    put(out, text);
    for (unsigned n = out_columns(text); n < columns; n++)
        fputc(' ', out);
}

static void group_of(struct arena *a, const struct clause_page *p, const char *title,
    enum standing from, enum standing to, FILE *out, unsigned width)
{
    bool any = false;
    for (int s = (int)to; s >= (int)from; s--)
        for (uint32_t i = 0; i < p->clause->constraint_count; i++) {
            const struct standing_of *st = &p->standings->at[i];
            const struct verdict_of *v = st->verdict;
            if (st->standing != s)
                continue;
            if (!any)
                fprintf(out, "\n%s\n", title);
            any = true;
            fputs("  ", out);
            padded(out, short_id(p->clause->constraints[i].id), 5);
            padded(out, text_of(standing_name((enum standing)s)), NAME_AT - 2);
            padded(out, text_upto(constraint_name(p->clause, i), width - PLACE_AT), 34);
            struct bytes place = {0};
            if (st->tailored_by != UINT32_MAX && s == STANDING_TAILORED)
                place =
                    p->model->items[p->standings->tailorings[st->tailored_by].item].id;
            else if (v->counted_count)
                place = clause_place(a, p, &v->counted[0]);
            else if (v->refused_count)
                place = arena_print(a, "not counted: %s",
                    (const char *)clause_place(a, p, &v->refused[0]).at);
            if (place.len) {
                fputc(' ', out);
                put(out, place);
            }
            fputc('\n', out);
            struct bytes opinion = clause_opinion(a, p, i);
            if (opinion.len)
                wrapped(out, opinion, 7, width);
        }
}

static void first_things(const struct clause_page *p, FILE *out, unsigned width)
{
    const struct answer *an = p->answer;
    uint32_t told = an->gap_count < FIRST_THINGS ? an->gap_count : FIRST_THINGS;
    if (told)
        fputs("\ndo first\n", out);
    for (uint32_t i = 0; i < told; i++) {
        const struct gap_found *g = &an->gaps[i];
        fprintf(out, "  %u %-9s", i + 1,
            g->asks ? "question" : gap_severity_name((enum gap_severity)g->severity));
        out_wrapped(out, g->gap->title, 13, 13, width);
        fputs("\n             ", out);
        out_wrapped(out, g->gap->why, 13, 13, width);
        fputc('\n', out);
    }
    if (an->gap_count > told)
        fprintf(out, "  and %u more gaps: --json, or report\n", an->gap_count - told);
}

void render_judged_screen(
    struct arena *a, const struct clause_page *p, FILE *out, unsigned width)
{
    const uint32_t *n = p->standings->count;
    uint32_t documents = p->said->corpus->doc_count - p->judged->first_doc;
    put(out, p->clause->id);
    fputs("  ", out);
    put(out, p->clause->title);
    fprintf(out,
        "\n%u documents, %u constraints: %u demonstrated, %u verified, %u described,"
        " %u tailored,\n%u in part, %u cannot tell, %u not found",
        documents, p->clause->constraint_count, n[STANDING_DEMONSTRATED],
        n[STANDING_VERIFIED], n[STANDING_DESCRIBED], n[STANDING_TAILORED],
        n[STANDING_PARTIAL], n[STANDING_CANNOT_TELL], n[STANDING_ABSENT]);
    if (n[STANDING_ASK])
        fprintf(out, ", %u to be asked whether they apply", n[STANDING_ASK]);
    fputc('\n', out);
    struct bytes note = clause_opinion_note(a, p);
    if (note.len)
        wrapped(out, note, 0, width);
    group_of(a, p, "shown", STANDING_DESCRIBED, STANDING_DEMONSTRATED, out, width);
    group_of(a, p, "shown in part", STANDING_CANNOT_TELL, STANDING_PARTIAL, out, width);
    group_of(a, p, "missing", STANDING_ABSENT, STANDING_ASK, out, width);
    first_things(p, out, width);
    fputs("\ndefence: ", out);
    if (p->answer->defence.len) {
        fputs("can be written; holdfast-review report writes it\n", out);
    } else {
        out_wrapped(out, p->answer->why_none, 9, 2, width);
        fputc('\n', out);
    }
}

static void told(struct arena *a, const struct clause_page *p,
    const struct rubric_constraint *c, const struct passage *g, unsigned width,
    FILE *out)
{
    const struct rubric *r = p->judged->rubric;
    struct bytes phrase =
        g->phrase < r->phrase_count ? r->phrases[g->phrase] : TEXT("(in the heading)");
    fputs("  ", out);
    put(out, clause_place(a, p, g));
    fputc('\n', out);
    wrapped(out, g->text, 4, width);
    struct bytes why =
        arena_print(a, "facet %.*s by \"%.*s\"; %s (%s); %u signs of its own",
            (int)c->facets[g->facet].id.len, (const char *)c->facets[g->facet].id.at,
            (int)phrase.len, (const char *)phrase.at,
            modality_name((enum modality)g->modality), g->rule, g->own);
    struct bytes end = g->refusal
        ? arena_print(a, "; not counted: %s", refusal_name((enum refusal)g->refusal))
        : arena_print(a, "; %u points", g->points);
    wrapped(out,
        arena_print(a, "%.*s%.*s", (int)why.len, (const char *)why.at, (int)end.len,
            (const char *)end.at),
        4, width);
}

void render_judged_constraint(struct arena *a, const struct clause_page *p,
    uint32_t constraint, FILE *out, unsigned width)
{
    const struct rubric_constraint *c = &p->judged->rubric->constraints[constraint];
    const struct verdict_of *v = &p->judged->best[constraint];
    put(out, c->id);
    fprintf(out, "  %s\n", verdict_word((enum verdict)v->verdict));
    fprintf(out, "score %u of %u in %d of %u facets (partly: %u of %u in %d of %u)\n",
        v->score, c->met.score, __builtin_popcount(v->carried), c->met.facets, v->touch,
        c->partial.score, __builtin_popcount(v->touched), c->partial.facets);
    fputs("\ncounted\n", out);
    for (uint32_t i = 0; i < v->counted_count; i++)
        told(a, p, c, &v->counted[i], width, out);
    fputs("\nfound and not counted\n", out);
    for (uint32_t i = 0; i < v->refused_count; i++)
        told(a, p, c, &v->refused[i], width, out);
    fputs("\nnothing found for\n", out);
    for (uint8_t k = 0; k < c->facet_count; k++)
        if (!(v->carried & 1u << k))
            wrapped(out, c->facets[k].why, 2, width);
}
