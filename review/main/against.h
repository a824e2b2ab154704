/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Against: documents as they are now beside those that a pack states.
 */
#pragma once

#include "review/main/run.h"
#include "review/pack/weigh.h"

enum { AGAINST_NAMED = 20 }; /* that differ and are named; the others are counted */

struct against { /* {0}: nothing to end */
    struct tree tree;
    uint32_t differ; /* documents that are new, gone or changed */
};

/* Which files count is said by the pack's configuration; what differs is printed. */
enum exit_code against_open(struct arena *a, const struct weighed *w,
    const char *folder, const char *pack, struct against *out);
void against_end(struct against *g);
