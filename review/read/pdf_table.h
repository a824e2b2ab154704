/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pdf_table: tables of a page, found by what stands beside and below each other.
 *
 * Pieces of text with a wide gap between them, in at least two rows whose gaps leave the same
 * columns free, are a table; two columns of running text are none. Lines of a table are
 * marked with its number. `out` may be NULL: then nothing is said.
 */
#pragma once

#include "review/read/boxes.h"
#include "review/read/grid.h"

struct pdf_tables {
    struct list pieces, rows, tables;
};

/* Lines [from, to) stand on one page. */
void pdf_tables_find(
    struct pdf_tables *t, struct boxes *b, size_t from, size_t to, struct emit *out);
void pdf_tables_free(struct pdf_tables *t);
/* Columns of a table, counted from 0; a table that goes on on the next page has as many. */
size_t pdf_table_columns(const struct pdf_tables *t, size_t table);
/*
 * Into the grid, which was begun by the caller if `header` is empty. `header` keeps the text
 * of the first row: met again on the next page, it is left out.
 */
void pdf_table_write(const struct pdf_tables *t, const struct boxes *b, size_t table,
    struct grid *grid, struct growing *header, struct emit *out);
