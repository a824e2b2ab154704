/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flat: a structured file (JSON, YAML) as one row of nodes in the order of the file.
 *
 * A map or list is followed by what it holds; `next` is the first node behind it. Texts are
 * borrowed from the document where they stand there as they are, else from the flat's own
 * side. Node 0 is a list of the file's documents.
 *
 * Promise: nesting beyond READ_DEPTH_MAX is one note TOO_DEEP, more than FLAT_MAX nodes one
 * note TOO_MUCH, a key that stands twice in one map is a note DUPLICATE_KEY and only its first
 * value is seen by flat_first, flat_after and flat_get. After any of the first two the builder
 * answers false: the parser stops, what stood before is kept.
 *
 * Not here: the grammar (json_read.c, yaml.c), what is made of it (entries.c, cyclonedx.c).
 */
#pragma once

#include "review/read/emit.h"

enum {
    FLAT_MAX =
        4000000, /* nodes of one file: 112 MB of address space, used as they come */
    FLAT_AGAIN_MAX = 200000, /* nodes that stand there because of an alias */
    FLAT_NO = 0,             /* no such node */
};

enum flat_kind { FLAT_NULL, FLAT_TEXT, FLAT_MAP, FLAT_LIST };

struct flat;

struct flat *flat_new(struct bytes document, struct emit *notes);
void flat_free(struct flat *f);
void flat_keep(
    struct flat *f, void *kept); /* heap that the document lies in: freed with it */

/* Building. Bytes that do not lie in the document are copied. */
bool flat_key(struct flat *f, struct bytes key, uint32_t line);
bool flat_scalar(struct flat *f, enum flat_kind kind, struct bytes text, uint32_t line);
bool flat_open(struct flat *f, enum flat_kind kind, uint32_t line);
void flat_close(struct flat *f);
/* The file ends; `whole`: not by a fault. What is open is closed. */
void flat_end(struct flat *f, bool whole);
/* The node that the next flat_scalar or flat_open will be. */
uint32_t flat_next(const struct flat *f);
/* What stands at `from`, once more, as a value or (`merge`) as further keys of the open map
 * which yield to its own. MALFORMED: `from` is still open. */
enum status flat_again(struct flat *f, uint32_t from, bool merge);

/* Reading. Lines count from 1. */
bool flat_whole(const struct flat *f); /* false: it broke off, a note says where */
enum flat_kind flat_kind(const struct flat *f, uint32_t n);
uint32_t flat_line(const struct flat *f, uint32_t n);
struct bytes flat_key_of(const struct flat *f, uint32_t n);
struct bytes flat_text(const struct flat *f, uint32_t n); /* empty for maps and lists */
uint32_t flat_first(const struct flat *f, uint32_t parent); /* or FLAT_NO */
uint32_t flat_after(const struct flat *f, uint32_t parent, uint32_t child);
/* The value of a key, as written exactly; FLAT_NO when `map` is no map or has it not. */
uint32_t flat_get(const struct flat *f, uint32_t map, const char *key);
/* The first child of what stands under a key, which *in gets. */
uint32_t flat_first_in(
    const struct flat *f, uint32_t map, const char *key, uint32_t *in);
struct bytes flat_get_text(const struct flat *f, uint32_t map, const char *key);
