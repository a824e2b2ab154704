/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pdf_list: items whose marks were drawn and not written, told by where their lines stand.
 *
 * Indented lines below each other, of which one ends although the next word had room behind
 * it, or begins further in or out than the one above, are items: whoever fills lines breaks
 * them where they are full. An indented paragraph has full lines, up to its last, and so has
 * a quote, which is as far away from the other margin.
 *
 * Not here: items with a mark in the text (pdf.c). An item that ends just where a line is full
 * goes on into the next (pdf.c says that it may); one item alone, and items with a gap between
 * them, are paragraphs.
 */
#pragma once

#include "review/read/boxes.h"

struct pdf_list {
    size_t from, to; /* its lines */
    float margin;    /* where they are full */
};

/* Are lines [i, end) a list? They stand closely below each other on the page [from, to), and
 * none has a mark. */
bool pdf_list_find(const struct boxes *b, size_t from, size_t to, size_t i, size_t end,
    struct pdf_list *list);
/* Does an item begin on line `i` of the list? */
bool pdf_list_begins(const struct boxes *b, const struct pdf_list *list, size_t i);
/* The line ends although the first word of `next` has room before the margin. */
bool pdf_line_is_short(const struct boxes *b, const struct box_line *l,
    const struct box_line *next, float margin);
