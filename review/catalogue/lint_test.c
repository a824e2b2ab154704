/* SPDX-License-Identifier: Apache-2.0 */
/* Good data, of which nothing is told, with one fault planted at a time, which is told. */
#include "review/catalogue/lint.h"

#include "tests/support/check.h"

static const char tables[] =
    "schema: holdfast-catalogue/1\n"
    "sources: [{id: BOOK, title: t}]\n"
    "columns:\n"
    "- {id: whole, title: t, source: BOOK, whole: true, items: [{ref: '3.3', text: t}]}\n"
    "- {id: own_1, title: t, source: BOOK}\n"
    "corrections:\n"
    "- {id: K, where: w, says: s, finding: f, confidence: high, about: ['own-1:1']}\n"
    "contents:\n"
    "- id: own-1\n"
    "  standard: Own\n"
    "  numbers:\n"
    "  - {number: '1', title: t, text: t, source: BOOK, confidence: high, judged: true}\n"
    "  - {number: '2', title: t, text: t, source: BOOK, confidence: high, judged: false}\n"
    "questionnaires:\n"
    "- {id: q, title: t, source: BOOK, items: [{item: '1', asks: a, answered_by: [A-C1]}]}\n";

static const char clause[] =
    "schema: holdfast-catalogue/1\n"
    "standard: Own\n"
    "clauses:\n"
    "- id: own-1:1\n"
    "  numbers: ['1']\n"
    "  title: Doors\n"
    "  confidence: high\n"
    "  sources: [BOOK]\n"
    "  summary: Every door of the house has a lock that somebody tried within the year.\n"
    "  groups: [{id: g, applies_if: always}]\n"
    "  constraints:\n"
    "  - {id: A-C1, text: A lock is there., test: Try it., origin: clause, group: g}\n"
    "  - {id: A-C2, text: It was tried., test: Ask when., origin: added, source: BOOK}\n"
    "  files: [{pattern: 'door', weight: strong, hit: [door.md], miss: [roof.md]}]\n"
    "  questions: [{id: A-Q1, question: Which lock?, constraints: [A-C1, A-C2]}]\n"
    "  gaps:\n"
    "  - {id: A-G1, severity: major, when: [A-C1, A-C2], title: t, why: w, basis: [BOOK]}\n"
    "  defence: {text: \"{product}: {document} of {date}.\"}\n"
    "  crosswalk: {whole: ['3.3 Table 3', '3.3 (part)'], own_1: ['2']}\n";

static const char rubric[] = "schema: holdfast-rubric/1\n"
                             "clause: own-1:1\n"
                             "concepts: {lock: [lock, bolt]}\n"
                             "constraints:\n"
                             "- id: A-C1\n"
                             "  facets: [{id: f, why: w, any: [+lock], weight: 2}]\n"
                             "  met: {facets: 1, score: 24}\n"
                             "  partial: {facets: 1, score: 8}\n"
                             "- id: A-C2\n"
                             "  facets: [{id: f, why: w, any: [tried], weight: 2}]\n"
                             "  met: {facets: 1, score: 24}\n"
                             "  partial: {facets: 1, score: 8}\n";

static struct arena *arena;

/* A copy of `text` in which the first `from` is `to`. */
static struct bytes with(const char *text, const char *from, const char *to)
{
    struct bytes t = text_of(text);
    size_t at = from ? text_find(t, text_of(from)) : 0;
    if (!from)
        return t;
    CHECK(at < t.len);
    return arena_print(arena, "%.*s%s%s", (int)at, text, to, text + at + strlen(from));
}

struct fault {
    const char *what;
    char file; /* t, c or r; n: no rubric at all */
    const char *from, *to;
    const char *line; /* how the only complaint begins; NULL: none */
};

static const struct fault faults[] = {
    {"nothing", 'c', NULL, NULL, NULL},
    {"a source that nobody defines", 'c', "sources: [BOOK]", "sources: [BOK]",
        "c.yaml:4: BOK: expected a source"},
    {"a constraint's source", 'c', "added, source: BOOK", "added, source: BOK",
        "c.yaml:13: BOK: expected a source"},
    {"a gap's basis", 'c', "basis: [BOOK]", "basis: [BOK]",
        "c.yaml:17: BOK: expected a source"},
    {"a column's source", 't', "source: BOOK, whole", "source: BOK, whole",
        "t.yaml:4: BOK: expected a source"},
    {"a column that nobody defines", 'c', "whole: ['3.3", "hole: ['3.3",
        "c.yaml:4: hole: expected a column"},
    {"a reference that a whole column has not", 'c', "'3.3 Table 3'", "'3.4'",
        "c.yaml:4: 3.4 of whole: expected an item of the column"},
    {"a number that the standard has not", 'c', "own_1: ['2']", "own_1: ['3']",
        "c.yaml:4: 3: expected a number of that standard"},
    {"a correction of no clause", 't', "about: ['own-1:1']", "about: ['own-1:9']",
        "t.yaml:7: own-1:9: expected the id of a clause"},
    {"a question that nothing answers", 't', "answered_by: [A-C1]",
        "answered_by: [A-C9]", "t.yaml:15: A-C9: expected the id of a constraint"},
    {"a number that no clause covers", 't', "confidence: high, judged: false",
        "confidence: high, judged: true",
        "t.yaml:13: 2: expected a clause that covers it"},
    {"a number that a clause covers", 't', "confidence: high, judged: true",
        "confidence: high, judged: false", "t.yaml:12: 1: expected judged: true"},
    {"a clause of an unknown number", 'c', "numbers: ['1']", "numbers: ['1', '7']",
        "c.yaml:4: 7: expected a number of the standard"},
    {"a sample that the pattern misses", 'c', "hit: [door.md]", "hit: [dor.md]",
        "c.yaml:14: dor.md: expected the pattern to find it"},
    {"a sample that it should pass by", 'c', "miss: [roof.md]", "miss: [outdoor.md]",
        "c.yaml:14: outdoor.md: expected the pattern to pass it by"},
    {"no sample", 'c', "miss: [roof.md]", "miss: []",
        "c.yaml:14: door: expected a sample for hit and for miss"},
    {"no test", 'c', "test: Try it., ", "",
        "c.yaml:12: A-C1: expected a test that would show it"},
    {"no question", 'c', "constraints: [A-C1, A-C2]", "constraints: [A-C1]",
        "c.yaml:13: A-C2: expected a question that asks for it"},
    {"no gap", 'c', "when: [A-C1, A-C2]", "when: [A-C1]",
        "c.yaml:13: A-C2: expected a gap for when it is not shown"},
    {"a group that nobody is in", 'c', "clause, group: g", "clause",
        "c.yaml:4: g: expected a constraint in this group"},
    {"an id that stands twice", 'c', "id: A-Q1", "id: A-G1",
        "c.yaml:17: A-G1: expected an id that no other clause has"},
    {"a placeholder that nobody fills", 'c', "{product}: ", "{product} {versoin}: ",
        "c.yaml:4: {versoin}: expected a placeholder"},
    {"a defence without its document", 'c', "{document} of ", "",
        "c.yaml:4: own-1:1: expected a defence with {product}, {document} and {date}"},
    {"a promise", 'c', "{product}: ", "{product} is Certified: ",
        "c.yaml:4: Certified: expected no promise"},
    {"a promise that is told not to be made", 'c', "of {date}.\"}",
        "of {date}.\", do_not_say: [fully compliant]}", NULL},
    {"a long sentence", 'c', "A lock is there.",
        "One two three four five six seven eight nine ten one two three four five six "
        "seven eight nine ten one two three four five six seven eight nine ten one two "
        "three four five six seven eight nine ten one.",
        "c.yaml:12: One two three four five six seven eight : expected sentences"},
    {"words that stand in the same clause", 'c', "Ask when.",
        "Every door of the house has a lock that somebody tried.", NULL},
    {"no rubric", 'n', NULL, NULL, "c.yaml:4: own-1:1: expected a file of its rubric"},
    {"a rubric of another constraint", 'r', "id: A-C2", "id: A-C3",
        "r/rubric/own-1_1.yaml:9: A-C3: expected a constraint of the clause"},
    {"a threshold out of reach", 'r', "score: 24", "score: 90",
        "r/rubric/own-1_1.yaml:5: A-C1: expected thresholds that its facets can reach"},
    {"more facets than there are", 'r', "met: {facets: 1", "met: {facets: 2",
        "r/rubric/own-1_1.yaml:5: A-C1: expected thresholds that its facets can reach"},
    {"a concept that nobody uses", 'r', "any: [+lock]", "any: [lock]",
        "r/rubric/own-1_1.yaml:3: lock: expected a facet that uses the concept"},
};

static struct library library_of(const struct fault *f)
{
    struct library l = {catalogue_new(), LIST_OF(struct rubric_file)};
    struct bytes error = {0};
    bool to = f->to != NULL;
    struct bytes t = with(tables, to && f->file == 't' ? f->from : NULL, f->to);
    struct bytes c = with(clause, to && f->file == 'c' ? f->from : NULL, f->to);
    struct bytes r = with(rubric, to && f->file == 'r' ? f->from : NULL, f->to);
    CHECK(catalogue_parse(arena, TEXT("t.yaml"), t, &l.catalogue, &error) == OK);
    CHECK(catalogue_parse(arena, TEXT("c.yaml"), c, &l.catalogue, &error) == OK);
    if (error.len)
        printf("# %.*s\n", (int)error.len, (const char *)error.at);
    if (f->file != 'n')
        *(struct rubric_file *)list_add(&l.rubrics) =
            (struct rubric_file){TEXT("r/rubric/own-1_1.yaml"), r};
    return l;
}

static void each_fault_that_is_planted_is_told_and_good_data_are_not(void)
{
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        const struct fault *f = &faults[i];
        arena = arena_new();
        struct library l = library_of(f);
        struct list lines = lint(arena, &l);
        bool told = false;
        for (size_t k = 0; k < lines.count; k++)
            told |= f->line
                && text_starts(*LIST_AT(&lines, struct bytes, k), text_of(f->line));
        bool right = f->line ? told : lines.count == 0;
        for (size_t k = 0; k < lines.count && !right; k++)
            printf("# %s: %.*s\n", f->what, (int)LIST_AT(&lines, struct bytes, k)->len,
                (const char *)LIST_AT(&lines, struct bytes, k)->at);
        if (!right)
            printf("# not as said: %s\n", f->what);
        CHECK(right);
        list_free(&lines);
        library_free(&l);
        arena_free(arena);
    }
}

static void a_run_of_words_of_another_clause_is_told(void)
{
    arena = arena_new();
    static const struct fault none = {"nothing", 'c', NULL, NULL, NULL};
    struct library l = library_of(&none);
    struct bytes error = {0};
    CHECK(
        catalogue_parse(arena, TEXT("d.yaml"),
            TEXT(
                "schema: holdfast-catalogue/1\nstandard: Own\nclauses:\n- id: more:1\n"
                "  numbers: ['1']\n  title: t\n  confidence: high\n  sources: [BOOK]\n"
                "  summary: The house has a lock THAT somebody tried within the year.\n"
                "  constraints: [{id: M-C1, text: x, test: y, origin: clause,"
                " by: model, force: should}]\n"
                "  defence: {text: '{product} {document} {date}'}\n"),
            &l.catalogue, &error)
        == OK);
    struct list lines = lint(arena, &l);
    CHECK(lines.count == 1);
    if (lines.count)
        CHECK(text_starts(*LIST_AT(&lines, struct bytes, 0),
            TEXT("d.yaml:4: the house has a lock that somebody tried within: expected "
                 "words of its own")));
    list_free(&lines);
    library_free(&l);
    arena_free(arena);
}

static void a_rubric_for_no_clause_is_told(void)
{
    arena = arena_new();
    static const struct fault none = {"nothing", 'c', NULL, NULL, NULL};
    struct library l = library_of(&none);
    *(struct rubric_file *)list_add(&l.rubrics) =
        (struct rubric_file){TEXT("r/rubric/gone_1.yaml"), text_of(rubric)};
    struct list lines = lint(arena, &l);
    CHECK(lines.count == 1);
    if (lines.count)
        CHECK(text_starts(*LIST_AT(&lines, struct bytes, 0),
            TEXT("r/rubric/gone_1.yaml:1: the rubric: ")));
    list_free(&lines);
    library_free(&l);
    arena_free(arena);
}

static void what_is_compiled_in_has_no_fault(void)
{
    arena = arena_new();
    struct library l = library_new(arena);
    struct list lines = lint(arena, &l);
    for (size_t k = 0; k < lines.count; k++)
        printf("# %.*s\n", (int)LIST_AT(&lines, struct bytes, k)->len,
            (const char *)LIST_AT(&lines, struct bytes, k)->at);
    CHECK(lines.count == 0);
    list_free(&lines);
    library_free(&l);
    arena_free(arena);
}

MAIN(TEST(each_fault_that_is_planted_is_told_and_good_data_are_not),
    TEST(a_run_of_words_of_another_clause_is_told),
    TEST(a_rubric_for_no_clause_is_told), TEST(what_is_compiled_in_has_no_fault))
