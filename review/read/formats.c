/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a document is, by first bytes and name, and who reads it. One line for each: a new
 * reader is a new line.
 */
#include "review/read/readers.h"

/* clang-format off */
static reader_fn *const readers[FORMATS] = {
    [FORMAT_MARKDOWN] = read_markdown,
    [FORMAT_TEXT] = read_text,
    [FORMAT_SOURCE] = read_source,
    [FORMAT_SPDX_TAG] = read_spdx_tag,
    [FORMAT_TAP] = read_tap,
    [FORMAT_JUNIT] = read_junit,
    [FORMAT_REQIF] = read_reqif,
    [FORMAT_JSON] = read_json,
    [FORMAT_CSV] = read_csv,
    [FORMAT_YAML] = read_yaml,
    [FORMAT_RST] = read_rst,
    [FORMAT_HTML] = read_html,
    [FORMAT_DOCX] = read_docx,
    [FORMAT_XLSX] = read_xlsx,
    [FORMAT_ODT] = read_odt,
    [FORMAT_PDF] = read_pdf_boxes, /* of what pdftotext printed */
};

/* What stands at the front weighs more than the name. */
static const struct row {
    const char *word;
    enum format format;
} fronts[] = {
    {"%PDF-", FORMAT_PDF},
    {"TAP version 1", FORMAT_TAP},
    {"SPDXVersion:", FORMAT_SPDX_TAG},
};

/* A ZIP is told by the names of its first entries. */
static const struct row zip_marks[] = {
    {"application/vnd.oasis.opendocument.text", FORMAT_ODT},
    {"word/", FORMAT_DOCX},
    {"xl/", FORMAT_XLSX},
    {".reqif", FORMAT_REQIF},
};

/* XML is told by its elements, whatever its name ends with. */
static const struct row elements[] = {
    {"<testsuite", FORMAT_JUNIT},
    {"<REQ-IF", FORMAT_REQIF},
    {"<html", FORMAT_HTML},
};

static const struct row endings[] = {
    {".md", FORMAT_MARKDOWN},
    {".markdown", FORMAT_MARKDOWN},
    {".mdx", FORMAT_MARKDOWN},
    {".mkd", FORMAT_MARKDOWN},
    {".rst", FORMAT_RST},
    {".txt", FORMAT_TEXT},
    {".text", FORMAT_TEXT},
    {".html", FORMAT_HTML},
    {".htm", FORMAT_HTML},
    {".xhtml", FORMAT_HTML},
    {".docx", FORMAT_DOCX},
    {".docm", FORMAT_DOCX},
    {".xlsx", FORMAT_XLSX},
    {".xlsm", FORMAT_XLSX},
    {".odt", FORMAT_ODT},
    {".pdf", FORMAT_PDF},
    {".yaml", FORMAT_YAML},
    {".yml", FORMAT_YAML},
    {".otm", FORMAT_YAML}, /* or JSON, which is YAML as well */
    {".csv", FORMAT_CSV},
    {".tsv", FORMAT_CSV},
    {".json", FORMAT_JSON},
    {".jsonld", FORMAT_JSON},
    {".sarif", FORMAT_JSON},
    {".tap", FORMAT_TAP},
    {".reqif", FORMAT_REQIF},
    {".reqifz", FORMAT_REQIF},
    {".spdx", FORMAT_SPDX_TAG},
};

/* Files that people read and that have no ending by custom. */
static const struct row plain_names[] = {
    {"readme", FORMAT_TEXT},
    {"changelog", FORMAT_TEXT},
    {"news", FORMAT_TEXT},
    {"todo", FORMAT_TEXT},
    {"license", FORMAT_TEXT},
    {"licence", FORMAT_TEXT},
    {"copying", FORMAT_TEXT},
    {"notice", FORMAT_TEXT},
    {"authors", FORMAT_TEXT},
    {"contributing", FORMAT_TEXT},
    {"security", FORMAT_TEXT},
    {"install", FORMAT_TEXT},
};
/* clang-format on */

typedef bool match_fn(struct bytes in, struct bytes word);

#define LOOK_UP(table, in, match) \
    look_up((table), sizeof(table) / sizeof(table)[0], (in), (match))

static enum format look_up(
    const struct row *rows, size_t count, struct bytes in, match_fn *match)
{
    for (size_t i = 0; i < count; i++)
        if (match(in, text_of(rows[i].word)))
            return rows[i].format;
    return FORMAT_NONE;
}

static bool ends_with(struct bytes name, struct bytes ending)
{
    return name.len > ending.len
        && text_same_word(text_from(name, name.len - ending.len), ending);
}

static bool holds(struct bytes in, struct bytes word)
{
    return text_find(in, word) < in.len;
}

static enum format by_name(struct bytes path)
{
    size_t at = path.len;
    while (at > 0 && path.at[at - 1] != '/')
        at--;
    struct bytes name = text_from(path, at);
    enum format f = LOOK_UP(endings, name, ends_with);
    return f != FORMAT_NONE ? f : LOOK_UP(plain_names, name, text_same_word);
}

/* "1..12", "ok 1" or "not ok 1" at the front: TAP may come without its version line. */
static bool looks_like_tap(struct bytes start)
{
    size_t digit = text_starts(start, TEXT("ok ")) || text_starts(start, TEXT("1.."))
        ? 3
        : text_starts(start, TEXT("not ok ")) ? 7
                                              : start.len;
    return digit < start.len && start.at[digit] >= '0' && start.at[digit] <= '9';
}

static bool binary(struct bytes start)
{
    return text_find(start, (struct bytes){(const uint8_t *)"", 1}) < start.len;
}

/* Program texts and configurations have too many names to list: whatever is text and is
 * nothing else is read as one. */
static enum format of_content(struct bytes start)
{
    if (looks_like_tap(start))
        return FORMAT_TAP;
    return start.len == 0 || binary(start) ? FORMAT_NONE : FORMAT_SOURCE;
}

enum format format_of(struct bytes path, struct bytes first_4k)
{
    static const uint8_t utf8_mark[] = {0xEF, 0xBB, 0xBF};
    struct bytes start = first_4k;
    if (text_starts(start, BYTES_OF(utf8_mark)))
        start = text_from(start, sizeof utf8_mark);

    enum format named = by_name(path), found = LOOK_UP(fronts, start, text_starts);
    if (found == FORMAT_NONE && text_starts(start, TEXT("PK\x03\x04")))
        found = LOOK_UP(zip_marks, start, holds);
    if (found == FORMAT_NONE && text_starts(text_trim(start), TEXT("<"))
        && named == FORMAT_NONE)
        found = LOOK_UP(elements, start, holds);
    if (found != FORMAT_NONE)
        return found;
    return named != FORMAT_NONE ? named : of_content(start);
}

reader_fn *format_reader(enum format f)
{
    return readers[f];
}
