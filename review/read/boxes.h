/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boxes: the words of a PDF and where they stand, as `pdftotext -bbox-layout` prints them.
 *
 * Promise: lines keep the order of the print; words of a line stand from left to right; texts
 * and coordinates are bounded, whatever was printed. Lines that repeat on most pages at the
 * same height (heads, feet, page numbers) are marked.
 *
 * Not here: what is a paragraph or a table (pdf.c, pdf_table.c).
 */
#pragma once

#include "review/read/growing.h"
#include "review/read/xml.h"

enum { BOX_WORDS_MAX = 1000000 };

struct box_word {
    float x0, x1, y0, y1; /* points, from the top left corner of the page */
    uint32_t from, len;   /* in boxes.text */
};

struct box_line {
    float x0, x1, y0, y1;
    uint32_t page; /* from 1 */
    uint32_t word, word_count;
    bool furniture; /* stands on most pages */
    uint32_t table; /* of its page, from 1, that has taken it; or 0 */
};

struct boxes {
    struct list words, lines, heights; /* heights: float, of each page */
    struct growing text;
    float body_height; /* of a line of running text */
    float code_width;  /* of a letter of code; 0: there is none */
    float body_gap;    /* between two lines of one paragraph */
    float left, right; /* where lines begin and end at most, but for a few */
};

void boxes_read(struct bytes printed, struct emit *out, struct boxes *b);
void boxes_free(struct boxes *b);
struct box_line *boxes_line(const struct boxes *b, size_t i);
const struct box_word *boxes_word(const struct boxes *b, size_t i);
struct bytes boxes_text(const struct boxes *b, const struct box_word *w);
/* All letters of lines [from, to) have the width that letters of code have. */
bool boxes_are_code(const struct boxes *b, size_t from, size_t to);
/*
 * Puts a piece behind what is there, as a person reads across the end of a line: a word that
 * was cut goes on, an identifier that was cut is whole again (`note` says so), else a blank.
 */
void boxes_join(
    struct growing *to, struct bytes piece, struct emit *note, uint32_t page);
