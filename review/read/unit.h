/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit: the one shape in which every document arrives.
 *
 * A unit is a heading, paragraph, list item, table row, code block, quote, or one entry of a
 * structured file (a YAML or JSON map, a CSV row, a test result, a component of an SBOM, a
 * requirement id in a comment of a source file). It knows where it stands: document, line or
 * page, and the headings above it. What the reader found as names with values (table header
 * over cell, key over value) stands in `fields`; `text` is always what a person would read.
 *
 * Promise: units stand in document order, but that lists nested in an entry follow behind
 * the list that it stands in (docs/decisions/0007-flat-files.md); text is well-formed UTF-8
 * with white space folded (code keeps its lines); the same content gives the same units in
 * every format, up to positions.
 *
 * Not here: what a unit means (review/model), how a format is taken apart (the readers).
 */
#pragma once

#include "review/base/text.h"

enum unit_kind {
    UNIT_HEADING, /* level 1..6 */
    UNIT_PARAGRAPH,
    UNIT_ITEM, /* of a list; level = depth from 1; text is its own, not its children's */
    UNIT_ROW, /* of a table with header: fields = header -> cell; text = cells by " | " */
    UNIT_CODE,  /* fenced or indented block */
    UNIT_QUOTE, /* quoted paragraph */
    UNIT_ENTRY, /* one map of YAML or JSON, one CSV row: fields = key -> value. Its path
                       (list key, "requirements") is the heading above it. Where the format
                       itself knows what it is, the field `is` says so: "data flow" */
    UNIT_RESULT, /* one test: fields name, class, status (passed failed skipped error),
                       time_s, at (RFC 3339 UTC), message, and property.NAME for each property */
    UNIT_COMPONENT, /* fields name, version, purl, supplier, licence, scope, ref, hash.ALG,
                       and depends (one field for each ref) */
    UNIT_TAG,       /* requirement id in a comment: text = the comment line; field id */
    UNIT_KINDS
};

#define UNIT_NONE UINT32_MAX

struct field {
    struct bytes name,
        value; /* nested keys are joined by '.'; a list gives one field each */
    uint32_t line;
};

struct unit {
    uint8_t kind;  /* enum unit_kind */
    uint8_t level; /* of headings and list items, else 0 */
    uint16_t field_count;
    uint32_t doc;              /* index into corpus.docs */
    uint32_t line;             /* from 1; 0: unknown (PDF, DOCX have page or none) */
    uint32_t page;             /* from 1; 0: the format has no pages */
    uint32_t heading;          /* unit index of the heading above, or UNIT_NONE */
    uint32_t field;            /* first of its fields in corpus.fields */
    uint32_t wrap, wrap_count; /* of its text in corpus.wraps: where lines begin */
    struct bytes text;
};

/* From this byte of a unit's text on it stands on that line of the document. */
struct wrap {
    uint32_t at, line;
};

enum format {
    FORMAT_NONE, /* not read: binary or unknown; listed, never silently dropped */
    FORMAT_MARKDOWN,
    FORMAT_TEXT,
    FORMAT_RST,
    FORMAT_HTML,
    FORMAT_DOCX,
    FORMAT_XLSX,
    FORMAT_ODT,
    FORMAT_PDF,
    FORMAT_YAML,
    FORMAT_CSV,
    FORMAT_JSON,
    FORMAT_JUNIT,
    FORMAT_TAP,
    FORMAT_CYCLONEDX,
    FORMAT_SPDX_JSON,
    FORMAT_SPDX_TAG,
    FORMAT_REQIF,
    FORMAT_THREAGILE,
    FORMAT_OTM,
    FORMAT_THREAT_DRAGON,
    FORMAT_SOURCE, /* program text: only ids in comments, and secrets, are looked for */
    FORMATS
};

/* What a reader could not do, or lost; each becomes a finding of rule READ-<name>. */
enum note_kind {
#define NOTE(id, name, severity, sentence) NOTE_##id,
#include "review/read/note.def"
#undef NOTE
    NOTE_KINDS
};

struct note {
    uint8_t kind; /* enum note_kind */
    uint32_t doc, line, page;
    struct bytes detail; /* short: what was found; may be empty */
};

struct document {
    struct bytes path;  /* from the reviewed folder, '/' between */
    uint8_t digest[32]; /* SHA-256 of its bytes */
    uint64_t size;      /* bytes */
    int64_t
        changed_s;  /* last change: git commit of the path, else mtime; UTC seconds */
    uint8_t format; /* enum format */
    uint32_t unit, unit_count; /* its units in corpus.units */
};

struct corpus {
    struct document *docs;
    struct unit *units;
    struct field *fields;
    struct note *notes;
    struct wrap *wraps;
    uint32_t doc_count, unit_count, field_count, note_count, wrap_count;
};

/* Value of the first field of this name (ASCII case folded), or empty. */
struct bytes unit_field(const struct corpus *c, const struct unit *u, const char *name);
/* The line on which a byte of the unit's text stands; 0: the format has none. */
uint32_t unit_line_at(const struct corpus *c, const struct unit *u, size_t at);
const char *unit_kind_name(enum unit_kind k);
const char *format_name(enum format f);
