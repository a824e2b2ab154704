/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Office: what the readers of DOCX and ODT share.
 *
 * What a paragraph is follows from the name of its style; paragraphs of code that stand
 * together are one block; text in a table goes to its cells; notes at the foot come after
 * the text. Positions are paragraph numbers, counted through the whole document from 1.
 */
#pragma once

#include "review/read/grid.h"
#include "review/read/growing.h"

enum style_kind {
    STYLE_PLAIN,
    STYLE_HEADING,
    STYLE_QUOTE,
    STYLE_CODE,
    STYLE_LIST,      /* a list by name only: "List Bullet 2" */
    STYLE_DIRECTORY, /* line of a table of contents: repeats what stands elsewhere */
};

struct style_role {
    enum style_kind kind;
    uint8_t level; /* of headings and lists */
};

/* From a style's name, as English and a few other languages call it; ASCII case folded. */
struct style_role style_role(struct bytes name);

struct office {
    struct emit *out;
    struct grid *grid;
    struct growing text; /* of the paragraph that is open */
    struct growing code; /* paragraphs of code so far */
    uint32_t paragraph, code_from;
    unsigned tables, cells; /* that are open */
};

void office_init(struct office *o, struct emit *out);
/* The paragraph that is open is of this kind; its text is taken and emptied. */
void office_paragraph(struct office *o, enum unit_kind kind, uint8_t level);
void office_table(struct office *o);
void office_table_end(struct office *o);
void office_end(struct office *o); /* writes what is left, frees */
