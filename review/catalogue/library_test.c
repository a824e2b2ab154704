/* SPDX-License-Identifier: Apache-2.0 */
#include "review/catalogue/builtin.h"
#include "review/catalogue/library.h"
#include "review/read/readers.h"
#include "review/read/see.h"

#include "tests/support/check.h"

static struct arena *arena;
static struct bytes error;

static void everything_that_is_compiled_in_is_well_formed(void)
{
    arena = arena_new();
    struct catalogue c = catalogue_new();
    CHECK(builtin_clause_count > 0 && builtin_rubric_count > 0);
    for (size_t i = 0; i < builtin_clause_count; i++)
        if (catalogue_parse(arena, text_of(builtin_clauses[i].name),
                builtin_clauses[i].text, &c, &error)
            != OK) {
            printf("# %.*s\n", (int)error.len, (const char *)error.at);
            CHECK(error.len == 0);
        }
    for (size_t i = 0; i < builtin_rubric_count; i++) {
        struct rubric r;
        if (rubric_parse(arena, text_of(builtin_rubrics[i].name),
                builtin_rubrics[i].text, &r, &error)
            != OK) {
            printf("# %.*s\n", (int)error.len, (const char *)error.at);
            CHECK(error.len == 0);
        }
    }
    catalogue_free(&c);
    arena_free(arena);
}

static void each_clause_that_is_judged_by_content_has_a_rubric_of_its_name(void)
{
    arena = arena_new();
    struct library l = library_new(arena);
    for (uint32_t i = 0; i < clause_count(&l.catalogue); i++) {
        const struct clause *k = clause_at(&l.catalogue, i);
        struct rubric r;
        CHECK(library_rubric(arena, &l, k->id, &r) && text_same(r.clause, k->id));
    }
    struct rubric r;
    CHECK(!library_rubric(arena, &l, TEXT("own:1"), &r));
    library_free(&l);
    arena_free(arena);
}

/* What a cage brings of a team's files: each in a unit of code. */
#define OWN_CLAUSE                                                                        \
    "schema: holdfast-catalogue/1\nstandard: Own rules\nsources: [{id: OWN, title: t}]\n" \
    "clauses:\n- id: own:1\n  numbers: ['1']\n  title: Own\n  confidence: high\n"         \
    "  sources: [OWN]\n  summary: s\n"                                                    \
    "  constraints: [{id: own-C01, text: x, origin: clause}]\n  defence: {text: d}\n"
#define OWN_RUBRIC                                                                       \
    "schema: holdfast-rubric/1\nclause: own:1\nconstraints:\n- id: own-C01\n  facets:\n" \
    "  - {id: f, why: w, any: [word], weight: 2}\n"                                      \
    "  met: {facets: 1, score: 24}\n  partial: {facets: 1, score: 8}\n"

static void own_clause(struct emit *e)
{
    read_structure(TEXT(OWN_CLAUSE), e);
}

static void own_rubric(struct emit *e)
{
    read_structure(TEXT(OWN_RUBRIC), e);
}

static void broken(struct emit *e)
{
    read_structure(TEXT("a: [\n"), e);
}

static void nothing(struct emit *e)
{
    emit_note(e, NOTE_UNKNOWN_FORMAT, 0, 0, TEXT(""));
}

static enum status add(struct library *l, const struct see_file *files, uint32_t count)
{
    struct seen s = see_files(files, count);
    for (uint32_t i = 0; i < count; i++)
        s.docs[i].format =
            text_ends(s.docs[i].path, TEXT(".md")) ? FORMAT_MARKDOWN : FORMAT_YAML;
    error = (struct bytes){0};
    enum status status = library_add(arena, l, TEXT("qm"), &s.corpus, &error);
    see_end(&s);
    return status;
}

static void a_team_adds_a_clause_and_its_rubric_by_files(void)
{
    static const struct see_file files[] = {{"README.md", nothing},
        {"own.yaml", own_clause}, {"rubric/own_1.yaml", own_rubric}};
    arena = arena_new();
    struct library l = library_new(arena);
    uint32_t before = clause_count(&l.catalogue);
    CHECK(add(&l, files, 3) == OK);
    CHECK(clause_count(&l.catalogue) == before + 1);
    struct rubric r;
    CHECK(library_rubric(arena, &l, TEXT("own:1"), &r) && r.constraint_count == 1);
    const struct clause *k = clause_at(&l.catalogue, before);
    CHECK(text_same(
        *LIST_AT(&l.catalogue.files, struct bytes, k->file), TEXT("qm/own.yaml")));
    CHECK(k->file >= l.catalogue.settled);
    library_free(&l);
    arena_free(arena);
}

static void a_mistake_of_a_team_is_one_line_with_the_name_of_its_file(void)
{
    static const struct {
        struct see_file file;
        const char *line;
    } rows[] = {
        {{"own.yaml", broken}, "qm/own.yaml:"},
        {{"rubric/other.yaml", own_rubric},
            "qm/rubric/other.yaml:1: a rubric of own:1: expected the file to be named"},
        {{"rubric/own_1.yaml", own_clause}, "qm/rubric/own_1.yaml:"},
        {{"own.yaml", own_rubric},
            "qm/own.yaml:1: schema: expected holdfast-catalogue/1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        arena = arena_new();
        struct library l = library_new(arena);
        CHECK(add(&l, &rows[i].file, 1) == MALFORMED);
        if (!text_starts(error, text_of(rows[i].line)))
            printf("# %.*s\n", (int)error.len, (const char *)error.at);
        CHECK(text_starts(error, text_of(rows[i].line)));
        library_free(&l);
        arena_free(arena);
    }
}

MAIN(TEST(everything_that_is_compiled_in_is_well_formed),
    TEST(each_clause_that_is_judged_by_content_has_a_rubric_of_its_name),
    TEST(a_team_adds_a_clause_and_its_rubric_by_files),
    TEST(a_mistake_of_a_team_is_one_line_with_the_name_of_its_file))
