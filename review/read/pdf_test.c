/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/seen_limits.h"

/* What pdftotext prints, made word by word; letters are half as wide as high. */
struct print {
    char *at;
    size_t len;
    FILE *to;
    double width; /* of a letter, in parts of the height */
};

static void print_open(struct print *p)
{
    *p = (struct print){.width = 0.5};
    p->to = open_memstream(&p->at, &p->len);
    if (!p->to)
        abort();
    fputs("<!DOCTYPE html PUBLIC \"x\" \"http://x/y.dtd\"><html><head><title>t</title>"
          "</head><body><doc>\n",
        p->to);
}

static void page(struct print *p, bool first)
{
    fprintf(
        p->to, "%s<page width=\"600.0\" height=\"800.0\">\n", first ? "" : "</page>");
}

/* Words of one line, by blanks; the widths of letters vary so that they are no code. */
static void line(struct print *p, double x, double y, double size, const char *words)
{
    fprintf(p->to, "<line xMin=\"%f\" yMin=\"%f\" xMax=\"0\" yMax=\"0\">", x, y);
    for (unsigned n = 0; *words; n++) {
        size_t len = strcspn(words, " "), letters = 0;
        for (size_t i = 0; i < len; i++)
            letters += ((uint8_t)words[i] & 0xC0) != 0x80;
        double each = size * (p->width > 0 ? p->width + (n % 3) * 0.02 : 0.6);
        fprintf(p->to,
            "<word xMin=\"%f\" yMin=\"%f\" xMax=\"%f\" yMax=\"%f\">%.*s</word>\n", x, y,
            x + each * (double)letters, y + size, (int)len, words);
        x += each * (double)(letters + (p->width > 0 ? 0 : 1))
            + (p->width > 0 ? size / 4 : 0);
        words += len + (words[len] == ' ');
    }
    fputs("</line>", p->to);
}

static struct bytes print_close(struct print *p)
{
    fputs("</page></doc></body></html>\n", p->to);
    fclose(p->to);
    return (struct bytes){(const uint8_t *)p->at, p->len};
}

static void check_print(struct print *p, const char *expected)
{
    struct bytes printed = print_close(p);
    check_seen(read_pdf_boxes, printed, expected);
    free(p->at);
}

static void larger_lines_are_headings_and_gaps_part_paragraphs(void)
{
    struct print p;
    print_open(&p);
    page(&p, true);
    line(&p, 50, 90, 20, "Great Title");
    line(&p, 50, 120, 10, "First line of the");
    line(&p, 50, 133, 10, "paragraph, with a fail-");
    line(&p, 50, 146, 10, "secure end.");
    line(&p, 50, 180, 14, "A part");
    line(&p, 50, 200, 10, "Another para\xC2\xAD");
    line(&p, 50, 213, 10, "graph.");
    line(&p, 50, 240, 10, "1.2 Numbered head");
    line(&p, 50, 260, 10, "It goes on");
    page(&p, false);
    line(&p, 50, 100, 10, "on the next page.");
    check_print(&p,
        "heading1 0/1 [] Great Title\n"
        "paragraph 0/1 [Great Title] First line of the paragraph, with a fail-secure end.\n"
        "heading2 0/1 [Great Title] A part\n"
        "paragraph 0/1 [Great Title > A part] Another paragraph.\n"
        "heading2 0/1 [Great Title] 1.2 Numbered head\n"
        "paragraph 0/1 [Great Title > 1.2 Numbered head] It goes on on the next page.\n");
}

static void marks_make_items_and_their_place_the_depth(void)
{
    struct print p;
    print_open(&p);
    page(&p, true);
    line(&p, 50, 100, 10, "Before the list:");
    line(&p, 60, 126, 10, "\xE2\x80\xA2 one that is");
    line(&p, 67, 139, 10, "long");
    line(&p, 80, 152, 10, "1. deep");
    line(&p, 80, 165, 10, "2. deeper");
    line(&p, 60, 178, 10, "\xE2\x80\xA2");
    line(&p, 67, 178, 10, "two");
    line(&p, 50, 205, 10, "After it.");
    check_print(&p,
        "paragraph 0/1 [] Before the list:\nitem1 0/1 [] one that is long\n"
        "item2 0/1 [] deep\nitem2 0/1 [] deeper\nitem1 0/1 [] two\n"
        "paragraph 0/1 [] After it.\n");
}

/* A line of some 480 points. */
#define FULL                                                                           \
    "This line of words is as long as any on its page, so that nothing more has room " \
    "behind its end"

static void items_whose_marks_were_drawn_are_told_by_the_room_behind_them(void)
{
    struct print p;
    print_open(&p);
    page(&p, true);
    line(&p, 50, 100, 10, FULL);
    line(&p, 50, 113, 10, "and here it ends.");
    line(&p, 80, 140, 10, "Readings carry the time");
    line(&p, 80, 153, 10,
        "Whoever receives them says that one is not there, since readings "
        "have numbers");
    line(&p, 80, 166, 10, "without gaps");
    line(&p, 110, 179, 10, "an inner one");
    line(&p, 110, 192, 10,
        "and a second one that is long enough for two lines of this page, "
        "and goes");
    line(&p, 110, 205, 10, "on");
    line(&p, 80, 218, 10,
        "This item ends just where its line is full, and nobody can tell "
        "whether it does");
    line(&p, 80, 231, 10, "Readings are stored first");
    line(&p, 50, 258, 10, "Behind it.");
    check_print(&p,
        "paragraph 0/1 [] " FULL " and here it ends.\n"
        "item1 0/1 [] Readings carry the time\n"
        "item1 0/1 [] Whoever receives them says that one is not there, since readings "
        "have numbers without gaps\n"
        "item2 0/1 [] an inner one\n"
        "item2 0/1 [] and a second one that is long enough for two lines of this page, and "
        "goes on\n"
        "item1 0/1 [] This item ends just where its line is full, and nobody can tell whether "
        "it does Readings are stored first\nparagraph 0/1 [] Behind it.\n"
        "note LOST-LAYOUT items of a list may have run together\n");
}

static void an_item_at_the_end_of_a_page_goes_on_only_if_it_was_full(void)
{
    struct print p;
    print_open(&p);
    for (unsigned i = 0; i < 2; i++) {
        page(&p, i == 0);
        line(&p, 80, 140, 10,
            i ? "Readings are stored first" : "Readings carry the time");
        line(&p, 80, 153, 10, i ? "Nothing is shown" : "Readings have numbers");
    }
    line(&p, 50, 180, 10, FULL);
    check_print(&p,
        "item1 0/1 [] Readings carry the time\nitem1 0/1 [] Readings have numbers\n"
        "item1 0/2 [] Readings are stored first\nitem1 0/2 [] Nothing is shown\n"
        "paragraph 0/2 [] " FULL "\n");
}

static void a_quote_a_box_and_a_title_in_the_middle_are_no_lists(void)
{
    struct print p;
    print_open(&p);
    page(&p, true);
    line(&p, 50, 100, 10, FULL);
    /* as far from the right as from the left */
    line(&p, 110, 130, 10,
        "A quote is as far away from the right as it is from the left, and");
    line(&p, 110, 143, 10, "its lines are full there.");
    /* full up to a margin of its own */
    line(&p, 80, 180, 10, "A box of text has lines that are full at a place");
    line(&p, 80, 193, 10, "of their own, which no other line on the page");
    line(&p, 80, 206, 10, "knows");
    line(&p, 214.85, 240, 10, "Software requirements");
    line(&p, 238.5, 253, 10, "of the meter");
    check_print(&p,
        "paragraph 0/1 [] " FULL "\n"
        "paragraph 0/1 [] A quote is as far away from the right as it is from the left, and "
        "its lines are full there.\n"
        "paragraph 0/1 [] A box of text has lines that are full at a place of their own, "
        "which no other line on the page knows\n"
        "paragraph 0/1 [] Software requirements\nparagraph 0/1 [] of the meter\n");
}

static void a_list_in_one_of_two_columns_is_measured_by_its_column(void)
{
    struct print p;
    print_open(&p);
    page(&p, true);
    for (int i = 0; i < 7; i++)
        line(&p, 50, 100 + i * 13, 10, "The left side is as wide as the right one");
    line(&p, 70, 204, 10, "An item that is longer than its side");
    line(&p, 70, 217, 10, "is wide");
    line(&p, 70, 230, 10, "A short one.");
    for (int i = 0; i < 12; i++)
        line(&p, 300, 100 + i * 13, 10, "Words fill the right of both sides here");
    struct bytes printed = print_close(&p);
    struct seen s = see_read(read_pdf_boxes, printed);
    char *got = see_print(&s, false);
    CHECK(s.corpus.unit_count == 4);
    CHECK(strstr(got,
        "item1 [] An item that is longer than its side is wide\n"
        "item1 [] A short one.\nparagraph [] Words fill the right"));
    free(got);
    see_end(&s);
    free(p.at);
}

static void columns_make_a_table_and_split_identifiers_are_joined(void)
{
    struct print p;
    print_open(&p);
    page(&p, true);
    line(&p, 50, 100, 10, "Text before.");
    line(&p, 50, 140, 10, "Id");
    line(&p, 50, 160, 10, "HF-SEC-");
    line(&p, 50, 172, 10, "001");
    line(&p, 150, 140, 10, "Text");
    line(&p, 150, 160, 10, "The device shall");
    line(&p, 150, 172, 10, "start.");
    line(&p, 50, 192, 10, "HF-SEC");
    line(&p, 50, 204, 10, "-002");
    line(&p, 150, 192, 10, "It ends.");
    line(&p, 50, 240, 10, "Text behind.");
    check_print(&p,
        "paragraph 0/1 [] Text before.\n"
        "row 0/1 [] HF-SEC-001 | The device shall start. {Id=HF-SEC-001; Text=The device "
        "shall start.}\n"
        "row 0/1 [] HF-SEC-002 | It ends. {Id=HF-SEC-002; Text=It ends.}\n"
        "paragraph 0/1 [] Text behind.\n"
        "note JOINED-ID HF-SEC-001\nnote JOINED-ID HF-SEC-002\n");
}

static void a_table_goes_on_on_the_next_page_under_the_same_header(void)
{
    struct print p;
    print_open(&p);
    for (unsigned i = 0; i < 2; i++) {
        page(&p, i == 0);
        line(&p, 50, 140, 10, "Id");
        line(&p, 150, 140, 10, "Text");
        line(&p, 50, 160, 10, i ? "A-2" : "A-1");
        line(&p, 150, 160, 10, "some words");
    }
    page(&p, false);
    line(&p, 50, 140, 10, "A-3");
    line(&p, 150, 140, 10, "none");
    line(&p, 50, 160, 10, "A-");
    line(&p, 150, 160, 10, "4 more");
    check_print(&p,
        "row 0/1 [] A-1 | some words {Id=A-1; Text=some words}\n"
        "row 0/2 [] A-2 | some words {Id=A-2; Text=some words}\n"
        "row 0/3 [] A-3 | none {Id=A-3; Text=none}\n"
        "row 0/3 [] A-4 | more {Id=A-4; Text=more}\nnote JOINED-ID A-4\n");
}

static void letters_of_one_width_are_code_with_their_indentation(void)
{
    struct print p;
    print_open(&p);
    page(&p, true);
    line(&p, 50, 100, 10, "Some text first.");
    p.width = 0;
    line(&p, 50, 130, 10, "int main");
    line(&p, 62, 143, 10, "return 0;");
    check_print(
        &p, "paragraph 0/1 [] Some text first.\ncode 0/1 [] int main\n  return 0;\n");
}

static void heads_feet_and_page_numbers_are_left_out(void)
{
    struct print p;
    print_open(&p);
    for (int i = 0; i < 4; i++) {
        char text[64], foot[64];
        snprintf(text, sizeof text, "Text of page %d ends.", i);
        snprintf(foot, sizeof foot, "Page %d of 4", i + 1);
        page(&p, i == 0);
        line(&p, 50, 20, 10, "Secret design, version 3");
        line(&p, 50, 200, 10, text);
        line(&p, 50, 780, 10, foot);
    }
    check_print(&p,
        "paragraph 0/1 [] Text of page 0 ends.\nparagraph 0/2 [] Text of page 1 ends.\n"
        "paragraph 0/3 [] Text of page 2 ends.\nparagraph 0/4 [] Text of page 3 ends.\n");
}

static void cells_at_the_edge_of_pages_are_no_heads_or_page_numbers(void)
{
    struct print p;
    print_open(&p);
    for (int i = 0; i < 3; i++) {
        char id[64];
        snprintf(id, sizeof id, "A-%d", i * 2 + 1);
        page(&p, i == 0);
        line(&p, 50, 15, 6, "11/28/26, 11:45 AM");
        line(&p, 50, 30, 10, "Id");
        line(&p, 150, 30, 10, "Text");
        line(&p, 50, 50, 10, id);
        line(&p, 150, 50, 10, "some words");
        snprintf(id, sizeof id, "%d", i * 2 + 2);
        line(&p, 50, 735 + 8 * i, 10, "A-");
        line(&p, 50, 747 + 8 * i, 10, id);
        line(&p, 150, 747 + 8 * i, 10, "2027-06-30");
        line(&p, 300, 785, 6, i ? "2/3" : "1/3");
    }
    struct bytes printed = print_close(&p);
    struct seen s = see_read(read_pdf_boxes, printed);
    char *got = see_print(&s, false);
    for (char id[] = "A-1"; id[2] <= '6'; id[2]++)
        CHECK(strstr(got, id));
    CHECK(strstr(got, "row [] A-5 | some words {Id=A-5; Text=some words}"));
    CHECK(strstr(got, "2027-06-30") && !strstr(got, "AM") && !strstr(got, "/3"));
    free(got);
    see_end(&s);
    free(p.at);
}

static void two_columns_of_text_are_no_table(void)
{
    struct print p;
    print_open(&p);
    page(&p, true);
    for (int side = 0; side < 2; side++)
        for (int i = 0; i < 8; i++)
            line(&p, 50 + side * 250, 100 + i * 13, 10,
                "seven words stand here in one row");
    struct bytes printed = print_close(&p);
    struct seen s = see_read(read_pdf_boxes, printed);
    for (uint32_t i = 0; i < s.corpus.unit_count; i++)
        CHECK(s.corpus.units[i].kind == UNIT_PARAGRAPH);
    CHECK(s.corpus.unit_count > 0);
    see_end(&s);
    free(p.at);
}

static void what_stands_beside_and_in_no_table_is_said(void)
{
    struct print p;
    print_open(&p);
    page(&p, true);
    line(&p, 50, 100, 10, "Left words");
    line(&p, 300, 100, 10, "right words");
    line(&p, 50, 150, 10, "All the way from the left to the right side of this page");
    struct bytes printed = print_close(&p);
    CHECK(ends_with_note(read_pdf_boxes, printed, NOTE_LOST_LAYOUT));
    free(p.at);
}

static void pages_without_words_have_no_text_layer(void)
{
    struct print p;
    print_open(&p);
    page(&p, true);
    check_print(&p, "note NO-TEXT-LAYER \n");
}

static struct bytes long_print(struct print *p)
{
    print_open(p);
    for (int i = 0; i < 40; i++) {
        page(p, i == 0);
        for (int k = 0; k < 40; k++)
            line(
                p, 50, 100 + k * 15, 10, k % 4 ? "Words of a line go on" : "- An item");
    }
    return print_close(p);
}

static void a_print_cut_at_any_hundredth_is_read_up_to_there(void)
{
    struct print p;
    struct bytes d = long_print(&p);
    for (size_t percent = 0; percent < 100; percent++) {
        struct seen s = see_read(read_pdf_boxes, text_upto(d, d.len * percent / 100));
        CHECK(s.status == OK && noted(&s, NOTE_DAMAGED));
        CHECK(percent < 2 || s.corpus.unit_count > 3 * percent);
        see_end(&s);
    }
    free(p.at);
}

static void hostile_prints_end_within_limits(void)
{
    struct bytes deep = many("<flow>", 50000);
    CHECK(ends_with_note(read_pdf_boxes, deep, NOTE_TOO_DEEP));
    free((void *)(uintptr_t)deep.at);

    struct print p;
    print_open(&p);
    page(&p, true);
    struct bytes wide = many("word ", 2000000);
    line(&p, 50, 100, 10, "x");
    fprintf(p.to, "<line><word xMin=\"1e9\" yMin=\"nan\">%s</word></line>",
        wide.at ? "" : "");
    fwrite(wide.at, 1, wide.len, p.to);
    struct bytes d = print_close(&p);
    struct seen s = see_read(read_pdf_boxes, d);
    CHECK(s.status == OK);
    see_end(&s);
    free(p.at);
    free((void *)(uintptr_t)wide.at);

    print_open(&p);
    page(&p, true);
    for (int i = 0; i < 300000; i++)
        fputs("<line><word xMax=\"9\" yMax=\"9\">a</word></line>", p.to);
    for (int i = 0; i < 300000; i++)
        fprintf(p.to, "<line><word xMin=\"%d\" xMax=\"%d\" yMax=\"9\">a</word></line>",
            i % 1000 * 50, i % 1000 * 50 + 5);
    d = print_close(&p);
    s = see_read(read_pdf_boxes, d);
    CHECK(s.status == OK && s.corpus.unit_count > 0);
    see_end(&s);
    free(p.at);

    /* One page of lines that look like a list and, by the last of each few, are none. */
    print_open(&p);
    page(&p, true);
    for (int i = 0; i < 100000; i++)
        line(&p, i % 390 ? 90 + 20 * (i % 2) : 40, i * 12.0, 10, "Three short words");
    d = print_close(&p);
    s = see_read(read_pdf_boxes, d);
    CHECK(s.status == OK && s.corpus.unit_count > 0);
    see_end(&s);
    free(p.at);
}

MAIN(TEST(larger_lines_are_headings_and_gaps_part_paragraphs),
    TEST(marks_make_items_and_their_place_the_depth),
    TEST(items_whose_marks_were_drawn_are_told_by_the_room_behind_them),
    TEST(an_item_at_the_end_of_a_page_goes_on_only_if_it_was_full),
    TEST(a_quote_a_box_and_a_title_in_the_middle_are_no_lists),
    TEST(a_list_in_one_of_two_columns_is_measured_by_its_column),
    TEST(columns_make_a_table_and_split_identifiers_are_joined),
    TEST(a_table_goes_on_on_the_next_page_under_the_same_header),
    TEST(letters_of_one_width_are_code_with_their_indentation),
    TEST(heads_feet_and_page_numbers_are_left_out),
    TEST(cells_at_the_edge_of_pages_are_no_heads_or_page_numbers),
    TEST(two_columns_of_text_are_no_table),
    TEST(what_stands_beside_and_in_no_table_is_said),
    TEST(pages_without_words_have_no_text_layer), TEST(live_in_256_mib),
    TEST(a_print_cut_at_any_hundredth_is_read_up_to_there),
    TEST(hostile_prints_end_within_limits))
