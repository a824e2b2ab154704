/* SPDX-License-Identifier: Apache-2.0 */
#include "review/render/judged.h"

#include "core/base/hex.h"
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

static void passage(const struct judged_page *p, const struct rubric_constraint *c,
    const struct passage *g, FILE *out)
{
    const struct rubric *r = p->judged->rubric;
    text(out, "{\"document\":", p->said->corpus->docs[g->doc].path);
    number(out, ",\"first_line\":", g->first_line);
    number(out, ",\"last_line\":", g->last_line);
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

static void passages(const struct judged_page *p, const struct rubric_constraint *c,
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
static void nearest(const struct judged_page *p, uint32_t constraint, FILE *out)
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

static void in_documents(const struct judged_page *p, uint32_t constraint, FILE *out)
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

static void constraint(const struct judged_page *p, uint32_t i, FILE *out)
{
    const struct rubric_constraint *c = &p->judged->rubric->constraints[i];
    const struct verdict_of *v = &p->judged->best[i];
    text(out, i ? ",\n {\"id\":" : "\n {\"id\":", c->id);
    text(out, ",\"verdict\":", text_of(verdict_word((enum verdict)v->verdict)));
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
    out_words(out, "}");
}

void render_judged_json(const struct judged_page *p, FILE *out)
{
    const struct corpus *c = p->said->corpus;
    out_words(out, "{\"schema\":\"holdfast-review-clause/1\"");
    text(out, ",\"clause\":", p->judged->rubric->clause);
    text(out, ",\"title\":", p->clause->title);
    digest(out, ",\n\"rubric_sha256\":", p->judged->rubric->digest);
    digest(out, ",\n\"catalogue_sha256\":", p->catalogue_digest);
    out_words(out, ",\n\"documents\":[");
    uint32_t first = p->judged->first_doc;
    for (uint32_t i = first; i < c->doc_count; i++) {
        text(out, i > first ? ",\n {\"path\":" : "\n {\"path\":", c->docs[i].path);
        digest(out, ",\"sha256\":", c->docs[i].digest);
        text(out, ",\"role\":", text_of(role_name((enum role)p->said->roles[i].role)));
        text(out, ",\"at_most\":",
            text_of(verdict_word((enum verdict)verdict_most(p->said, i))));
        out_words(out, "}");
    }
    out_words(out, "],\n\"constraints\":[");
    for (uint32_t i = 0; i < p->judged->rubric->constraint_count; i++)
        constraint(p, i, out);
    out_words(out, "\n]}\n");
}
