/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XLSX: each sheet is a heading, its first row that holds anything is the header, the others
 * are rows. Values as they are stored, not as they are shown, but for days and times, which
 * are numbers in the file. Lines are row numbers. A merged area is its first cell: what the
 * others still hold is not shown, and not read.
 */
#include "review/read/archive.h"
#include "review/read/grid.h"
#include "review/read/growing.h"
#include "review/read/readers.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SHEETS_MAX = 1000, STRINGS_MAX = 4000000, AREAS_MAX = 200000 };

enum value_kind { VALUE_NUMBER, VALUE_SHARED, VALUE_TEXT, VALUE_TRUTH };
enum time_kind { TIME_NONE, TIME_DAY = 1, TIME_CLOCK = 2 }; /* bits */

struct sheet {
    struct bytes name, relation;
};

struct area { /* merged cells; rows from 1, columns from 0 */
    uint32_t row, column, down, across;
};

struct number_format {
    uint32_t id;
    uint8_t time; /* bits of enum time_kind */
};

struct xlsx {
    struct emit *out;
    struct grid *grid;
    struct arena *arena;
    struct list sheets, formats, cell_times; /* cell_times: uint8_t by cell style */
    struct growing strings;                  /* all shared strings */
    struct list ends;                        /* size_t: where each ends in strings */
    struct list areas;                       /* of the sheet, by row and column */
    struct growing value;
    unsigned column, phonetic;
    enum value_kind kind;
    uint32_t row, style;
    bool in_cell, in_value, in_styles, from_1904;
};

static bool is(struct bytes name, const char *wanted)
{
    return text_same(name, text_of(wanted));
}

static void nothing_closes(void *self, struct bytes name)
{
    (void)self, (void)name;
}

static void no_text(void *self, struct bytes piece)
{
    (void)self, (void)piece;
}

static void book_open(void *self, const struct xml_tag *tag)
{
    struct xlsx *x = self;
    if (is(tag->name, "sheet") && x->sheets.count < SHEETS_MAX) {
        struct sheet *s = list_add(&x->sheets);
        s->name = arena_copy(x->arena, xml_attribute(tag, "name"));
        s->relation = arena_copy(x->arena, xml_attribute(tag, "id"));
    } else if (is(tag->name, "workbookPr")) {
        struct bytes v = xml_attribute(tag, "date1904");
        x->from_1904 = is(v, "1") || is(v, "true");
    }
}

/* The format's own letters, without what is quoted, escaped or in brackets. */
static uint8_t time_of_code(struct bytes code)
{
    uint8_t time = TIME_NONE;
    bool quoted = false, bracket = false;
    for (size_t i = 0; i < code.len; i++) {
        uint8_t c = code.at[i] | 0x20;
        if (code.at[i] == '"')
            quoted = !quoted;
        else if (code.at[i] == '\\' || code.at[i] == '_')
            i++;
        else if (code.at[i] == '[' || code.at[i] == ']')
            bracket = code.at[i] == '[';
        else if (code.at[i] == ';')
            break;
        else if (!quoted && !bracket && (c == 'y' || c == 'd'))
            time |= TIME_DAY;
        else if (!quoted && !bracket && (c == 'h' || c == 's'))
            time |= TIME_CLOCK;
    }
    return time;
}

static uint8_t time_of_id(const struct xlsx *x, uint32_t id)
{
    for (size_t i = 0; i < x->formats.count; i++) {
        const struct number_format *f = LIST_AT(&x->formats, struct number_format, i);
        if (f->id == id)
            return f->time;
    }
    if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36
        || (id >= 50 && id <= 58))
        return TIME_DAY;
    if (id == 22)
        return TIME_DAY | TIME_CLOCK;
    return (id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47)
        ? TIME_CLOCK
        : TIME_NONE;
}

static void style_open(void *self, const struct xml_tag *tag)
{
    struct xlsx *x = self;
    if (is(tag->name, "numFmt") && x->formats.count < 1000) {
        struct number_format *f = list_add(&x->formats);
        f->id = xml_number(tag, "numFmtId", 0);
        f->time = time_of_code(xml_attribute(tag, "formatCode"));
    } else if (is(tag->name, "cellXfs")) {
        x->in_styles = true;
    } else if (is(tag->name, "xf") && x->in_styles) {
        *(uint8_t *)list_add(&x->cell_times) =
            time_of_id(x, xml_number(tag, "numFmtId", 0));
    }
}

static void style_close(void *self, struct bytes name)
{
    struct xlsx *x = self;
    if (is(name, "cellXfs"))
        x->in_styles = false;
}

/* A reading aid above Japanese letters is no part of the text. */
static void string_open(void *self, const struct xml_tag *tag)
{
    struct xlsx *x = self;
    x->phonetic += is(tag->name, "rPh");
    x->in_value = is(tag->name, "t") && !x->phonetic;
}

static void string_close(void *self, struct bytes name)
{
    struct xlsx *x = self;
    x->in_value = false;
    if (is(name, "rPh") && x->phonetic)
        x->phonetic--;
    if (is(name, "si") && x->ends.count < STRINGS_MAX)
        *(size_t *)list_add(&x->ends) = x->strings.len;
}

static void string_text(void *self, struct bytes piece)
{
    struct xlsx *x = self;
    if (x->in_value)
        growing_add(&x->strings, piece);
}

/* "AB12": column 27. UINT_MAX where there is none. */
static unsigned column_of(struct bytes place)
{
    unsigned column = 0;
    size_t i = 0;
    for (; i < place.len && i < 4 && place.at[i] >= 'A' && place.at[i] <= 'Z'; i++)
        column = column * 26 + (unsigned)(place.at[i] - 'A') + 1;
    return column - 1;
}

static uint32_t row_of(struct bytes place)
{
    uint32_t row = 0;
    for (size_t i = 0; i < place.len && row < 100000000; i++)
        if (place.at[i] >= '0' && place.at[i] <= '9')
            row = row * 10 + (uint32_t)(place.at[i] - '0');
    return row;
}

/* They stand behind the cells that they are about. */
static void area_open(void *self, const struct xml_tag *tag)
{
    struct xlsx *x = self;
    if (!is(tag->name, "mergeCell") || x->areas.count >= AREAS_MAX)
        return;
    struct bytes ref = xml_attribute(tag, "ref");
    size_t colon = text_find(ref, TEXT(":"));
    struct bytes from = text_upto(ref, colon), to = text_from(ref, colon + 1);
    struct area a = {row_of(from), column_of(from), row_of(to), column_of(to)};
    if (!a.row || a.column >= GRID_COLUMNS_MAX || a.down < a.row || a.across < a.column)
        return;
    a.down = a.down - a.row + 1;
    a.across = a.across - a.column + 1;
    *(struct area *)list_add(&x->areas) = a;
}

static int by_first_cell(const void *a, const void *b)
{
    const struct area *x = a, *y = b;
    return x->row != y->row ? (x->row > y->row) - (x->row < y->row)
                            : (x->column > y->column) - (x->column < y->column);
}

/* The area that the cell is the first of, or the cell itself. */
static struct area area_at(const struct xlsx *x, uint32_t row, uint32_t column)
{
    struct area cell = {row, column, 1, 1};
    const struct area *found = x->areas.count
        ? bsearch(&cell, x->areas.at, x->areas.count, sizeof cell, by_first_cell)
        : NULL;
    return found ? *found : cell;
}

static enum value_kind kind_of(struct bytes type)
{
    if (is(type, "s"))
        return VALUE_SHARED;
    if (is(type, "b"))
        return VALUE_TRUTH;
    return !type.len || is(type, "n") ? VALUE_NUMBER : VALUE_TEXT;
}

static void open_cell(struct xlsx *x, const struct xml_tag *tag)
{
    unsigned column = column_of(xml_attribute(tag, "r"));
    x->column = column < GRID_COLUMNS_MAX ? column : x->column + 1;
    x->kind = kind_of(xml_attribute(tag, "t"));
    x->style = xml_number(tag, "s", 0);
    x->in_cell = true;
    x->value.len = 0;
}

static void sheet_open(void *self, const struct xml_tag *tag)
{
    struct xlsx *x = self;
    if (is(tag->name, "row")) {
        uint32_t row = xml_number(tag, "r", x->row + 1);
        if (row > x->row + 1)
            grid_rows_passed(x->grid, row - x->row - 1);
        x->row = row;
        x->column = UINT32_MAX;
        grid_row(x->grid, x->row, 0);
    } else if (is(tag->name, "c")) {
        open_cell(x, tag);
    } else if (is(tag->name, "rPh")) {
        x->phonetic++;
    } else if (is(tag->name, "v") || is(tag->name, "t")) {
        x->in_value = x->in_cell && !x->phonetic;
    }
}

static void sheet_text(void *self, struct bytes piece)
{
    struct xlsx *x = self;
    if (x->in_value && x->value.len <= EMIT_TEXT_MAX)
        growing_add(&x->value, piece);
}

static struct bytes shared(const struct xlsx *x, struct bytes number)
{
    char *end;
    unsigned long i = strtoul((const char *)number.at, &end, 10);
    if (!number.len || i >= x->ends.count)
        return (struct bytes){0};
    size_t from = i ? *LIST_AT(&x->ends, size_t, i - 1) : 0;
    size_t to = *LIST_AT(&x->ends, size_t, i);
    return (struct bytes){x->strings.at ? x->strings.at + from : NULL, to - from};
}

/* Days since the end of 1899, with a 29 February 1900 that never was. */
static void put_time(struct xlsx *x, double days, uint8_t time)
{
    enum { DAY_S = 86400, UNIX_EPOCH = 25569, DAYS_1904 = 1462 };
    char shown[64];
    double whole = days + (x->from_1904 ? DAYS_1904 : days < 60 && days >= 1 ? 1 : 0);
    time_t s = (time_t)(whole * (double)DAY_S + 0.5) - (time_t)UNIX_EPOCH * DAY_S;
    struct tm tm;
    if (!gmtime_r(&s, &tm))
        return;
    size_t n;
    if (time == TIME_DAY)
        n = strftime(shown, sizeof shown, "%Y-%m-%d", &tm);
    else if (time == TIME_CLOCK && days < 1)
        n = strftime(shown, sizeof shown, "%H:%M:%S", &tm);
    else
        n = strftime(shown, sizeof shown, "%Y-%m-%dT%H:%M:%S", &tm);
    grid_text(x->grid, (struct bytes){(const uint8_t *)shown, n});
}

/* 0.1 is stored as 0.10000000000000001: fifteen digits are what the program shows. */
static void put_number(struct xlsx *x)
{
    enum { LAST_DAY = 2958466 }; /* the year 9999 ends */
    char shown[64], *end;
    growing_add(&x->value, (struct bytes){(const uint8_t *)"", 1});
    x->value.len--;
    double value = strtod((const char *)x->value.at, &end);
    uint8_t time = x->style < x->cell_times.count
        ? *LIST_AT(&x->cell_times, uint8_t, x->style)
        : TIME_NONE;
    if (end != (const char *)x->value.at + x->value.len || !x->value.len)
        grid_text(x->grid, growing_bytes(&x->value));
    else if (time && value >= 0 && value < (double)LAST_DAY)
        put_time(x, value, time);
    else if (x->value.len > 15)
        grid_text(x->grid,
            (struct bytes){(const uint8_t *)shown,
                (size_t)snprintf(shown, sizeof shown, "%.15g", value)});
    else
        grid_text(x->grid, growing_bytes(&x->value));
}

static void close_cell(struct xlsx *x)
{
    struct bytes value = growing_bytes(&x->value);
    x->in_cell = false;
    if (x->column >= GRID_COLUMNS_MAX)
        return;
    struct area own = area_at(x, x->row, x->column);
    grid_cell_at(x->grid, x->column, own.across, own.down);
    switch (x->kind) {
    case VALUE_NUMBER: put_number(x); break;
    case VALUE_SHARED:
        growing_add(&x->value, (struct bytes){(const uint8_t *)"", 1});
        grid_text(x->grid, shared(x, text_upto(growing_bytes(&x->value), value.len)));
        break;
    case VALUE_TEXT: grid_text(x->grid, value); break;
    case VALUE_TRUTH:
        grid_text(x->grid, is(value, "1") ? TEXT("TRUE") : TEXT("FALSE"));
        break;
    }
}

static void sheet_close(void *self, struct bytes name)
{
    struct xlsx *x = self;
    x->in_value = false;
    if (is(name, "rPh") && x->phonetic)
        x->phonetic--;
    if (is(name, "c") && x->in_cell)
        close_cell(x);
}

static void read_sheet(struct xlsx *x, struct archive *a, const struct sheet *s)
{
    static const struct xml_calls calls = {sheet_open, sheet_close, sheet_text},
                                  ahead = {area_open, nothing_closes, no_text};
    char *part =
        archive_related(a, "xl/_rels/workbook.xml.rels", "xl/", s->relation, "", "");
    emit_unit(x->out, UNIT_HEADING, 1, 0, 0, s->name);
    x->row = x->phonetic = 0;
    x->in_cell = x->in_value = false;
    x->areas.count = 0;
    archive_glance(a, part, &ahead, x);
    if (x->areas.count)
        qsort(x->areas.at, x->areas.count, sizeof(struct area), by_first_cell);
    grid_begin(x->grid, GRID_FIRST);
    archive_main(a, part, &calls, x);
    grid_end(x->grid);
    free(part);
}

static void read_parts(struct xlsx *x, struct archive *a)
{
    static const struct xml_calls book = {book_open, nothing_closes, no_text},
                                  styles = {style_open, style_close, no_text},
                                  strings = {string_open, string_close, string_text};
    archive_main(a, "xl/workbook.xml", &book, x);
    archive_xml(a, "xl/styles.xml", &styles, x);
    archive_xml(a, "xl/sharedStrings.xml", &strings, x);
    for (size_t i = 0; i < x->sheets.count && !emit_full(x->out); i++)
        read_sheet(x, a, LIST_AT(&x->sheets, struct sheet, i));
}

void read_xlsx(struct bytes document, struct emit *out)
{
    struct archive *a = archive_new(document, out);
    if (!a)
        return;
    struct xlsx x = {.out = out, .grid = grid_new(out), .arena = arena_new()};
    x.sheets = LIST_OF(struct sheet);
    x.formats = LIST_OF(struct number_format);
    x.cell_times = LIST_OF(uint8_t);
    x.ends = LIST_OF(size_t);
    x.areas = LIST_OF(struct area);
    read_parts(&x, a);
    list_free(&x.sheets);
    list_free(&x.formats);
    list_free(&x.cell_times);
    list_free(&x.ends);
    list_free(&x.areas);
    growing_free(&x.strings);
    growing_free(&x.value);
    grid_free(x.grid);
    arena_free(x.arena);
    archive_free(a);
}
