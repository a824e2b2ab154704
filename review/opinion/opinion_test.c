/* SPDX-License-Identifier: Apache-2.0 */
#include "review/opinion/opinion.h"
#include "review/opinion/value.h"
#include "tests/support/check.h"

#define DIGEST "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HEAD                                                                      \
    "{\"schema\":\"holdfast-review-opinion/1\",\"clause\":\"c\",\"model\":\"m\"," \
    "\"review_sha256\":\"" DIGEST "\",\"opinions\":["
#define ONE(word, quotes)                                                         \
    "{\"constraint\":\"C1\",\"prompt_sha256\":\"" DIGEST "\",\"opinion\":\"" word \
    "\"" quotes "}"

static enum status parsed(struct arena *a, struct bytes json, struct opinions *out)
{
    const char *why = NULL;
    enum status s = opinion_parse(a, json, out, &why);
    CHECK(s == OK || why);
    return s;
}

static void test_a_file_of_opinions_is_read_with_its_words_and_quotes(void)
{
    struct arena *a = arena_new();
    struct opinions all = {0};
    CHECK(
        parsed(a,
            TEXT(HEAD ONE("partial",
                ",\"quotes\":[\"a quote of it\"]") ",{\"constraint\":\"C2\",\"opinion\":\"not asked: no passage\"}]}"),
            &all)
        == OK);
    CHECK(all.count == 2 && all.review.b[1] == 0x11 && text_same(all.model, TEXT("m")));
    const struct opinion *o = opinion_find(&all, TEXT("C1"));
    CHECK(o && o->word == OPINION_PARTIAL && o->quote_count == 1
        && text_same(o->quotes[0], TEXT("a quote of it")) && o->prompt.b[31] == 0xff);
    CHECK(opinion_find(&all, TEXT("C2"))->word == OPINION_NOT_ASKED);
    CHECK(!opinion_find(&all, TEXT("C3")) && !opinion_find(NULL, TEXT("C1")));
    arena_free(a);
}

static void test_what_is_not_by_the_schema_is_refused_whole(void)
{
    static const struct {
        const char *what, *json;
    } rows[] = {
        {"no JSON", "{"},
        {"a list", "[]"},
        {"another schema", "{\"schema\":\"holdfast-review-clause/1\"}"},
        {"a key more", HEAD "],\"verdict\":\"met\"}"},
        {"a key twice", HEAD "],\"model\":\"n\"}"},
        {"met without a quote", HEAD ONE("met", ",\"quotes\":[]") "]}"},
        {"a refusal with a quote",
            HEAD ONE("refused: no quote", ",\"quotes\":[\"a quote of it\"]") "]}"},
        {"a word of its own",
            HEAD ONE("excellent", ",\"quotes\":[\"a quote of it\"]") "]}"},
        {"a quote of 11 bytes", HEAD ONE("met", ",\"quotes\":[\"12345678901\"]") "]}"},
        {"a quote that moves the cursor",
            HEAD ONE("met", ",\"quotes\":[\"a quote \\u001b[2J of it\"]") "]}"},
        {"a quote that turns the text round",
            HEAD ONE("met", ",\"quotes\":[\"a quote \\u202e of it\"]") "]}"},
        {"five quotes",
            HEAD ONE("met",
                ",\"quotes\":[\"a quote of it\",\"a quote of it\",\"a quote of it\","
                "\"a quote of it\",\"a quote of it\"]") "]}"},
        {"a number for a quote", HEAD ONE("met", ",\"quotes\":[123456789012]") "]}"},
        {"a constraint twice",
            HEAD ONE("absent", ",\"quotes\":[]") "," ONE(
                "absent", ",\"quotes\":[]") "]}"},
        {"an opinion of nobody", HEAD "{\"opinion\":\"not asked: no passage\"}]}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *a = arena_new();
        struct opinions all = {0};
        bool refused = parsed(a, text_of(rows[i].json), &all) != OK && !all.at;
        CHECK(refused);
        if (!refused)
            printf("# taken: %s\n", rows[i].what);
        arena_free(a);
    }
}

/* `count` opinions, each about a constraint of its own. */
static struct bytes many(struct arena *a, unsigned count)
{
    struct bytes json = TEXT(HEAD);
    for (unsigned i = 0; i < count; i++)
        json = arena_print(a,
            "%.*s%s{\"constraint\":\"C%u\",\"opinion\":\"not asked: no passage\"}",
            (int)json.len, (const char *)json.at, i ? "," : "", i);
    return arena_print(a, "%.*s]}", (int)json.len, (const char *)json.at);
}

static struct bytes of_size(struct arena *a, size_t size)
{
    struct room room = {arena_take(a, size), size};
    struct bytes json = TEXT(HEAD "]}");
    memset(room.at, ' ', size);
    memcpy(room.at, json.at, json.len);
    return (struct bytes){room.at, size};
}

static void test_each_limit_holds_at_its_edge(void)
{
    struct arena *a = arena_new();
    struct opinions all = {0};
    CHECK(parsed(a, many(a, OPINION_COUNT_MAX), &all) == OK && all.count == 64);
    CHECK(parsed(a, many(a, OPINION_COUNT_MAX + 1), &all) != OK);
    CHECK(parsed(a, of_size(a, OPINION_FILE_MAX), &all) == OK);
    CHECK(parsed(a, of_size(a, OPINION_FILE_MAX + 1), &all) == REFUSED);
    CHECK(parsed(a, TEXT(HEAD ONE("met", ",\"quotes\":[\"123456789012\"]") "]}"), &all)
        == OK);
    CHECK(parsed(a,
              TEXT(HEAD ONE("met",
                  ",\"quotes\":[\"a quote of it\",\"a quote of it\",\"a quote of it\","
                  "\"a quote of it\"]") "]}"),
              &all)
        == OK);
    uint8_t long_text[OPINION_QUOTE_MAX + 1];
    memset(long_text, 'x', sizeof long_text);
    CHECK(opinion_shows(
        (struct bytes){long_text, OPINION_QUOTE_MAX}, 1, OPINION_QUOTE_MAX));
    CHECK(!opinion_shows(BYTES_OF(long_text), 1, OPINION_QUOTE_MAX));
    arena_free(a);
}

/* {"0":0,"1":1,...} */
static struct bytes keys(struct arena *a, unsigned count)
{
    struct bytes json = TEXT("{");
    for (unsigned i = 0; i < count; i++)
        json = arena_print(a, "%.*s%s\"%u\":%u", (int)json.len, (const char *)json.at,
            i ? "," : "", i, i);
    return arena_print(a, "%.*s}", (int)json.len, (const char *)json.at);
}

static void test_a_tree_has_no_more_keys_and_values_than_it_may(void)
{
    struct arena *a = arena_new();
    const struct value *v = NULL;
    const char *why = NULL;
    CHECK(value_parse(a, keys(a, VALUE_KEYS_MAX), 1000, &v, &why) == OK);
    CHECK(text_same(value_at(v, "63")->text, TEXT("63")) && !value_at(v, "64"));
    CHECK(value_parse(a, keys(a, VALUE_KEYS_MAX + 1), 1000, &v, &why) == REFUSED);
    CHECK(value_parse(a, TEXT("[1,2,3]"), 4, &v, &why) == OK && v->count == 3);
    CHECK(value_parse(a, TEXT("[1,2,3,4]"), 4, &v, &why) == REFUSED);
    CHECK(value_parse(a, TEXT("{\"a\":{\"a\":1},\"b\":2}"), 9, &v, &why) == OK);
    CHECK(value_parse(a, TEXT("{\"a\":1,\"b\":{},\"a\":2}"), 9, &v, &why) == MALFORMED);
    arena_free(a);
}

static void test_a_quote_counts_only_letter_by_letter_and_within_one_passage(void)
{
    const struct bytes texts[] = {
        TEXT("The device verifies each image."), TEXT("It starts none that fails.")};
    CHECK(opinion_quoted(TEXT("verifies each"), texts, 2));
    CHECK(opinion_quoted(TEXT("It starts none that fails."), texts, 2));
    CHECK(!opinion_quoted(TEXT("Verifies each"), texts, 2));
    CHECK(!opinion_quoted(TEXT("verifies  each"), texts, 2));
    CHECK(!opinion_quoted(TEXT("image.It starts"), texts, 2));
    CHECK(!opinion_quoted(TEXT(""), texts, 2));
    CHECK(!opinion_quoted(TEXT("verifies each"), texts, 0));
}

MAIN(TEST(test_a_file_of_opinions_is_read_with_its_words_and_quotes),
    TEST(test_what_is_not_by_the_schema_is_refused_whole),
    TEST(test_each_limit_holds_at_its_edge),
    TEST(test_a_tree_has_no_more_keys_and_values_than_it_may),
    TEST(test_a_quote_counts_only_letter_by_letter_and_within_one_passage))
