/* SPDX-License-Identifier: Apache-2.0 */
/* Which files a report consists of, by format. */
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
    static const char *const names[] = {
        "all", "html", "json", "csv", "sarif", "junit", "dot"};
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
    return !asked(formats, "html") || render_html(r, pages);
}
