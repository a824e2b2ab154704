/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals: which documents may be the evidence for which clause, by path and title alone.
 *
 * A signal is a hint for the reader and for the order of work; it never makes a constraint
 * described. The best of a clause's patterns counts for each document.
 */
#pragma once

#include "review/catalogue/catalogue.h"
#include "review/read/unit.h"

enum signal_place { IN_PATH = 1, IN_TITLE = 2 }; /* both: 3 */

struct signal {
    uint32_t clause, doc; /* indices */
    uint8_t pattern;      /* in the clause's files */
    uint8_t weight;       /* enum signal_weight */
    uint8_t place;        /* where that pattern was found */
};

/* Title of a document: field `title` of its front matter, else its first heading; or empty. */
struct bytes document_title(const struct corpus *c, uint32_t doc);
/* All signals, by clause, the strongest first, then by document; struct signal, to list_free(). */
struct list signals_find(
    const struct catalogue *catalogue, const struct corpus *corpus);
