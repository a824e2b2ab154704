/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/seen_limits.h"

static void headings_paragraphs_lists_quotes_and_code_are_units_in_order(void)
{
    check_units(read_html,
        TEXT(
            "<!DOCTYPE html><html><head><title>No</title><style>p{}</style></head><body>"
            "<nav><a href=x>Home</a></nav><h1>A &amp; B</h1>\n<p>One\n  two<br>three "
            "<em>four</em>.</p><script>alert(1)</script>"
            "<ul><li>first<ul><li><p>deep</p><p>more</p></li></ul></li><li>second</ul>"
            "<h2>C</h2><blockquote><p>said</p></blockquote>"
            "<pre><code>int a;\n  b();\n</code></pre>tail text"
            "<p>kept <del>gone</del> words</p><p hidden>unseen</p></body></html>"),
        "heading1 [] A & B\n"
        "paragraph [A & B] One two three four.\n"
        "item1 [A & B] first\n"
        "item2 [A & B] deep\n"
        "paragraph [A & B] more\n"
        "item1 [A & B] second\n"
        "heading2 [A & B] C\n"
        "quote [A & B > C] said\n"
        "code [A & B > C] int a;\n  b();\n"
        "paragraph [A & B > C] tail text\n"
        "paragraph [A & B > C] kept words\n");
}

static void table_cells_stand_under_the_names_of_their_header(void)
{
    check_units(read_html,
        TEXT(
            "<table><caption>Cap</caption><thead><tr><th>Id<th>Text<th>By</tr></thead>"
            "<tbody><tr><td rowspan=2>S-1</td><td><p>one</p><p>two</p></td><td></td></tr>"
            "<tr><td colspan=2>wide</td></tr></tbody></table>"
            "<table><tr><td>a</td><td>b<table><tr><td>in</td></tr></table></td></tr>"
            "</table>"),
        "paragraph [] Cap\n"
        "row [] S-1 | one two | {Id=S-1; Text=one two; By=}\n"
        "row [] S-1 | wide | {Id=S-1; Text=wide; By=}\n"
        "row [] a | b in\n");
}

static void a_term_and_its_definition_are_one_item_with_a_field(void)
{
    check_units(read_html, TEXT("<dl><dt>TLS</dt><dd>1.3 only</dd><dt>Ports</dt></dl>"),
        "item1 [] TLS: 1.3 only {TLS=1.3 only}\nitem1 [] Ports\n");
}

static void the_text_of_a_picture_is_noted(void)
{
    check_units(read_html,
        TEXT("<p>See <img src='http://x/y.png' alt='Data flow'>.</p>"),
        "paragraph [] See .\nnote LOST-IMAGE Data flow\n");
}

static void lines_are_those_where_the_text_begins(void)
{
    struct seen s = see_read(read_html,
        TEXT(
            "<h1>A</h1>\n<p>one\ntwo\n</p>\n\n<p>\nthree</p>\n<table><tr><td>x</table>"));
    CHECK(s.corpus.unit_count == 4);
    CHECK(s.corpus.units[0].line == 1 && s.corpus.units[1].line == 2);
    CHECK(s.corpus.units[2].line == 7 && s.corpus.units[3].line == 8);
    see_end(&s);
}

static void other_encodings_are_read_and_broken_utf8_is_said(void)
{
    check_units(read_html,
        TEXT("<html><head><meta charset=iso-8859-1></head><body><p>caf\xE9</p>"),
        "paragraph [] caf\xC3\xA9\n");
    check_units(read_html, TEXT("<p>caf\xC3\xA9 \xFF</p>"),
        "paragraph [] caf\xC3\xA9 \xEF\xBF\xBD\nnote UTF8 \n");
    check_units(read_html, TEXT("<p>caf\xC3\xA9</p>"), "paragraph [] caf\xC3\xA9\n");
}

static void fifty_thousand_nested_elements_end_with_a_note(void)
{
    static const char *const pieces[] = {"<div>", "<b>", "<ul><li>", "<blockquote>",
        "<table><tr><td>", "<x>", "<span>x"};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct bytes d = many(pieces[i], 50000);
        CHECK(ends_with_note(read_html, d, NOTE_TOO_DEEP));
        free((void *)(uintptr_t)d.at);
    }
}

static void ten_megabytes_on_one_line_are_cut_and_it_is_said(void)
{
    struct bytes d = many("word &lt; ", 1000000);
    CHECK(ends_with_note(read_html, d, NOTE_TOO_MUCH));
    free((void *)(uintptr_t)d.at);
}

static void an_entity_of_its_own_is_not_replaced(void)
{
    struct seen s = see_read(read_html,
        TEXT("<!DOCTYPE html [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><p>a&x;b</p>"));
    char *got = see_print(&s, false);
    CHECK(!strstr(got, "root:"));
    free(got);
    see_end(&s);
}

MAIN(TEST(headings_paragraphs_lists_quotes_and_code_are_units_in_order),
    TEST(table_cells_stand_under_the_names_of_their_header),
    TEST(a_term_and_its_definition_are_one_item_with_a_field),
    TEST(the_text_of_a_picture_is_noted), TEST(lines_are_those_where_the_text_begins),
    TEST(other_encodings_are_read_and_broken_utf8_is_said), TEST(live_in_256_mib),
    TEST(fifty_thousand_nested_elements_end_with_a_note),
    TEST(ten_megabytes_on_one_line_are_cut_and_it_is_said),
    TEST(an_entity_of_its_own_is_not_replaced))
