/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Emit: how every reader hands over what it finds, inside the child that reads.
 *
 * One place keeps the rules of units, so that no reader has to: white space is folded (not in
 * code), broken UTF-8 becomes U+FFFD and one note, text longer than EMIT_TEXT_MAX is cut with
 * a note, the heading above is looked up by level, empty units are dropped, and everything is
 * written in the form that review/read/unit_parse.c reads in the parent. Once a limit is hit
 * the rest is swallowed and emit_full() is true: a reader may then stop early.
 */
#pragma once

#include "core/base/status.h"
#include "review/read/unit.h"

enum {
    EMIT_TEXT_MAX = 65536,      /* bytes of one unit or one field's value */
    EMIT_UNITS_MAX = 4000000,   /* units of one document */
    EMIT_BYTES_MAX = 134217728, /* of the written form of one document */
    EMIT_NOTES_MAX = 1000,      /* of one document; a thousand faults say enough */
    EMIT_FIELDS_MAX = 1024,     /* of one unit */
};

struct emit;

struct emit *emit_new(int out_fd); /* buffered; written as it grows. -1: kept */
/* What is kept so far, with its end mark; dies with the emit. Only of emit_new(-1). */
struct bytes emit_peek_kept(struct emit *e);
enum status emit_finish(struct emit *e); /* flushes and frees */
void emit_begin(
    struct emit *e, enum unit_kind kind, uint8_t level, uint32_t line, uint32_t page);
void emit_text(struct emit *e, struct bytes piece); /* pieces are joined as they come */
/* What is added now stands on that line; where the reader said so at the start, each line end
 * in a piece counts by itself. */
void emit_at_line(struct emit *e, uint32_t line);
void emit_counts_lines(struct emit *e);
void emit_field(struct emit *e, struct bytes name, struct bytes value, uint32_t line);
void emit_end(struct emit *e);
/* A whole unit at once. */
void emit_unit(struct emit *e, enum unit_kind kind, uint8_t level, uint32_t line,
    uint32_t page, struct bytes text);
void emit_note(struct emit *e, enum note_kind kind, uint32_t line, uint32_t page,
    struct bytes detail);
/* The reader found out what the document is (JSON that is an SBOM). */
void emit_format(struct emit *e, enum format f);
bool emit_full(const struct emit *e);
