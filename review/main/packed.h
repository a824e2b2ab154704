/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packed: what packing a review and verifying a pack have in common.
 */
#pragma once

#include "review/main/verbs.h"
#include "review/pack/inspect.h"
#include "review/pack/weigh.h"

#define PACKED_REPORT "report/" /* in front of a report's file */

/* The files of a report that a pack holds, with their names in it, sorted; struct pack_file.
 * Empty: it has too many pages. */
struct list packed_report(struct arena *a, const struct report *r);
/* What is compiled in and decides, with its digests; struct statement_file. */
struct list packed_builtin(struct arena *a);
/* To a file of its own, which then takes the place of `path`. */
enum exit_code packed_write(
    struct arena *a, const char *path, struct pack_file *files, uint32_t count);
/* Inspected and weighed; the line that says why not was written. `key` may be NULL. */
enum exit_code packed_open(struct arena *a, const char *path,
    const struct sign_key *key, struct inspected *in, struct weighed *out);
/*
 * A signature more, by the private key in the file; EXIT_DONE, or one line was written. The last
 * thing to be done: no process that is forked for reading ever has the key.
 */
int packed_sign(struct arena *a, const char *key, struct dsse *d);
void packed_say_signed(struct arena *a, const struct dsse *d);
/* The digest of a pack, as people read it to each other. */
struct bytes packed_digest(struct arena *a, struct bytes archive);
/* The tree below `root` goes on without the pack itself, if it lies there. */
void packed_leave_out(
    struct arena *a, struct tree *tree, const char *root, const char *pack);
