/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Read: a tree becomes a corpus; every document in a confined child of its own.
 *
 * BOUNDARY. Does not believe: any byte of a reviewed file, any byte that a child sends back
 * (unit_parse.c). May ask: the tree for descriptors. If it falls: one child, which has no
 * network, no files, no program to start, 256 MiB and 10 s; its document becomes a finding.
 *
 * The children are forked from a small parent made at the start of the program (read_start,
 * before anything large is in memory): a fork of it costs little and copies nothing secret.
 */
#pragma once

#include "review/read/tree.h"

enum {
    READ_DOCUMENT_MAX = 67108864, /* bytes of one document */
    READ_MEMORY_MAX = 268435456,  /* address space of one child */
    READ_CPU_S = 10,
    READ_DEPTH_MAX = 256,
};

struct reading; /* the small parent and its socket pair */

MUST_USE enum status read_start(struct reading **out, unsigned jobs);
void read_end(struct reading *r);
/* From now on `told` is called for each document that is read; NULL: nobody is. */
void read_watch(
    struct reading *r, void (*told)(void *ctx, uint32_t done, uint32_t of), void *ctx);
/* Never fails for a document's sake: what could not be read is a note. */
MUST_USE enum status read_tree(
    struct reading *r, struct arena *a, const struct tree *tree, struct corpus *out);
/*
 * The same for structured files that are no evidence but data of the review itself (a team's
 * catalogue): each YAML or JSON file as JSON, for structure.h; other files are a note.
 */
MUST_USE enum status read_structures(
    struct reading *r, struct arena *a, const struct tree *tree, struct corpus *out);
