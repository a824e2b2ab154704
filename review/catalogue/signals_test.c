/* SPDX-License-Identifier: Apache-2.0 */
#include "review/catalogue/pattern.h"
#include "review/catalogue/signals.h"
#include "review/read/see.h"

#include "tests/support/check.h"

static bool found(const char *pattern, struct bytes in)
{
    struct pattern *p = NULL;
    const char *expected;
    CHECK(pattern_new(text_of(pattern), &p, &expected) == OK);
    bool is = p && pattern_found(p, in);
    pattern_free(p);
    return is;
}

static void a_pattern_is_found_without_regard_to_case_and_within_its_bytes_only(void)
{
    CHECK(found("Security.*Architecture", TEXT("docs/SECURITY_architecture.md")));
    CHECK(!found("Security.*Architecture", TEXT("docs/security-policy.pdf")));
    CHECK(found("\\bdfd\\b", TEXT("my DFD.drawio")));
    CHECK(!found("\\bdfd\\b", TEXT("dfds.txt")));
    CHECK(found("a[]x]b", TEXT("a]b")) && found("^$", TEXT("")));
    CHECK(!found("design", text_upto(TEXT("secure design"), 10)));
    CHECK(!found("x", (struct bytes){0}));
}

static void a_pattern_that_could_cost_any_time_is_refused(void)
{
    static char longest[PATTERN_MAX + 2];
    memset(longest, 'a', PATTERN_MAX + 1);
    const struct {
        const char *pattern, *expected;
    } rows[] = {
        {"", "a pattern of 1 to 300 bytes"},
        {longest, "a pattern of 1 to 300 bytes"},
        {"a\tb", "a pattern without control characters"},
        {"(a*)\\1", "of escapes only \\b \\w \\W \\s and those of punctuation"},
        {"a\\", "of escapes only \\b \\w \\W \\s and those of punctuation"},
        {"\\d+", "of escapes only \\b \\w \\W \\s and those of punctuation"},
        {"((a{1,255}){1,255})", "a pattern without {m,n}"},
        {"[a[]{9}", "a pattern without {m,n}"},
        {"[^]]{9}", "a pattern without {m,n}"},
        {"[\\]{9}", "a pattern without {m,n}"},
        {"(((((((((a)))))))))", "at most 8 levels of parentheses"},
        {"a)", "an opening parenthesis for each closing one"},
        {"(a", "a closing parenthesis for each opening one"},
        {"[a", "a closing bracket for each opening one"},
        {"a[[:other:]]", "a POSIX extended regular expression"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pattern *p = NULL;
        const char *expected = NULL;
        CHECK(pattern_new(text_of(rows[i].pattern), &p, &expected) == REFUSED);
        bool same = expected && strcmp(expected, rows[i].expected) == 0;
        if (!same)
            printf("# %s: %s\n", rows[i].pattern, expected ? expected : "nothing");
        CHECK(same && !p);
    }
    longest[PATTERN_MAX] = 0;
    CHECK(!found(longest, TEXT("aaa")));
}

/* Titles that a path does not tell, and paths that no title confirms. */
static void design(struct emit *e)
{
    emit_unit(e, UNIT_HEADING, 1, 1, 0, TEXT("Security architecture of the product"));
    emit_unit(e, UNIT_HEADING, 2, 3, 0, TEXT("Trust zones"));
    emit_unit(e, UNIT_PARAGRAPH, 0, 5, 0, TEXT("Two zones."));
}

static void front(struct emit *e)
{
    emit_begin(e, UNIT_ENTRY, 0, 1, 0);
    emit_field(e, TEXT("title"), TEXT("Hardening guide"), 1);
    emit_end(e);
    emit_unit(e, UNIT_HEADING, 1, 4, 0, TEXT("Introduction"));
}

static void plain(struct emit *e)
{
    emit_unit(e, UNIT_PARAGRAPH, 0, 1, 0, TEXT("Trust boundaries are drawn here."));
}

static const struct see_file files[] = {
    {"a.md", design},
    {"docs/guide.md", front},
    {"docs/trust-boundaries.md", plain},
    {"notes.txt", plain},
};

static void a_title_is_the_front_matters_or_the_first_heading(void)
{
    struct seen s = see_files(files, 4);
    CHECK(text_same(
        document_title(&s.corpus, 0), TEXT("Security architecture of the product")));
    CHECK(text_same(document_title(&s.corpus, 1), TEXT("Hardening guide")));
    CHECK(document_title(&s.corpus, 2).len == 0);
    see_end(&s);
}

static const struct signal *signal_of(
    const struct list *l, const struct catalogue *c, const char *clause, uint32_t doc)
{
    for (size_t i = 0; i < l->count; i++) {
        const struct signal *g = LIST_AT(l, const struct signal, i);
        if (text_same(clause_at(c, g->clause)->id, text_of(clause)) && g->doc == doc)
            return g;
    }
    return NULL;
}

static void documents_are_named_for_a_clause_by_path_and_title_the_strongest_first(void)
{
    struct arena *a = arena_new();
    struct catalogue c = catalogue_new();
    catalogue_builtin(a, &c);
    struct seen s = see_files(files, 4);
    s.docs[3].size = 0;
    s.docs[3].path = TEXT("trust-boundaries.txt");
    struct list l = signals_find(&c, &s.corpus);

    const struct signal *g = signal_of(&l, &c, "iec81001-5-1:5.3.2", 0);
    CHECK(g && g->weight == SIGNAL_STRONG && g->place == IN_TITLE && g->pattern == 0);
    g = signal_of(&l, &c, "iec81001-5-1:5.3.2", 1);
    CHECK(g && g->weight == SIGNAL_SUPPORT && g->place == IN_TITLE);
    g = signal_of(&l, &c, "iec81001-5-1:5.3.2", 2);
    CHECK(g && g->weight == SIGNAL_STRONG && g->place == IN_PATH);
    CHECK(!signal_of(&l, &c, "iec81001-5-1:5.3.2", 3)); /* empty */
    CHECK(!signal_of(&l, &c, "iec81001-5-1:4.1.4", 0));
    for (size_t i = 1; i < l.count; i++) {
        const struct signal *x = LIST_AT(&l, const struct signal, i - 1), *y = x + 1;
        CHECK(x->clause < y->clause
            || (x->clause == y->clause
                && (x->weight > y->weight
                    || (x->weight == y->weight && x->doc < y->doc))));
    }
    list_free(&l);
    see_end(&s);
    catalogue_free(&c);
    arena_free(a);
}

MAIN(TEST(a_pattern_is_found_without_regard_to_case_and_within_its_bytes_only),
    TEST(a_pattern_that_could_cost_any_time_is_refused),
    TEST(a_title_is_the_front_matters_or_the_first_heading),
    TEST(documents_are_named_for_a_clause_by_path_and_title_the_strongest_first))
