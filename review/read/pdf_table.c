/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/pdf_table.h"

#include <stdlib.h>

enum { COLUMNS_MAX = 64 };

struct piece { /* of a line: words without a wide gap */
    float x0, x1, y0, y1;
    uint32_t line, word, word_count;
};

struct row_of_pieces {
    size_t piece, count;
    float y0, y1;
};

struct pdf_table {
    size_t row, count; /* in rows */
    size_t columns;
    float from[COLUMNS_MAX], to[COLUMNS_MAX]; /* of each column */
    uint32_t page;
};

static struct piece *piece(const struct pdf_tables *t, size_t i)
{
    return LIST_AT(&t->pieces, struct piece, i);
}

static struct row_of_pieces *row(const struct pdf_tables *t, size_t i)
{
    return LIST_AT(&t->rows, struct row_of_pieces, i);
}

static const struct pdf_table *table(const struct pdf_tables *t, size_t i)
{
    return LIST_AT(&t->tables, struct pdf_table, i);
}

/* "•", "1.", "a)": what follows belongs to it, however wide the gap. */
static bool is_marker(struct bytes w)
{
    bool number =
        w.len >= 2 && w.len <= 4 && (w.at[w.len - 1] == '.' || w.at[w.len - 1] == ')');
    for (size_t i = 0; i + 1 < w.len && number; i++)
        number = (w.at[i] >= '0' && w.at[i] <= '9') || (w.len == 2 && w.at[0] >= 'a');
    return number || (w.len <= 3 && w.at[0] >= 0x80) || text_same(w, TEXT("-"))
        || text_same(w, TEXT("*"));
}

static void cut_line(struct pdf_tables *t, const struct boxes *b, size_t line)
{
    const struct box_line *l = boxes_line(b, line);
    float wide = b->body_height * 0.6f;
    struct piece *p = NULL;
    for (uint32_t i = 0; i < l->word_count; i++) {
        const struct box_word *w = boxes_word(b, l->word + i);
        bool marked = p && i == 1 && is_marker(boxes_text(b, w - 1));
        if (!p || (w->x0 - p->x1 > wide && !marked)) {
            p = list_add(&t->pieces);
            *p = (struct piece){
                w->x0, w->x1, w->y0, w->y1, (uint32_t)line, l->word + i, 0};
        }
        p->word_count++;
        p->x1 = w->x1 > p->x1 ? w->x1 : p->x1;
        p->y0 = w->y0 < p->y0 ? w->y0 : p->y0;
        p->y1 = w->y1 > p->y1 ? w->y1 : p->y1;
    }
}

static int by_height(const void *a, const void *b)
{
    const struct piece *p = a, *q = b;
    float y = p->y0 + p->y1 - q->y0 - q->y1, x = p->x0 - q->x0;
    return y != 0 ? (y > 0) - (y < 0) : (x > 0) - (x < 0);
}

static int by_side(const void *a, const void *b)
{
    const struct piece *p = a, *q = b;
    return (p->x0 > q->x0) - (p->x0 < q->x0);
}

/* Pieces whose middles stand at the same height are one row. */
static void make_rows(struct pdf_tables *t)
{
    struct row_of_pieces *r = NULL;
    if (t->pieces.count)
        qsort(t->pieces.at, t->pieces.count, sizeof(struct piece), by_height);
    for (size_t i = 0; i < t->pieces.count; i++) {
        const struct piece *p = piece(t, i);
        if (!r || (p->y0 + p->y1) / 2 > r->y1 - (r->y1 - r->y0) * 0.3f) {
            r = list_add(&t->rows);
            *r = (struct row_of_pieces){i, 0, p->y0, p->y1};
        }
        r->count++;
        r->y1 = p->y1 > r->y1 ? p->y1 : r->y1;
    }
    for (size_t i = 0; i < t->rows.count; i++)
        qsort(piece(t, row(t, i)->piece), row(t, i)->count, sizeof(struct piece),
            by_side);
}

/* Columns are what the rows leave between free strips; false: more than we can hold. */
static bool add_to_columns(struct pdf_table *c, const struct piece *p)
{
    size_t k = 0;
    while (k < c->columns && c->to[k] < p->x0)
        k++;
    size_t last = k;
    while (last < c->columns && c->from[last] <= p->x1)
        last++;
    if (last == k) {
        if (c->columns == COLUMNS_MAX)
            return false;
        for (size_t m = c->columns++; m > k; m--) {
            c->from[m] = c->from[m - 1];
            c->to[m] = c->to[m - 1];
        }
        c->from[k] = p->x0;
        c->to[k] = p->x1;
        return true;
    }
    float from = p->x0 < c->from[k] ? p->x0 : c->from[k];
    float to = p->x1 > c->to[last - 1] ? p->x1 : c->to[last - 1];
    for (size_t m = last; m < c->columns; m++) {
        c->from[m - (last - k) + 1] = c->from[m];
        c->to[m - (last - k) + 1] = c->to[m];
    }
    c->columns -= last - k - 1;
    c->from[k] = from;
    c->to[k] = to;
    return true;
}

static bool with_row(const struct pdf_tables *t, struct pdf_table *c, size_t i)
{
    struct pdf_table wider = *c;
    for (size_t k = 0; k < row(t, i)->count; k++)
        if (!add_to_columns(&wider, piece(t, row(t, i)->piece + k)))
            return false;
    /* A line that runs across what was free ends the table. */
    if (c->count && wider.columns < 2)
        return false;
    *c = wider;
    c->count++;
    return true;
}

/* A row of one piece goes on with the table if it stands in one column of it. */
static bool in_one_column(const struct pdf_table *c, const struct piece *p)
{
    size_t met = 0;
    for (size_t k = 0; k < c->columns; k++)
        met += p->x0 <= c->to[k] && p->x1 >= c->from[k];
    return met == 1;
}

/*
 * Rows that belong to the table from row `i` on. In a tall row, cells of few lines stand in the
 * middle of its height, so that rows of one piece come first: these are the table's only if a
 * row of several follows, or if they stand as close as lines do.
 */
static size_t grow_table(
    const struct pdf_tables *t, const struct boxes *b, struct pdf_table *c, size_t i)
{
    float height = b->body_height;
    struct pdf_table sure = *c;
    size_t wide = 0;
    for (; i < t->rows.count; i++) {
        const struct row_of_pieces *r = row(t, i);
        float gap = c->count ? r->y0 - row(t, i - 1)->y1 : 0;
        bool several = r->count >= 2;
        if (gap > height * (several ? 3.0f : 1.2f) || !with_row(t, c, i)
            || (!several && !in_one_column(c, piece(t, r->piece))))
            break;
        wide += several;
        bool close = gap < b->body_gap + height * 0.35f && sure.count + 1 == c->count;
        if (several || close)
            sure = *c;
    }
    *c = sure;
    return wide;
}

/* Two columns that are filled from side to side, line by line: read one after the other. */
static bool is_running_text(const struct pdf_tables *t, const struct pdf_table *c)
{
    size_t full = 0, all = 0;
    for (size_t i = c->row; i < c->row + c->count; i++)
        for (size_t k = 0; k < row(t, i)->count; k++, all++) {
            const struct piece *p = piece(t, row(t, i)->piece + k);
            for (size_t m = 0; m < c->columns; m++)
                full += p->x0 <= c->to[m] && p->x1 >= c->from[m]
                    && p->x1 - p->x0 > (c->to[m] - c->from[m]) * 0.8f
                    && p->word_count > 3;
        }
    return c->columns <= 3 && c->count >= 6 && full * 3 > all * 2;
}

static void take(struct pdf_tables *t, struct boxes *b, const struct pdf_table *c)
{
    *(struct pdf_table *)list_add(&t->tables) = *c;
    for (size_t i = c->row; i < c->row + c->count; i++)
        for (size_t k = 0; k < row(t, i)->count; k++)
            boxes_line(b, piece(t, row(t, i)->piece + k)->line)->table =
                (uint32_t)t->tables.count;
}

void pdf_tables_find(
    struct pdf_tables *t, struct boxes *b, size_t from, size_t to, struct emit *out)
{
    t->pieces = LIST_OF(struct piece);
    t->rows = LIST_OF(struct row_of_pieces);
    t->tables = LIST_OF(struct pdf_table);
    for (size_t i = from; i < to; i++)
        if (!boxes_line(b, i)->furniture && !boxes_are_code(b, i, i + 1))
            cut_line(t, b, i);
    make_rows(t);
    bool lost = false;
    for (size_t i = 0; i < t->rows.count;) {
        struct pdf_table c = {.row = i, .page = boxes_line(b, from)->page};
        size_t wide = row(t, i)->count >= 2 ? grow_table(t, b, &c, i) : 0,
               end = i + c.count;
        bool marker = row(t, i)->count == 2
            && piece(t, row(t, i)->piece)->word_count == 1
            && is_marker(
                boxes_text(b, boxes_word(b, piece(t, row(t, i)->piece)->word)));
        if (wide >= 2 && c.columns >= 2 && !marker && !is_running_text(t, &c))
            take(t, b, &c);
        else
            lost = lost || (wide == 1 && !marker);
        i = end > i ? end : i + 1;
    }
    if (lost && out)
        emit_note(
            out, NOTE_LOST_LAYOUT, 0, boxes_line(b, from)->page, (struct bytes){0});
}

void pdf_tables_free(struct pdf_tables *t)
{
    list_free(&t->pieces);
    list_free(&t->rows);
    list_free(&t->tables);
}

size_t pdf_table_columns(const struct pdf_tables *t, size_t i)
{
    return table(t, i)->columns;
}

struct cells {
    struct growing at[COLUMNS_MAX];
};

struct placed { /* a piece in its column */
    size_t piece, column;
    float y0, y1;
};

struct cell_box { /* pieces that stand together in a column */
    size_t placed, count;
    float y0, y1;
};

/* Column by column, and in each from the top. */
static int by_column(const void *a, const void *b)
{
    const struct placed *p = a, *q = b;
    if (p->column != q->column)
        return p->column < q->column ? -1 : 1;
    return (p->y0 > q->y0) - (p->y0 < q->y0);
}

static int by_top(const void *a, const void *b)
{
    const struct cell_box *p = a, *q = b;
    return (p->y0 > q->y0) - (p->y0 < q->y0);
}

static struct list place_pieces(const struct pdf_tables *t, const struct pdf_table *c)
{
    struct list all = LIST_OF(struct placed);
    for (size_t i = c->row; i < c->row + c->count; i++)
        for (size_t k = 0; k < row(t, i)->count; k++) {
            const struct piece *p = piece(t, row(t, i)->piece + k);
            struct placed *to = list_add(&all);
            *to = (struct placed){row(t, i)->piece + k, 0, p->y0, p->y1};
            while (to->column + 1 < c->columns && c->to[to->column] < p->x0)
                to->column++;
        }
    qsort(all.at, all.count, sizeof(struct placed), by_column);
    return all;
}

static bool ends_open(const struct boxes *b, const struct piece *p)
{
    const struct box_word *last = boxes_word(b, p->word + p->word_count - 1);
    return text_ends(boxes_text(b, last), TEXT("-"));
}

/*
 * Pieces of a column with no more than a line's gap between them are one cell. Where no gap
 * between rows is larger (`even`), a cell of the first column is one line, or goes on where an
 * identifier is cut, and the others' lines are cells of their own.
 */
static struct list make_cells(const struct pdf_tables *t, const struct boxes *b,
    const struct list *placed, bool even)
{
    struct list cells = LIST_OF(struct cell_box);
    float inside = b->body_gap + b->body_height * 0.2f;
    for (size_t i = 0; i < placed->count; i++) {
        const struct placed *p = LIST_AT(placed, struct placed, i),
                            *above = p - (i > 0);
        bool same = i > 0 && p->column == above->column && p->y0 - above->y1 <= inside;
        if (even && same)
            same = p->column == 0 && ends_open(b, piece(t, above->piece));
        struct cell_box *c =
            same ? LIST_AT(&cells, struct cell_box, cells.count - 1) : list_add(&cells);
        if (!same)
            *c = (struct cell_box){i, 0, p->y0, p->y1};
        c->count++;
        c->y1 = p->y1;
    }
    qsort(cells.at, cells.count, sizeof(struct cell_box), by_top);
    return cells;
}

static void add_cell(const struct pdf_tables *t, const struct boxes *b,
    const struct pdf_table *c, const struct placed *first, size_t count,
    struct cells *cells, struct emit *out)
{
    struct growing *cell = &cells->at[first->column];
    for (size_t i = 0; i < count; i++) {
        const struct piece *p = piece(t, first[i].piece);
        for (uint32_t w = 0; w < p->word_count; w++) {
            struct bytes word = boxes_text(b, boxes_word(b, p->word + w));
            if (w == 0) {
                boxes_join(cell, word, out, c->page);
            } else {
                growing_add(cell, TEXT(" "));
                growing_add(cell, word);
            }
        }
    }
}

static bool digits(struct bytes w)
{
    for (size_t i = 0; i < w.len; i++)
        if (w.at[i] < '0' || w.at[i] > '9')
            return false;
    return w.len > 0;
}

/* "HF-SEC-" in one cell and "001" in the next: the end of the name goes to its beginning. */
static void join_cells(const struct pdf_table *c, struct cells *cells, struct emit *out)
{
    for (size_t i = 0; i + 1 < c->columns; i++) {
        struct bytes left = growing_bytes(&cells->at[i]),
                     right = growing_bytes(&cells->at[i + 1]);
        struct bytes first = text_upto(right, text_find(right, TEXT(" ")));
        bool alone = left.len > 1 && text_ends(left, TEXT("-"))
            && text_find(left, TEXT(" ")) == left.len && left.at[0] >= 'A'
            && left.at[0] <= 'Z';
        if (!alone || !digits(first))
            continue;
        boxes_join(&cells->at[i], first, out, c->page);
        struct growing rest = {0};
        growing_add(&rest, text_trim(text_from(right, first.len)));
        growing_free(&cells->at[i + 1]);
        cells->at[i + 1] = rest;
    }
}

/* "HF-SEC-001": a first row that holds one is no header. */
static bool looks_like_id(struct bytes t)
{
    bool dash = false, digit = false;
    for (size_t i = 0; i < t.len; i++) {
        dash = dash || t.at[i] == '-';
        digit = digit || (t.at[i] >= '0' && t.at[i] <= '9');
        if (t.at[i] <= ' ')
            return false;
    }
    return dash && digit && t.at[0] >= 'A' && t.at[0] <= 'Z';
}

static void put(const struct pdf_table *c, struct cells *cells, struct grid *grid,
    struct growing *header, struct emit *out)
{
    struct growing all = {0};
    join_cells(c, cells, out);
    for (size_t i = 0; i < c->columns; i++) {
        growing_add(&all, growing_bytes(&cells->at[i]));
        growing_add(&all, TEXT("\n"));
    }
    bool first = !header->len;
    if (first) /* '\r' stands in no text: no header, and none will be met again */
        growing_add(header,
            looks_like_id(growing_bytes(&cells->at[0])) ? TEXT("\r")
                                                        : growing_bytes(&all));
    bool is_header = first && header->at[0] != '\r';
    if (first || !text_same(growing_bytes(&all), growing_bytes(header))) {
        grid_row(grid, 0, c->page);
        for (size_t i = 0; i < c->columns; i++) {
            grid_cell(grid, is_header, 1, 1);
            grid_text(grid, growing_bytes(&cells->at[i]));
        }
    }
    growing_free(&all);
    for (size_t i = 0; i < c->columns; i++)
        cells->at[i].len = 0;
}

/* How many rows there are: cells that stand beside each other are in one. */
static size_t count_rows(const struct list *cells)
{
    size_t rows = 0;
    float end = 0;
    for (size_t i = 0; i < cells->count; i++) {
        const struct cell_box *c = LIST_AT(cells, struct cell_box, i);
        rows += i == 0 || c->y0 > end - (c->y1 - c->y0) * 0.2f;
        end = i == 0 || c->y1 > end ? c->y1 : end;
    }
    return rows;
}

/* Beside cell `i`, or it itself: a cell of the first column. */
static bool first_column_at(
    const struct list *cells, const struct list *placed, size_t i)
{
    const struct cell_box *at = LIST_AT(cells, struct cell_box, i);
    for (; i < cells->count; i++) {
        const struct cell_box *c = LIST_AT(cells, struct cell_box, i);
        if (c->y0 > (at->y0 + at->y1) / 2)
            break;
        if (LIST_AT(placed, struct placed, c->placed)->column == 0)
            return true;
    }
    return false;
}

void pdf_table_write(const struct pdf_tables *t, const struct boxes *b, size_t which,
    struct grid *grid, struct growing *header, struct emit *out)
{
    const struct pdf_table *c = table(t, which);
    struct list placed = place_pieces(t, c), boxes = make_cells(t, b, &placed, false);
    struct cells cells = {0};
    float end = 0;
    bool even = count_rows(&boxes) < 2;
    if (even) {
        list_free(&boxes);
        boxes = make_cells(t, b, &placed, true);
    }
    for (size_t i = 0; i < boxes.count; i++) {
        const struct cell_box *box = LIST_AT(&boxes, struct cell_box, i);
        const struct placed *first = LIST_AT(&placed, struct placed, box->placed);
        bool below = box->y0 > end - (box->y1 - box->y0) * 0.2f;
        if (i && below && (!even || first_column_at(&boxes, &placed, i)))
            put(c, &cells, grid, header, out);
        add_cell(t, b, c, first, box->count, &cells, out);
        end = i == 0 || below || box->y1 > end ? box->y1 : end;
    }
    put(c, &cells, grid, header, out);
    for (size_t i = 0; i < COLUMNS_MAX; i++)
        growing_free(&cells.at[i]);
    list_free(&placed);
    list_free(&boxes);
}
