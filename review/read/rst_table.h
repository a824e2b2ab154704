/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rst_table: the four ways in which RST draws a table.
 *
 * `lines` begins with the first line of the table and may go on after it; `line` is its
 * number. A cell's text is undressed by `plain` on its way into the grid. Columns are counted
 * in characters.
 */
#pragma once

#include "review/read/grid.h"
#include "review/read/growing.h"

typedef void rst_plain_fn(struct growing *to, struct bytes text);

/* How many lines the table takes, or 0 where there is none. */
size_t rst_grid_table(
    struct bytes lines, uint32_t line, struct grid *grid, rst_plain_fn *plain);
size_t rst_simple_table(
    struct bytes lines, uint32_t line, struct grid *grid, rst_plain_fn *plain);
/* The bodies of the directives of these names, with what their options say. */
void rst_list_table(struct bytes lines, uint32_t line, struct bytes header_rows,
    struct grid *grid, rst_plain_fn *plain);
void rst_csv_table(struct bytes lines, uint32_t line, struct bytes header,
    struct bytes header_rows, struct bytes delimiter, struct grid *grid,
    rst_plain_fn *plain);
