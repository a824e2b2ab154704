/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Named: does a document, or a section of one, bear a name under which the evidence for a clause is kept?
 *
 * The names are the clause's own file patterns (catalogue: `files`), held against path, title and headings. A
 * sentence on closing reports means one thing in "Vulnerability handling" and another in a wire format.
 *
 * Not here: what a place without such a name is worth (judge).
 */
#pragma once

#include "review/catalogue/catalogue.h"
#include "review/read/unit.h"

struct named;

/* To named_free(). Borrows all three. */
struct named *named_new(
    struct arena *a, const struct corpus *corpus, const struct clause *clause);
void named_free(struct named *n);
/* 0: it bears none; else 1 + enum signal_weight of its best. */
uint8_t named_document(struct named *n, uint32_t doc);
/* The same of the unit's document and the headings above the unit. */
uint8_t named_unit(struct named *n, uint32_t unit);
