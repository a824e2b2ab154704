/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fetch: a bundle that comes in pieces, in their order, and is never longer than was stated.
 *
 * Pure: which piece is next, whether one fits, how often it may begin anew. A piece that fits says
 * nothing about the bundle: length, digest and both signatures are judged when all are there
 * (install.h).
 *
 * Not here: the file, who carries the pieces.
 */
#pragma once

#include "core/base/limits.h"

#include <stdbool.h>
#include <stdint.h>

struct fetch {
    uint32_t bundle_len; /* as stated: 1..LIMIT_UPDATE_BUNDLE */
    uint32_t next;       /* number of the piece that is wanted */
    uint32_t begun;      /* times; LIMIT_FETCHES at most */
};

/* have: bytes that an earlier start has left; what is no whole piece is fetched again. */
void fetch_begin(struct fetch *f, uint32_t bundle_len, uint64_t have);
/* Bytes that are there. */
uint32_t fetch_have(const struct fetch *f);
bool fetch_whole(const struct fetch *f);
/* The next one, and of its length? */
bool fetch_fits(const struct fetch *f, uint32_t number, uint64_t len);
/* What came was another bundle. False: it is not fetched again. */
bool fetch_anew(struct fetch *f);
