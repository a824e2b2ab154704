/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Html_block: the text of a piece of HTML that stands inside Markdown.
 *
 * Elements that end a line on a page end a unit; h1 to h6 are headings; a table is read as
 * running text, and it is said. Comments, scripts and styles are left out. Whole pages are
 * read by html.c.
 */
#pragma once

#include "review/read/emit.h"

/* Texts outside headings become units of this kind; lines are counted from `line`. */
void html_block_read(struct bytes block, uint32_t line, enum unit_kind kind,
    uint8_t level, struct emit *out);
/* Value of an attribute inside a tag "<img alt="...">", or empty. */
struct bytes html_attribute(struct bytes tag, struct bytes name);
/* The tag "<img ...>" by its name, without regard to case; "</p>" is "/p". */
bool html_is(struct bytes tag, struct bytes name);
