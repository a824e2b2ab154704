/* SPDX-License-Identifier: Apache-2.0 */
/* Which files a report consists of, by format. */
#include "review/render/questionnaire.h"
#include "review/render/render.h"

static const struct {
    const char *format, *name;
    void (*render)(const struct report *r, FILE *out);
} files[] = {
    {"json", "review.json", render_json},
    {"csv", "matrix.csv", render_matrix_csv},
    {"sarif", "review.sarif", render_sarif},
    {"junit", "review.junit.xml", render_junit},
    {"dot", "trace.dot", render_trace_dot},
    {"dot", "flow.dot", render_flow_dot},
};

static bool asked(const char *formats, const char *format)
{
    struct bytes rest = text_of(formats), one;
    while (text_next_part(&rest, &one))
        if (text_same(one, text_of(format)) || text_same(one, TEXT("all")))
            return true;
    return false;
}

bool render_knows(const char *formats)
{
    static const char *const names[] = {"all", "html", "json", "csv", "sarif",
        "markdown", "junit", "dot", "oscal", "gsn"};
    struct bytes rest = text_of(formats), one;
    while (text_next_part(&rest, &one)) {
        size_t i = 0;
        while (i < sizeof names / sizeof names[0] && !text_same(one, text_of(names[i])))
            i++;
        if (i == sizeof names / sizeof names[0])
            return false;
    }
    return true;
}

/* --- the reviewed clauses, each as files of its own --- */

static void clause_json(struct arena *a, const struct clause_page *p, FILE *out)
{
    (void)a;
    render_judged_json(p, out);
}

static void clause_sarif(struct arena *a, const struct clause_page *p, FILE *out)
{
    (void)a;
    render_judged_sarif(p, out);
}

static const struct {
    const char *format, *ending;
    void (*render)(struct arena *a, const struct clause_page *p, FILE *out);
} clause_files[] = {
    {"html", "html", render_judged_html},
    {"markdown", "md", render_judged_markdown},
    {"csv", "csv", render_judged_csv},
    {"json", "json", clause_json},
    {"sarif", "sarif", clause_sarif},
    {"oscal", "oscal.json", render_judged_oscal},
    {"gsn", "gsn.svg", render_judged_gsn},
};

static bool clauses(
    const struct report *r, const char *formats, const struct pages *pages)
{
    struct arena *a = arena_new();
    bool good = true;
    for (uint32_t c = 0; c < r->clause_count; c++)
        for (size_t i = 0; good && i < sizeof clause_files / sizeof clause_files[0];
             i++) {
            struct clause_page page = r->clauses[c];
            page.in_report = true;
            if (!asked(formats, clause_files[i].format))
                continue;
            FILE *out = pages->page(
                pages->ctx, clause_file_name(a, page.clause, clause_files[i].ending));
            if (out)
                clause_files[i].render(a, &page, out);
            good = out && !(ferror(out) | fclose(out));
        }
    arena_free(a);
    return good;
}

static const struct {
    const char *format, *ending;
    void (*render)(struct arena *a, const struct questionnaire_page *p, FILE *out);
} asked_files[] = {
    {"html", "html", render_asked_html},
    {"markdown", "md", render_asked_markdown},
    {"csv", "csv", render_asked_csv},
};

static bool questionnaire(
    const struct report *r, const char *formats, const struct pages *pages)
{
    struct questionnaire_page page = {r->asked, r->clauses, r->clause_count};
    struct arena *a = arena_new();
    bool good = true;
    for (size_t i = 0; good && i < sizeof asked_files / sizeof asked_files[0]; i++) {
        if (!asked(formats, asked_files[i].format))
            continue;
        FILE *out = pages->page(
            pages->ctx, questionnaire_file_name(a, r->asked, asked_files[i].ending));
        if (out)
            asked_files[i].render(a, &page, out);
        good = out && !(ferror(out) | fclose(out));
    }
    arena_free(a);
    return good;
}

bool render_files(
    const struct report *r, const char *formats, const struct pages *pages)
{
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (!asked(formats, files[i].format))
            continue;
        FILE *out = pages->page(pages->ctx, files[i].name);
        if (!out)
            return false;
        files[i].render(r, out);
        if (ferror(out) | fclose(out))
            return false;
    }
    return clauses(r, formats, pages) && (!r->asked || questionnaire(r, formats, pages))
        && (!asked(formats, "html") || render_html(r, pages));
}
