/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue list, show, lint: what documents are held against. */
#include "review/catalogue/lint.h"
#include "review/main/verbs.h"
#include "review/render/catalogue_page.h"
#include "review/render/out.h"

#include <stdio.h>
#include <string.h>

enum exit_code run_library(
    const struct run_ask *ask, struct run *r, struct library *out)
{
    *out = library_new(r->a);
    if (!r->rules.catalogue.len)
        return EXIT_DONE;
    struct tree tree = {0};
    struct corpus files = {0};
    struct bytes error = {0};
    /* A folder that is named from the root is meant so. */
    bool rooted = r->rules.catalogue.at[0] == '/';
    const char *root = (const char *)arena_print(r->a, "%s%s%.*s",
        rooted ? "" : ask->path, rooted ? "" : "/", (int)r->rules.catalogue.len,
        (const char *)r->rules.catalogue.at)
                           .at;
    const struct tree_pick pick = {.root = root};
    enum status s = tree_open_folder(r->a, &pick, &tree, &error);
    if (s == OK) {
        s = read_structures(ask->reading, r->a, &tree, &files);
        tree.close(tree.ctx);
        if (s != OK)
            return (enum exit_code)cli_error(EXIT_INTERNAL, root, 0,
                "the reading process ended", "it to live as long as the review");
        s = library_add(r->a, out, r->rules.catalogue, &files, &error);
    }
    if (s == OK)
        return EXIT_DONE;
    fprintf(stderr, "error: %.*s\n", (int)error.len, (const char *)error.at);
    return EXIT_USAGE;
}

enum exit_code verb_catalogue_list(const struct library *l, bool json)
{
    if (json)
        render_catalogue_list_json(l, stdout);
    else
        render_catalogue_list(l, stdout);
    return EXIT_DONE;
}

enum exit_code verb_catalogue_show(
    struct run *r, const struct library *l, const char *name, bool json)
{
    struct bytes others;
    const struct clause *c = clause_find(r->a, &l->catalogue, text_of(name), &others);
    if (!c)
        return (enum exit_code)cli_error(EXIT_USAGE, NULL, 0, name,
            others.len ? (const char *)others.at
                       : "a clause that holdfast-review catalogue list names");
    if (json)
        render_clause_json(l, c, stdout);
    else
        render_clause(l, c, stdout);
    return EXIT_DONE;
}

enum exit_code verb_catalogue_lint(struct run *r, const struct library *l, bool json)
{
    struct list lines = lint(r->a, l);
    if (json)
        fputs("{\"complaints\":[", stdout);
    for (size_t i = 0; i < lines.count; i++) {
        const struct bytes *line = LIST_AT(&lines, const struct bytes, i);
        if (json) {
            fputs(i ? ",\n" : "\n", stdout);
            out_json(stdout, *line);
        } else {
            printf("%.*s\n", (int)line->len, (const char *)line->at);
        }
    }
    if (json)
        fputs("]}\n", stdout);
    else
        printf(
            "%u clauses, %zu complaints\n", clause_count(&l->catalogue), lines.count);
    enum exit_code code = lines.count ? EXIT_NO : EXIT_DONE;
    list_free(&lines);
    return code;
}
