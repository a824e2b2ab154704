/* SPDX-License-Identifier: Apache-2.0 */
#include "review/catalogue/builtin.h"
#include "review/catalogue/rubric.h"

#include "tests/support/check.h"

static const char good[] =
    "schema: holdfast-rubric/1\n"
    "clause: x:1\n"
    "concepts:\n"
    "  ports: [open port, listening port]\n"
    "specific: [tls]\n"
    "constraints:\n"
    "  - id: 1-C01\n"
    "    facets:\n"
    "      - {id: closed, why: w, any: [+ports, telnet], with: [clos*], near: 4, polarity: "
    "denied, weight: 3}\n"
    "      - {id: other, why: w, any: [telnet], not: [port], distinct: true}\n"
    "    met: {facets: 2, score: 40}\n"
    "    partial: {score: 10}\n"
    "  - {id: 1-C02, derived: practices, facets: [{id: a, why: w, any: [practice]}], met: "
    "{score: 9}, partial: {score: 9}}\n";

static void what_a_rubric_says_is_taken_and_a_phrase_has_one_number(void)
{
    struct arena *a = arena_new();
    struct rubric r;
    struct bytes error = {0};
    CHECK(rubric_parse(a, TEXT("r"), text_of(good), &r, &error) == OK);
    CHECK(r.constraint_count == 2 && r.phrase_count == 7);
    const struct rubric_constraint *c = &r.constraints[0];
    const struct facet *f = c->facets;
    CHECK(c->facet_count == 2 && c->met.facets == 2 && c->met.score == 40);
    CHECK(c->partial.facets == 1 && c->partial.score == 10 && !c->derived);
    CHECK(f[0].any.count == 3 && f[0].with.count == 1 && f[0].near == 4);
    CHECK(f[0].polarity == POLARITY_DENIED && f[0].weight == 3 && !f[0].distinct);
    CHECK(f[1].any.count == 1 && f[1].any.at[0] == f[0].any.at[2] && f[1].distinct);
    CHECK(
        f[1].weight == 2 && f[1].polarity == POLARITY_ASSERTED && f[1].none.count == 1);
    CHECK(text_same(r.phrases[r.specific.at[0]], TEXT("tls")));
    CHECK(r.constraints[1].derived == DERIVED_PRACTICES);
    arena_free(a);
}

static void what_is_wrong_in_a_rubric_is_told_with_its_line(void)
{
    static const struct {
        const char *from, *to, *error;
    } rows[] = {
        {"holdfast-rubric/1", "holdfast-rubric/2",
            "r:1: schema: expected holdfast-rubric/1"},
        {"clause: x:1\n", "", "r:1: clause: expected a text"},
        {"+ports", "+prots", "r:9: prots: expected the name of a concept above"},
        {"weight: 3", "wieght: 3",
            "r:9: wieght: expected a key that docs/decisions/0009-clause-review.md names"},
        {"weight: 3", "weight: 4",
            "r:9: weight: expected a whole number that is not too large"},
        {"polarity: denied", "polarity: no",
            "r:9: polarity: expected asserted, denied or either"},
        {"polarity: denied", "also: [question]",
            "r:9: also: expected gap, planned or threat"},
        {"polarity: denied", "also: gap",
            "r:9: also: expected a list of gap, planned or threat"},
        {"polarity: denied", "here: maybe", "r:9: here: expected true or false"},
        {"telnet], with", "tel  net], with",
            "r:9: tel  net: expected a phrase as docs/decisions/0009-clause-review.md writes "
            "them"},
        {"id: other", "id: closed",
            "r:10: id: expected another id for each facet of a constraint"},
        {"{score: 10}", "{score: 41}",
            "r:7: partial: expected a score that is not above that of met"},
        {"1-C02", "1-C01", "r:13: id: expected another id for each constraint"},
        {"derived: practices", "derived: all", "r:13: derived: expected practices"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *a = arena_new();
        struct rubric r;
        struct bytes error = {0}, text = text_of(good);
        size_t at = text_find(text, text_of(rows[i].from));
        struct bytes rest = text_from(text, at + strlen(rows[i].from));
        text = arena_print(a, "%.*s%s%.*s", (int)at, (const char *)text.at, rows[i].to,
            (int)rest.len, (const char *)rest.at);
        CHECK(rubric_parse(a, TEXT("r"), text, &r, &error) == MALFORMED);
        if (!text_same(error, text_of(rows[i].error)))
            printf("# %.*s\n", (int)error.len, (const char *)error.at);
        CHECK(text_same(error, text_of(rows[i].error)));
        arena_free(a);
    }
}

static void phrases_are_words_gaps_and_choices_in_single_spaces(void)
{
    static const struct {
        const char *phrase;
        bool good;
    } rows[] = {
        {"a", true},
        {"a b", true},
        {"=a b*", true},
        {"5.3.2 a", true},
        {"a ~3 b", true},
        {"a ~12 {b|c d*}* e", true},
        {"{a|b} {c|d}", true},
        {"a ~3~ {b|c}", true},
        {"a ~3~ b ~2 c", true},
        {"a ~3~ b ~2~ c", false},
        {"a ~3~", false},
        {"a ~~ b", false},
        {"~3 a", false},
        {"a ~3", false},
        {"a ~0 b", false},
        {"a ~3 ~3 b", false},
        {"a  b", false},
        {" a", false},
        {"a ", false},
        {"{a|}", false},
        {"{a", false},
        {"{a}b", false},
        {"*", false},
        {"=", false},
        {"a-b", false},
        {"a. b", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *a = arena_new();
        struct rubric r;
        struct bytes error = {0};
        struct bytes text = arena_print(a,
            "schema: holdfast-rubric/1\nclause: x\nconstraints:\n- {id: a, facets: [{id: f, "
            "why: w, any: [\"%s\"]}], met: {score: 1}, partial: {score: 1}}\n",
            rows[i].phrase);
        enum status s = rubric_parse(a, TEXT("r"), text, &r, &error);
        if ((s == OK) != rows[i].good)
            printf("# \"%s\"\n", rows[i].phrase);
        CHECK((s == OK) == rows[i].good);
        arena_free(a);
    }
}

static void how_passages_are_summed_is_said_whole_or_not_at_all(void)
{
    static const struct {
        const char *sum;
        bool good;
    } rows[] = {
        {"", true},
        {"sum: {why: w, fade: 70, trail: 85, breadth: 4, length: 1200}\n", true},
        {"sum: {fade: 70, trail: 85, length: 1200}\n", true},
        {"sum: {fade: 70, trail: 85}\n", false},
        {"sum: {fade: 0, trail: 85, length: 1200}\n", false},
        {"sum: {fade: 100, trail: 85, length: 1200}\n", false},
        {"sum: {fade: 70, trail: 85, length: 1200, more: 1}\n", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *a = arena_new();
        struct rubric r;
        struct bytes error = {0};
        struct bytes text = arena_print(a,
            "schema: holdfast-rubric/1\nclause: x\n%sconstraints:\n- {id: a, facets: [{id: "
            "f, why: w, any: [x]}], met: {score: 1}, partial: {score: 1}}\n",
            rows[i].sum);
        CHECK((rubric_parse(a, TEXT("r"), text, &r, &error) == OK) == rows[i].good);
        if (rows[i].good)
            CHECK(r.sum.fade == (i ? 70 : 0) && r.sum.length == (i ? 1200 : 0));
        arena_free(a);
    }
}

static void every_rubric_that_is_compiled_in_is_well_formed(void)
{
    CHECK(builtin_rubric_count >= 1);
    for (size_t i = 0; i < builtin_rubric_count; i++) {
        struct arena *a = arena_new();
        struct rubric r;
        struct bytes error = {0};
        bool taken = rubric_parse(a, text_of(builtin_rubrics[i].name),
                         builtin_rubrics[i].text, &r, &error)
            == OK;
        if (!taken)
            printf("# %.*s\n", (int)error.len, (const char *)error.at);
        CHECK(taken);
        arena_free(a);
    }
}

MAIN(TEST(what_a_rubric_says_is_taken_and_a_phrase_has_one_number),
    TEST(what_is_wrong_in_a_rubric_is_told_with_its_line),
    TEST(phrases_are_words_gaps_and_choices_in_single_spaces),
    TEST(how_passages_are_summed_is_said_whole_or_not_at_all),
    TEST(every_rubric_that_is_compiled_in_is_well_formed))
