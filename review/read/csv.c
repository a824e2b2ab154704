/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 4180, taken generously: the separator is whichever of comma, semicolon and tab the
 * header has most of ("sep=;" in the first line decides), lines may end in LF, and a quote
 * inside a cell that is not quoted is a character like any other.
 */
#include "review/read/growing.h"
#include "review/read/readers.h"
#include "review/read/secret.h"

#include <stdio.h>

struct cell {
    size_t at, len; /* in csv.text, which moves */
    uint32_t line;
};

struct csv {
    struct bytes left;
    struct emit *out;
    uint32_t line;
    uint8_t separator;
    struct growing text, header_text;
    struct list cells, header;
    size_t spoken; /* the column whose cell is a row's text, or SIZE_MAX */
    bool uneven_said;
};

static uint8_t choose_separator(struct bytes document)
{
    static const uint8_t known[] = {',', ';', '\t'};
    size_t counts[256] = {0};
    bool quoted = false;
    for (size_t i = 0; i < document.len && (quoted || document.at[i] != '\n'); i++) {
        quoted = quoted != (document.at[i] == '"');
        if (!quoted)
            counts[document.at[i]]++;
    }
    uint8_t best = ',';
    for (size_t i = 1; i < sizeof known; i++)
        if (counts[known[i]] > counts[best])
            best = known[i];
    return best;
}

static bool at_end_of_line(const struct csv *c)
{
    return c->left.at[0] == '\n'
        || (c->left.at[0] == '\r' && (c->left.len == 1 || c->left.at[1] == '\n'));
}

/* Up to the closing quote; a doubled quote stands for one. */
static void take_quoted(struct csv *c)
{
    uint32_t from = c->line;
    c->left = text_from(c->left, 1);
    for (;;) {
        size_t n = text_find(c->left, TEXT("\""));
        struct bytes part = text_upto(c->left, n);
        for (size_t i = 0; i < part.len; i++)
            c->line += part.at[i] == '\n';
        growing_add(&c->text, part);
        if (n == c->left.len) {
            emit_note(
                c->out, NOTE_MALFORMED, from, 0, TEXT("CSV: expected a closing quote"));
            c->left.len = 0;
            return;
        }
        c->left = text_from(c->left, n + 1);
        if (!c->left.len || c->left.at[0] != '"')
            return;
        growing_add(&c->text, TEXT("\""));
        c->left = text_from(c->left, 1);
    }
}

static void take_cell(struct csv *c)
{
    struct cell *cell = list_add(&c->cells);
    cell->at = c->text.len;
    cell->line = c->line;
    if (c->left.len && c->left.at[0] == '"')
        take_quoted(c);
    size_t n = 0;
    while (n < c->left.len && c->left.at[n] != c->separator && c->left.at[n] != '\n')
        n++;
    struct bytes rest = text_upto(c->left, n);
    c->left = text_from(c->left, n);
    if (rest.len && rest.at[rest.len - 1] == '\r'
        && (!c->left.len || c->left.at[0] == '\n'))
        rest.len--;
    growing_add(&c->text, rest);
    cell->len = c->text.len - cell->at;
}

/* One record into c->cells; false at the end of the document. */
static bool take_record(struct csv *c)
{
    c->cells.count = c->text.len = 0;
    while (c->left.len && at_end_of_line(c)) { /* lines with nothing on them */
        c->line += c->left.at[0] == '\n';
        c->left = text_from(c->left, 1);
    }
    if (!c->left.len)
        return false;
    for (;;) {
        take_cell(c);
        bool more = c->left.len && c->left.at[0] == c->separator;
        bool ended = c->left.len && c->left.at[0] == '\n';
        c->left = text_from(c->left, 1);
        c->line += ended;
        if (!more)
            return true;
    }
}

/* Where every cell so far is empty there is no text to point into. */
static struct bytes part_of(const struct growing *text, const struct cell *cell)
{
    const uint8_t *at = cell->len ? text->at + cell->at : NULL;
    return text_trim((struct bytes){at, cell->len});
}

static struct bytes cell_text(const struct csv *c, size_t i)
{
    return part_of(&c->text, LIST_AT(&c->cells, struct cell, i));
}

static struct bytes header_text(const struct csv *c, size_t i)
{
    return part_of(&c->header_text, LIST_AT(&c->header, struct cell, i));
}

static void note_same_names(struct csv *c)
{
    struct arena *a = arena_new();
    struct table *seen = table_new(a, c->header.count);
    for (size_t i = 0; i < c->header.count; i++) {
        struct bytes name = header_text(c, i);
        if (name.len && table_get(seen, name) != TABLE_NONE)
            emit_note(c->out, NOTE_DUPLICATE_KEY, 1, 0, name);
        table_put(seen, name, 0);
    }
    arena_free(a);
}

static void take_header(struct csv *c)
{
    static const char *const words[] = {"text", "title", "name"};
    struct list cells = c->header;
    struct growing text = c->header_text;
    c->header = c->cells;
    c->header_text = c->text;
    c->cells = cells;
    c->text = text;
    c->spoken = SIZE_MAX;
    for (size_t w = 0; w < 3 && c->spoken == SIZE_MAX; w++)
        for (size_t i = c->header.count; i > 0; i--)
            if (text_same_word(header_text(c, i - 1), text_of(words[w])))
                c->spoken = i - 1;
    note_same_names(c);
}

static void say_text(struct csv *c)
{
    bool any = false;
    if (c->spoken < c->cells.count && cell_text(c, c->spoken).len) {
        emit_text(c->out, cell_text(c, c->spoken));
        return;
    }
    for (size_t i = 0; i < c->cells.count; i++) {
        struct bytes value = cell_text(c, i);
        if (!value.len)
            continue;
        if (any)
            emit_text(c->out, TEXT(" | "));
        emit_text(c->out, value);
        any = true;
    }
}

static void say_uneven(struct csv *c, uint32_t line)
{
    if (!c->uneven_said && c->cells.count > c->header.count)
        emit_note(c->out, NOTE_MALFORMED, line, 0,
            TEXT("CSV: expected no more cells than the header has"));
    c->uneven_said = c->uneven_said || c->cells.count > c->header.count;
}

static void say_row(struct csv *c)
{
    uint32_t line = LIST_AT(&c->cells, struct cell, 0)->line;
    bool any = false;
    for (size_t i = 0; i < c->cells.count; i++)
        any = any || cell_text(c, i).len;
    if (!any)
        return;
    say_uneven(c, line);
    emit_begin(c->out, UNIT_ENTRY, 0, line, 0);
    say_text(c);
    for (size_t i = 0; i < c->cells.count; i++) {
        char number[32];
        struct bytes name = {0};
        if (i < c->header.count)
            name = header_text(c, i);
        if (!name.len) {
            int n = snprintf(number, sizeof number, "column %zu", i + 1);
            name = (struct bytes){(const uint8_t *)number, (size_t)n};
        }
        emit_field(
            c->out, name, cell_text(c, i), LIST_AT(&c->cells, struct cell, i)->line);
    }
    emit_end(c->out);
}

static bool is_utf16(struct bytes document)
{
    return text_starts(document, TEXT("\xFF\xFE"))
        || text_starts(document, TEXT("\xFE\xFF"));
}

static void named_separator(struct csv *c)
{
    struct bytes line = text_trim(text_upto(c->left, text_find(c->left, TEXT("\n"))));
    c->separator = choose_separator(c->left);
    if (!text_starts(line, TEXT("sep=")) || line.len != 5)
        return;
    c->separator = line.at[4];
    c->left = text_from(c->left, text_find(c->left, TEXT("\n")) + 1);
    c->line++;
}

void read_csv(struct bytes document, struct emit *out)
{
    if (is_utf16(document)) {
        emit_note(out, NOTE_MALFORMED, 1, 0, TEXT("CSV: expected UTF-8, found UTF-16"));
        return;
    }
    secret_scan(document, out);
    if (text_starts(document, TEXT("\xEF\xBB\xBF")))
        document = text_from(document, 3);
    struct csv c = {.left = document,
        .out = out,
        .line = 1,
        .cells = LIST_OF(struct cell),
        .header = LIST_OF(struct cell)};
    named_separator(&c);
    if (take_record(&c)) {
        take_header(&c);
        while (!emit_full(out) && take_record(&c))
            say_row(&c);
    }
    list_free(&c.cells);
    list_free(&c.header);
    growing_free(&c.text);
    growing_free(&c.header_text);
}
