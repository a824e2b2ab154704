/* SPDX-License-Identifier: Apache-2.0 */
/* The judgement of a clause for a person: one screen, and one constraint told whole. */
#include "review/render/judged.h"

#include "review/render/out.h"

enum { TEXT_MAX = 300, SHOWN = 3 };

static struct bytes place(
    struct arena *a, const struct judged_page *p, const struct passage *g)
{
    const struct document *d = &p->said->corpus->docs[g->doc];
    if (g->first_line && g->last_line > g->first_line)
        return arena_print(a, "%.*s:%u-%u", (int)d->path.len, (const char *)d->path.at,
            g->first_line, g->last_line);
    if (g->first_line)
        return arena_print(
            a, "%.*s:%u", (int)d->path.len, (const char *)d->path.at, g->first_line);
    if (g->page)
        return arena_print(
            a, "%.*s, page %u", (int)d->path.len, (const char *)d->path.at, g->page);
    return d->path;
}

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

static void line_of(
    struct arena *a, const struct judged_page *p, uint32_t i, unsigned width, FILE *out)
{
    const struct rubric_constraint *c = &p->judged->rubric->constraints[i];
    const struct verdict_of *v = &p->judged->best[i];
    put(out, c->id);
    fprintf(out, "  %-11s  ", verdict_word((enum verdict)v->verdict));
    put(out, c->facets[0].why);
    fputc('\n', out);
    if (v->counted_count && v->verdict != VERDICT_ABSENT) {
        const struct passage *g = &v->counted[0];
        wrapped(out,
            arena_print(a, "%s: \"%.*s\"", (const char *)place(a, p, g).at,
                (int)text_upto(g->text, TEXT_MAX).len, (const char *)g->text.at),
            12, width);
    } else if (v->refused_count) {
        const struct passage *g = &v->refused[0];
        wrapped(out,
            arena_print(a, "not counted, %s: %s",
                refusal_name((enum refusal)g->refusal),
                (const char *)place(a, p, g).at),
            12, width);
    }
}

void render_judged(
    struct arena *a, const struct judged_page *p, FILE *out, unsigned width)
{
    const struct judged *j = p->judged;
    uint32_t count[VERDICT_MET + 1] = {0};
    put(out, j->rubric->clause);
    fputs("  ", out);
    put(out, p->clause->title);
    fputs("\n\n", out);
    for (uint32_t i = 0; i < j->rubric->constraint_count; i++) {
        line_of(a, p, i, width, out);
        count[j->best[i].verdict]++;
    }
    fprintf(out, "\nfound %u, partly %u, cannot tell %u, not found %u\n",
        count[VERDICT_MET], count[VERDICT_PARTIAL], count[VERDICT_CANNOT_TELL],
        count[VERDICT_ABSENT]);
}

static void told(struct arena *a, const struct judged_page *p,
    const struct rubric_constraint *c, const struct passage *g, unsigned width,
    FILE *out)
{
    const struct rubric *r = p->judged->rubric;
    struct bytes phrase =
        g->phrase < r->phrase_count ? r->phrases[g->phrase] : TEXT("(in the heading)");
    fputs("  ", out);
    put(out, place(a, p, g));
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

void render_judged_constraint(struct arena *a, const struct judged_page *p,
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
