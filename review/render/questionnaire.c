/* SPDX-License-Identifier: Apache-2.0 */
#include "review/render/questionnaire.h"

#include "review/base/date.h"
#include "review/render/out.h"

enum { QUOTED_ANSWERS = 3 /* of a question: what is beyond is named with its place */ };

/* One constraint as the answer to a question. */
struct found {
    struct bytes id;
    const struct clause_page *clause; /* NULL: its clause was not reviewed */
    uint8_t standing;                 /* then meaningless */
    struct clause_row row;
};

static struct found find(
    struct arena *a, const struct questionnaire_page *p, struct bytes id)
{
    struct found f = {.id = id};
    for (uint32_t i = 0; i < p->clause_count && !f.clause; i++) {
        uint8_t k = constraint_find(p->clauses[i].clause, id);
        if (k == CATALOGUE_NONE)
            continue;
        f.clause = &p->clauses[i];
        f.standing = p->clauses[i].standings->at[k].standing;
        f.row = clause_row(a, f.clause, k);
    }
    return f;
}

/* Something can be shown to who asks. */
static bool shows(const struct found *f)
{
    return f->clause && f->row.place.len && f->standing >= STANDING_PARTIAL;
}

/* "ARCHITECTURE.md:12-14, section Trust > Wi-Fi" */
static struct bytes where(struct arena *a, const struct found *f)
{
    const struct clause_row *r = &f->row;
    return r->section.len
        ? arena_print(a, "%.*s, %.*s", (int)r->place.len, (const char *)r->place.at,
            (int)r->section.len, (const char *)r->section.at)
        : r->place;
}

/* Those that can be shown, the best first and then in the catalogue's order. */
static uint32_t best_first(struct arena *a, const struct questionnaire_page *p,
    const struct asked_item *q, struct found *out)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < q->answered_by.count; i++) {
        struct found f = find(a, p, q->answered_by.at[i]);
        uint32_t at = n;
        if (!shows(&f))
            continue;
        for (; at && out[at - 1].standing < f.standing; at--)
            out[at] = out[at - 1];
        out[at] = f;
        n++;
    }
    return n;
}

static struct found *room_for(struct arena *a, const struct asked_item *q)
{
    return arena_take(a, (q->answered_by.count + 1) * sizeof(struct found));
}

/* Those after the quoted ones, by name and place; empty: there are none. */
static struct bytes also(struct arena *a, const struct found *f, uint32_t count)
{
    struct bytes text = {.at = (const uint8_t *)""};
    for (uint32_t i = QUOTED_ANSWERS; i < count; i++)
        text = arena_print(a, "%.*s%s%.*s (%.*s, %.*s): %.*s", (int)text.len,
            (const char *)text.at, text.len ? "; " : "", (int)f[i].row.name.len,
            (const char *)f[i].row.name.at, (int)f[i].id.len, (const char *)f[i].id.at,
            (int)f[i].row.standing.len, (const char *)f[i].row.standing.at,
            (int)f[i].row.place.len, (const char *)f[i].row.place.at);
    return text;
}

/* What was not found, in one sentence; empty: nothing is missing. */
static struct bytes missing(
    struct arena *a, const struct questionnaire_page *p, const struct asked_item *q)
{
    struct bytes text = {0};
    for (uint32_t i = 0; i < q->answered_by.count; i++) {
        struct found f = find(a, p, q->answered_by.at[i]);
        if (shows(&f))
            continue;
        const char *stands =
            f.clause ? (const char *)f.row.standing.at : "not reviewed";
        struct bytes name = f.clause ? f.row.name : f.id;
        text = arena_print(a, "%.*s%s%.*s (%.*s, %s)", (int)text.len,
            text.len ? (const char *)text.at : "", text.len ? "; " : "", (int)name.len,
            (const char *)name.at, (int)f.id.len, (const char *)f.id.at, stands);
    }
    return text;
}

static struct bytes number(struct arena *a, const struct asked_item *q, uint32_t place)
{
    return q->item.len ? q->item : arena_print(a, "(%u.)", place + 1);
}

/* Reviewed, and no question asks for it. */
static bool asked_for(const struct questionnaire *q, struct bytes id)
{
    for (uint32_t i = 0; i < q->item_count; i++)
        for (uint32_t k = 0; k < q->items[i].answered_by.count; k++)
            if (text_same(q->items[i].answered_by.at[k], id))
                return true;
    return false;
}

static void day_of(const struct questionnaire_page *p, char day[static 11])
{
    snprintf(day, 11, "no day");
    if (p->clause_count && p->clauses[0].as_of_s)
        date_text(p->clauses[0].as_of_s, day);
}

static struct bytes product(const struct questionnaire_page *p)
{
    return p->clause_count ? p->clauses[0].product : TEXT("nothing reviewed");
}

/* --- for a browser, and for paper --- */

static const char style[] =
    "body{font:14px/1.45 system-ui,sans-serif;margin:2em auto;max-width:80em;padding:0 1em;"
    "color:#1a1a1a;background:#fff}h1{font-size:1.5em;margin:0 0 .2em}h2{font-size:1.15em;"
    "margin:2em 0 .5em}table{border-collapse:collapse;width:100%;table-layout:fixed}"
    "th,td{text-align:left;vertical-align:top;padding:.35em .6em;border-bottom:1px solid #ddd;"
    "overflow-wrap:anywhere}th{background:#f3f4f6}thead{display:table-header-group}"
    "li{break-inside:avoid}th:nth-child(1){width:5%}th:nth-child(2){width:24%}"
    "th:nth-child(3){width:7%}.p{color:#52525b;font-size:.92em}.absent{color:#8f0000}"
    "ul{margin:0;padding-left:1.1em}li{margin-bottom:.35em}"
    "@media print{nav{display:none}body{margin:0;max-width:none;font-size:8.5pt}"
    "@page{size:A4 landscape;margin:14mm}h2{break-after:avoid}}";

static void words(FILE *out, const char *before, struct bytes text, const char *after)
{
    fputs(before, out);
    out_xml(out, text);
    fputs(after, out);
}

static void html_found(struct arena *a, const struct found *f, FILE *out)
{
    words(out, "<li>", where(a, f), ": ");
    words(out, "<q>", f->row.quotation, "</q>");
    words(out, "<br><span class=\"p\">", f->row.name, " (");
    words(out, "<a href=\"", text_of(clause_file_name(a, f->clause->clause, "html")),
        "#");
    words(out, "", f->id, "\">");
    words(out, "", f->id, "</a>), ");
    words(out, "", f->row.standing, "");
    if (f->row.proofs.len)
        words(out, "; ", f->row.proofs, "");
    fputs("</span></li>\n", out);
}

static void html_answer(struct arena *a, const struct questionnaire_page *p,
    const struct asked_item *q, FILE *out)
{
    struct found *f = room_for(a, q);
    uint32_t n = best_first(a, p, q, f);
    struct bytes lacks = missing(a, p, q), more = also(a, f, n);
    fprintf(out, "<td>%u of %u</td><td><ul>\n", n, q->answered_by.count);
    for (uint32_t i = 0; i < n && i < QUOTED_ANSWERS; i++)
        html_found(a, &f[i], out);
    if (more.len)
        words(out, "<li>Also: ", more, "</li>\n");
    if (lacks.len)
        words(out, "<li class=\"absent\">Not shown: ", lacks, "</li>\n");
    fputs("</ul></td></tr>\n", out);
}

static void html_rest(struct arena *a, const struct questionnaire_page *p, FILE *out)
{
    bool any = false;
    for (uint32_t c = 0; c < p->clause_count; c++)
        for (uint32_t i = 0; i < p->clauses[c].clause->constraint_count; i++) {
            struct found f = find(a, p, p->clauses[c].clause->constraints[i].id);
            if (asked_for(p->asked, f.id) || !shows(&f))
                continue;
            fputs(any ? "" : "<h2>Found, and not asked for by name</h2>\n<ul>\n", out);
            any = true;
            html_found(a, &f, out);
        }
    fputs(any ? "</ul>\n" : "", out);
}

void render_asked_html(struct arena *a, const struct questionnaire_page *p, FILE *out)
{
    char day[11];
    day_of(p, day);
    out_html_begin(out);
    words(out, "", product(p), ": ");
    words(out, "", p->asked->id, "</title><style>");
    fprintf(out,
        "%s</style></head><body>\n<nav><a href=\"index.html\">first page</a></nav>\n",
        style);
    words(out, "<h1>", product(p), "</h1>\n");
    words(out, "<p>In the order of: ", p->asked->title, ". ");
    words(out, "", p->asked->note, "</p>\n");
    fprintf(out,
        "<p class=\"p\">Judged as on %s by holdfast-review " HOLDFAST_VERSION
        ". Evidence found and not found; no statement of conformity.</p>\n"
        "<table><thead><tr><th>item</th><th>asks</th><th>shown</th><th>answer: document, "
        "section, quotation</th></tr></thead><tbody>\n",
        day);
    for (uint32_t i = 0; i < p->asked->item_count; i++) {
        const struct asked_item *q = &p->asked->items[i];
        words(out, "<tr><td>", number(a, q, i), "</td><td>");
        words(out, "", q->asks, "</td>");
        html_answer(a, p, q, out);
    }
    fputs("</tbody></table>\n", out);
    html_rest(a, p, out);
    fputs("</body></html>\n", out);
}

/* --- for an editor --- */

static void markdown_answer(struct arena *a, const struct questionnaire_page *p,
    const struct asked_item *q, FILE *out)
{
    struct found *f = room_for(a, q);
    uint32_t n = best_first(a, p, q, f);
    struct bytes lacks = missing(a, p, q), more = also(a, f, n);
    fprintf(out, "| %u of %u | ", n, q->answered_by.count);
    for (uint32_t i = 0; i < n && i < QUOTED_ANSWERS; i++) {
        fputs("See ", out);
        out_markdown(out, where(a, &f[i]));
        fputs(": “", out);
        out_markdown(out, f[i].row.quotation);
        fputs("” (", out);
        out_markdown(out, f[i].id);
        fputs(", ", out);
        out_markdown(out, f[i].row.standing);
        fputs(").<br>", out);
    }
    if (more.len) {
        fputs("Also: ", out);
        out_markdown(out, more);
        fputs(".<br>", out);
    }
    if (lacks.len) {
        fputs("Not shown: ", out);
        out_markdown(out, lacks);
    }
}

void render_asked_markdown(
    struct arena *a, const struct questionnaire_page *p, FILE *out)
{
    char day[11];
    day_of(p, day);
    fputs("# ", out);
    out_markdown(out, product(p));
    fputs("\n\nIn the order of: ", out);
    out_markdown(out, p->asked->title);
    fputs(". ", out);
    out_markdown(out, p->asked->note);
    fprintf(out,
        "\n\nJudged as on %s by holdfast-review " HOLDFAST_VERSION
        ". Evidence found and not found; no statement of conformity.\n\n"
        "| item | asks | shown | answer |\n|---|---|---|---|\n",
        day);
    for (uint32_t i = 0; i < p->asked->item_count; i++) {
        const struct asked_item *q = &p->asked->items[i];
        fputs("| ", out);
        out_markdown(out, number(a, q, i));
        fputs(" | ", out);
        out_markdown(out, q->asks);
        fputc(' ', out);
        markdown_answer(a, p, q, out);
        fputs(" |\n", out);
    }
}

/* --- for a spreadsheet: a line for each answer --- */

void render_asked_csv(struct arena *a, const struct questionnaire_page *p, FILE *out)
{
    fputs(
        "item,asks,constraint,name,stands,document,section,quotation,requirements and results\r\n",
        out);
    for (uint32_t i = 0; i < p->asked->item_count; i++) {
        const struct asked_item *q = &p->asked->items[i];
        for (uint32_t k = 0; k < q->answered_by.count; k++) {
            struct found f = find(a, p, q->answered_by.at[k]);
            const struct bytes cells[] = {number(a, q, i), q->asks, f.id, f.row.name,
                f.clause ? f.row.standing : TEXT("not reviewed"), f.row.place,
                f.row.section, f.row.quotation, f.row.proofs};
            for (size_t n = 0; n < sizeof cells / sizeof cells[0]; n++) {
                fputs(n ? "," : "", out);
                out_csv(out, cells[n]);
            }
            fputs("\r\n", out);
        }
    }
}

const char *questionnaire_file_name(
    struct arena *a, const struct questionnaire *q, const char *ending)
{
    return report_file_name(a, "questionnaire", q->id, ending);
}
