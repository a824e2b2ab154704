/* SPDX-License-Identifier: Apache-2.0 */
/* The auditor's table as Markdown, CSV and SARIF. */
#include "review/base/date.h"
#include "review/render/clause.h"
#include "review/render/out.h"

#include <string.h>

enum { QUOTED = 240 };

/* What stands in the columns of one constraint, in every form alike. */
struct row {
    struct bytes id, name, standing, place, section, quotation, proofs;
};

static struct row row_at(struct arena *a, const struct clause_page *p, uint32_t i)
{
    const struct standing_of *s = &p->standings->at[i];
    const struct verdict_of *v = s->verdict;
    struct row r = {.id = p->clause->constraints[i].id,
        .name = constraint_name(p->clause, i),
        .standing = text_of(standing_name((enum standing)s->standing)),
        .proofs = clause_proofs(a, p, s)};
    if (s->standing == STANDING_TAILORED && s->tailored_by != UINT32_MAX) {
        const struct item *d =
            &p->model->items[p->standings->tailorings[s->tailored_by].item];
        r.place = item_place(a, p->model, d);
        r.section = d->id;
        r.quotation = text_upto(item_field(d, "reason"), QUOTED);
    } else if (v->counted_count) {
        r.place = clause_place(a, p, &v->counted[0]);
        r.section = clause_section(a, p, &v->counted[0]);
        r.quotation = text_upto(v->counted[0].text, QUOTED);
    }
    return r;
}

/* Text as data in a table of Markdown: no mark of its own counts. */
static void markdown(FILE *out, struct bytes t)
{
    for (size_t i = 0; i < t.len; i++) {
        if (t.at[i] && strchr("\\|*_`[]<>#", t.at[i]))
            fputc('\\', out);
        fputc(t.at[i] == '\n' ? ' ' : t.at[i], out);
    }
}

static void cell(FILE *out, struct bytes t)
{
    fputs("| ", out);
    markdown(out, t);
    fputc(' ', out);
}

void render_judged_markdown(struct arena *a, const struct clause_page *p, FILE *out)
{
    char day[11] = "no day";
    if (p->as_of_s)
        date_text(p->as_of_s, day);
    fputs("# ", out);
    markdown(out, p->product);
    fputs(": ", out);
    markdown(out, p->clause->title);
    fputs("\n\n", out);
    markdown(out, p->clause->id);
    fprintf(out,
        ", judged as on %s by holdfast-review " HOLDFAST_VERSION
        ". Evidence found and not found; no statement of conformity.\n\n"
        "| constraint | asks | stands | document | section | quotation | requirements and "
        "results |\n|---|---|---|---|---|---|---|\n",
        day);
    for (uint32_t i = 0; i < p->clause->constraint_count; i++) {
        struct row r = row_at(a, p, i);
        const struct bytes cells[] = {
            r.id, r.name, r.standing, r.place, r.section, r.quotation, r.proofs};
        for (size_t k = 0; k < sizeof cells / sizeof cells[0]; k++)
            cell(out, cells[k]);
        fputs("|\n", out);
    }
    fputs("\n## What can be said in an audit\n\n", out);
    markdown(out, p->answer->defence.len ? p->answer->defence : p->answer->why_none);
    fputs("\n\n## Gaps\n\n", out);
    for (uint32_t i = 0; i < p->answer->gap_count; i++) {
        const struct gap_found *g = &p->answer->gaps[i];
        fprintf(out, "- %s: ",
            g->asks ? "question" : gap_severity_name((enum gap_severity)g->severity));
        markdown(out, g->gap->title);
        fputs(". ", out);
        markdown(out, g->gap->why);
        fputc('\n', out);
    }
    if (!p->answer->gap_count)
        fputs("None of the catalogue's gaps was found.\n", out);
}

void render_judged_csv(struct arena *a, const struct clause_page *p, FILE *out)
{
    fputs(
        "clause,constraint,name,asks,stands,document,section,quotation,requirements and results\r\n",
        out);
    for (uint32_t i = 0; i < p->clause->constraint_count; i++) {
        struct row r = row_at(a, p, i);
        const struct bytes cells[] = {p->clause->id, r.id, r.name,
            p->clause->constraints[i].text, r.standing, r.place, r.section, r.quotation,
            r.proofs};
        for (size_t k = 0; k < sizeof cells / sizeof cells[0]; k++) {
            fputs(k ? "," : "", out);
            out_csv(out, cells[k]);
        }
        fputs("\r\n", out);
    }
}

static const char *level(const struct gap_found *g)
{
    return g->asks || g->severity == GAP_MINOR ? "note"
        : g->severity == GAP_MAJOR             ? "warning"
                                               : "error";
}

/* The nearest place that a reader can look at: what was found and not counted. */
static const struct passage *nearest(const struct clause_page *p, uint64_t constraints)
{
    for (uint32_t i = 0; i < p->clause->constraint_count; i++) {
        const struct verdict_of *v = p->standings->at[i].verdict;
        if (!(constraints >> i & 1))
            continue;
        if (v->counted_count)
            return &v->counted[0];
        if (v->refused_count)
            return &v->refused[0];
    }
    return NULL;
}

void render_judged_sarif(const struct clause_page *p, FILE *out)
{
    out_words(out,
        "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\","
        "\"runs\":[{\"tool\":{\"driver\":{\"name\":\"holdfast-review\",\"version\":"
        "\"" HOLDFAST_VERSION "\",\"rules\":[");
    for (uint32_t i = 0; i < p->clause->gap_count; i++) {
        out_words(out, i ? ",\n{\"id\":" : "\n{\"id\":");
        out_json(out, p->clause->gaps[i].id);
        out_words(out, ",\"shortDescription\":{\"text\":");
        out_json(out, p->clause->gaps[i].title);
        out_words(out, "},\"fullDescription\":{\"text\":");
        out_json(out, p->clause->gaps[i].why);
        out_words(out, "}}");
    }
    out_words(out, "]}},\"results\":[");
    for (uint32_t i = 0; i < p->answer->gap_count; i++) {
        const struct gap_found *g = &p->answer->gaps[i];
        const struct passage *near = nearest(p, g->of);
        out_words(out, i ? ",\n{\"ruleId\":" : "\n{\"ruleId\":");
        out_json(out, g->gap->id);
        out_words(out, ",\"level\":\"");
        out_words(out, level(g));
        out_words(out, "\",\"message\":{\"text\":");
        out_json(out, g->gap->title);
        out_words(out, "}");
        if (near) {
            out_words(out,
                ",\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":");
            out_uri(out, p->said->corpus->docs[near->doc].path);
            out_words(out, "}");
            if (near->first_line) {
                out_words(out, ",\"region\":{\"startLine\":");
                out_number(out, near->first_line);
                out_words(out, ",\"endLine\":");
                out_number(out, near->last_line);
                out_words(out, "}");
            }
            out_words(out, "}}]");
        }
        out_words(out, "}");
    }
    out_words(out, "]}]}\n");
}
