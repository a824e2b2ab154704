/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text: comparing and searching of borrowed bytes, and a table from text to number.
 *
 * ASCII case only: identifiers, keywords and column names are ASCII; other letters compare by
 * their bytes.
 */
#pragma once

#include "review/base/arena.h"

#include <stdint.h>

#define TEXT(literal) ((struct bytes){(const uint8_t *)(literal), sizeof(literal) - 1})
struct texts { /* a row of them, borrowed */
    const struct bytes *at;
    uint32_t count;
};
struct bytes text_of(const char *c_string);
bool text_same(struct bytes a, struct bytes b);
bool text_same_word(struct bytes a, struct bytes b); /* without regard to ASCII case */
int text_order(struct bytes a, struct bytes b);      /* by bytes, the shorter first */
bool text_starts(struct bytes a, struct bytes front);
bool text_ends(struct bytes a, struct bytes back);
/* Offset of the first place, or a.len. */
size_t text_find(struct bytes a, struct bytes what);
size_t text_find_word(struct bytes a, struct bytes what); /* ASCII case folded */
struct bytes text_trim(struct bytes a);
/* The next part of a, b, c without the blanks around it, taken off *list; false: no more. */
bool text_next_part(struct bytes *list, struct bytes *part);
struct bytes text_from(
    struct bytes a, size_t offset);                 /* the rest; empty beyond the end */
struct bytes text_upto(struct bytes a, size_t len); /* at most len bytes */

/* From text to a number below UINT32_MAX. Keys are borrowed and must outlive the table. */
struct table;
#define TABLE_NONE UINT32_MAX
struct table *table_new(struct arena *a, size_t expected);
uint32_t table_get(const struct table *t, struct bytes key);       /* or TABLE_NONE */
void table_put(struct table *t, struct bytes key, uint32_t value); /* replaces */
/* Where the key's number stands, for the caller to write; TABLE_NONE: it is new, and the caller
 * must write one. Dies at the next call on the table. */
uint32_t *table_at(struct table *t, struct bytes key);
