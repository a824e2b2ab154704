/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Build: what the parts of model_build hand on to each other. Items are numbered in the order
 * in which they are found until the last step, which sorts them and renumbers the links.
 */
#pragma once

#include "review/model/ids.h"
#include "review/model/kinds.h"

/* What the headings above a unit make of it, and its file. */
struct above {
    uint32_t heading, doc; /* of which it was asked last: most units share theirs */
    bool known, appendix, security;
};

struct build {
    struct arena *a;
    const struct corpus *c;
    const struct rules *rules;
    struct list items; /* struct item */
    struct list links; /* struct link */
    uint32_t
        *item_of_unit; /* the item that a unit defines, or whose section it stands in */
    bool *defines;     /* the unit defines it (and is not only below its heading) */
    struct table *by_id;   /* id, path or test name -> item */
    struct table *by_test; /* path or class of a test -> verification case */
    bool *
        form; /* of each document: a JSON Schema, which says what may stand elsewhere */
    struct table *by_name;  /* lower-case title of what people call by name -> item */
    struct table *prefixes; /* prefixes of ids that the project defines */
    struct above above;
};

uint32_t build_item(
    struct build *b, enum item_kind kind, struct bytes id, uint32_t unit);
struct item *build_at(struct build *b, uint32_t item);
struct bytes build_lower(struct build *b, struct bytes text);
/* appendix: the unit (a heading), one above it or the file calls itself appendix or annex;
 * security: a heading above it speaks of security. */
struct above build_above(struct build *b, uint32_t unit);
bool path_has_word(struct bytes path, const char *word);

void build_define(struct build *b);
void build_connect(struct build *b);
