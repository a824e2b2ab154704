/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/grid.h"

#include "review/read/growing.h"

#include <stdlib.h>
#include <unistd.h>

struct cell {
    struct growing text;
    unsigned rows_left;        /* below this one, that it still covers */
    bool filled, header, kept; /* kept: the row below may say that it goes on */
    bool again;                /* its text was read in a row above */
};

struct line_of_cells {
    struct cell *at;
    size_t count, cap;
};

struct grid {
    struct emit *out;
    enum grid_header kind;
    struct line_of_cells header, row;
    size_t column; /* where the next cell goes */
    size_t open;   /* the cell that takes text, or SIZE_MAX */
    uint32_t line, page, header_line, header_page;
    bool in_row, dropped, header_whole, header_given;
    bool groups; /* a cell of the header spans columns */
    uint32_t header_rows, body_rows;
};

struct grid *grid_new(struct emit *out)
{
    struct grid *g = calloc(1, sizeof *g);
    if (!g)
        _exit(GROWING_EXIT);
    g->out = out;
    g->open = SIZE_MAX;
    return g;
}

static void cells_free(struct line_of_cells *c)
{
    for (size_t i = 0; i < c->cap; i++)
        growing_free(&c->at[i].text);
    free(c->at);
    *c = (struct line_of_cells){0};
}

void grid_free(struct grid *g)
{
    if (!g)
        return;
    cells_free(&g->header);
    cells_free(&g->row);
    free(g);
}

static struct cell *cell_at(struct line_of_cells *c, size_t i)
{
    if (i >= c->cap) {
        size_t cap = i * 2 + 8;
        struct cell *at = realloc(c->at, cap * sizeof *at);
        if (!at)
            _exit(GROWING_EXIT);
        for (size_t k = c->cap; k < cap; k++)
            at[k] = (struct cell){0};
        c->at = at;
        c->cap = cap;
    }
    if (i >= c->count)
        c->count = i + 1;
    return &c->at[i];
}

void grid_begin(struct grid *g, enum grid_header header)
{
    cells_free(&g->header);
    cells_free(&g->row);
    g->kind = header;
    g->in_row = g->header_whole = g->header_given = g->groups = false;
    g->header_rows = g->body_rows = 0;
    g->open = SIZE_MAX;
}

static struct bytes cell_text(const struct line_of_cells *c, size_t i)
{
    return i < c->count ? text_trim(growing_bytes(&c->at[i].text)) : (struct bytes){0};
}

static bool holds_anything(const struct line_of_cells *c)
{
    for (size_t i = 0; i < c->count; i++)
        if (!c->at[i].again && cell_text(c, i).len)
            return true;
    return false;
}

static void write_row(
    struct grid *g, const struct line_of_cells *cells, uint32_t line, uint32_t page)
{
    const struct line_of_cells *names = g->header_whole ? &g->header : NULL;
    size_t count = cells->count;
    if (names && names->count > count)
        count = names->count;
    while (names && count > names->count && !cell_text(cells, count - 1).len)
        count--; /* of a cell that is wider than the table */
    emit_begin(g->out, UNIT_ROW, 0, line, page);
    for (size_t i = 0; i < count; i++) {
        if (i)
            emit_text(g->out, TEXT(" | "));
        emit_text(g->out, cell_text(cells, i));
    }
    for (size_t i = 0; names && i < names->count; i++)
        emit_field(g->out, cell_text(names, i), cell_text(cells, i), line);
    emit_end(g->out);
}

/* One cell over several columns, above the header: it names the table, and no column. */
static bool is_banner(const struct grid *g)
{
    if (g->kind != GRID_FIRST || g->header_given || !g->groups)
        return false;
    size_t filled = 0;
    for (size_t i = 0; i < g->row.count; i++)
        filled += cell_text(&g->row, i).len > 0;
    return filled == 1;
}

static bool is_header(const struct grid *g)
{
    if (g->header_whole)
        return false;
    if (g->kind == GRID_FIRST)
        return true;
    bool all = g->row.count > 0;
    for (size_t i = 0; i < g->row.count; i++)
        all = all && (g->row.at[i].header || !g->row.at[i].filled);
    return all;
}

/* "Tests" over "Name" and "Result", with "Id" beside both rows: two rows are one header. */
static bool header_goes_on(struct grid *g)
{
    enum { HEADER_ROWS_MAX = 4 };
    bool down = false;
    for (size_t i = 0; i < g->row.count; i++)
        down = down || g->row.at[i].rows_left > 0;
    return down && g->groups && ++g->header_rows < HEADER_ROWS_MAX;
}

static void take_header(struct grid *g)
{
    if (!g->header_given) {
        g->header_line = g->line;
        g->header_page = g->page;
    }
    for (size_t i = 0; i < g->row.count; i++) {
        struct growing *name = &cell_at(&g->header, i)->text;
        struct bytes more = cell_text(&g->row, i);
        /* A header cell that spans rows is met in each of them. */
        if (g->header_given && text_same(growing_bytes(name), more))
            continue;
        if (name->len && more.len)
            growing_add(name, TEXT(" "));
        growing_add(name, more);
    }
    g->header_given = true;
    g->header_whole = g->kind == GRID_FIRST && !header_goes_on(g);
}

static void drop_unfilled(struct line_of_cells *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (!row->at[i].filled) {
            row->at[i].kept = row->at[i].again = false;
            row->at[i].text.len = 0;
        }
    while (row->count && !row->at[row->count - 1].filled)
        row->count--;
}

static void close_row(struct grid *g)
{
    if (!g->in_row)
        return;
    g->in_row = false;
    g->open = SIZE_MAX;
    drop_unfilled(&g->row);
    if (g->dropped || !holds_anything(&g->row))
        return;
    if (is_banner(g)) {
        emit_begin(g->out, UNIT_ROW, 0, g->line, g->page);
        for (size_t i = 0; i < g->row.count; i++)
            emit_text(g->out, cell_text(&g->row, i));
        emit_end(g->out);
        g->groups = false;
        return;
    }
    if (is_header(g)) {
        take_header(g);
        return;
    }
    g->header_whole = g->header_given;
    g->body_rows++;
    write_row(g, &g->row, g->line, g->page);
}

/* What spans down stays; the rest is emptied. */
static void clear_row(struct grid *g)
{
    size_t kept = 0;
    for (size_t i = 0; i < g->row.count; i++) {
        struct cell *c = &g->row.at[i];
        c->again = c->rows_left || c->kept;
        if (c->rows_left) {
            c->rows_left--;
            kept = i + 1;
        } else {
            c->filled = c->header = false;
            if (!c->kept)
                c->text.len = 0;
            else
                kept = i + 1;
        }
    }
    g->row.count = kept;
    g->column = 0;
}

void grid_row(struct grid *g, uint32_t line, uint32_t page)
{
    close_row(g);
    clear_row(g);
    g->in_row = true;
    g->dropped = false;
    g->line = line;
    g->page = page;
}

static void place_cell(struct grid *g, size_t column, bool header, unsigned down)
{
    struct cell *c = cell_at(&g->row, column);
    c->text.len = 0;
    c->filled = true;
    c->header = header;
    c->kept = c->again = false;
    c->rows_left = down > 1 ? (down < 65535 ? down : 65535) - 1 : 0;
}

void grid_cell(struct grid *g, bool header, unsigned across, unsigned down)
{
    while (g->column < g->row.count && g->row.at[g->column].filled)
        g->column++;
    g->open = SIZE_MAX;
    if (!g->in_row || g->column >= GRID_COLUMNS_MAX)
        return;
    g->open = g->column;
    g->groups = g->groups || (!g->header_whole && across > 1);
    size_t last = g->column + (across > 1 ? across - 1 : 0);
    if (last >= GRID_COLUMNS_MAX)
        last = GRID_COLUMNS_MAX - 1;
    for (size_t i = g->column; i <= last; i++)
        place_cell(g, i, header, down);
    g->column = last + 1;
}

void grid_cell_down(struct grid *g, bool begins, unsigned across)
{
    size_t column = g->column;
    if (begins) {
        grid_cell(g, false, across, 1);
    } else if (g->in_row) {
        g->open = SIZE_MAX;
        g->column += across > 1 ? across : 1;
    }
    for (; g->in_row && column < g->column && column < GRID_COLUMNS_MAX; column++) {
        struct cell *c = cell_at(&g->row, column);
        c->filled = c->kept = true;
    }
}

void grid_cell_at(struct grid *g, unsigned column, unsigned across, unsigned down)
{
    g->open = SIZE_MAX;
    g->column = column;
    if (column < g->row.count && g->row.at[column].filled)
        return;
    grid_cell(g, false, across, down);
}

void grid_rows_passed(struct grid *g, unsigned rows)
{
    close_row(g);
    for (size_t i = 0; i < g->row.count; i++) {
        struct cell *c = &g->row.at[i];
        c->rows_left = c->rows_left > rows ? c->rows_left - rows : 0;
    }
}

void grid_text(struct grid *g, struct bytes piece)
{
    if (g->open == SIZE_MAX)
        return;
    struct growing *b = &g->row.at[g->open].text;
    if (b->len <= EMIT_TEXT_MAX)
        growing_add(b, text_upto(piece, EMIT_TEXT_MAX * 4));
}

void grid_drop_row(struct grid *g)
{
    g->dropped = true;
}

void grid_end(struct grid *g)
{
    close_row(g);
    if (g->header_given && !g->body_rows) {
        g->header_whole = false;
        write_row(g, &g->header, g->header_line, g->header_page);
    }
    grid_begin(g, g->kind);
}
