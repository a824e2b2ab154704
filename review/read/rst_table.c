/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/rst_table.h"

enum { COLUMNS_MAX = 256 };

struct columns {
    size_t at[COLUMNS_MAX + 1]; /* where each begins, in characters */
    size_t count;
};

struct table_text { /* one row as it is put together */
    struct growing cells[COLUMNS_MAX];
};

/* The next line without its end; `rest` goes on behind it. */
static struct bytes next_line(struct bytes *rest)
{
    size_t n = text_find(*rest, TEXT("\n"));
    struct bytes line = text_upto(*rest, n);
    *rest = text_from(*rest, n + 1);
    while (line.len
        && (line.at[line.len - 1] == ' ' || line.at[line.len - 1] == '\r'
            || line.at[line.len - 1] == '\t'))
        line.len--;
    return line;
}

static bool made_of(struct bytes line, const char *letters)
{
    for (size_t i = 0; i < line.len; i++)
        if (text_find(text_of(letters), (struct bytes){line.at + i, 1})
            == text_of(letters).len)
            return false;
    return line.len > 0;
}

static void put_cell(
    struct grid *grid, bool header, struct bytes text, rst_plain_fn *plain)
{
    struct growing undressed = {0};
    plain(&undressed, text_trim(text));
    grid_cell(grid, header, 1, 1);
    grid_text(grid, growing_bytes(&undressed));
    growing_free(&undressed);
}

static void put_row(struct grid *grid, struct table_text *row, size_t count,
    bool header, uint32_t line, rst_plain_fn *plain)
{
    grid_row(grid, line, 0);
    for (size_t i = 0; i < count; i++)
        put_cell(grid, header, growing_bytes(&row->cells[i]), plain);
}

static void add_line(struct growing *cell, struct bytes text)
{
    text = text_trim(text);
    if (cell->len && text.len)
        growing_add(cell, TEXT(" "));
    if (cell->len <= EMIT_TEXT_MAX)
        growing_add(cell, text);
}

static void free_row(struct table_text *row)
{
    for (size_t i = 0; i < COLUMNS_MAX; i++)
        growing_free(&row->cells[i]);
}

static size_t margin_of(struct bytes line)
{
    size_t n = 0;
    while (n < line.len && (line.at[n] == ' ' || line.at[n] == '\t'))
        n++;
    return n;
}

/* Adds the places of '+' in a line of the frame, in order, each once. */
static void add_corners(struct columns *c, struct bytes line)
{
    size_t at = 0, k = 0;
    for (size_t i = 0; i < line.len; i++) {
        at += (line.at[i] & 0xC0) != 0x80;
        if (line.at[i] != '+')
            continue;
        while (k < c->count && c->at[k] < at)
            k++;
        if ((k < c->count && c->at[k] == at) || c->count >= COLUMNS_MAX)
            continue;
        for (size_t m = c->count++; m > k; m--)
            c->at[m] = c->at[m - 1];
        c->at[k] = at;
    }
}

static bool is_frame(struct bytes line)
{
    return text_find(line, TEXT("+-")) < line.len
        || text_find(line, TEXT("+=")) < line.len;
}

/* The whole table: lines that begin with '+' or '|'. */
static size_t grid_lines(struct bytes lines, struct columns *c, bool *header)
{
    size_t count = 0, to_frame = 0;
    for (struct bytes rest = lines; rest.len;) {
        struct bytes line = text_trim(next_line(&rest));
        if (!line.len || (line.at[0] != '+' && line.at[0] != '|'))
            break;
        count++;
        if (line.at[0] == '+' && made_of(line, "+-="))
            to_frame = count;
        if (is_frame(line) && made_of(line, "+-=| "))
            add_corners(c, line);
        *header = *header || (line.at[0] == '+' && made_of(line, "+="));
    }
    return to_frame;
}

/*
 * One pass over a line: what stands between two corners goes to the column that began at the
 * last one where a bar was. `ends[i]`: below column i the frame closes the cell.
 */
static void cut_line(
    struct bytes line, const struct columns *c, struct table_text *row, bool *ends)
{
    size_t at = 0, k = 0, cell = 0, from = 0;
    for (size_t i = 0; i <= line.len && k < c->count; i++) {
        if (i < line.len && (line.at[i] & 0xC0) == 0x80)
            continue;
        at++;
        if (at != c->at[k])
            continue;
        bool edge = i < line.len && (line.at[i] == '|' || line.at[i] == '+');
        if (k > 0 && (edge || k + 1 == c->count)) {
            struct bytes text = {line.at + from, i - from};
            bool frame = made_of(text, "-=") || made_of(text, "-=+");
            for (size_t m = cell; m < k && frame; m++)
                ends[m] = true;
            if (!frame)
                add_line(&row->cells[cell], text);
            cell = k;
        }
        if (edge)
            from = i + 1;
        k++;
    }
}

size_t rst_grid_table(
    struct bytes lines, uint32_t line, struct grid *grid, rst_plain_fn *plain)
{
    struct columns c = {.count = 0};
    struct table_text row = {0};
    bool header = false, begun = false;
    size_t count = grid_lines(lines, &c, &header);
    if (count < 3 || c.count < 2)
        return 0;
    grid_begin(grid, GRID_MARKED);
    uint32_t row_line = line;
    struct bytes rest = lines;
    for (size_t i = 0; i < count; i++) {
        struct bytes l = next_line(&rest);
        bool ends[COLUMNS_MAX] = {false}, any = false;
        l = text_from(l, margin_of(l));
        cut_line(l, &c, &row, ends);
        for (size_t k = 0; k + 1 < c.count; k++)
            any = any || ends[k];
        if (!any)
            continue;
        if (begun)
            put_row(grid, &row, c.count - 1, header, row_line, plain);
        begun = true;
        row_line = line + (uint32_t)i + 1;
        header = header && !made_of(l, "+=");
        for (size_t k = 0; k + 1 < c.count; k++)
            if (ends[k])
                row.cells[k].len = 0;
    }
    grid_end(grid);
    free_row(&row);
    return count;
}

static bool is_border(struct bytes line)
{
    return made_of(line, "= ") && text_find(line, TEXT("==")) < line.len;
}

static void find_columns(struct columns *c, struct bytes border)
{
    for (size_t i = 0; i < border.len && c->count < COLUMNS_MAX; i++)
        if (border.at[i] == '=' && (i == 0 || border.at[i - 1] != '='))
            c->at[c->count++] = i;
}

static void cut_columns(
    struct bytes line, const struct columns *c, struct table_text *row)
{
    size_t at = 0, k = 0, from = 0;
    for (size_t i = 0; i <= line.len; i++) {
        if (i < line.len && (line.at[i] & 0xC0) == 0x80)
            continue;
        bool next = k + 1 < c->count && at == c->at[k + 1];
        if (next || i == line.len) {
            add_line(&row->cells[k], (struct bytes){line.at + from, i - from});
            from = i;
            k += next;
        }
        at++;
    }
}

/* Borders seen up to the end of the table, and its lines. */
static size_t simple_lines(struct bytes lines, unsigned *borders)
{
    size_t count = 0, end = 0;
    bool blank_before = false;
    for (struct bytes rest = lines; rest.len;) {
        struct bytes line = text_trim(next_line(&rest));
        count++;
        if (is_border(line)) {
            ++*borders;
            end = count;
            struct bytes after = rest;
            bool ends = !text_trim(next_line(&after)).len;
            if (*borders == 3 || (*borders == 2 && ends))
                break;
        }
        if (blank_before && !line.len)
            break;
        blank_before = !line.len;
    }
    return end;
}

static void flush_row(struct grid *grid, struct table_text *row,
    const struct columns *c, bool header, uint32_t line, rst_plain_fn *plain)
{
    bool any = false;
    for (size_t i = 0; i < c->count; i++)
        any = any || row->cells[i].len;
    if (any)
        put_row(grid, row, c->count, header, line, plain);
    for (size_t i = 0; i < c->count; i++)
        row->cells[i].len = 0;
}

size_t rst_simple_table(
    struct bytes lines, uint32_t line, struct grid *grid, rst_plain_fn *plain)
{
    struct columns c = {.count = 0};
    struct table_text row = {0};
    struct bytes rest = lines, border = next_line(&rest);
    unsigned borders = 0;
    size_t margin = margin_of(border);
    border = text_from(border, margin);
    if (!is_border(border))
        return 0;
    find_columns(&c, border);
    size_t count = c.count < 2 ? 0 : simple_lines(lines, &borders);
    if (borders < 2)
        return 0;
    bool header = borders > 2;
    grid_begin(grid, GRID_MARKED);
    uint32_t row_line = line + 1;
    for (size_t i = 1; i < count; i++) {
        struct bytes l = next_line(&rest);
        l = text_from(l, margin_of(l) < margin ? margin_of(l) : margin);
        bool ruled = is_border(l),
             under = made_of(l, "- ") && l.at[0] == '-' && l.len > 1
            && text_find(l, TEXT("--")) < l.len;
        bool begins = l.len && l.at[0] != ' ';
        if (ruled || under || begins || !l.len)
            flush_row(grid, &row, &c, header, row_line, plain);
        if (ruled)
            header = false;
        if (begins)
            row_line = line + (uint32_t)i;
        if (!ruled && !under)
            cut_columns(l, &c, &row);
    }
    flush_row(grid, &row, &c, header, row_line, plain);
    grid_end(grid);
    free_row(&row);
    return count;
}

static unsigned small_number(struct bytes digits)
{
    unsigned n = 0;
    for (size_t i = 0; i < digits.len && i < 4; i++)
        if (digits.at[i] >= '0' && digits.at[i] <= '9')
            n = n * 10 + (unsigned)(digits.at[i] - '0');
    return n;
}

static bool is_mark(struct bytes line, uint8_t mark)
{
    return line.len && line.at[0] == mark && (line.len == 1 || line.at[1] == ' ');
}

static void flush_cell(struct grid *grid, struct growing *cell, bool *open, bool header,
    rst_plain_fn *plain)
{
    if (*open)
        put_cell(grid, header, growing_bytes(cell), plain);
    cell->len = 0;
    *open = false;
}

void rst_list_table(struct bytes lines, uint32_t line, struct bytes header_rows,
    struct grid *grid, rst_plain_fn *plain)
{
    unsigned headers = small_number(header_rows), rows = 0;
    struct growing cell = {0};
    size_t row_column = SIZE_MAX, cell_column = SIZE_MAX;
    bool open = false;
    grid_begin(grid, GRID_MARKED);
    for (; lines.len; line++) {
        struct bytes whole = next_line(&lines), l = whole;
        size_t at = margin_of(whole);
        l = text_from(whole, at);
        if ((is_mark(l, '*') || is_mark(l, '-'))
            && (row_column == SIZE_MAX || at == row_column)) {
            flush_cell(grid, &cell, &open, rows <= headers, plain);
            row_column = at;
            cell_column = SIZE_MAX;
            grid_row(grid, line, 0);
            rows++;
            at += 1 + margin_of(text_from(l, 1));
            l = text_from(whole, at);
        }
        if ((is_mark(l, '-') || is_mark(l, '*')) && row_column != SIZE_MAX
            && (cell_column == SIZE_MAX || at == cell_column)) {
            flush_cell(grid, &cell, &open, rows <= headers, plain);
            cell_column = at;
            open = true;
            l = text_from(l, 1);
        }
        add_line(&cell, l);
    }
    flush_cell(grid, &cell, &open, rows <= headers, plain);
    grid_end(grid);
    growing_free(&cell);
}

/* One record of `rest` becomes a row; its lines are counted. */
static uint32_t csv_row(struct bytes *rest, uint8_t delimiter, bool header,
    struct grid *grid, rst_plain_fn *plain)
{
    struct growing cell = {0};
    uint32_t lines = 0;
    bool quoted = false, ended = false;
    while (!ended) {
        uint8_t c = rest->len ? rest->at[0] : '\n';
        ended = !rest->len || (c == '\n' && !quoted);
        lines += c == '\n';
        if (quoted && c == '"' && rest->len > 1 && rest->at[1] == '"') {
            growing_add(&cell, TEXT("\""));
            *rest = text_from(*rest, 1);
        } else if (c == '"' && (quoted || !text_trim(growing_bytes(&cell)).len)) {
            quoted = !quoted;
        } else if (ended || (c == delimiter && !quoted)) {
            put_cell(grid, header, growing_bytes(&cell), plain);
            cell.len = 0;
        } else {
            growing_add(&cell, text_upto(*rest, 1));
        }
        *rest = text_from(*rest, 1);
    }
    growing_free(&cell);
    return lines;
}

void rst_csv_table(struct bytes lines, uint32_t line, struct bytes header,
    struct bytes header_rows, struct bytes delimiter, struct grid *grid,
    rst_plain_fn *plain)
{
    unsigned headers = small_number(header_rows);
    uint8_t by = text_same_word(delimiter, TEXT("tab")) ? '\t'
        : delimiter.len == 1                            ? delimiter.at[0]
                                                        : ',';
    grid_begin(grid, GRID_MARKED);
    if (header.len) {
        grid_row(grid, line, 0);
        csv_row(&header, by, true, grid, plain);
    }
    for (unsigned row = 0; lines.len; row++) {
        grid_row(grid, line, 0);
        line += csv_row(&lines, by, row < headers, grid, plain);
    }
    grid_end(grid);
}
