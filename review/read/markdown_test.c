/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/seen.h"

static void headings_paragraphs_and_code_keep_their_lines(void)
{
    check_seen(read_markdown,
        TEXT(
            "# Design *of* the `cloud`\n\nThe device\nshall **keep**\nmeasuring.\n\n"
            "Second ~~last~~ part\n-----------\n\n```c\nint x;\n  y();\n```\n\n### Third\n\n    indented\n"),
        "heading1 1/0 [] Design of the cloud\n"
        "paragraph 3/0 [Design of the cloud] The device shall keep measuring.\n"
        "heading2 7/0 [Design of the cloud] Second part\n"
        "code 11/0 [Design of the cloud > Second part] int x;\n  y();\n"
        "heading3 15/0 [Design of the cloud > Second part] Third\n"
        "code 17/0 [Design of the cloud > Second part > Third] indented\n");
}

static void items_hold_their_own_text_and_not_their_childrens(void)
{
    check_seen(read_markdown,
        TEXT("- one\n  goes on\n  - inner\n    1. deep\n- two\n\n  second paragraph\n\n"
             "  > quoted\n\n- [ ] open\n"),
        "item1 1/0 [] one goes on\n"
        "item2 3/0 [] inner\n"
        "item3 4/0 [] deep\n"
        "item1 5/0 [] two\n"
        "paragraph 7/0 [] second paragraph\n"
        "quote 9/0 [] quoted\n"
        "item1 11/0 [] [ ] open\n");
}

static void whatever_stands_in_a_quote_is_quoted(void)
{
    check_seen(read_markdown,
        TEXT("> The manufacturer\n> shall.\n>\n> - an item\n>\n> > inner\n\nWe do.\n"),
        "quote 1/0 [] The manufacturer shall.\n"
        "quote 4/0 [] an item\n"
        "quote 6/0 [] inner\n"
        "paragraph 8/0 [] We do.\n");
}

static void a_row_has_its_header_over_each_cell(void)
{
    check_seen(read_markdown,
        TEXT(
            "| Id | Text | Verified by |\n|---|:-:|---|\n| SEC-1 | keep `a \\| b` | VER-1 |\n"
            "| SEC-2 | **second** | |\n\n| only | header |\n|---|---|\n"),
        "row 3/0 [] SEC-1 | keep a | b | VER-1 {Id=SEC-1; Text=keep a | b; Verified by=VER-1}\n"
        "row 4/0 [] SEC-2 | second | {Id=SEC-2; Text=second; Verified by=}\n"
        "row 6/0 [] only | header\n");
}

static void front_matter_is_one_entry(void)
{
    check_seen(read_markdown,
        TEXT(
            "---\ntitle: \"The design\"\nreview:\n  by: Ann\n  on: 2026-01-02\nids: [A-1, A-2]\n"
            "---\n\n# Head\n"),
        "entry 1/0 []  {title=The design; review.by=Ann; review.on=2026-01-02; ids=A-1; "
        "ids=A-2}\n"
        "heading1 9/0 [] Head\n");
    check_seen(
        read_markdown, TEXT("---\n\nNo map.\n\n---\n"), "paragraph 3/0 [] No map.\n");
    check_seen(read_markdown, TEXT("---\na: [\n---\ntext\n"),
        "heading2 2/0 [] a: [\nparagraph 4/0 [a: [] text\n"
        "note MALFORMED YAML: flow sequence without a closing bracket\n");
    check_seen(read_markdown,
        TEXT(
            "---\nby: &a {name: Ann, role: lead}\nseen: [*a, {name: Bo}]\nby: Cy\n---\n"),
        "entry 1/0 []  {by.name=Ann; by.role=lead; seen.name=Ann; seen.role=lead; "
        "seen.name=Bo}\nnote DUPLICATE-KEY by\n");
}

static void targets_and_badges_go_and_pictures_are_said(void)
{
    check_seen(read_markdown,
        TEXT("See [the design](https://a.example/x) and <https://b.example>.\n\n"
             "[![build](https://shields.example/badge.svg)](https://ci.example)\n\n"
             "![The *data* flow](flow.png) shows it&mdash;all &#x41;&lt;&unknown;\n\n"
             "[ref]: https://c.example\n"),
        "paragraph 1/0 [] See the design and https://b.example.\n"
        "paragraph 5/0 [] shows it\xE2\x80\x94"
        "all A<&unknown;\n"
        "note LOST-IMAGE The data flow\n");
}

static void html_inside_is_read_as_text(void)
{
    check_seen(read_markdown,
        TEXT("<h1 align=\"center\">Product</h1>\n\n"
             "<div>\n<p>The <b>device</b>\nkeeps &amp; sends.</p>\n<!-- not this -->\n"
             "<img src=x alt='A view'>\n<ul><li>one</li><li>two</li></ul></div>\n\n"
             "a <b>bold</b><br/>word 1 < 2\n\n"
             "<table><tr><td>a</td><td>b</td></tr></table>\n\n"
             "<script>\nalert('no');\n</script>\n"),
        "heading1 1/0 [] Product\n"
        "paragraph 4/0 [Product] The device keeps & sends.\n"
        "paragraph 8/0 [Product] one\n"
        "paragraph 8/0 [Product] two\n"
        "paragraph 10/0 [Product] a bold word 1 < 2\n"
        "paragraph 12/0 [Product] a | b\n"
        "note LOST-IMAGE A view\n"
        "note LOST-LAYOUT HTML table in Markdown\n");
}

static uint8_t big[50000];

static void nesting_ends_at_its_limit_and_what_stood_before_is_kept(void)
{
    memset(big, '>', sizeof big);
    memcpy(big, "before\n\n", 8);
    check_seen(read_markdown, BYTES_OF(big),
        "paragraph 1/0 [] before\nnote TOO-DEEP lists and quotes\n");
    memset(big, '[', sizeof big);
    struct seen s = see_read(read_markdown, BYTES_OF(big));
    CHECK(s.status == OK && s.corpus.unit_count == 1);
    CHECK(s.corpus.units[0].text.len == sizeof big);
    see_end(&s);
}

MAIN(TEST(headings_paragraphs_and_code_keep_their_lines),
    TEST(items_hold_their_own_text_and_not_their_childrens),
    TEST(whatever_stands_in_a_quote_is_quoted),
    TEST(a_row_has_its_header_over_each_cell), TEST(front_matter_is_one_entry),
    TEST(targets_and_badges_go_and_pictures_are_said),
    TEST(html_inside_is_read_as_text),
    TEST(nesting_ends_at_its_limit_and_what_stood_before_is_kept))
