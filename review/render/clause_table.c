/* SPDX-License-Identifier: Apache-2.0 */
/* The auditor's table as Markdown, CSV and SARIF. */
#include "review/base/date.h"
#include "review/render/clause.h"
#include "review/render/out.h"

static void cell(FILE *out, struct bytes t)
{
    fputs("| ", out);
    out_markdown(out, t);
    fputc(' ', out);
}

void render_judged_markdown(struct arena *a, const struct clause_page *p, FILE *out)
{
    char day[11] = "no day";
    if (p->as_of_s)
        date_text(p->as_of_s, day);
    fputs("# ", out);
    out_markdown(out, p->product);
    fputs(": ", out);
    out_markdown(out, p->clause->title);
    fputs("\n\n", out);
    out_markdown(out, p->clause->id);
    fprintf(out,
        ", judged as on %s by holdfast-review " HOLDFAST_VERSION
        ". Evidence found and not found; no statement of conformity.",
        day);
    struct bytes note = clause_opinion_note(a, p);
    fputs(note.len ? " " : "", out);
    out_markdown(out, note);
    fputs(
        "\n\n"
        "| constraint | asks | stands | document | section | quotation | requirements and "
        "results |\n|---|---|---|---|---|---|---|\n",
        out);
    for (uint32_t i = 0; i < p->clause->constraint_count; i++) {
        struct clause_row r = clause_row(a, p, i);
        struct bytes opinion = clause_opinion(a, p, i);
        if (opinion.len)
            r.standing = arena_print(a, "%.*s; %.*s", (int)r.standing.len,
                (const char *)r.standing.at, (int)opinion.len,
                (const char *)opinion.at);
        const struct bytes cells[] = {
            r.id, r.name, r.standing, r.place, r.section, r.quotation, r.proofs};
        for (size_t k = 0; k < sizeof cells / sizeof cells[0]; k++)
            cell(out, cells[k]);
        fputs("|\n", out);
    }
    fputs("\n## What can be said in an audit\n\n", out);
    out_markdown(
        out, p->answer->defence.len ? p->answer->defence : p->answer->why_none);
    fputs("\n\n## Gaps\n\n", out);
    for (uint32_t i = 0; i < p->answer->gap_count; i++) {
        const struct gap_found *g = &p->answer->gaps[i];
        fprintf(out, "- %s: ",
            g->asks ? "question" : gap_severity_name((enum gap_severity)g->severity));
        out_markdown(out, g->gap->title);
        fputs(". ", out);
        out_markdown(out, g->gap->why);
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
        struct clause_row r = clause_row(a, p, i);
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
            if (near->sentence.first) {
                out_words(out, ",\"region\":{\"startLine\":");
                out_number(out, near->sentence.first);
                out_words(out, ",\"endLine\":");
                out_number(out, near->sentence.last);
                out_words(out, "}");
            }
            out_words(out, "}}]");
        }
        out_words(out, "}");
    }
    out_words(out, "]}]}\n");
}
