/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One clause for an auditor: what was reviewed, the table that answers constraint by constraint,
 * what is open, who decided, and below it every passage that was looked at. No script; printable.
 */
#include "review/base/date.h"
#include "review/clause/named.h"
#include "review/render/clause.h"
#include "review/render/out.h"

enum { QUOTED = 200, DIGEST_SHOWN = 8 };

static const char style[] =
    "body{font:14px/1.45 system-ui,sans-serif;margin:2em auto;max-width:80em;padding:0 1em;"
    "color:#1a1a1a;background:#fff}h1{font-size:1.5em;margin:0 0 .2em}"
    "h2{font-size:1.15em;margin:2em 0 .5em}h3{font-size:1em;margin:1.6em 0 .3em}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;"
    "padding:.35em .6em;border-bottom:1px solid #ddd;overflow-wrap:anywhere}"
    "th{background:#f3f4f6;font-weight:600;white-space:nowrap}thead{display:table-header-group}"
    "tr{break-inside:avoid}.id{white-space:nowrap}.s{font-weight:600;white-space:nowrap}"
    ".demonstrated,.verified{color:#166534}.described,.tailored{color:#1d4ed8}"
    ".partial,.cannot,.asked{color:#b45309}.absent,.critical{color:#8f0000}.major{color:#b45309}"
    ".p{color:#52525b;font-size:.92em}q{quotes:none}blockquote{margin:.4em 0;padding:.4em .8em;"
    "border-left:3px solid #d4d4d8}.one{table-layout:fixed}.one th,.one td{box-sizing:border-box}.one th:nth-child(1){width:7%}.one th:nth-child(2){width:13%}"
    ".one th:nth-child(3){width:11%}.one th:nth-child(4){width:20%}.one th:nth-child(5){width:28%}"
    ".sign td{height:2.6em;min-width:14em}"
    "@media print{nav{display:none}body{margin:0;max-width:none;font-size:8.5pt}@page{size:A4 landscape;margin:14mm}"
    "h2,h3{break-after:avoid}}";

static void words(FILE *out, const char *before, struct bytes text, const char *after)
{
    fputs(before, out);
    out_xml(out, text);
    fputs(after, out);
}

static void hex(FILE *out, const uint8_t *digest)
{
    for (size_t i = 0; i < DIGEST_SHOWN; i++)
        fprintf(out, "%02x", digest[i]);
    fputs("…", out);
}

static void head(const struct clause_page *p, FILE *out)
{
    char day[11] = "no day";
    if (p->as_of_s)
        date_text(p->as_of_s, day);
    out_html_begin(out);
    words(out, "", p->product, ": ");
    words(out, "", p->clause->id, "</title><style>");
    fprintf(out, "%s</style></head><body>\n", style);
    if (p->in_report)
        fputs("<nav><a href=\"index.html\">first page</a></nav>\n", out);
    words(out, "<h1>", p->product, ": ");
    words(out, "", p->clause->title, "</h1>\n<p class=\"p\">");
    words(out, "", p->clause->standard, ", ");
    words(out, "clause ", p->clause->numbers.at[0], ". ");
    if (p->revision.len)
        words(out, "Commit ", p->revision, ". ");
    fprintf(
        out, "Judged as on %s by holdfast-review " HOLDFAST_VERSION "; rubric ", day);
    hex(out, p->judged->rubric->digest);
    if (p->catalogue_digest) {
        fputs(", catalogue ", out);
        hex(out, p->catalogue_digest);
    }
    fputs(" (SHA-256).</p>\n", out);
}

static void count(FILE *out, uint32_t n, const char *what, bool *any)
{
    if (n)
        fprintf(out, "%s%u %s", *any ? ", " : "", n, what);
    *any |= n > 0;
}

static void sums(const struct clause_page *p, FILE *out)
{
    const uint32_t *n = p->standings->count;
    bool any = false;
    fprintf(out, "<p>Of %u constraints ", p->clause->constraint_count);
    count(out, n[STANDING_DEMONSTRATED],
        "demonstrated (a linked requirement passed, and its test fails without its control)",
        &any);
    count(out, n[STANDING_VERIFIED], "verified (a linked requirement passed)", &any);
    count(out, n[STANDING_DESCRIBED], "described (words only)", &any);
    count(out, n[STANDING_TAILORED], "tailored by a dated decision", &any);
    count(out, n[STANDING_PARTIAL], "in part", &any);
    count(out, n[STANDING_CANNOT_TELL], "where a person has to look", &any);
    count(out, n[STANDING_ASK], "to be asked whether they apply", &any);
    count(out, n[STANDING_ABSENT], "not found", &any);
    fputs(".</p>\n", out);
}

static void cell_class(FILE *out, enum standing s)
{
    struct bytes name = text_of(standing_name(s));
    fputs("<td class=\"s ", out);
    out_xml(out, text_upto(name, text_find(name, TEXT(" "))));
    words(out, "\">", name, "</td>");
}

static void quotation(struct bytes text, FILE *out)
{
    struct bytes shown = text_upto(text, QUOTED);
    words(out, "<q>“", shown, shown.len < text.len ? "…”</q>" : "”</q>");
}

static void where(struct arena *a, const struct clause_page *p,
    const struct standing_of *s, FILE *out)
{
    const struct verdict_of *v = s->verdict;
    if (s->standing == STANDING_TAILORED && s->tailored_by != UINT32_MAX) {
        const struct item *d =
            &p->model->items[p->standings->tailorings[s->tailored_by].item];
        words(out, "<td>", d->id, "<br><span class=\"p\">");
        words(out, "", item_place(a, p->model, d), "</span></td><td>");
        quotation(item_field(d, "reason"), out);
        fputs("</td>", out);
        return;
    }
    if (!v->counted_count) {
        fputs("<td></td><td>", out);
        if (v->refused_count) {
            words(out, "not counted (",
                text_of(refusal_name((enum refusal)v->refused[0].refusal)), "): ");
            quotation(v->refused[0].text, out);
        }
        fputs("</td>", out);
        return;
    }
    words(out, "<td>", clause_place(a, p, &v->counted[0]), "<br><span class=\"p\">");
    words(out, "", clause_section(a, p, &v->counted[0]), "</span></td><td>");
    quotation(v->counted[0].text, out);
    fputs("</td>", out);
}

static void table(struct arena *a, const struct clause_page *p, FILE *out)
{
    struct bytes note = clause_opinion_note(a, p);
    if (note.len)
        words(out, "<p class=\"p\">", note, "</p>\n");
    fputs(
        "<table class=\"one\"><thead><tr><th>id</th><th>asks</th>"
        "<th>stands</th><th>document, section</th><th>quotation</th><th>requirements, "
        "results</th></tr></thead><tbody>\n",
        out);
    for (uint32_t i = 0; i < p->clause->constraint_count; i++) {
        const struct constraint *c = &p->clause->constraints[i];
        const struct standing_of *s = &p->standings->at[i];
        words(out, "<tr><td class=\"id\"><a href=\"#", c->id, "\">");
        words(out, "", c->id, "</a></td><td>");
        words(out, "", constraint_name(p->clause, i), "</td>");
        cell_class(out, (enum standing)s->standing);
        where(a, p, s, out);
        words(out, "<td>", clause_proofs(a, p, s), "</td></tr>\n");
        struct bytes opinion = clause_opinion(a, p, i);
        if (opinion.len)
            words(out, "<tr><td></td><td colspan=\"5\" class=\"p\">", opinion,
                "</td></tr>\n");
    }
    fputs("</tbody></table>\n", out);
}

static void defence(const struct clause_page *p, FILE *out)
{
    fputs("<h2>What can be said in an audit</h2>\n", out);
    if (p->answer->defence.len)
        words(out, "<blockquote>", p->answer->defence, "</blockquote>\n");
    else
        words(out, "<p>No text is offered: ", p->answer->why_none, ".</p>\n");
    if (p->answer->open.len)
        words(out, "<p>Open: ", p->answer->open, "</p>\n");
}

static void gaps(const struct clause_page *p, FILE *out)
{
    fputs("<h2>Gaps</h2>\n", out);
    if (!p->answer->gap_count) {
        fputs("<p>None of the catalogue's gaps was found.</p>\n", out);
        return;
    }
    fputs(
        "<table><thead><tr><th>severity</th><th>gap</th><th>why it matters</th><th>constraints"
        "</th><th>owner, day</th></tr></thead><tbody>\n",
        out);
    for (uint32_t i = 0; i < p->answer->gap_count; i++) {
        const struct gap_found *g = &p->answer->gaps[i];
        const char *severity =
            g->asks ? "question" : gap_severity_name((enum gap_severity)g->severity);
        fprintf(out, "<tr><td class=\"s %s\">%s</td>", severity, severity);
        words(out, "<td>", g->gap->title, "<br><span class=\"p\">");
        words(out, "", g->gap->id, "</span></td>");
        words(out, "<td>", g->gap->why, "</td><td>");
        for (uint32_t k = 0; k < p->clause->constraint_count; k++)
            if (g->of >> k & 1)
                words(out, "", p->clause->constraints[k].id, " ");
        fputs("</td><td></td></tr>\n", out);
    }
    fputs("</tbody></table>\n", out);
}

static void decisions(struct arena *a, const struct clause_page *p, FILE *out)
{
    if (!p->standings->tailoring_count)
        return;
    fputs(
        "<h2>Tailoring</h2>\n<table><thead><tr><th>decision</th><th>about</th><th>reason</th>"
        "<th>by, expertise</th><th>day, until</th><th>holds</th></tr></thead><tbody>\n",
        out);
    for (uint32_t i = 0; i < p->standings->tailoring_count; i++) {
        const struct tailoring *t = &p->standings->tailorings[i];
        const struct item *d = &p->model->items[t->item];
        words(out, "<tr><td class=\"id\">", d->id, "<br><span class=\"p\">");
        words(out, "", item_place(a, p->model, d), "</span></td><td>");
        for (uint32_t k = 0; k < p->clause->constraint_count; k++)
            if (t->about >> k & 1)
                words(out, "", p->clause->constraints[k].id, " ");
        words(out, "</td><td>", item_field(d, "reason"), "</td><td>");
        words(out, "", item_field(d, "by"), "<br><span class=\"p\">");
        words(out, "", item_field(d, "expertise"), "</span></td><td>");
        words(out, "", item_field(d, "date"), "<br><span class=\"p\">");
        words(out, "", item_field(d, "until"), "</span></td><td>");
        if (t->lacks.len)
            words(out, "no: it lacks ", t->lacks, "</td></tr>\n");
        else
            fputs("yes</td></tr>\n", out);
    }
    fputs("</tbody></table>\n", out);
}

static void contradictions(const struct clause_page *p, FILE *out)
{
    bool any = false;
    for (uint32_t i = 0; p->findings && i < p->findings->count; i++) {
        const struct finding *f = &p->findings->at[i];
        if (f->rule != RULE_CONTRADICTION)
            continue;
        if (!any)
            fputs("<h2>Contradictions between documents</h2>\n<ul>\n", out);
        any = true;
        words(out, "<li><b>", f->subject, "</b>, ");
        words(out, "", p->said->corpus->docs[f->doc].path, "");
        if (f->line)
            fprintf(out, ":%u", f->line);
        words(out, ": ", f->says, "</li>\n");
    }
    if (any)
        fputs("</ul>\n", out);
}

static void passages(struct arena *a, const struct clause_page *p,
    const struct passage *g, uint32_t count, FILE *out)
{
    fputs("<table><tbody>\n", out);
    for (uint32_t i = 0; i < count; i++) {
        words(out, "<tr><td>", clause_place(a, p, &g[i]), "<br><span class=\"p\">");
        words(out, "", clause_section(a, p, &g[i]), "</span></td><td>");
        quotation(g[i].text, out);
        words(out, "</td><td class=\"p\">",
            text_of(modality_name((enum modality)g[i].modality)), "");
        if (g[i].refusal)
            words(out,
                "; not counted: ", text_of(refusal_name((enum refusal)g[i].refusal)),
                "");
        fputs("</td></tr>\n", out);
    }
    fputs("</tbody></table>\n", out);
}

static void in_full(struct arena *a, const struct clause_page *p, uint32_t i, FILE *out)
{
    const struct constraint *c = &p->clause->constraints[i];
    const struct verdict_of *v = p->standings->at[i].verdict;
    uint32_t k = rubric_index(p->judged, c->id);
    words(out, "<h3 id=\"", c->id, "\">");
    words(out, "", c->id, " ");
    words(out, "", constraint_name(p->clause, i), "</h3>\n");
    words(out, "<p>", c->text, "</p>\n");
    if (c->test.len)
        words(out, "<p class=\"p\">How a reviewer would try it: ", c->test, "</p>\n");
    if (v->counted_count) {
        fputs("<p>Counted:</p>\n", out);
        passages(a, p, v->counted, v->counted_count, out);
    }
    if (v->refused_count) {
        fputs("<p>Found and not counted:</p>\n", out);
        passages(a, p, v->refused, v->refused_count, out);
    }
    if (k == UINT32_MAX)
        return;
    const struct rubric_constraint *r = &p->judged->rubric->constraints[k];
    bool any = false;
    for (uint8_t f = 0; f < r->facet_count; f++) {
        if (v->carried & 1u << f)
            continue;
        fputs(any ? "" : "<p>Nothing was found that says:</p>\n<ul>\n", out);
        any = true;
        words(out, "<li>", r->facets[f].why, "</li>\n");
    }
    if (any)
        fputs("</ul>\n", out);
}

static void documents(struct arena *a, const struct clause_page *p, FILE *out)
{
    struct named *named = named_new(a, p->said->corpus, p->clause);
    const struct corpus *c = p->said->corpus;
    fputs(
        "<h2>Documents</h2>\n<table><thead><tr><th>path</th><th>id, version, date</th><th>taken as"
        "</th><th>named for it</th><th>SHA-256</th></tr></thead><tbody>\n",
        out);
    for (uint32_t i = p->judged->first_doc; i < c->doc_count; i++) {
        if (!c->docs[i].unit_count || c->docs[i].format == FORMAT_SOURCE)
            continue;
        struct head h = head_of(c, i);
        words(out, "<tr><td>", c->docs[i].path, "</td><td>");
        words(out, "", h.id, " ");
        words(out, "", h.version, " ");
        words(out, "", h.date, "</td><td>");
        words(out, "", text_of(role_name((enum role)p->said->roles[i].role)),
            "</td><td>");
        uint8_t weight = named_document(named, i);
        if (weight)
            fputs(signal_weight_name((enum signal_weight)(weight - 1)), out);
        fputs("</td><td class=\"p\">", out);
        hex(out, c->docs[i].digest);
        fputs("</td></tr>\n", out);
    }
    fputs("</tbody></table>\n", out);
    named_free(named);
}

static void crosswalk(const struct clause_page *p, FILE *out)
{
    if (!p->clause->crosswalk_count)
        return;
    fputs("<h2>The same in other texts</h2>\n<table><tbody>\n", out);
    for (uint32_t i = 0; i < p->clause->crosswalk_count; i++) {
        const struct crosswalk *w = &p->clause->crosswalk[i];
        const struct column *c =
            p->catalogue ? column_find(p->catalogue, w->column) : NULL;
        words(out, "<tr><td>", c ? c->title : w->column, "</td><td>");
        for (uint32_t k = 0; k < w->references.count; k++)
            words(out, k ? "; " : "", w->references.at[k], "");
        fputs("</td></tr>\n", out);
    }
    fputs("</tbody></table>\n", out);
}

static void end(FILE *out)
{
    fputs(
        "<h2>Signed</h2>\n<table class=\"sign\"><tbody><tr><td>name</td><td>role</td><td>day</td>"
        "</tr><tr><td></td><td></td><td></td></tr></tbody></table>\n"
        "<h2>What this program did not check</h2>\n<ul><li>whether a sentence is true; it looks "
        "for what is said, of what kind the sentence is, and which results stand behind it</li>"
        "<li>whether a test is the right one for its requirement</li><li>pictures, drawings and "
        "scanned pages</li><li>documents in other languages than English</li><li>anything outside "
        "the reviewed folder</li></ul>\n<p class=\"p\">Evidence found and not found by a program; "
        "no statement of conformity.</p>\n</body></html>\n",
        out);
}

void render_judged_html(struct arena *a, const struct clause_page *p, FILE *out)
{
    head(p, out);
    sums(p, out);
    table(a, p, out);
    defence(p, out);
    gaps(p, out);
    decisions(a, p, out);
    contradictions(p, out);
    crosswalk(p, out);
    fputs("<h2>Every passage</h2>\n", out);
    for (uint32_t i = 0; i < p->clause->constraint_count; i++)
        in_full(a, p, i, out);
    documents(a, p, out);
    end(out);
}
