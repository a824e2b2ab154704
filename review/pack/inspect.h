/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inspect: a pack from a file, read by a process that has nothing (review/read/cage.h).
 *
 * BOUNDARY (README.md). What comes back is foreign still: weigh.h holds it against the archive.
 */
#pragma once

#include "review/pack/said.h"

struct inspected {
    struct bytes archive; /* the file's bytes, in the arena */
    struct pack_said said;
};

/*
 * Forks, so best before much is in memory. BROKEN: the file or the process is not to be had.
 * REFUSED: it is no pack that we read. *why says "what: expected …" in both.
 */
MUST_USE enum status inspect(
    struct arena *a, const char *path, struct inspected *out, struct bytes *why);
/* In this very process, for tests and fuzz targets. */
void inspect_here(struct arena *a, struct bytes archive, struct pack_said *out);
