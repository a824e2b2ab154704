/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Weigh: what a child said about a pack against the pack's own bytes.
 *
 * Nothing that was said is taken on trust: the archive is written again from the files and
 * the statement from its parts, and both must be byte for byte what is there; digests are
 * computed here; a signature is checked over the statement's bytes. A child that was taken
 * over by the pack can make this refuse, not accept.
 *
 * Not here: reading the pack (inspect.h), whether its verdicts are right (a second run).
 */
#pragma once

#include "host/sign_key.h"
#include "review/pack/pack.h"
#include "review/pack/said.h"

struct weighed {
    struct pack_file *files;
    uint32_t file_count;
    const struct dsse *envelope;
    const struct statement *statement;
    uint32_t signatures_by_key; /* that the given key verifies */
};

/*
 * `key` NULL: signatures are not checked. REFUSED: *why says "what: expected …", names of the
 * pack in it are fit for a terminal.
 */
MUST_USE enum status weigh(struct arena *a, struct bytes archive,
    const struct pack_said *said, const struct sign_key *key, struct weighed *out,
    struct bytes *why);
/* The content of a file of the pack; at NULL: there is none. */
struct bytes weighed_file(const struct weighed *w, struct bytes name);
