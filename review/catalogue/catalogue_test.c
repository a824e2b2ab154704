/* SPDX-License-Identifier: Apache-2.0 */
#include "review/catalogue/builtin.h"
#include "review/catalogue/catalogue.h"

#include "tests/support/check.h"

static struct arena *arena;
static struct bytes error;

static enum status parse(struct catalogue *c, const char *name, const char *text)
{
    error = (struct bytes){0};
    return catalogue_parse(arena, text_of(name), text_of(text), c, &error);
}

/* A clause with one of everything; each row below breaks one thing of it. */
#define HEAD \
    "schema: holdfast-catalogue/1\nstandard: Own rules\nclauses:\n- id: own:1\n"
#define BODY                                                               \
    "  numbers: [\"1\", \"2\"]\n  title: A title\n  confidence: low\n"     \
    "  sources: [S]\n  summary: >\n    A text of\n    two lines.\n"        \
    "  practices:\n  - {id: a, name: n, text: t}\n"                        \
    "  groups:\n  - {id: g, applies_if: always}\n"                         \
    "  constraints:\n"                                                     \
    "  - {id: 1-C01, text: x, origin: clause, practices: [a], group: g}\n" \
    "  - {id: 1-C02, text: y, origin: added, source: S, force: should, by: model}\n"
#define TAIL                                                                         \
    "  files:\n  - {pattern: 'a+', weight: strong, hit: [aa], miss: [b]}\n"          \
    "  questions:\n  - {id: 1-Q1, question: q, constraints: [1-C01, 1-C02]}\n"       \
    "  gaps:\n  - {id: 1-G1, severity: critical, when: [1-C02], title: t, why: w}\n" \
    "  defence: {text: d}\n  crosswalk: {col: [\"1.2\", \"3\"]}\n"
#define SOURCES "sources:\n- {id: S, title: A book}\n"
static const char whole[] = HEAD BODY TAIL SOURCES;

static void a_clause_is_taken_with_its_references_resolved(void)
{
    arena = arena_new();
    struct catalogue c = catalogue_new();
    CHECK(parse(&c, "own.yaml", whole) == OK);
    CHECK(clause_count(&c) == 1);
    const struct clause *k = clause_at(&c, 0);
    CHECK(text_same(k->summary, TEXT("A text of two lines.")));
    CHECK(k->numbers.count == 2 && k->confidence == CONFIDENCE_LOW);
    CHECK(k->constraint_count == 2 && k->force == FORCE_SHALL);
    CHECK(k->constraints[0].practices == 1 && k->constraints[0].group == 0);
    CHECK(k->constraints[1].practices == 0);
    CHECK(k->constraints[1].group == CATALOGUE_NONE);
    CHECK(k->constraints[1].force == FORCE_SHOULD && k->constraints[1].by == BY_MODEL);
    CHECK(k->constraints[1].origin == ORIGIN_ADDED && k->constraints[1].line == 18);
    CHECK(k->questions[0].constraints == 3 && k->gaps[0].when == 2);
    CHECK(k->gaps[0].severity == GAP_CRITICAL && k->files[0].weight == SIGNAL_STRONG);
    CHECK(k->crosswalk_count == 1 && k->crosswalk[0].references.count == 2);
    CHECK(source_find(&c, TEXT("S")) && !source_find(&c, TEXT("T")));
    catalogue_free(&c);
    arena_free(arena);
}

static void what_is_wrong_in_a_file_is_one_line_that_says_where(void)
{
    static const struct {
        const char *what, *text, *line;
    } rows[] = {
        {"nothing", "", "f:1: the file: expected one document with the key schema"},
        {"no YAML", "a: [b", "f:2: YAML: "},
        {"two documents", "schema: holdfast-catalogue/1\n---\na: b\n",
            "f:1: the file: expected one document"},
        {"another schema", "schema: other/1\n",
            "f:1: schema: expected holdfast-catalogue/1"},
        {"no schema", "standard: x\n", "f:1: an entry: expected the key schema"},
        {"a list", "- a\n", "f:1: an entry: expected a map"},
        {"a key twice", "schema: holdfast-catalogue/1\nstandard: a\nstandard: b\n",
            "f:3: standard: expected each key once"},
        {"an unknown key", HEAD BODY TAIL "  tilte: x\n",
            "f:27: tilte: expected one of the keys id, numbers, title,"},
        {"a key is missing", HEAD "  title: x\n",
            "f:4: an entry: expected the key numbers"},
        {"no standard",
            "schema: holdfast-catalogue/1\nclauses:\n- id: own:1\n" BODY TAIL,
            "f:3: own:1: expected the key standard at the top"},
        {"a text that is a list", HEAD "  title: [a]\n", "f:5: title: expected a text"},
        {"an empty text", HEAD "  title: ''\n", "f:5: title: expected a text"},
        {"a control character", HEAD "  title: \"a\\x07b\"\n",
            "f:5: title: expected printable UTF-8"},
        {"an id with a blank", "schema: holdfast-catalogue/1\nclauses:\n- id: a b\n",
            "f:3: a b: expected an id of at most 64"},
        {"another confidence", HEAD "  confidence: sure\n",
            "f:5: sure: expected low, medium or high"},
        {"an unknown practice",
            HEAD BODY "  - {id: 1-C03, text: z, origin: clause, practices: [b]}\n" TAIL,
            "f:19: b: expected a practice of this clause"},
        {"a pattern that no regex is",
            HEAD BODY
            "  defence: {text: d}\n  files:\n"
            "  - {pattern: 'a{1,999}', weight: strong, hit: [a], miss: [b]}\n",
            "f:21: a{1,999}: expected a pattern without {m,n}"},
        {"an unknown group",
            HEAD BODY "  - {id: 1-C03, text: z, origin: clause, group: b}\n" TAIL,
            "f:19: b: expected a group of this clause"},
        {"added without a source",
            HEAD BODY "  - {id: 1-C03, text: z, origin: added}\n" TAIL,
            "f:19: 1-C03: expected a source where, and only where, the origin is added"},
        {"a source that was not added",
            HEAD BODY "  - {id: 1-C03, text: z, origin: clause, source: S}\n" TAIL,
            "f:19: 1-C03: expected a source where"},
        {"a constraint twice",
            HEAD BODY "  - {id: 1-C02, text: z, origin: clause}\n" TAIL,
            "f:19: 1-C02: expected each constraint under its own id"},
        {"a question about another clause",
            HEAD BODY
            "  defence: {text: d}\n"
            "  questions:\n  - {id: 1-Q1, question: q, constraints: [2-C01]}\n",
            "f:21: 2-C01: expected a constraint of this clause"},
        {"a gap of another clause",
            HEAD BODY "  defence: {text: d}\n  gaps:\n"
                      "  - {id: G, severity: minor, when: [1-C09], title: t, why: w}\n",
            "f:21: 1-C09: expected a constraint of this clause"},
        {"a clause twice",
            HEAD BODY "  defence: {text: d}\n- id: own:1\n" BODY
                      "  defence: {text: d}\n",
            "f:20: own:1: expected each clause under its own id"},
        {"a crosswalk that is a list",
            HEAD BODY "  defence: {text: d}\n  crosswalk: [a]\n",
            "f:20: crosswalk: expected a map of columns"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        arena = arena_new();
        struct catalogue c = catalogue_new();
        enum status s = parse(&c, "f", rows[i].text);
        bool as_said = s == MALFORMED && text_starts(error, text_of(rows[i].line))
            && !c.files.count;
        if (!as_said)
            printf(
                "# %s: %.*s\n", rows[i].what, (int)error.len, (const char *)error.at);
        CHECK(as_said);
        catalogue_free(&c);
        arena_free(arena);
    }
}

static void a_later_folder_replaces_by_id_and_one_folder_says_a_thing_once(void)
{
    arena = arena_new();
    struct catalogue c = catalogue_new();
    CHECK(parse(&c, "a.yaml", whole) == OK);
    CHECK(parse(&c, "b.yaml", whole) == MALFORMED);
    CHECK(text_same(error,
        TEXT("b.yaml:4: own:1: expected an id that no other file of the folder has")));
    CHECK(clause_count(&c) == 1 && c.files.count == 1);
    catalogue_settle(&c);
    static const char other[] = HEAD
        "  numbers: ['1']\n  title: Another title\n  confidence: high\n  sources: [S]\n"
        "  summary: s\n  constraints:\n  - {id: 1-C01, text: x, origin: reading}\n"
        "  defence: {text: d}\n";
    CHECK(parse(&c, "team/a.yaml", other) == OK);
    CHECK(clause_count(&c) == 1 && clause_at(&c, 0)->constraint_count == 1);
    CHECK(text_same(clause_at(&c, 0)->title, TEXT("Another title")));
    CHECK(clause_at(&c, 0)->file == 1);
    CHECK(parse(&c, "team/b.yaml", other) == MALFORMED);
    catalogue_free(&c);
    arena_free(arena);
}

static void json_says_what_yaml_says(void)
{
    arena = arena_new();
    struct catalogue c = catalogue_new();
    CHECK(parse(&c, "a.json",
              "{\"schema\": \"holdfast-catalogue/1\", \"severities\":\n"
              "[{\"id\": \"major\", \"text\": \"so\"}]}")
        == OK);
    CHECK(c.severities.count == 1);
    CHECK(LIST_AT(&c.severities, struct severity_words, 0)->line == 2);
    CHECK(parse(&c, "b.json", "{\"schema\": 1,}") == MALFORMED);
    CHECK(text_starts(error, TEXT("b.json:1: JSON: expected")));
    catalogue_free(&c);
    arena_free(arena);
}

static void a_clause_is_found_as_people_write_it(void)
{
    arena = arena_new();
    struct catalogue c = catalogue_new();
    struct bytes others;
    const struct clause *k;
    catalogue_builtin(arena, &c);
    static const char *const names[] = {
        "iec81001-5-1:5.3.2", "81001-5-1:5.3.2", "IEC81001-5-1:5.3.2", "5.3.2"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        k = clause_find(arena, &c, text_of(names[i]), &others);
        CHECK(k && text_same(k->id, TEXT("iec81001-5-1:5.3.2")) && !others.len);
    }
    CHECK(!clause_find(arena, &c, TEXT("99.9"), &others) && !others.len);
    CHECK(!clause_find(arena, &c, TEXT("62304:5.3.2"), &others));
    k = clause_find(arena, &c, TEXT("62304:8.1.2"), &others);
    CHECK(k && text_same(k->id, TEXT("iec62304:soup")));
    catalogue_settle(&c);
    CHECK(parse(&c, "own.yaml",
              HEAD "  numbers: ['5.3.2']\n  title: t\n  confidence: high\n"
                   "  sources: [S]\n  summary: s\n  constraints: []\n"
                   "  defence: {text: d}\n")
        == OK);
    /* A number alone is meant of IEC 81001-5-1 where it has one, else it must be the only one. */
    k = clause_find(arena, &c, TEXT("5.3.2"), &others);
    CHECK(k && text_same(k->id, TEXT("iec81001-5-1:5.3.2")));
    CHECK(clause_find(arena, &c, TEXT("17.2"), &others));
    CHECK(parse(&c, "more.yaml",
              "schema: holdfast-catalogue/1\nstandard: s\nclauses:\n- id: own:2\n"
              "  numbers: ['17.2']\n  title: t\n  confidence: high\n  sources: [S]\n"
              "  summary: s\n  constraints: []\n  defence: {text: d}\n")
        == OK);
    CHECK(!clause_find(arena, &c, TEXT("17.2"), &others));
    CHECK(text_same(others, TEXT("mdr:17.2 or own:2")));
    k = clause_find(arena, &c, TEXT("own:5.3.2"), &others);
    CHECK(k && text_same(k->id, TEXT("own:1")));
    catalogue_free(&c);
    arena_free(arena);
}

static void clause_5_3_2_is_whole(void)
{
    arena = arena_new();
    struct catalogue c = catalogue_new();
    struct bytes others;
    catalogue_builtin(arena, &c);
    const struct clause *k = clause_find(arena, &c, TEXT("5.3.2"), &others);
    CHECK(k && k->constraint_count == 15 && k->practice_count == 8
        && k->group_count == 5);
    for (uint32_t i = 0; k && i < k->constraint_count; i++) {
        const struct constraint *m = &k->constraints[i];
        /* C01 to C09 are the clause's own words; the groups and C15 are how it is read. */
        CHECK(m->origin == (i < 9 ? ORIGIN_CLAUSE : ORIGIN_READING));
        CHECK(m->practices == (i < 8 ? 1u << i : i == 8 || i == 14 ? 0xffu : 0u));
        CHECK(m->group == (i >= 9 && i < 14 ? i - 9 : CATALOGUE_NONE));
        CHECK(m->text.len && m->test.len);
    }
    uint64_t asked = 0, gaps = 0;
    for (uint32_t i = 0; k && i < k->question_count; i++)
        asked |= k->questions[i].constraints;
    for (uint32_t i = 0; k && i < k->gap_count; i++)
        gaps |= k->gaps[i].when;
    CHECK(asked == 0x7fff && gaps == 0x7fff);
    catalogue_free(&c);
    arena_free(arena);
}

MAIN(TEST(a_clause_is_taken_with_its_references_resolved),
    TEST(what_is_wrong_in_a_file_is_one_line_that_says_where),
    TEST(a_later_folder_replaces_by_id_and_one_folder_says_a_thing_once),
    TEST(json_says_what_yaml_says), TEST(a_clause_is_found_as_people_write_it),
    TEST(clause_5_3_2_is_whole))
