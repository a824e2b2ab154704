/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields: a map of a structured file, taken key by key against a table.
 *
 * A key that the table has not, one that must be there and is not, a value of another shape: the
 * first of these is the one line `NAME:LINE: what: expected …`, and everything answers false from
 * there on. Texts are trimmed, folded to one line, and copied to the arena.
 *
 * Not here: what a file means (catalogue_parse.c, rubric_parse.c).
 */
#pragma once

#include "review/read/flat.h"

enum { FIELD_TEXT_MAX = 2000, FIELD_ID_MAX = 64, FIELD_TEXTS_MAX = 1000 };

struct fields {
    struct arena *a;
    struct bytes name; /* of the file */
    const struct flat *flat;
    struct bytes *error;
};

typedef bool field_fn(struct fields *f, uint32_t node, void *to);
struct field_rule {
    const char *key;
    bool must;
    field_fn *take;
    size_t offset; /* of what `take` writes, in the struct that fields_take fills */
};

/* Always false, and the line is written: `return fields_refuse(…)`. */
bool fields_refuse(
    struct fields *f, uint32_t node, struct bytes what, const char *expected);
bool fields_take(struct fields *f, uint32_t map, const struct field_rule *rules,
    size_t count, void *to);

/* Of type field_fn, each with the type that it writes. */
bool field_text(struct fields *f, uint32_t node, void *bytes); /* 1..FIELD_TEXT_MAX */
bool field_texts(
    struct fields *f, uint32_t node, void *texts); /* struct texts; a list */
bool field_id(
    struct fields *f, uint32_t node, void *bytes); /* letters digits . : _ - */
bool field_ids(struct fields *f, uint32_t node, void *texts);
bool field_bool(struct fields *f, uint32_t node, void *boolean);
/* One of a list of words: its place, as uint8_t. `expected` names them all. */
bool field_word(struct fields *f, uint32_t node, const char *const *words, size_t count,
    const char *expected, uint8_t *place);

/* A list of maps, one struct of `each` bytes for each. */
struct field_rows {
    void *at;
    uint32_t count;
};
struct field_rows_kind {
    const struct field_rule *rules;
    size_t count, each;
    uint32_t max;
    size_t line; /* offset of its uint32_t line */
};
bool field_rows(struct fields *f, uint32_t node, const struct field_rows_kind *kind,
    struct field_rows *rows);
