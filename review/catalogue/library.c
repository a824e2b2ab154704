/* SPDX-License-Identifier: Apache-2.0 */
#include "review/catalogue/library.h"

#include "review/catalogue/builtin.h"
#include "review/read/structure.h"

#include <assert.h>

struct library library_new(struct arena *a)
{
    struct library l = {catalogue_new(), LIST_OF(struct rubric_file)};
    catalogue_builtin(a, &l.catalogue);
    for (size_t i = 0; i < builtin_rubric_count; i++)
        *(struct rubric_file *)list_add(&l.rubrics) = (struct rubric_file){
            text_of(builtin_rubrics[i].name), builtin_rubrics[i].text};
    return l;
}

void library_free(struct library *l)
{
    catalogue_free(&l->catalogue);
    list_free(&l->rubrics);
}

static bool is_rubric(struct bytes path)
{
    return text_starts(path, TEXT("rubric/"))
        || text_find(path, TEXT("/rubric/")) < path.len;
}

/* The clause that a rubric's file is named for, as its file says it. */
static bool named_for(struct bytes name, struct bytes clause)
{
    size_t at = name.len;
    while (at > 0 && name.at[at - 1] != '/')
        at--;
    struct bytes stem = text_from(name, at);
    if (text_ends(stem, TEXT(".yaml")) || text_ends(stem, TEXT(".json")))
        stem.len -= 5;
    else if (text_ends(stem, TEXT(".yml")))
        stem.len -= 4;
    bool same = stem.len == clause.len;
    for (size_t i = 0; i < stem.len && same; i++)
        same = stem.at[i] == (clause.at[i] == ':' ? '_' : clause.at[i]);
    return same;
}

static enum status add_rubric(struct arena *a, struct library *l, struct bytes name,
    struct bytes text, struct bytes *error)
{
    struct rubric r;
    TRY(rubric_parse(a, name, text, &r, error));
    if (!named_for(name, r.clause)) {
        *error = arena_print(a,
            "%.*s:1: a rubric of %.*s: expected the file to be named for its clause",
            (int)name.len, (const char *)name.at, (int)r.clause.len,
            (const char *)r.clause.at);
        return MALFORMED;
    }
    *(struct rubric_file *)list_add(&l->rubrics) = (struct rubric_file){name, text};
    return OK;
}

enum status library_add(struct arena *a, struct library *l, struct bytes folder,
    const struct corpus *files, struct bytes *error)
{
    catalogue_settle(&l->catalogue);
    for (uint32_t d = 0; d < files->doc_count; d++) {
        const struct document *doc = &files->docs[d];
        if (doc->format != FORMAT_YAML && doc->format != FORMAT_JSON)
            continue;
        struct bytes name = arena_print(a, "%.*s/%.*s", (int)folder.len,
            (const char *)folder.at, (int)doc->path.len, (const char *)doc->path.at);
        struct bytes text = structure_of(a, files, d, name, error);
        if (error->len)
            return MALFORMED;
        TRY(is_rubric(doc->path)
                ? add_rubric(a, l, name, text, error)
                : catalogue_parse(a, name, text, &l->catalogue, error));
    }
    return OK;
}

const struct rubric_file *library_rubric_file(
    const struct library *l, struct bytes clause)
{
    for (size_t i = l->rubrics.count; i > 0; i--) {
        const struct rubric_file *f =
            LIST_AT(&l->rubrics, const struct rubric_file, i - 1);
        if (named_for(f->name, clause))
            return f;
    }
    return NULL;
}

bool library_rubric(
    struct arena *a, const struct library *l, struct bytes clause, struct rubric *out)
{
    const struct rubric_file *f = library_rubric_file(l, clause);
    struct bytes error = {0};
    if (!f)
        return false;
    enum status s = rubric_parse(a, f->name, f->text, out, &error);
    assert(s == OK); /* its own test parses what is compiled in, library_add a team's */
    return true;
}
