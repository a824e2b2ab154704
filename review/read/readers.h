/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readers: one function for each format, from a document's bytes to units.
 *
 * Each runs in a confined child of its own (cage.h): it may use heap, it may not open, write
 * or start anything. Malformed input is a note, never a crash; whatever was understood before
 * the fault is kept. The table in formats.c decides by name and first bytes which one runs.
 */
#pragma once

#include "review/read/emit.h"

typedef void reader_fn(struct bytes document, struct emit *out);

/* prose */
reader_fn
    read_markdown; /* CommonMark with tables by md4c; YAML front matter as an ENTRY */
reader_fn
    read_text; /* paragraphs by blank lines; "1. ", "- " items; underlined headings */
reader_fn
    read_rst; /* sections, lists, tables (grid, simple, list-table, csv-table), literal blocks */
reader_fn read_html; /* libxml2, no network, no entities */
reader_fn
    read_docx; /* libzip + libxml2: headings by style, lists, tables, footnotes, changes shown */
reader_fn
    read_xlsx; /* first row of each used range is the header; sheet name = heading */
reader_fn read_odt;
reader_fn
    read_pdf_boxes; /* what `pdftotext -bbox-layout` printed, not the PDF itself */

/* data */
reader_fn
    read_yaml; /* libfyaml; each map in a list is an ENTRY, nested keys joined by '.' */
reader_fn
    read_csv; /* RFC 4180; comma, semicolon or tab, whichever the header has more of */
reader_fn
    read_json; /* own reader with positions; recognises CycloneDX and SPDX by content */
reader_fn read_junit;
reader_fn read_reqif; /* XML, or zipped with its pictures */
reader_fn read_tap;   /* 13 and 14; YAML blocks; SKIP, TODO */
reader_fn read_spdx_tag;
reader_fn
    read_source; /* comments of C, C++, Python, shell, Rust, Go, Java, JS, TS, YAML-like */

/* no format: YAML or JSON as JSON text, each value on the line that it has in the file, in
 * pieces that are one UNIT_CODE each; structure.h takes them */
reader_fn read_structure;

enum format format_of(struct bytes path, struct bytes first_4k);
reader_fn *format_reader(enum format f); /* NULL for FORMAT_NONE */
