/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue list, show, lint: what documents are held against. */
#include "review/catalogue/lint.h"
#include "review/clause/solitary.h"
#include "review/main/verbs.h"
#include "review/render/catalogue_page.h"
#include "review/render/out.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define INPUTS "catalogue/" /* in front of a path in the team's folder */

/* A folder that is named from the root is meant so. */
static const char *folder_of(const struct run_ask *ask, const struct run *r)
{
    bool rooted = r->rules.catalogue.at[0] == '/';
    return (const char *)arena_print(r->a, "%s%s%.*s",
        rooted          ? ""
            : ask->path ? ask->path
                        : ".",
        rooted ? "" : "/", (int)r->rules.catalogue.len,
        (const char *)r->rules.catalogue.at)
        .at;
}

/* The team's files as a pack holds them. */
static void open_given(const struct run_given *g, struct run *r, struct tree *out)
{
    struct tree_held *files = arena_take(r->a, g->input_count * sizeof *files);
    uint32_t count = 0;
    for (uint32_t i = 0; i < g->input_count; i++)
        if (text_starts(g->inputs[i].name, TEXT(INPUTS)))
            files[count++] = (struct tree_held){
                text_from(g->inputs[i].name, sizeof INPUTS - 1), g->inputs[i].text};
    tree_of_memory(r->a, files, count, out);
}

/* They decide, so they are inputs of the run; what is no catalogue decides nothing. */
static void keep_inputs(struct run *r, const struct tree *tree)
{
    enum { LARGEST = CATALOGUE_FILE_MAX };
    for (uint32_t i = 0; i < tree->count; i++) {
        struct run_input in = {
            arena_print(r->a, INPUTS "%.*s", (int)tree->files[i].path.len,
                (const char *)tree->files[i].path.at),
            {0}};
        int fd = tree->files[i].link ? -1 : tree->open(tree->ctx, i);
        if (fd < 0)
            continue;
        bool whole = run_read_whole(r->a, fd, LARGEST, &in.text);
        close(fd);
        if (whole)
            *(struct run_input *)list_add(&r->inputs) = in;
    }
}

enum exit_code run_library(
    const struct run_ask *ask, struct run *r, struct library *out)
{
    *out = library_new(r->a);
    if (!r->rules.catalogue.len)
        return EXIT_DONE;
    struct tree tree = {0};
    struct corpus files = {0};
    struct bytes error = {0};
    const char *root = ask->given ? ask->path : folder_of(ask, r);
    const struct tree_pick pick = {.root = root};
    enum status s = OK;
    if (ask->given)
        open_given(ask->given, r, &tree);
    else
        s = tree_open_folder(r->a, &pick, &tree, &error);
    if (s == OK) {
        s = read_structures(ask->reading, r->a, &tree, &files);
        keep_inputs(r, &tree);
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

/* Documents by which is measured: those that labels.tsv names, by the stem of their file. */
static bool labels_read(
    struct arena *a, const struct corpus *c, bool *labelled, struct table *ids)
{
    bool any = false;
    for (uint32_t u = 0; u < c->unit_count; u++) {
        struct bytes path = c->docs[c->units[u].doc].path;
        struct bytes id = unit_field(c, &c->units[u], "id");
        if (text_same(path, TEXT("labels.tsv")) && id.len)
            table_put(ids, arena_copy(a, id), 0);
    }
    for (uint32_t d = 0; d < c->doc_count; d++) {
        size_t dot = c->docs[d].path.len;
        while (dot > 0 && c->docs[d].path.at[dot - 1] != '.')
            dot--;
        struct bytes stem = text_upto(c->docs[d].path, dot ? dot - 1 : dot);
        labelled[d] = table_get(ids, stem) != TABLE_NONE;
        any |= labelled[d];
    }
    return any;
}

static void lint_phrases(
    struct run *r, const struct library *l, const bool *labelled, struct list *lines)
{
    for (uint32_t i = 0; i < clause_count(&l->catalogue); i++) {
        struct bytes id = clause_at(&l->catalogue, i)->id;
        struct rubric rubric;
        if (!library_rubric(r->a, l, id, &rubric))
            continue;
        const struct rubric_file *file = library_rubric_file(l, id);
        struct list found = solitary_find(&rubric, &r->corpus, labelled);
        for (size_t k = 0; k < found.count; k++) {
            const struct solitary *s = LIST_AT(&found, const struct solitary, k);
            struct bytes phrase = rubric.phrases[s->phrase],
                         path = r->corpus.docs[s->doc].path;
            *(struct bytes *)list_add(lines) = arena_print(r->a,
                "%.*s:%u: %.*s: expected a phrase that more than %.*s has",
                (int)file->name.len, (const char *)file->name.at,
                lint_line_of_phrase(r->a, file, phrase), (int)phrase.len,
                (const char *)phrase.at, (int)path.len, (const char *)path.at);
        }
        list_free(&found);
    }
}

static enum exit_code lint_corpus(const struct run_ask *ask, struct run *r,
    const struct library *l, const char *folder, struct list *lines)
{
    const struct tree_pick pick = {.root = folder};
    struct bytes why = {0};
    if (tree_open_folder(r->a, &pick, &r->tree, &why) != OK)
        return (enum exit_code)cli_error(
            EXIT_USAGE, folder, 0, "not a folder", "labels.tsv and its documents");
    if (read_tree(ask->reading, r->a, &r->tree, &r->corpus) != OK)
        return (enum exit_code)cli_error(EXIT_INTERNAL, folder, 0,
            "the reading process ended", "it to live as long as the review");
    bool *labelled = arena_take(r->a, r->corpus.doc_count);
    if (!labels_read(r->a, &r->corpus, labelled, table_new(r->a, 256)))
        return (enum exit_code)cli_error(EXIT_ENVIRONMENT, folder, 0,
            "no labelled document", "labels.tsv with a column id, and files so named");
    lint_phrases(r, l, labelled, lines);
    return EXIT_DONE;
}

static void print_complaints(const struct list *lines, uint32_t clauses, bool json)
{
    if (json)
        fputs("{\"complaints\":[", stdout);
    for (size_t i = 0; i < lines->count; i++) {
        const struct bytes *line = LIST_AT(lines, const struct bytes, i);
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
        printf("%u clauses, %zu complaints\n", clauses, lines->count);
}

enum exit_code verb_catalogue_lint(const struct run_ask *ask, struct run *r,
    const struct library *l, const char *corpus, bool json)
{
    struct list lines = lint(r->a, l);
    enum exit_code code = EXIT_DONE;
    if (corpus)
        code = lint_corpus(ask, r, l, corpus, &lines);
    if (code == EXIT_DONE) {
        print_complaints(&lines, clause_count(&l->catalogue), json);
        code = lines.count ? EXIT_NO : EXIT_DONE;
    }
    list_free(&lines);
    return code;
}
