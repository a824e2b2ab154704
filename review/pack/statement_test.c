/* SPDX-License-Identifier: Apache-2.0 */
#include "review/pack/statement.h"

#include "review/pack/said.h"
#include "tests/support/check.h"

static struct statement sample(struct arena *a)
{
    struct statement s = {.version = TEXT("0.1.0"),
        .product = TEXT("a \"product\"\n\t\\ \x01\x7f \xc3\xa9"),
        .revision = TEXT(""),
        .fail_on = TEXT("major"),
        .clauses = TEXT("x:1,x:2"),
        .as_of_s = -1,
        .documents = true};
    s.subjects = arena_take(a, 2 * sizeof *s.subjects);
    s.subjects[s.subject_count++] =
        (struct statement_file){TEXT("report/index.html"), {1, 2, 0xff}, 0};
    s.subjects[s.subject_count++] =
        (struct statement_file){TEXT("documents/a.md"), {0}, 1768000000};
    s.configuration = arena_take(a, sizeof *s.configuration);
    s.configuration[s.configuration_count++] =
        (struct statement_file){TEXT("builtin/rubric.yaml"), {7}, 0};
    s.unread = arena_take(a, 2 * sizeof *s.unread);
    s.unread[s.unread_count++] =
        (struct statement_unread){TEXT("way/"), 0, UNREAD_OTHER};
    s.unread[s.unread_count++] =
        (struct statement_unread){TEXT("big"), UINT64_MAX, UNREAD_LARGE};
    s.verdicts = arena_take(a, 3 * sizeof *s.verdicts);
    s.verdicts[s.verdict_count++] =
        (struct statement_verdict){VERDICT_PASSED, TEXT("rule"), TEXT("READ-LINK"),
            TEXT("nothing found"), TEXT(""), TEXT(""), TEXT("")};
    s.verdicts[s.verdict_count++] =
        (struct statement_verdict){VERDICT_FAILED, TEXT("finding"), TEXT("A-1"),
            TEXT("major"), TEXT("x"), TEXT("y"), TEXT("a.md:1")};
    s.verdicts[s.verdict_count++] =
        (struct statement_verdict){VERDICT_WARNED, TEXT("finding"), TEXT("A-0"),
            TEXT("note"), TEXT("x"), TEXT("y"), TEXT("a.md:2")};
    statement_sort(&s);
    return s;
}

static bool parses(struct arena *a, struct bytes text, struct bytes *why)
{
    struct statement s;
    *why = TEXT("");
    bool good = statement_parse(a, text, &s, why) == OK;
    CHECK(good == (why->len == 0));
    return good;
}

static void test_a_statement_is_read_as_it_was_written(void)
{
    struct arena *a = arena_new();
    struct statement s = sample(a), back;
    struct bytes text = statement_write(a, &s), why;
    CHECK(statement_parse(a, text, &back, &why) == OK);
    CHECK(text_same(back.product, s.product) && back.as_of_s == -1 && back.documents
        && text_same(back.clauses, s.clauses));
    CHECK(back.subject_count == 2 && back.subjects[0].changed_s == 1768000000);
    CHECK(!memcmp(&back.subjects[1].digest, &s.subjects[1].digest, STATEMENT_DIGEST));
    CHECK(back.unread_count == 2 && back.unread[0].size == UINT64_MAX);
    CHECK(back.verdict_count == 3 && back.verdicts[1].outcome == VERDICT_FAILED);
    CHECK(text_same(statement_write(a, &back), text));
    arena_free(a);
}

static void test_the_result_is_the_worst_of_the_verdicts(void)
{
    struct arena *a = arena_new();
    struct statement s = sample(a);
    CHECK(!strcmp(statement_result(&s), "FAILED"));
    s.verdicts[1].outcome = VERDICT_WARNED;
    CHECK(!strcmp(statement_result(&s), "WARNED"));
    s.verdicts[0].outcome = s.verdicts[1].outcome = VERDICT_PASSED;
    CHECK(!strcmp(statement_result(&s), "PASSED"));
    arena_free(a);
}

static struct bytes with(
    struct arena *a, struct bytes text, const char *from, const char *to)
{
    size_t at = text_find(text, text_of(from));
    CHECK(at < text.len);
    return arena_print(a, "%.*s%s%s", (int)at, (const char *)text.at, to,
        (const char *)text.at + at + strlen(from));
}

static void test_a_second_spelling_is_refused(void)
{
    static const struct {
        const char *what, *from, *to;
    } rows[] = {
        {"a blank", "\"subject\":[", "\"subject\": ["},
        {"an escape that is not needed", "documents/a.md", "documents/\\u0061.md"},
        {"capitals in a digest", "0102ff", "0102FF"},
        {"another escape", "\\u0001", "\\u0001x\\/"},
        {"a control character as it is", "\\u0001", "\x01"},
        {"a zero in front", "1768000000", "01768000000"},
        {"minus nothing", "\"asOf\":-1", "\"asOf\":-0"},
        {"a number too many", "18446744073709551615", "18446744073709551616"},
        {"a result that does not follow", "FAILED", "PASSED"},
        {"a test that failed left out", "failedTests\":[\n\"finding A-1\"",
            "failedTests\":["},
        {"a test that failed called passed", "\"passedTests\":[\n",
            "\"passedTests\":[\n\"finding A-1\",\n"},
        {"another type", "Statement/v1", "Statement/v2"},
        {"a key that is not known", "\"failOn\"", "\"x\":1,\"failOn\""},
        {"rows turned round", "way/", "a"},
        {"a name that leads out", "documents/a.md", "documents/../a.md"},
        {"a document without a time", ",\"annotations\":{\"changed\":1768000000}", ""},
        {"something behind it", "]}}}\n", "]}}}\n\n"},
        {"the last byte missing", "]}}}\n", "]}}}"},
    };
    struct arena *a = arena_new();
    struct statement s = sample(a);
    struct bytes text = statement_write(a, &s), why;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool good = parses(a, with(a, text, rows[i].from, rows[i].to), &why);
        if (good || text_find(why, TEXT("expected")) == why.len)
            printf("# %s: %s\n", rows[i].what, (const char *)why.at);
        CHECK(!good && text_find(why, TEXT("expected")) < why.len);
    }
    arena_free(a);
}

static void test_a_later_form_is_said_to_be_one(void)
{
    struct arena *a = arena_new();
    struct statement s = sample(a), out;
    struct bytes why,
        later = with(a, statement_write(a, &s), "\"form\":1", "\"form\":2");
    CHECK(statement_parse(a, later, &out, &why) == REFUSED);
    CHECK(text_find(why, TEXT("newer holdfast-review")) < why.len);
    arena_free(a);
}

static void test_every_front_and_every_flipped_bit_is_refused_or_another_statement(void)
{
    struct arena *a = arena_new();
    struct statement s = sample(a), out;
    struct bytes text = statement_write(a, &s), why;
    uint8_t *at = (uint8_t *)(uintptr_t)text.at;
    for (size_t len = 0; len < text.len; len++)
        CHECK(!parses(a, text_upto(text, len), &why));
    for (size_t bit = 0; bit < text.len * 8; bit++) {
        at[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (statement_parse(a, text, &out, &why) == OK)
            CHECK(text_same(statement_write(a, &out), text));
        at[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    arena_free(a);
}

/* What the child says about a statement comes back as it was. */
static void test_what_is_said_arrives(void)
{
    struct arena *a = arena_new();
    struct pack_said said = {.statement = sample(a), .file_count = 1}, back;
    struct said_file file = {TEXT("z"), 1, UINT64_MAX};
    struct growing g = {0};
    said.files = &file;
    said.envelope = (struct dsse){.type = TEXT("t"),
        .payload = TEXT("p"),
        .signatures = {{TEXT("id"), TEXT("sig")}},
        .signature_count = 1};
    said_write(&said, &g);
    CHECK(said_parse(a, growing_bytes(&g), &back) == OK && !back.refusal.len);
    CHECK(text_same(
        statement_write(a, &back.statement), statement_write(a, &said.statement)));
    CHECK(back.file_count == 1 && back.files[0].len == UINT64_MAX);
    CHECK(back.envelope.signature_count == 1
        && text_same(back.envelope.signatures[0].signature, TEXT("sig")));
    for (size_t len = 0; len < g.len; len++)
        CHECK(said_parse(a, (struct bytes){g.at, len}, &back) == MALFORMED);
    growing_free(&g);

    said = (struct pack_said){.refusal = TEXT("no: expected yes")};
    said_write(&said, &g);
    CHECK(said_parse(a, growing_bytes(&g), &back) == OK);
    CHECK(text_same(back.refusal, said.refusal) && !back.file_count);
    growing_free(&g);
    arena_free(a);
}

static void test_what_no_child_of_ours_says_is_refused(void)
{
    static const struct {
        const char *what, *bytes;
        size_t len;
    } rows[] = {
        {"nothing", "", 0},
        {"an end alone", "E\0", 2},
        {"a kind that is none", "X\0E\0", 4},
        {"a length beyond the end", "R\1\xff\xff\xff\xff", 6},
        {"two refusals", "R\1\1\0\0\0aR\1\1\0\0\0aE\0", 16},
        {"an empty refusal", "R\1\0\0\0\0E\0", 8},
        {"more fields than a row has", "E\1\0\0\0\0", 6},
        {"more fields than any row has", "E\xff", 2},
        {"a signature before the payload", "S\2\0\0\0\0\0\0\0\0E\0", 12},
        {"a payload alone", "P\2\0\0\0\0\0\0\0\0E\0", 12},
        {"something behind the end", "R\1\1\0\0\0aE\0E\0", 11},
    };
    struct arena *a = arena_new();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pack_said s;
        bool refused =
            said_parse(
                a, (struct bytes){(const uint8_t *)rows[i].bytes, rows[i].len}, &s)
            == MALFORMED;
        if (!refused)
            printf("# %s\n", rows[i].what);
        CHECK(refused);
    }
    arena_free(a);
}

MAIN(TEST(test_a_statement_is_read_as_it_was_written),
    TEST(test_the_result_is_the_worst_of_the_verdicts),
    TEST(test_a_second_spelling_is_refused), TEST(test_a_later_form_is_said_to_be_one),
    TEST(test_every_front_and_every_flipped_bit_is_refused_or_another_statement),
    TEST(test_what_is_said_arrives), TEST(test_what_no_child_of_ours_says_is_refused))
