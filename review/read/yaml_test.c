/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/read.h"
#include "review/read/see_same.h"

#include "tests/support/check.h"

static void a_list_of_maps_is_one_entry_each_below_the_key_of_the_list(void)
{
    CHECK(reads_as(read_yaml,
        TEXT("schema: example/1 # a comment\n"
             "note: \"Own wording.\"\n"
             "requirements:\n"
             "- {id: SEC-001, principle: [LP, FS], boundary: TB-4, text: \"The device\n"
             "   shall wait.\", verify: {id: VER-001, method: test}}\n"
             "- id: SEC-002\n"
             "  title: Second\n"
             "  principle: null\n"
             "  threats: []\n"
             "  on: 'null'\n"),
        "entry 1/0 [] example/1 | Own wording. {schema=example/1; note=Own wording.}\n"
        "heading1 4/0 [] requirements\n"
        "entry 4/0 [requirements] The device shall wait. {id=SEC-001; principle=LP; "
        "principle=FS; boundary=TB-4; text=The device shall wait.; verify.id=VER-001; "
        "verify.method=test}\n"
        "entry 6/0 [requirements] Second {id=SEC-002; title=Second; principle=; threats=; "
        "on=null}\n"));
}

static void nested_lists_of_maps_stand_below_the_id_of_what_holds_them(void)
{
    CHECK(reads_as(read_yaml,
        TEXT("cases:\n"
             "  - id: VER-1\n"
             "    steps:\n"
             "      - {do: press, expect: beep}\n"
             "      - {do: wait, expect: dark}\n"
             "  - id: VER-2\n"
             "    detail:\n"
             "      parts: [{n: 1}]\n"
             "  - just words\n"),
        "entry 1/0 [] just words {cases=just words}\n"
        "heading1 2/0 [] cases\n"
        "entry 2/0 [cases] VER-1 {id=VER-1}\n"
        "entry 6/0 [cases] VER-2 {id=VER-2}\n"
        "heading2 2/0 [cases] VER-1\n"
        "heading3 4/0 [cases > VER-1] steps\n"
        "entry 4/0 [cases > VER-1 > steps] press | beep {do=press; expect=beep}\n"
        "entry 5/0 [cases > VER-1 > steps] wait | dark {do=wait; expect=dark}\n"
        "heading2 6/0 [cases] VER-2\n"
        "heading3 8/0 [cases > VER-2] detail.parts\n"
        "entry 8/0 [cases > VER-2 > detail.parts] 1 {n=1}\n"));
}

static void a_map_of_maps_is_read_as_a_list_whose_names_are_keys(void)
{
    CHECK(reads_as(read_yaml,
        TEXT("title: Model\n"
             "assets:\n"
             "  Web Server: {id: web, kind: process}\n"
             "  Database:\n"
             "    id: db\n"),
        "entry 1/0 [] Model {title=Model}\n"
        "heading1 3/0 [] assets\n"
        "entry 3/0 [assets] Web Server | web | process {key=Web Server; id=web; "
        "kind=process}\n"
        "entry 5/0 [assets] Database | db {key=Database; id=db}\n"));
}

static void documents_in_one_file_do_not_stand_below_each_others_headings(void)
{
    CHECK(reads_as(read_yaml,
        TEXT(
            "---\nkind: A\nitems: [{id: X-1}]\n---\nkind: B\n---\n- {id: Y-1}\n- loose\n"),
        "entry 2/0 [] A {kind=A}\n"
        "entry 5/0 [] B {kind=B}\n"
        "item1 8/0 [] loose\n"
        "entry 7/0 [] Y-1 {id=Y-1}\n"
        "heading1 3/0 [] items\n"
        "entry 3/0 [items] X-1 {id=X-1}\n"));
}

static void aliases_stand_where_they_are_used_and_merged_keys_yield(void)
{
    CHECK(reads_as(read_yaml,
        TEXT("base: &b {owner: team, level: low}\n"
             "ids: &i [A-1, A-2]\n"
             "list:\n"
             "- level: high\n"
             "  <<: *b\n"
             "  see: *i\n"
             "- <<: [*b]\n"
             "  n: 1\n"),
        "entry 1/0 [] team | low | A-1 | A-2 {base.owner=team; base.level=low; ids=A-1; "
        "ids=A-2}\n"
        "heading1 4/0 [] list\n"
        "entry 4/0 [list] high | team | A-1 | A-2 {level=high; owner=team; see=A-1; "
        "see=A-2}\n"
        "entry 7/0 [list] team | low | 1 {owner=team; level=low; n=1}\n"));
}

static void a_key_that_stands_twice_is_said_and_the_first_counts(void)
{
    CHECK(reads_as(read_yaml, TEXT("id: A-1\ntext: x\nid: A-2\n"),
        "entry 1/0 [] x {id=A-1; text=x}\nnote DUPLICATE-KEY id\n"));
}

static void a_long_map_is_searched_for_keys_that_stand_twice(void)
{
    char text[4096];
    size_t n = 0;
    for (unsigned i = 0; i < 200; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "k%u: v\n", i % 150);
    struct bytes all = {(const uint8_t *)text, n};
    CHECK(notes_of(read_yaml, all, NOTE_DUPLICATE_KEY) == 50);
}

static void an_alias_bomb_is_refused(void)
{
    char text[2048];
    size_t n = (size_t)snprintf(text, sizeof text, "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (unsigned i = 1; i < 10; i++)
        n += (size_t)snprintf(text + n, sizeof text - n,
            "a%u: &a%u [*a%u,*a%u,*a%u,*a%u,*a%u,*a%u,*a%u,*a%u,*a%u,*a%u]\n", i, i,
            i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    struct bytes all = {(const uint8_t *)text, n};
    CHECK(notes_of(read_yaml, all, NOTE_TOO_MUCH) >= 1);
    CHECK(notes_of(read_yaml, TEXT("a: &a [*a]\n"), NOTE_MALFORMED) == 1);
    CHECK(notes_of(read_yaml, TEXT("a: *nothing\n"), NOTE_MALFORMED) == 1);
}

/* Aliases of aliases: each line is one level deeper than the one before. */
static void depth_is_counted_through_aliases_too(void)
{
    static char text[65536];
    size_t n = (size_t)snprintf(text, sizeof text, "a0: &a0 [x]\n");
    for (unsigned i = 1; i < 400; i++)
        n += (size_t)snprintf(
            text + n, sizeof text - n, "a%u: &a%u [*a%u]\n", i, i, i - 1);
    struct bytes all = {(const uint8_t *)text, n};
    CHECK(notes_of(read_yaml, all, NOTE_TOO_DEEP) == 1);

    memset(text, '[', READ_DEPTH_MAX - 1);
    CHECK(notes_of(read_yaml, (struct bytes){(uint8_t *)text, READ_DEPTH_MAX - 1},
              NOTE_TOO_DEEP)
        == 0);
    memset(text, '[', 50000);
    CHECK(notes_of(read_yaml, (struct bytes){(uint8_t *)text, 50000}, NOTE_TOO_DEEP)
        == 1);
}

static void what_stands_before_a_fault_is_kept_and_the_fault_has_its_line(void)
{
    struct seen s = see_read(
        read_yaml, TEXT("list:\n- {id: A-1, text: kept}\n- {id: A-2, text: \"cut\n"));
    CHECK(s.status == OK && s.corpus.unit_count >= 2 && s.corpus.note_count == 1);
    CHECK(text_same(s.corpus.units[1].text, TEXT("kept")));
    CHECK(s.corpus.notes[0].kind == NOTE_MALFORMED && s.corpus.notes[0].line >= 3);
    see_end(&s);
    CHECK(notes_of(read_yaml, TEXT("a: b: c\n"), NOTE_MALFORMED) == 1);
    CHECK(notes_of(read_yaml, TEXT("? {a: b}\n: c\n"), NOTE_MALFORMED) == 1);
    CHECK(notes_of(read_yaml, TEXT("\xFF\xFE\x61\x00"), NOTE_MALFORMED) == 1);
}

static void broken_utf8_is_replaced_and_the_rest_read(void)
{
    CHECK(reads_as(read_yaml, TEXT("a: x\xFFy\nb: z\n"),
        "entry 1/0 [] x\xEF\xBF\xBDy | z {a=x\xEF\xBF\xBDy; b=z}\nnote UTF8 \n"));
}

static void an_empty_file_gives_nothing(void)
{
    CHECK(reads_as(read_yaml, TEXT(""), ""));
    CHECK(reads_as(read_yaml, TEXT("# only a comment\n"), ""));
    CHECK(reads_as(read_yaml, TEXT("word\n"), "entry 1/0 [] word\n"));
}

static void what_stands_behind_a_nul_is_not_gone_unsaid(void)
{
    CHECK(reads_as(read_yaml, TEXT("- a\n\0\n- b\n"),
        "item1 1/0 [] a\n"
        "note MALFORMED YAML: a NUL, and nothing behind it is read\n"));
}

/* More fields than a unit may hold are said, not silently gone. */
static void fields_beyond_the_limit_are_said(void)
{
    static char text[32768];
    size_t n = 0;
    for (unsigned i = 0; i < EMIT_FIELDS_MAX + 1; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "k%u: v\n", i);
    CHECK(notes_of(read_yaml, (struct bytes){(uint8_t *)text, n}, NOTE_TOO_MUCH) == 1);
}

MAIN(TEST(a_list_of_maps_is_one_entry_each_below_the_key_of_the_list),
    TEST(nested_lists_of_maps_stand_below_the_id_of_what_holds_them),
    TEST(a_map_of_maps_is_read_as_a_list_whose_names_are_keys),
    TEST(documents_in_one_file_do_not_stand_below_each_others_headings),
    TEST(aliases_stand_where_they_are_used_and_merged_keys_yield),
    TEST(a_key_that_stands_twice_is_said_and_the_first_counts),
    TEST(a_long_map_is_searched_for_keys_that_stand_twice),
    TEST(an_alias_bomb_is_refused), TEST(depth_is_counted_through_aliases_too),
    TEST(what_stands_before_a_fault_is_kept_and_the_fault_has_its_line),
    TEST(broken_utf8_is_replaced_and_the_rest_read), TEST(an_empty_file_gives_nothing),
    TEST(what_stands_behind_a_nul_is_not_gone_unsaid),
    TEST(fields_beyond_the_limit_are_said))
