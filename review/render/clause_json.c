/* SPDX-License-Identifier: Apache-2.0 */
#include "review/render/clause.h"

#include "core/base/hex.h"
#include "review/check/groups.h"
#include "review/clause/named.h"
#include "review/clause/nearest.h"
#include "review/render/out.h"

static void text(FILE *out, const char *lead, struct bytes value)
{
    out_words(out, lead);
    out_json(out, value);
}

static void number(FILE *out, const char *lead, uint64_t value)
{
    out_words(out, lead);
    out_number(out, value);
}

static void digest(FILE *out, const char *lead, const uint8_t *bytes)
{
    uint8_t hex[65];
    hex_of((struct bytes){bytes, 32}, ROOM_OF(hex));
    text(out, lead, text_of((const char *)hex));
}

static void passage(const struct clause_page *p, const struct rubric_constraint *c,
    const struct passage *g, FILE *out)
{
    const struct rubric *r = p->judged->rubric;
    text(out, "{\"document\":", p->said->corpus->docs[g->doc].path);
    number(out, ",\"first_line\":", g->lines.first);
    number(out, ",\"last_line\":", g->lines.last);
    number(out, ",\"sentence_first_line\":", g->sentence.first);
    number(out, ",\"sentence_last_line\":", g->sentence.last);
    number(out, ",\"page\":", g->page);
    text(out, ",\"facet\":", c->facets[g->facet].id);
    text(out, ",\"phrase\":",
        g->phrase < r->phrase_count ? r->phrases[g->phrase] : TEXT("(in the heading)"));
    text(out, ",\"modality\":", text_of(modality_name((enum modality)g->modality)));
    text(out, ",\"rule\":", text_of(g->rule));
    number(out, ",\"own\":", g->own);
    if (g->refusal)
        text(out, ",\"refused\":", text_of(refusal_name((enum refusal)g->refusal)));
    else
        number(out, ",\"points\":", g->points);
    text(out, ",\"text\":", g->text);
    out_words(out, "}");
}

static void passages(const struct clause_page *p, const struct rubric_constraint *c,
    const struct passage *g, uint32_t count, FILE *out)
{
    for (uint32_t i = 0; i < count; i++) {
        out_words(out, i ? ",\n   " : "\n   ");
        passage(p, c, &g[i], out);
    }
    out_words(out, "]");
}

static void missing(
    const struct rubric_constraint *c, const struct verdict_of *v, FILE *out)
{
    bool any = false;
    out_words(out, ",\n  \"missing\":[");
    for (uint8_t k = 0; k < c->facet_count; k++) {
        if (v->carried & 1u << k)
            continue;
        text(out, any ? ",{\"facet\":" : "{\"facet\":", c->facets[k].id);
        text(out, ",\"why\":", c->facets[k].why);
        out_words(out, "}");
        any = true;
    }
    out_words(out, "]");
}

/* Where to look when nothing was found: the unit closest to what the facets ask for. */
static void nearest(const struct clause_page *p, uint32_t constraint, FILE *out)
{
    const struct said *s = p->said;
    const struct rubric_constraint *c = &p->judged->rubric->constraints[constraint];
    uint32_t unit = UNIT_NONE;
    if (p->judged->best[constraint].verdict == VERDICT_ABSENT)
        unit = nearest_unit(s->a, s, clause_words(s->a, p->clause, c));
    out_words(out, ",\n  \"nearest\":");
    if (unit == UNIT_NONE) {
        out_words(out, "null");
        return;
    }
    const struct unit *u = &s->corpus->units[unit];
    text(out, "{\"document\":", s->corpus->docs[u->doc].path);
    number(out, ",\"first_line\":", u->line);
    number(out, ",\"last_line\":", unit_line_at(s->corpus, u, u->text.len));
    number(out, ",\"page\":", u->page);
    text(out, ",\"text\":", u->text);
    out_words(out, "}");
}

static void in_documents(const struct clause_page *p, uint32_t constraint, FILE *out)
{
    const struct judged *j = p->judged;
    out_words(out, ",\n  \"documents\":[");
    for (uint32_t d = j->first_doc; d < p->said->corpus->doc_count; d++) {
        const struct verdict_of *v =
            &j->in_doc[d * j->rubric->constraint_count + constraint];
        text(out, d > j->first_doc ? ",{\"path\":" : "{\"path\":",
            p->said->corpus->docs[d].path);
        text(out, ",\"verdict\":", text_of(verdict_word((enum verdict)v->verdict)));
        out_words(out, "}");
    }
    out_words(out, "]");
}

static void proofs(const struct clause_page *p, const struct standing_of *s, FILE *out)
{
    const struct model *m = p->model;
    text(out, ",\n  \"standing\":", text_of(standing_name((enum standing)s->standing)));
    out_words(out, ",\"requirements\":[");
    for (uint32_t i = 0; i < s->proof_count; i++) {
        const struct proof *f = &s->proofs[i];
        text(out, i ? ",{\"id\":" : "{\"id\":", m->items[f->requirement].id);
        text(out, ",\"shown\":", text_of(ladder_name((enum ladder)f->ladder)));
        if (f->result != ITEM_NONE)
            text(out, ",\"result\":", m->items[f->result].id);
        out_words(out, f->failed ? ",\"failed\":true" : "");
        out_words(out, f->stale ? ",\"stale\":true}" : "}");
    }
    out_words(out, "]");
    if (s->tailored_by != UINT32_MAX)
        text(out, ",\"tailored_by\":",
            m->items[p->standings->tailorings[s->tailored_by].item].id);
}

/* Where the clause stands, by constraint of the catalogue. */
static const struct standing_of *standing_at(
    const struct clause_page *p, struct bytes id)
{
    uint8_t i = p->standings ? constraint_find(p->clause, id) : CATALOGUE_NONE;
    return i == CATALOGUE_NONE ? NULL : &p->standings->at[i];
}

static void ids_of(const struct clause_page *p, uint64_t bits, FILE *out)
{
    bool any = false;
    for (uint32_t i = 0; i < p->clause->constraint_count; i++)
        if (bits >> i & 1) {
            text(out, any ? "," : "", p->clause->constraints[i].id);
            any = true;
        }
}

static void gaps(const struct clause_page *p, FILE *out)
{
    for (uint32_t i = 0; i < p->answer->gap_count; i++) {
        const struct gap_found *g = &p->answer->gaps[i];
        text(out, i ? ",\n {\"id\":" : "\n {\"id\":", g->gap->id);
        text(out, ",\"severity\":",
            text_of(g->asks ? "question"
                            : gap_severity_name((enum gap_severity)g->severity)));
        text(out, ",\"title\":", g->gap->title);
        text(out, ",\"why\":", g->gap->why);
        out_words(out, ",\"constraints\":[");
        ids_of(p, g->of, out);
        out_words(out, "]}");
    }
}

static void tailorings(const struct clause_page *p, FILE *out)
{
    for (uint32_t i = 0; i < p->standings->tailoring_count; i++) {
        const struct tailoring *t = &p->standings->tailorings[i];
        text(out, i ? ",\n {\"id\":" : "\n {\"id\":", p->model->items[t->item].id);
        out_words(out, t->lacks.len ? ",\"holds\":false" : ",\"holds\":true");
        if (t->lacks.len)
            text(out, ",\"lacks\":", t->lacks);
        out_words(out, ",\"constraints\":[");
        ids_of(p, t->about, out);
        out_words(out, "]}");
    }
}

static void answered(const struct clause_page *p, FILE *out)
{
    out_words(out, ",\n\"gaps\":[");
    gaps(p, out);
    out_words(out, "],\n\"tailoring\":[");
    tailorings(p, out);
    out_words(out, "]");
    if (p->answer->defence.len)
        text(out, ",\n\"defence\":", p->answer->defence);
    else
        text(out, ",\n\"no_defence\":", p->answer->why_none);
}

/* What it asks, in the catalogue's words. */
static void question(const struct clause_page *p, struct bytes id, FILE *out)
{
    uint8_t i = constraint_find(p->clause, id);
    if (i != CATALOGUE_NONE)
        text(out, ",\"question\":", p->clause->constraints[i].text);
}

static void second_opinion(const struct clause_page *p, struct bytes id, FILE *out)
{
    static const uint8_t nobody[32];
    const struct opinion *o = opinion_find(p->opinions, id);
    if (!o)
        return;
    text(out, ",\n  \"second_opinion\":{\"model\":", p->opinions->model);
    if (!text_same(BYTES_OF(o->prompt.b), BYTES_OF(nobody)))
        digest(out, ",\"prompt_sha256\":", o->prompt.b);
    text(out, ",\"opinion\":", text_of(opinion_word(o->word)));
    out_words(out, ",\"quotes\":[");
    for (uint32_t i = 0; i < o->quote_count; i++)
        text(out, i ? "," : "", o->quotes[i]);
    out_words(out, "]}");
}

static void constraint(const struct clause_page *p, uint32_t i, FILE *out)
{
    const struct rubric_constraint *c = &p->judged->rubric->constraints[i];
    const struct verdict_of *v = &p->judged->best[i];
    text(out, i ? ",\n {\"id\":" : "\n {\"id\":", c->id);
    question(p, c->id, out);
    text(out, ",\"verdict\":", text_of(verdict_word((enum verdict)v->verdict)));
    if (standing_at(p, c->id))
        proofs(p, standing_at(p, c->id), out);
    number(out, ",\"score\":", v->score);
    number(out, ",\"touch\":", v->touch);
    number(out, ",\"carried\":", (uint64_t)__builtin_popcount(v->carried));
    number(out, ",\"touched\":", (uint64_t)__builtin_popcount(v->touched));
    out_words(out, ",\n  \"passages\":[");
    passages(p, c, v->counted, v->counted_count, out);
    out_words(out, ",\n  \"refused\":[");
    passages(p, c, v->refused, v->refused_count, out);
    missing(c, v, out);
    nearest(p, i, out);
    in_documents(p, i, out);
    second_opinion(p, c->id, out);
    out_words(out, "}");
}

void render_judged_json(const struct clause_page *p, FILE *out)
{
    const struct corpus *c = p->said->corpus;
    out_words(out, "{\"schema\":\"holdfast-review-clause/1\"");
    text(out, ",\"clause\":", p->judged->rubric->clause);
    text(out, ",\"title\":", p->clause->title);
    digest(out, ",\n\"rubric_sha256\":", p->judged->rubric->digest);
    if (p->catalogue_digest)
        digest(out, ",\n\"catalogue_sha256\":", p->catalogue_digest);
    struct arena *a = arena_new();
    struct named *named = named_new(a, c, p->clause);
    out_words(out, ",\n\"documents\":[");
    uint32_t first = p->judged->first_doc;
    for (uint32_t i = first; i < c->doc_count; i++) {
        text(out, i > first ? ",\n {\"path\":" : "\n {\"path\":", c->docs[i].path);
        digest(out, ",\"sha256\":", c->docs[i].digest);
        text(out, ",\"role\":", text_of(role_name((enum role)p->said->roles[i].role)));
        text(out, ",\"at_most\":",
            text_of(verdict_word((enum verdict)verdict_most(p->said, i))));
        uint8_t weight = named_document(named, i);
        if (weight)
            text(out, ",\"named\":",
                text_of(signal_weight_name((enum signal_weight)(weight - 1))));
        out_words(out, "}");
    }
    named_free(named);
    arena_free(a);
    out_words(out, "],\n\"constraints\":[");
    for (uint32_t i = 0; i < p->judged->rubric->constraint_count; i++)
        constraint(p, i, out);
    out_words(out, "\n]");
    if (p->answer)
        answered(p, out);
    out_words(out, "}\n");
}
