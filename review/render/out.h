/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Out: bytes of the model into the grammars that reports are written in.
 *
 * Text of a reviewed document is data in every one of them: quoted for JSON, XML and HTML, and
 * in CSV never the start of a formula. All take well-formed UTF-8 (review/read says so).
 */
#pragma once

#include "review/base/text.h"

#include <stdio.h>

void out_text(FILE *out, struct bytes t);
void out_words(FILE *out, const char *literal); /* of ours: as it stands */
void out_number(FILE *out, uint64_t n);
void out_json(FILE *out, struct bytes t);   /* with its quotes */
void out_uri(FILE *out, struct bytes path); /* a relative reference, with its quotes */
void out_xml(FILE *out, struct bytes t); /* for text and attribute values, HTML too */
void out_markdown(FILE *out, struct bytes t); /* one cell: no mark of its own counts */
void out_csv(FILE *out, struct bytes t);      /* one cell, quoted where it must be */
/* A quoted cell of several parts; `first` is the part that it begins with. */
void out_csv_open(FILE *out, struct bytes first);
void out_csv_part(FILE *out, struct bytes t);
void out_csv_close(FILE *out);
/* Words of `t` on lines of at most `width`, each after `indent` blanks but the first, which
 * begins where the cursor stands at column `at`; no line end after the last. */
void out_wrapped(
    FILE *out, struct bytes t, unsigned at, unsigned indent, unsigned width);
/* A page that runs and loads nothing, up to the words of its title. */
void out_html_begin(FILE *out);
unsigned out_columns(struct bytes t); /* characters, not bytes */
