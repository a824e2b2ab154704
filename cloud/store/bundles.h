/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bundles: the one bundle that this cloud carries, as a file of store's own: `bundle-<digest>`.
 *
 * It comes in pieces in their order into `bundle.part`, is measured as it comes, and gets its name
 * only when length and digest are those of the statement; then the one before it goes. So there are
 * two files at most. Whether a device may have a piece: piece_rule.h; how fast: piece_rate.h.
 *
 * Not here: what the bundle means. Store believes neither signature; devices verify both.
 */
#pragma once

#include "cloud/store/piece_rate.h"
#include "cloud/store/store.h"
#include "wire/release.h"

#include <openssl/evp.h>

struct bundles {
    const char *folder; /* store's own */
    struct piece_rate rate;
    int fd; /* of the one that is open; -1: none */
    struct digest open;
    int part_fd; /* -1: none */
    uint32_t part_next;
    uint64_t part_len;
    EVP_MD_CTX *part_digest;
};

void bundles_init(struct bundles *b, const char *folder);
void bundles_close(struct bundles *b);
/* REFUSED: not the next one, or too many. BROKEN: the disk. */
MUST_USE enum status bundles_put(
    struct bundles *b, uint32_t number, struct bytes piece);
/* REFUSED: what was put is not what is stated. In both cases nothing is under way any more. */
MUST_USE enum status bundles_keep(struct bundles *b, const struct release *r);
/* Into `out` (LIMIT_PIECE). REFUSED: no such bundle or piece. */
MUST_USE enum status bundles_read(struct bundles *b, const struct digest *bundle,
    uint32_t number, struct room out, size_t *len);
