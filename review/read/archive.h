/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Archive: the parts of a zip file in memory, unfolded only as far as is safe.
 *
 * Promise: a part that is, or claims to be, larger than the limits or that unfolds out of all
 * proportion is left (note BOMB); of an archive that is cut off the parts that are still there
 * are read (DAMAGED). Nothing is written and no name of a part is used as a path.
 */
#pragma once

#include "review/read/xml.h"

enum {
    ARCHIVE_PART_MAX = 134217728, /* bytes of one part, unfolded */
    ARCHIVE_ALL_MAX = 268435456,  /* of all parts together */
    ARCHIVE_RATIO_MAX = 100, /* unfolded to folded, beyond ARCHIVE_RATIO_FREE bytes */
    ARCHIVE_RATIO_FREE = 8388608,
};

struct archive;

/* NULL: no part can be found in it; that was said. */
struct archive *archive_new(struct bytes document, struct emit *out);
void archive_free(struct archive *a);
/* False: there is no such part. */
bool archive_xml(
    struct archive *a, const char *part, const struct xml_calls *calls, void *ctx);
/* The part without which the document is none: its absence is DAMAGED. */
void archive_main(
    struct archive *a, const char *part, const struct xml_calls *calls, void *ctx);
/* Ahead of reading it: what is wrong with the part is said then, and not now. */
void archive_glance(
    struct archive *a, const char *part, const struct xml_calls *calls, void *ctx);
/* Every part whose name ends so, in the order of the archive; how many there were. */
typedef void archive_part_fn(void *archive, const char *part, struct emit *out);
size_t archive_each(
    struct archive *a, const char *ending, archive_part_fn *read, struct emit *out);
/*
 * The part that a relation of this type points to (the end of the type's address counts:
 * "/officeDocument"), or `otherwise`. `rels` is the part with relations, `base` the folder
 * that its targets are in. With `id`, the relation of that id, whatever its type. Malloc'd.
 */
char *archive_related(struct archive *a, const char *rels, const char *base,
    struct bytes id, const char *type, const char *otherwise);
