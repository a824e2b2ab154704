/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Grid: the cells of a table become rows with names, by the same rules in every format.
 *
 * Rules: the header is no unit, it names the fields; a header of several rows is joined from
 * the top. Every body row becomes one UNIT_ROW: text = the cells by " | ", empty ones too;
 * one field for each column of the header, empty ones too, so that "nothing stands in this
 * column" differs from "there is no such column". A cell that spans rows or columns is read
 * where it begins and, going down, again in each row that it covers, so that a row is
 * understood alone. A table of one row, or without header, gives rows without fields. Rows
 * without any letter of their own are left out.
 *
 * Not here: what a cell is in a format; a table inside a cell, whose text belongs to the cell.
 */
#pragma once

#include "review/read/emit.h"

enum grid_header {
    GRID_FIRST, /* the first row that holds anything but one wide cell; more rows, where it
                    groups columns */
    GRID_MARKED, /* the rows at the top whose cells are all header cells, if any */
};

enum { GRID_COLUMNS_MAX = EMIT_FIELDS_MAX };

struct grid;

struct grid *grid_new(struct emit *out);
void grid_free(struct grid *g);
void grid_begin(struct grid *g, enum grid_header header);
void grid_row(struct grid *g, uint32_t line, uint32_t page);
/* The next cell of the row; it covers that many columns and rows (at least 1 each). */
void grid_cell(struct grid *g, bool header, unsigned across, unsigned down);
/* A cell that goes on in the rows below for as long as they say so (DOCX): `begins` opens one;
 * else the one above goes on. */
void grid_cell_down(struct grid *g, bool begins, unsigned across);
/* The cell in this column, counted from 0: the columns passed over are empty. What another
 * cell covers already takes no text. */
void grid_cell_at(struct grid *g, unsigned column, unsigned across, unsigned down);
/* Rows were left out before the next one, in which cells above it may end. */
void grid_rows_passed(struct grid *g, unsigned rows);
void grid_text(struct grid *g, struct bytes piece); /* into the cell that is open */
void grid_drop_row(struct grid *g); /* the row that is open was deleted */
void grid_end(struct grid *g);
