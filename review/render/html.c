/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTML without script, one style for screen and paper. A project of up to PAGE_ROWS
 * requirements and findings is one self-contained file; a larger one gets further pages, each
 * readable by itself and linked with its neighbours.
 */
#include "review/base/date.h"
#include "review/check/coverage.h"
#include "review/render/out.h"
#include "review/render/questionnaire.h"
#include "review/render/render.h"

enum { PAGE_ROWS = 1000, CELL_IDS = 12 };

static const char style[] =
    "body{font:14px/1.45 system-ui,sans-serif;margin:2em auto;max-width:78em;padding:0 1em;"
    "color:#1a1a1a;background:#fff}"
    "h1{font-size:1.5em;margin:0 0 .2em}h2{font-size:1.15em;margin:2em 0 .5em}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;"
    "padding:.35em .6em;border-bottom:1px solid #ddd;overflow-wrap:anywhere}"
    "th{background:#f3f4f6;font-weight:600;white-space:nowrap}td.l{min-width:11em}thead{display:table-header-group}"
    "tr{break-inside:avoid}.n{text-align:right;white-space:nowrap}.id{white-space:nowrap}"
    ".s{font-weight:600;white-space:nowrap}.critical{color:#8f0000}.major{color:#b45309}"
    ".minor{color:#52525b}.note{color:#71717a}.failed{color:#8f0000}.not{color:#8f0000}"
    ".demonstrated{color:#166534}.verified{color:#166534}.described{color:#b45309}"
    ".p{color:#52525b;font-size:.92em}pre{white-space:pre-wrap;background:#f7f7f8;padding:.5em;"
    "margin:.3em 0}nav{margin:1em 0}nav a{margin-right:1em}.lead{font-size:1.05em;max-width:60em}"
    "@media print{body{margin:0;max-width:none;font-size:9pt}nav{display:none}"
    "@page{size:A4 landscape;margin:14mm}}";

static void begin(const struct report *r, FILE *out, const char *title)
{
    out_html_begin(out);
    out_xml(out, r->product);
    fprintf(out, ": %s</title><style>%s</style></head><body>\n<h1>", title, style);
    out_xml(out, r->product);
    fprintf(out, ": %s</h1>\n", title);
}

static void end(FILE *out)
{
    fputs(
        "<p class=\"p\">holdfast-review " HOLDFAST_VERSION
        ". Evidence found and not found by a program; no statement of conformity. Not looked at: "
        "whether a text is true, whether a test is the right one, anything outside the reviewed "
        "folder.</p>\n</body></html>\n",
        out);
}

static void place(
    const struct report *r, uint32_t doc, uint32_t line, uint32_t page, FILE *out)
{
    if (doc == UNIT_NONE)
        return;
    out_xml(out, r->corpus->docs[doc].path);
    if (line)
        fprintf(out, ":%u", line);
    else if (page)
        fprintf(out, ", page %u", page);
}

static void sum(FILE *out, const char *what, uint32_t n, const char *rest)
{
    if (n)
        fprintf(out, "<tr><td>%s</td><td class=\"n\">%u</td><td>%s</td></tr>\n", what,
            n, rest);
}

static void sums(const struct report *r, FILE *out)
{
    struct coverage c = coverage_of(r->model);
    char rest[160];
    fputs(
        "<h2>What is shown</h2>\n<table><thead><tr><th>kind</th><th class=\"n\">number</th>"
        "<th></th></tr></thead><tbody>\n",
        out);
    snprintf(rest, sizeof rest,
        "with design output %u, with passed result %u, demonstrated %u, failed %u",
        c.designed, c.verified, c.demonstrated, c.failed);
    sum(out, "requirements", c.requirements, rest);
    snprintf(rest, sizeof rest, "with passed result %u", c.security_verified);
    sum(out, "of them security requirements", c.security, rest);
    snprintf(rest, sizeof rest, "without mitigation %u", c.threats_open);
    sum(out, "threats", c.items[ITEM_THREAT], rest);
    sum(out, "hazardous situations", c.items[ITEM_HAZARD], "");
    sum(out, "trust boundaries", c.items[ITEM_BOUNDARY], "");
    snprintf(rest, sizeof rest, "whose test was seen to fail without them %u",
        c.controls_demonstrated);
    sum(out, "controls", c.items[ITEM_CONTROL], rest);
    snprintf(rest, sizeof rest, "passed %u, failed %u, skipped %u, by hand %u",
        c.results_passed, c.results_failed, c.results_skipped, c.results_manual);
    sum(out, "results", c.items[ITEM_RESULT], rest);
    sum(out, "components", c.items[ITEM_COMPONENT], "");
    sum(out, "credentials", c.items[ITEM_CREDENTIAL], "");
    sum(out, "decisions", c.items[ITEM_DECISION], "");
    fputs("</tbody></table>\n", out);
}

static void finding_row(const struct report *r, const struct finding *f, FILE *out)
{
    const struct rule *rule = rule_of((enum rule_id)f->rule);
    const char *severity = severity_name((enum severity)f->severity);
    fprintf(out, "<tr id=\"%s\"><td class=\"s %s\">%s%s</td><td class=\"id\">", f->id,
        severity, severity, f->accepted ? ", accepted" : "");
    out_xml(out, f->subject);
    fputs("<br><span class=\"p\">", out);
    place(r, f->doc, f->line, f->page, out);
    fputs("</span></td><td>", out);
    out_xml(out, text_of(rule->title));
    if (!text_same(f->says, text_of(rule->title))) {
        fputs(": ", out);
        out_xml(out, f->says);
    }
    fprintf(out, "<br><span class=\"p\">%s</span></td><td>", f->id);
    out_xml(out, text_of(rule->asks));
    fputs("</td><td>", out);
    out_xml(out, text_of(rule->fix));
    if (f->skeleton.len) {
        fputs("<pre>", out);
        out_xml(out, f->skeleton);
        fputs("</pre>", out);
    }
    fputs("</td></tr>\n", out);
}

static void findings(const struct report *r, uint32_t from, uint32_t to, FILE *out)
{
    fputs(
        "<table><thead><tr><th>severity</th><th>where</th><th>what</th><th>an auditor would ask"
        "</th><th>how to fix it</th></tr></thead><tbody>\n",
        out);
    for (uint32_t i = from; i < to; i++)
        finding_row(r, &r->findings->at[i], out);
    fputs("</tbody></table>\n", out);
}

/* Ids of one kind of neighbour, the first few of them, with their places. */
static void neighbours(const struct report *r, uint32_t item, bool incoming,
    enum link_kind kind, FILE *out)
{
    const struct model *m = r->model;
    const uint32_t *ends = incoming ? m->in : m->out;
    uint32_t told = 0, more = 0;
    for (uint32_t k = ends[item]; k < ends[item + 1]; k++) {
        const struct link *l = &m->links[incoming ? m->in_links[k] : k];
        uint32_t other = incoming ? l->from : l->to;
        if (l->kind != kind || other == ITEM_NONE)
            continue;
        if (told == CELL_IDS) {
            more++;
            continue;
        }
        fputs(told++ ? "<br>" : "", out);
        out_xml(out, m->items[other].id);
    }
    if (more)
        fprintf(out, "<br>and %u more", more);
}

static void results(const struct verified *v, FILE *out)
{
    const struct {
        const char *word;
        uint32_t n;
    } told[] = {{"passed ", v->passed}, {"failed ", v->failed},
        {"skipped ", v->skipped}, {"by hand ", v->manual}};
    bool any = false;
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        if (!told[i].n)
            continue;
        out_words(out, any ? ", " : "");
        out_words(out, told[i].word);
        out_number(out, told[i].n);
        any = true;
    }
}

static void matrix_row(const struct report *r, uint32_t item, FILE *out)
{
    const struct item *it = &r->model->items[item];
    const struct unit *u = &r->corpus->units[it->unit];
    struct row row = row_of(r->model, item);
    fputs("<tr><td class=\"id\">", out);
    out_xml(out, it->id);
    fputs("<br><span class=\"p\">", out);
    place(r, u->doc, u->line, u->page, out);
    fputs("</span></td><td>", out);
    out_xml(out, it->text.len ? it->text : it->title);
    fputs("</td><td>", out);
    neighbours(r, item, false, LINK_MITIGATES, out);
    fputs("</td><td class=\"l\">", out);
    neighbours(r, item, true, LINK_SATISFIES, out);
    fputs("</td><td class=\"l\">", out);
    neighbours(r, item, true, LINK_VERIFIES, out);
    fputs("</td><td>", out);
    results(&row.verified, out);
    if (row.verified.newest != ITEM_NONE) {
        char date[11];
        date_text(row.verified.newest_s, date);
        fprintf(out, "<br><span class=\"p\">newest %s</span>", date);
    }
    fprintf(out, "</td><td class=\"s %s\">%s</td></tr>\n", shown_name(row.shown),
        shown_name(row.shown));
}

static void matrix(const struct report *r, const uint32_t *items, uint32_t from,
    uint32_t to, FILE *out)
{
    fputs(
        "<table><thead><tr><th>requirement</th><th>text</th><th>threats, hazards</th>"
        "<th>design output</th><th>verification</th><th>results</th><th>shown</th></tr></thead>"
        "<tbody>\n",
        out);
    for (uint32_t i = from; i < to; i++)
        matrix_row(r, items[i], out);
    fputs("</tbody></table>\n", out);
}

static uint32_t pages_of(uint32_t rows)
{
    return rows <= PAGE_ROWS ? 0 : (rows + PAGE_ROWS - 1) / PAGE_ROWS;
}

static void links_to_pages(const char *stem, uint32_t pages, FILE *out)
{
    fputs("<nav><a href=\"index.html\">first page</a>", out);
    for (uint32_t p = 1; p <= pages; p++)
        fprintf(out, "<a href=\"%s-%04u.html\">%u</a>\n", stem, p, p);
    fputs("</nav>\n", out);
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static bool further_pages(const struct report *r, const struct pages *pages,
    const char *stem, const char *title, const uint32_t *items, uint32_t rows)
{
    for (uint32_t p = 1; p <= pages_of(rows); p++) {
        char name[64];
        snprintf(name, sizeof name, "%s-%04u.html", stem, p);
        FILE *out = pages->page(pages->ctx, name);
        if (!out)
            return false;
        uint32_t from = (p - 1) * PAGE_ROWS, to = least(rows, p * PAGE_ROWS);
        begin(r, out, title);
        fprintf(out, "<nav><a href=\"index.html\">first page</a>");
        if (p > 1)
            fprintf(out, "<a href=\"%s-%04u.html\">previous</a>", stem, p - 1);
        if (p < pages_of(rows))
            fprintf(out, "<a href=\"%s-%04u.html\">next</a>", stem, p + 1);
        fprintf(out, "</nav>\n<p>%u to %u of %u</p>\n", from + 1, to, rows);
        if (items)
            matrix(r, items, from, to, out);
        else
            findings(r, from, to, out);
        end(out);
        if (ferror(out) | fclose(out))
            return false;
    }
    return true;
}

static void documents(const struct report *r, FILE *out)
{
    uint32_t told = 0;
    fputs(
        "<h2>Documents</h2>\n<table><thead><tr><th>path</th><th>read as</th><th class=\"n\">units"
        "</th><th>SHA-256</th></tr></thead><tbody>\n",
        out);
    for (uint32_t i = 0; i < r->corpus->doc_count && told < PAGE_ROWS; i++) {
        const struct document *d = &r->corpus->docs[i];
        if (!d->unit_count)
            continue;
        told++;
        fputs("<tr><td>", out);
        out_xml(out, d->path);
        fprintf(out, "</td><td>%s</td><td class=\"n\">%u</td><td class=\"p\">",
            format_name((enum format)d->format), d->unit_count);
        for (size_t b = 0; b < 8; b++)
            fprintf(out, "%02x", d->digest[b]);
        fputs("…</td></tr>\n", out);
    }
    fprintf(out,
        "</tbody></table>\n<p class=\"p\">%u files in all; review.json lists each with its "
        "whole digest.</p>\n",
        r->corpus->doc_count);
}

static void clauses(const struct report *r, FILE *out)
{
    struct arena *a = arena_new();
    if (r->clause_count)
        fputs(
            "<h2>Clauses</h2>\n<table><thead><tr><th>clause</th><th>constraints that are</th>"
            "</tr></thead><tbody>\n",
            out);
    for (uint32_t i = 0; i < r->clause_count; i++) {
        const struct clause_page *p = &r->clauses[i];
        bool any = false;
        fprintf(out, "<tr><td><a href=\"%s\">", clause_file_name(a, p->clause, "html"));
        out_xml(out, p->clause->id);
        fputs(" ", out);
        out_xml(out, p->clause->title);
        fputs("</a></td><td>", out);
        for (int s = STANDINGS - 1; s >= 0; s--) {
            if (!p->standings->count[s])
                continue;
            fprintf(out, "%s%s %u", any ? ", " : "", standing_name((enum standing)s),
                p->standings->count[s]);
            any = true;
        }
        fputs("</td></tr>\n", out);
    }
    if (r->clause_count)
        fputs("</tbody></table>\n", out);
    if (r->asked) {
        fprintf(
            out, "<p><a href=\"%s\">", questionnaire_file_name(a, r->asked, "html"));
        fputs("The same as answers to: ", out);
        out_xml(out, r->asked->title);
        fputs("</a></p>\n", out);
    }
    arena_free(a);
}

static bool index_page(const struct report *r, const struct pages *pages,
    const uint32_t *reqs, uint32_t req_count)
{
    FILE *out = pages->page(pages->ctx, "index.html");
    if (!out)
        return false;
    begin(r, out, "evidence found and not found");
    if (r->revision.len) {
        fputs("<p>commit ", out);
        out_xml(out, r->revision);
        fputs("</p>\n", out);
    }
    const uint32_t *n = r->findings->by_severity;
    fprintf(out,
        "<p class=\"lead\">Open findings: %u critical, %u major, %u minor, %u notes.</p>\n",
        n[SEVERITY_CRITICAL], n[SEVERITY_MAJOR], n[SEVERITY_MINOR], n[SEVERITY_NOTE]);
    sums(r, out);
    clauses(r, out);
    fputs("<h2>Findings</h2>\n", out);
    if (pages_of(r->findings->count))
        links_to_pages("findings", pages_of(r->findings->count), out);
    findings(r, 0, least(r->findings->count, PAGE_ROWS), out);
    fputs(
        "<h2>Traceability: threat, requirement, design output, verification, result</h2>\n",
        out);
    if (pages_of(req_count))
        links_to_pages("matrix", pages_of(req_count), out);
    matrix(r, reqs, 0, least(req_count, PAGE_ROWS), out);
    documents(r, out);
    end(out);
    return !(ferror(out) | fclose(out));
}

bool render_html(const struct report *r, const struct pages *pages)
{
    struct arena *a = arena_new();
    uint32_t *reqs = arena_take(a, ((size_t)r->model->item_count + 1) * sizeof *reqs),
             count = 0;
    for (uint32_t i = 0; i < r->model->item_count; i++)
        if (r->model->items[i].kind == ITEM_REQUIREMENT)
            reqs[count++] = i;
    bool good = index_page(r, pages, reqs, count)
        && further_pages(r, pages, "matrix", "traceability", reqs, count)
        && further_pages(r, pages, "findings", "findings", NULL, r->findings->count);
    arena_free(a);
    return good;
}
