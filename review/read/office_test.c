/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/seen_limits.h"
#include "tests/support/zipped.h"

#define DOCX(body)          "<w:document xmlns:w='w'><w:body>" body "</w:body></w:document>"
#define P(properties, runs) "<w:p><w:pPr>" properties "</w:pPr>" runs "</w:p>"
#define STYLE(id)           "<w:pStyle w:val='" id "'/>"
#define LISTED(level, id) \
    "<w:numPr><w:ilvl w:val='" level "'/><w:numId w:val='" id "'/></w:numPr>"
#define T(text)       "<w:r><w:t>" text "</w:t></w:r>"
#define CELL(p, text) "<w:tc><w:tcPr>" p "</w:tcPr><w:p>" T(text) "</w:p></w:tc>"

static const char styles[] =
    "<w:styles xmlns:w='w'>"
    "<w:style w:styleId='berschrift1'><w:name w:val='heading 1'/></w:style>"
    "<w:style w:styleId='Kapitel'><w:name w:val='Kapitel'/><w:pPr><w:outlineLvl "
    "w:val='1'/></w:pPr></w:style>"
    "<w:style w:styleId='Unterkapitel'><w:name w:val='U'/><w:basedOn "
    "w:val='Kapitel'/></w:style>"
    "<w:style w:styleId='LB2'><w:name w:val='List Bullet 2'/><w:pPr><w:numPr><w:numId "
    "w:val='7'/></w:numPr></w:pPr></w:style>"
    "<w:style w:styleId='Zitat'><w:name w:val='Quote'/></w:style>"
    "<w:style w:styleId='Src'><w:name w:val='Source Code'/></w:style>"
    "<w:style w:styleId='Verzeichnis1'><w:name w:val='toc 1'/></w:style>"
    "</w:styles>";
static const char numbering[] =
    "<w:numbering xmlns:w='w'><w:abstractNum w:abstractNumId='1'><w:lvl w:ilvl='0'>"
    "<w:lvlText w:val='%1.'/></w:lvl></w:abstractNum><w:abstractNum w:abstractNumId='2'>"
    "<w:lvl w:ilvl='0'><w:lvlText w:val=' '/></w:lvl></w:abstractNum>"
    "<w:num w:numId='5'><w:abstractNumId w:val='1'/></w:num>"
    "<w:num w:numId='6'><w:abstractNumId w:val='2'/></w:num></w:numbering>";

static struct bytes docx_of(const char *document, const char *footnotes)
{
    struct zipped_part parts[] = {{"word/document.xml", text_of(document)},
        {"word/styles.xml", text_of(styles)},
        {"word/numbering.xml", text_of(numbering)},
        {"word/footnotes.xml", text_of(footnotes)}};
    return zipped(parts, footnotes[0] ? 4 : 3, true);
}

static void drop(struct bytes b)
{
    free((void *)(uintptr_t)b.at);
}

static void check_docx(
    const char *document, const char *footnotes, const char *expected)
{
    struct bytes d = docx_of(document, footnotes);
    check_units(read_docx, d, expected);
    drop(d);
}

static void a_paragraph_of_docx_is_what_its_style_and_list_say(void)
{
    check_docx(
        DOCX(P(STYLE("Verzeichnis1"), T("Start 1")) P(STYLE("berschrift1"), T("Start"))
                P(STYLE("Unterkapitel"), T("Sub")) P("", T("Plain ") T("text."))
                    P(LISTED("0", "5"), T("one")) P(LISTED("0", "6"), T("goes on"))
                        P(LISTED("1", "5"), T("deep")) P(STYLE("LB2"), T("by name"))
                            P(STYLE("Zitat"), T("said")) P(STYLE("Src"),
                                "<w:r><w:t>a();</w:t><w:br/><w:t>  b();</w:t></w:r>")
                                P(STYLE("Src"), T("c();")) P("<w:outlineLvl "
                                                             "w:val='2'/>",
                                    T("Direct"))),
        "",
        "heading1 [] Start\nheading2 [Start] Sub\nparagraph [Start > Sub] Plain text.\n"
        "item1 [Start > Sub] one\nparagraph [Start > Sub] goes on\n"
        "item2 [Start > Sub] deep\nitem2 [Start > Sub] by name\nquote [Start > Sub] said\n"
        "code [Start > Sub] a();\n  b();\nc();\nheading3 [Start > Sub] Direct\n");
}

static void deleted_struck_and_hidden_text_of_docx_is_left_out(void)
{
    check_docx(
        DOCX("<w:p>" T(
            "kept ") "<w:del><w:r><w:delText>old</w:delText></w:r></w:del>"
                     "<w:ins>" T(
                         "new") "</w:ins><w:r><w:rPr><w:strike/></w:rPr><w:t>x</w:t></w:r>"
                                "<w:r><w:rPr><w:strike w:val='0'/></w:rPr><w:t>,</w:t></w:r>"
                                "<w:r><w:rPr><w:vanish/></w:rPr><w:t>h</w:t></w:r>"
                                "<w:r><w:instrText>PAGEREF</w:instrText><w:noBreakHyphen/></w:r></w:p>"
                                "<w:p>" T("with a note") "</w:p>"),
        "<w:footnotes xmlns:w='w'><w:footnote><w:p>" T(
            "The note.") "</w:p></w:footnote></w:footnotes>",
        "paragraph [] kept new,-\nparagraph [] with a note\nparagraph [] The note.\n");
}

static void the_first_row_of_a_docx_table_is_its_header_and_merged_cells_repeat(void)
{
    check_docx(
        DOCX("<w:tbl><w:tr>" CELL("", "Id") CELL("", "Text") CELL(
            "", "By") "</w:tr><w:tr>" CELL("<w:vMerge w:val='restart'/>", "S-1")
                CELL("", "one") CELL("", "") "</w:tr><w:tr>" CELL(
                    "<w:vMerge/>", "") CELL("<w:gridSpan w:val='2'/>",
                    "wide") "</w:tr><w:tr><w:trPr><w:del/></w:trPr>" CELL("", "gone")
                    CELL("", "") CELL("", "") "</w:tr><w:tr>" CELL("", "S-2")
                        CELL("", "<w:br/>two") CELL("", "V") "</w:tr></w:tbl>"),
        "",
        "row [] S-1 | one | {Id=S-1; Text=one; By=}\n"
        "row [] S-1 | wide | {Id=S-1; Text=wide; By=}\n"
        "row [] S-2 | two | V {Id=S-2; Text=two; By=V}\n");
}

static void an_odt_reads_as_the_docx_does(void)
{
    static const char content[] =
        "<d xmlns:t='t' xmlns:s='s'><s:style s:name='P1' "
        "s:parent-style-name='Quotations'/>"
        "<t:h t:outline-level='2'>Head</t:h><t:p>A<t:s t:c='2'/>b<t:note>"
        "<t:note-citation>1</t:note-citation><t:note-body><t:p>Foot.</t:p></t:note-body>"
        "</t:note>.</t:p><t:list><t:list-item><t:p>one</t:p><t:p>on</t:p><t:list>"
        "<t:list-item><t:p>deep</t:p></t:list-item></t:list></t:list-item></t:list>"
        "<t:p t:style-name='P1'>said</t:p>"
        "<t:p t:style-name='Preformatted_20_Text'>a</t:p>"
        "<t:p t:style-name='Preformatted_20_Text'><t:s/>b</t:p>"
        "<t:table><t:table-row><t:table-cell><t:p>Id</t:p></t:table-cell><t:table-cell>"
        "<t:p>Text</t:p></t:table-cell></t:table-row><t:table-row><t:table-cell "
        "t:number-columns-spanned='2'><t:p>x</t:p></t:table-cell>"
        "<t:covered-table-cell><t:p>no</t:p></t:covered-table-cell></t:table-row></t:table>"
        "<t:p><t:frame><t:image/><t:title>Flow</t:title></t:frame></t:p>"
        "<t:tracked-changes><t:p>gone</t:p></t:tracked-changes></d>";
    struct zipped_part parts[] = {{"content.xml", text_of(content)}};
    struct bytes d = zipped(parts, 1, true);
    check_units(read_odt, d,
        "heading2 [] Head\nparagraph [Head] A b.\nitem1 [Head] one\nparagraph [Head] on\n"
        "item2 [Head] deep\nquote [Head] said\ncode [Head] a\n b\nrow [Head] x | {Id=x; "
        "Text=}\nparagraph [Head] Foot.\nnote LOST-IMAGE Flow\n");
    drop(d);
}

static void a_sheet_is_a_heading_and_rows_with_days_as_days(void)
{
    static const char rels[] =
        "<r><Relationship Id='r1' Target='worksheets/a.xml'/><Relationship Id='r2' "
        "Target='/xl/worksheets/b.xml'/></r>";
    static const char book[] =
        "<w xmlns:r='r'><sheet name='Parts &amp; more' r:id='r1'/><sheet name='Two' "
        "r:id='r2'/></w>";
    static const char number_styles[] =
        "<s><numFmts><numFmt numFmtId='164' formatCode='yyyy\\-mm\\-dd hh:mm'/><numFmt "
        "numFmtId='165' formatCode='0.0 \"days\"'/></numFmts><cellStyleXfs><xf "
        "numFmtId='14'/></cellStyleXfs><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf "
        "numFmtId='164'/><xf numFmtId='165'/></cellXfs></s>";
    static const char strings[] =
        "<t><si><t>Name</t></si><si><r><t>Op</t></r><r><t>enSSL</t></r><rPh><t>x</t></rPh>"
        "</si></t>";
    static const char first[] =
        "<w><row r='2'/><row r='3'><c r='B3' t='s'><v>0</v></c><c r='C3' t='inlineStr'>"
        "<is><t>Since</t></is></c><c r='E3' t='str'><v>At</v></c></row>"
        "<row r='5'><c r='B5' t='s'><v>1</v></c><c r='C5' s='1'><v>45366</v></c>"
        "<c r='D5'><v>0.10000000000000001</v></c><c r='E5' s='2'><v>45366.5</v></c>"
        "<c r='F5' t='b'><v>1</v></c></row><row><c s='3'><v>3</v></c></row></w>";
    struct zipped_part parts[] = {{"xl/workbook.xml", text_of(book)},
        {"xl/_rels/workbook.xml.rels", text_of(rels)},
        {"xl/styles.xml", text_of(number_styles)},
        {"xl/sharedStrings.xml", text_of(strings)},
        {"xl/worksheets/a.xml", text_of(first)},
        {"xl/worksheets/b.xml", TEXT("<w><row><c t='str'><v>only</v></c></row></w>")}};
    struct bytes d = zipped(parts, sizeof parts / sizeof parts[0], true);
    check_units(read_xlsx, d,
        "heading1 [] Parts & more\n"
        "row [Parts & more] | OpenSSL | 2024-03-15 | 0.1 | 2024-03-15T12:00:00 | TRUE {=; "
        "Name=OpenSSL; Since=2024-03-15; =0.1; At=2024-03-15T12:00:00}\n"
        "row [Parts & more] 3 | | | | {=3; Name=; Since=; =; At=}\n"
        "heading1 [] Two\nrow [Two] only\n");
    drop(d);
}

/* One sheet, cells as text; `merged` follows them, as it does in a file. */
static struct bytes sheet_of(const char *rows, const char *merged)
{
    static const char rels[] =
        "<r><Relationship Id='r1' Target='worksheets/a.xml'/></r>";
    static const char book[] = "<w xmlns:r='r'><sheet name='S' r:id='r1'/></w>";
    size_t len = strlen(rows) + strlen(merged) + 64;
    char *sheet = malloc(len);
    if (!sheet)
        abort();
    snprintf(sheet, len, "<w><sheetData>%s</sheetData>%s</w>", rows, merged);
    struct zipped_part parts[] = {{"xl/workbook.xml", text_of(book)},
        {"xl/_rels/workbook.xml.rels", text_of(rels)},
        {"xl/worksheets/a.xml", text_of(sheet)}};
    struct bytes d = zipped(parts, sizeof parts / sizeof parts[0], true);
    free(sheet);
    return d;
}

#define ROW(n, cells)   "<row r='" n "'>" cells "</row>"
#define AT(place, text) "<c r='" place "' t='str'><v>" text "</v></c>"
#define MERGED(area)    "<mergeCell ref='" area "'/>"

static void check_sheet(const char *rows, const char *merged, const char *expected)
{
    struct bytes d = sheet_of(rows, merged);
    check_units(read_xlsx, d, expected);
    drop(d);
}

static void a_merged_area_is_its_first_cell_and_stands_in_each_of_its_rows(void)
{
    check_sheet(ROW("1", AT("A1", "Part") AT("B1", "Id") AT("C1", "Text"))
                    ROW("2", AT("A2", "Cloud") AT("B2", "S-1") AT("C2", "one"))
        /* what stood in the cells before they were merged is in the file still */
        ROW("3", AT("A3", "hidden") AT("B3", "S-2") AT("C3", "two"))
        /* row 4 holds nothing and is not in the file */
        ROW("5", AT("B5", "S-3") AT("C5", "three"))
            ROW("6", AT("A6", "Device") AT("B6", "S-4 is wide") AT("C6", "hidden"))
                ROW("7", AT("A7", "All") AT("B7", "S-5")) ROW("8", AT("A8", "hidden"))
                    ROW("9", AT("A9", "Last") AT("B9", "S-6")),
        MERGED("A2:A5") MERGED("B6:C6") MERGED("A7:A8") MERGED("B7:C8"),
        "heading1 [] S\n"
        "row [S] Cloud | S-1 | one {Part=Cloud; Id=S-1; Text=one}\n"
        "row [S] Cloud | S-2 | two {Part=Cloud; Id=S-2; Text=two}\n"
        "row [S] Cloud | S-3 | three {Part=Cloud; Id=S-3; Text=three}\n"
        "row [S] Device | S-4 is wide | {Part=Device; Id=S-4 is wide; Text=}\n"
        "row [S] All | S-5 | {Part=All; Id=S-5; Text=}\n"
        "row [S] Last | S-6 | {Part=Last; Id=S-6; Text=}\n");
}

static void a_header_that_groups_columns_is_joined_from_its_rows(void)
{
    check_sheet(ROW("1", AT("A1", "Id") AT("B1", "Test"))
                    ROW("2", AT("B2", "name") AT("C2", "result"))
                        ROW("3", AT("A3", "S-1") AT("B3", "t1") AT("C3", "passed")),
        MERGED("A1:A2") MERGED("B1:C1"),
        "heading1 [] S\nrow [S] S-1 | t1 | passed {Id=S-1; Test name=t1; result=passed}\n");
    /* A title over the whole table names no column. */
    check_sheet(ROW("1", AT("A1", "All requirements"))
                    ROW("2", AT("A2", "Id") AT("B2", "Text"))
                        ROW("3", AT("A3", "S-1") AT("B3", "one")),
        MERGED("A1:F1"),
        "heading1 [] S\nrow [S] All requirements\nrow [S] S-1 | one {Id=S-1; Text=one}\n");
    /* A heading of rows without a header of columns is none of a header. */
    check_sheet(ROW("1", AT("A1", "Part") AT("B1", "S-1")) ROW("2", AT("B2", "S-2")),
        MERGED("A1:A2"), "heading1 [] S\nrow [S] Part | S-2 {Part=Part; S-1=S-2}\n");
}

static void areas_that_make_no_sense_change_nothing(void)
{
    static const char *const areas[] = {"", "A1", "B2:A1", ":", "A0:B0", "ZZZZ1:A9",
        "A99999999999:B99999999999", "XFD1:XFD9"};
    for (size_t i = 0; i < sizeof areas / sizeof areas[0]; i++) {
        char merged[64];
        snprintf(merged, sizeof merged, "<mergeCell ref='%s'/><mergeCell/>", areas[i]);
        check_sheet(ROW("1", AT("A1", "Id") AT("B1", "Text"))
                        ROW("2", AT("A2", "S-1") AT("B2", "one")),
            merged, "heading1 [] S\nrow [S] S-1 | one {Id=S-1; Text=one}\n");
    }
    /* Of two that overlap the first counts, and a whole sheet is one cell. */
    check_sheet(ROW("1", AT("A1", "Id") AT("B1", "Text"))
                    ROW("2", AT("A2", "S-1") AT("B2", "one")),
        MERGED("A1:XFD1048576") MERGED("A2:B2"), "heading1 [] S\nrow [S] Id\n");
}

static struct bytes long_docx(void)
{
    struct bytes body =
        many(P("", T("The device shall keep measuring, number ")), 2000);
    uint8_t *at = (uint8_t *)(uintptr_t)body.at;
    uint32_t seed = 1; /* letters that do not fold well: every cut meets data */
    for (size_t i = 0; i + 8 < body.len; i++)
        if (memcmp(at + i, "number ", 7) == 0)
            for (size_t k = 0; k < 6; k++, seed = seed * 1664525 + 1013904223)
                at[i + k] = (uint8_t)('a' + (seed >> 24) % 26);
    static const char front[] = "<w:document xmlns:w='w'><w:body>",
                      back[] = "</w:body></w:document>";
    char *all = malloc(sizeof front + body.len + sizeof back);
    if (!all)
        abort();
    memcpy(all, front, sizeof front - 1);
    memcpy(all + sizeof front - 1, body.at, body.len);
    memcpy(all + sizeof front - 1 + body.len, back, sizeof back);
    struct bytes d = docx_of(all, "");
    free(all);
    drop(body);
    return d;
}

static void a_docx_cut_at_any_hundredth_is_read_up_to_there(void)
{
    struct bytes d = long_docx();
    uint32_t before = 0;
    for (size_t percent = 0; percent < 100; percent++) {
        struct seen s = see_read(read_docx, text_upto(d, d.len * percent / 100));
        CHECK(s.status == OK && noted(&s, NOTE_DAMAGED) && s.corpus.note_count == 1);
        CHECK(s.corpus.unit_count >= before);
        before = s.corpus.unit_count;
        if (percent == 50)
            CHECK(before > 500);
        see_end(&s);
    }
    CHECK(before == 2000);
    drop(d);
}

static void a_part_that_unfolds_out_of_all_proportion_is_refused(void)
{
    struct bytes blanks = many("                                ", 1000000);
    struct zipped_part parts[] = {{"word/document.xml", blanks},
        {"content.xml", blanks}, {"xl/workbook.xml", blanks}};
    struct bytes d = zipped(parts, 3, true);
    drop(blanks);
    CHECK(d.len < 200000);
    CHECK(ends_with_note(read_docx, d, NOTE_BOMB));
    CHECK(ends_with_note(read_odt, d, NOTE_BOMB));
    CHECK(ends_with_note(read_xlsx, d, NOTE_BOMB));
    drop(d);
}

static void a_part_that_claims_to_be_huge_is_refused_unread(void)
{
    struct bytes d = docx_of(DOCX("<w:p>" T("x") "</w:p>"), "");
    uint8_t *at = (uint8_t *)(uintptr_t)d.at;
    size_t central = text_find(d, TEXT("PK\x01\x02"));
    memset(at + central + 24, 0x7F, 4); /* size of the first part: the document */
    CHECK(ends_with_note(read_docx, d, NOTE_BOMB));
    drop(d);
}

static void declared_entities_are_left_out_and_said(void)
{
    static const char *const documents[] = {
        "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" DOCX(
            "<w:p>" T("see &a;here") "</w:p>"),
        "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c "
        "'&b;&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;&c;'>]>" DOCX(
            "<w:p>" T("see &d;here") "</w:p>"),
        "<!DOCTYPE x [<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;]>" DOCX(
            "<w:p>" T("see here") "</w:p>"),
    };
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++) {
        struct bytes d = docx_of(documents[i], "");
        struct seen s = see_read(read_docx, d);
        CHECK(noted(&s, NOTE_ENTITY) && s.corpus.unit_count == 1);
        CHECK(
            s.corpus.unit_count && text_same(s.corpus.units[0].text, TEXT("see here")));
        see_end(&s);
        drop(d);
    }
}

static void fifty_thousand_nested_elements_end_with_a_note(void)
{
    struct bytes deep = many("<w:tbl><w:tr><w:tc>", 50000);
    char *all = malloc(deep.len + 64);
    if (!all)
        abort();
    int front = sprintf(all, "<w:document xmlns:w='w'>");
    memcpy(all + front, deep.at, deep.len + 1);
    all[(size_t)front + deep.len] = 0;
    struct bytes d = docx_of(all, "");
    CHECK(ends_with_note(read_docx, d, NOTE_TOO_DEEP));
    free(all);
    drop(deep);
    drop(d);
}

static void what_is_no_archive_is_said_to_be_damaged(void)
{
    CHECK(ends_with_note(read_docx, TEXT(""), NOTE_DAMAGED));
    CHECK(ends_with_note(read_odt, TEXT("PK\x03\x04 and so on"), NOTE_DAMAGED));
    struct zipped_part other[] = {{"mimetype", TEXT("x")}};
    struct bytes d = zipped(other, 1, false);
    CHECK(ends_with_note(read_xlsx, d, NOTE_DAMAGED));
    drop(d);
}

MAIN(TEST(a_paragraph_of_docx_is_what_its_style_and_list_say),
    TEST(deleted_struck_and_hidden_text_of_docx_is_left_out),
    TEST(the_first_row_of_a_docx_table_is_its_header_and_merged_cells_repeat),
    TEST(an_odt_reads_as_the_docx_does),
    TEST(a_sheet_is_a_heading_and_rows_with_days_as_days), TEST(live_in_256_mib),
    TEST(a_merged_area_is_its_first_cell_and_stands_in_each_of_its_rows),
    TEST(a_header_that_groups_columns_is_joined_from_its_rows),
    TEST(areas_that_make_no_sense_change_nothing),
    TEST(a_docx_cut_at_any_hundredth_is_read_up_to_there),
    TEST(a_part_that_unfolds_out_of_all_proportion_is_refused),
    TEST(a_part_that_claims_to_be_huge_is_refused_unread),
    TEST(declared_entities_are_left_out_and_said),
    TEST(fifty_thousand_nested_elements_end_with_a_note),
    TEST(what_is_no_archive_is_said_to_be_damaged))
