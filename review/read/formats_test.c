/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/readers.h"

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

MAIN(TEST(a_document_is_told_by_its_first_bytes_and_else_by_its_name),
    TEST(what_has_no_format_has_no_reader))
