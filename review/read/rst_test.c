/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/seen_limits.h"

static void sections_take_their_level_from_the_order_of_their_adornments(void)
{
    check_seen(read_rst,
        TEXT(
            "=====\nTitle\n=====\n\nFirst\n-----\n\nText *with* ``code_x`` and\na `link "
            "<http://x>`_, :ref:`place <p>`, word_ [1]_ a\\*b.\n\nSub\n~~~\n\nSecond\n"
            "------\n\n----\n\n.. _target:\n\n.. a comment\n   of two lines\n\n"
            ".. [1] The note\n   goes on.\n"),
        "heading1 2/0 [] Title\nheading2 5/0 [Title] First\n"
        "paragraph 8/0 [Title > First] Text with code_x and a link, place, word a*b.\n"
        "heading3 11/0 [Title > First] Sub\nheading2 14/0 [Title] Second\n"
        "paragraph 24/0 [Title > Second] The note goes on.\n");
}

static void sections_in_a_directive_are_sections_and_in_lists_and_quotes_there_are_none(
    void)
{
    check_units(read_rst,
        TEXT("First\n-----\n\n.. only:: board_a\n\n    Sub\n    ~~~\n\n    Text.\n\n"
             "Second\n------\n\n- an item\n  ------\n\n    said\n    ~~~~\n"),
        "heading1 [] First\nheading2 [First] Sub\nparagraph [First > Sub] Text.\n"
        "heading1 [] Second\nitem1 [Second] an item ------\n"
        "quote [Second] said ~~~~\n");
}

static void lists_nest_by_indentation_and_names_become_fields(void)
{
    check_units(read_rst,
        TEXT(
            ":Status: accepted\n:Owner: QA\n   team\n\n- one\n  goes on\n\n  second\n\n  "
            "1. deep\n  2. deeper\n\n     - deepest\n- two\n\nA. Smith wrote\nthis.\n\n"
            "Term\n  Its meaning.\n\n  More.\n\n  quoted? no, more.\n"),
        "item1 [] Status: accepted {Status=accepted}\n"
        "item1 [] Owner: QA team {Owner=QA team}\n"
        "item1 [] one goes on\nparagraph [] second\nitem2 [] deep\nitem2 [] deeper\n"
        "item3 [] deepest\nitem1 [] two\nparagraph [] A. Smith wrote this.\n"
        "item1 [] Term: Its meaning. {Term=Its meaning.}\nparagraph [] More.\n"
        "paragraph [] quoted? no, more.\n");
}

static void quotes_code_and_directives_are_what_they_hold(void)
{
    check_units(read_rst,
        TEXT("See::\n\n    int a;\n      b();\n\n..\n\n   said so\n\n::\n\n  x\n\n"
             ".. code-block:: c\n   :caption: no\n\n   y;\n\n"
             ".. warning:: Hot\n   surface.\n\n   Keep off.\n\n"
             ".. req:: The device shall start\n   :id: SEC-1\n   :links: A-1, A-2\n\n"
             "   With a reason.\n\n"
             ".. image:: a.png\n   :alt: Data flow\n\n.. toctree::\n\n   a\n   b\n\n"
             "| line one\n| line two\n"),
        "paragraph [] See:\ncode [] int a;\n  b();\nquote [] said so\ncode [] x\n"
        "code [] y;\nparagraph [] Hot surface.\nparagraph [] Keep off.\n"
        "paragraph [] The device shall start {id=SEC-1; links=A-1, A-2}\n"
        "paragraph [] With a reason.\nparagraph [] line one line two\n"
        "note LOST-IMAGE Data flow\n");
}

static void the_four_kinds_of_table_give_the_same_rows(void)
{
    static const char rows[] = "row [] S-1 | keep caf\xC3\xA9 going | V-1 {Id=S-1; "
                               "Text=keep caf\xC3\xA9 going; By=V-1}\n"
                               "row [] S-2 | b | {Id=S-2; Text=b; By=}\n";
    check_units(read_rst,
        TEXT("+-----+-----------+-----+\n| Id  | Text      | By  |\n"
             "+=====+===========+=====+\n| S-1 | keep caf\xC3\xA9 | V-1 |\n"
             "|     | going     |     |\n+-----+-----------+-----+\n"
             "| S-2 | **b**     |     |\n+-----+-----------+-----+\n"),
        rows);
    check_units(read_rst,
        TEXT("===  =========  ===\nId   Text       By\n===  =========  ===\n"
             "S-1  keep caf\xC3\xA9  V-1\n     going\nS-2  b\n===  =========  ===\n"),
        rows);
    check_units(read_rst,
        TEXT(
            ".. list-table::\n   :header-rows: 1\n\n   * - Id\n     - Text\n     - By\n"
            "   * - S-1\n     - keep caf\xC3\xA9\n       going\n     - V-1\n   * - S-2\n"
            "     - b\n     -\n"),
        rows);
    check_units(read_rst,
        TEXT(".. csv-table::\n   :header: Id, Text, By\n\n   S-1, \"keep caf\xC3\xA9 "
             "going\", V-1\n   S-2, b,\n"),
        rows);
}

static void cells_that_span_are_read_where_they_begin(void)
{
    check_units(read_rst,
        TEXT("+----+---+---+\n| A  | B | C |\n+====+===+===+\n| x  | y | z |\n"
             "|    +---+---+\n|    | wide  |\n+----+-------+\n\nafter\n"),
        "row [] x | y | z {A=x; B=y; C=z}\nrow [] x | wide | {A=x; B=wide; C=}\n"
        "paragraph [] after\n");
}

static void nesting_ends_at_its_limit(void)
{
    struct bytes d = many("- ", 50000);
    CHECK(ends_with_note(read_rst, d, NOTE_TOO_DEEP));
    free((void *)(uintptr_t)d.at);
}

static void ten_megabytes_on_one_line_end_within_limits(void)
{
    static const char *const pieces[] = {
        "word ", "*a ", "`a", "[a", "| a", "+-", "a_ "};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct bytes d = many(pieces[i], 10000000 / strlen(pieces[i]));
        CHECK(ends_with_note(read_rst, d, NOTE_TOO_MUCH));
        free((void *)(uintptr_t)d.at);
    }
}

MAIN(TEST(sections_take_their_level_from_the_order_of_their_adornments),
    TEST(sections_in_a_directive_are_sections_and_in_lists_and_quotes_there_are_none),
    TEST(lists_nest_by_indentation_and_names_become_fields),
    TEST(quotes_code_and_directives_are_what_they_hold),
    TEST(the_four_kinds_of_table_give_the_same_rows),
    TEST(cells_that_span_are_read_where_they_begin), TEST(live_in_256_mib),
    TEST(nesting_ends_at_its_limit), TEST(ten_megabytes_on_one_line_end_within_limits))
