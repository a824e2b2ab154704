/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/readers.h"
#include "review/read/see.h"

#include "tests/support/check.h"

static void a_document_is_told_by_its_first_bytes_and_else_by_its_name(void)
{
    static const struct {
        const char *path, *start;
        enum format format;
    } rows[] = {
        {"README.md", "# Title\n", FORMAT_MARKDOWN},
        {"docs/Design.MD", "", FORMAT_MARKDOWN},
        {"README", "A product", FORMAT_TEXT},
        {"a.txt", "\xEF\xBB\xBFText", FORMAT_TEXT},
        {"a.md/b.rst", "Title\n=====\n", FORMAT_RST},
        {"plan.md", "%PDF-1.7\n", FORMAT_PDF},
        {"report", "<?xml version=\"1.0\"?>\n<testsuites><testsuite>", FORMAT_JUNIT},
        {"report.xml", "<testsuite name=\"a\">", FORMAT_JUNIT},
        {"page.html", "about <testsuite> elements", FORMAT_HTML},
        {"page", "<!DOCTYPE html>\n<html>", FORMAT_HTML},
        {"log.txt", "TAP version 14\n1..2\n", FORMAT_TAP},
        {"log", "1..2\nok 1 - a\n", FORMAT_TAP},
        {"run.log", "not ok 1 - a\n", FORMAT_TAP},
        {"notes", "ok then", FORMAT_SOURCE},
        {"bom.spdx", "", FORMAT_SPDX_TAG},
        {"bom.txt", "SPDXVersion: SPDX-2.3\n", FORMAT_SPDX_TAG},
        {"bom.spdx.json", "{}", FORMAT_JSON},
        {"x.docx", "PK\x03\x04", FORMAT_DOCX},
        {"x", "PK\x03\x04..word/document.xml", FORMAT_DOCX},
        {"x.zip", "PK\x03\x04..xl/workbook.xml", FORMAT_XLSX},
        {"x.odt", "PK\x03\x04..application/vnd.oasis.opendocument.text", FORMAT_ODT},
        {"x.zip", "PK\x03\x04..readme.md", FORMAT_SOURCE},
        {"main.c", "int main(void)", FORMAT_SOURCE},
        {"Makefile", "all:", FORMAT_SOURCE},
        {"empty", "", FORMAT_NONE},
        {".md", "", FORMAT_NONE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum format got = format_of(text_of(rows[i].path), text_of(rows[i].start));
        if (got != rows[i].format)
            printf("# %s is %s, not %s\n", rows[i].path, format_name(got),
                format_name(rows[i].format));
        CHECK(got == rows[i].format);
    }
    CHECK(format_of(TEXT("a.bin"),
              TEXT("\x7F"
                   "ELF\0\0"))
        == FORMAT_NONE);
}

static void what_has_no_format_has_no_reader(void)
{
    CHECK(format_reader(FORMAT_NONE) == NULL);
    CHECK(format_reader(FORMAT_MARKDOWN) == read_markdown);
    CHECK(format_reader(FORMAT_PDF) == read_pdf_boxes);
}

/* The line of "four" in a paragraph that is written over several lines. */
static void a_reader_of_lines_tells_the_line_of_each_word(void)
{
    static const struct {
        const char *what, *text;
        reader_fn *reader;
        uint32_t line;
    } rows[] = {
        {"text", "a\n\none two\nthree\nfour\n", read_text, 5},
        {"a text's item", "- one\n  two three\n  four\n", read_text, 3},
        {"markdown", "# a\n\none *two\nthree*\nfour\n", read_markdown, 5},
        {"markdown below front matter", "---\na: b\n---\none\ntwo three\nfour\n",
            read_markdown, 6},
        {"a markdown list", "1. one\n   two\n   - three\n     four\n", read_markdown,
            4},
        {"markdown code", "```\none two\n\nthree four\n```\n", read_markdown, 4},
        {"restructured text", "A\n=\n\none **two\nthree**\nfour\n", read_rst, 6},
        {"its list", "* one\n  two\n\n  three\n  four\n", read_rst, 5},
        {"a directive of it", ".. note::\n\n   one two\n   three\n   four\n", read_rst,
            5},
        {"a web page", "<html>\n<p>\n\none <b>two\nthree</b>\nfour</p>\n</html>",
            read_html, 6},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct seen s = see_read(rows[i].reader, text_of(rows[i].text));
        uint32_t line = 0, first = 0;
        for (uint32_t k = 0; k < s.corpus.unit_count; k++) {
            const struct unit *u = &s.corpus.units[k];
            size_t at = text_find(u->text, TEXT("four"));
            if (at == u->text.len)
                continue;
            line = unit_line_at(&s.corpus, u, at);
            first = unit_line_at(&s.corpus, u, 0);
            CHECK(first == u->line);
        }
        if (line != rows[i].line)
            printf("# %s: %u\n", rows[i].what, line);
        CHECK(line == rows[i].line && first <= line);
        see_end(&s);
    }
}

static void clip(struct emit *e)
{
    emit_counts_lines(e);
    emit_begin(e, UNIT_PARAGRAPH, 0, 1, 0);
    for (size_t i = 0; i < EMIT_TEXT_MAX; i++)
        emit_text(e, TEXT("x\n"));
    emit_end(e);
}

static void lines_of_what_is_cut_off_are_gone_too(void)
{
    struct seen s = see_emitted(clip);
    CHECK(s.status == OK && s.corpus.unit_count == 1);
    const struct unit *u = &s.corpus.units[0];
    CHECK(unit_line_at(&s.corpus, u, u->text.len) == EMIT_TEXT_MAX / 2);
    see_end(&s);
}

MAIN(TEST(a_document_is_told_by_its_first_bytes_and_else_by_its_name),
    TEST(what_has_no_format_has_no_reader),
    TEST(a_reader_of_lines_tells_the_line_of_each_word),
    TEST(lines_of_what_is_cut_off_are_gone_too))
