/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/structure.h"

#include "review/read/readers.h"
#include "review/read/see.h"
#include "tests/support/check.h"

static struct arena *arena;
static struct bytes error;

static struct flat *opened(const char *text)
{
    error = (struct bytes){0};
    return structure_open(arena, TEXT("f.yaml"), text_of(text), &error);
}

static void what_is_not_well_formed_is_one_line_and_nothing_is_taken(void)
{
    static const struct {
        const char *what, *text, *line;
    } rows[] = {
        {"YAML that breaks off", "a: [1,\nb", "f.yaml:2: YAML: "},
        {"JSON that breaks off", "{\"a\":\n1", "f.yaml:2: JSON: expected"},
        {"a key twice", "a: 1\nb: 2\na: 3\n", "f.yaml:3: a: expected each key once"},
        {"an alias of nothing", "a: *b\n", "f.yaml:1: YAML: "},
        {"no UTF-8", "a: \xff\n",
            "f.yaml:1: broken UTF-8 was replaced: expected YAML or JSON in UTF-8"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        arena = arena_new();
        struct flat *f = opened(rows[i].text);
        bool as_said = !f && text_starts(error, text_of(rows[i].line));
        if (!as_said)
            printf(
                "# %s: %.*s\n", rows[i].what, (int)error.len, (const char *)error.at);
        CHECK(as_said);
        arena_free(arena);
    }
}

static struct bytes passed(struct seen *s, const char *text)
{
    *s = see_read(read_structure, text_of(text));
    CHECK(s->status == OK);
    return structure_of(arena, &s->corpus, 0, TEXT("document"), &error);
}

static void yaml_comes_out_of_the_cage_as_json_with_its_lines(void)
{
    arena = arena_new();
    struct seen s;
    struct bytes json = passed(&s,
        "# head\n"
        "schema: x\n"
        "list:\n"
        "- {id: a, no: ~}\n"
        "- text: >\n"
        "    two\n"
        "    \"lines\"\\\n"
        "  again: [1, []]\n");
    /* A value's line is that of its first byte. */
    CHECK(text_same(json,
        TEXT("\n{\"schema\":\"x\",\n\n\"list\":[{\"id\":\"a\",\"no\":null},\n"
             "{\n\"text\":\"two \\u0022lines\\u0022\\u005c\\u000a\",\n\n"
             "\"again\":[\"1\",[]]}]}")));
    see_end(&s);
    arena_free(arena);
}

static void a_long_file_comes_in_pieces_and_is_whole(void)
{
    arena = arena_new();
    struct seen s;
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    for (int i = 0; i < 20000; i++)
        fprintf(
            out, "- {id: item-%d, text: \"a text of some length, number %d\"}\n", i, i);
    fclose(out);
    struct bytes json = passed(&s, text);
    CHECK(s.corpus.unit_count > 10 && !error.len);
    struct flat *f = structure_open(arena, TEXT("f"), json, &error);
    CHECK(f != NULL);
    uint32_t list = f ? flat_first(f, 0) : 0, n = list ? flat_first(f, list) : 0,
             count = 0;
    for (; n; n = flat_after(f, list, n))
        CHECK(flat_line(f, n) == ++count);
    CHECK(count == 20000);
    if (f)
        flat_free(f);
    see_end(&s);
    free(text);
    arena_free(arena);
}

static void what_a_cage_says_against_a_file_is_its_line(void)
{
    arena = arena_new();
    struct seen s;
    CHECK(passed(&s, "a: 1\n---\nb: 2\n").len == 0);
    CHECK(text_same(
        error, TEXT("document:3: a second document: expected one in a file")));
    see_end(&s);
    CHECK(passed(&s, "a: 1\na: 2\n").len == 0);
    CHECK(text_same(error, TEXT("document:2: a: expected each key once")));
    see_end(&s);
    arena_free(arena);
}

MAIN(TEST(what_is_not_well_formed_is_one_line_and_nothing_is_taken),
    TEST(yaml_comes_out_of_the_cage_as_json_with_its_lines),
    TEST(a_long_file_comes_in_pieces_and_is_whole),
    TEST(what_a_cage_says_against_a_file_is_its_line))
