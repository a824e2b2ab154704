/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bundles: those that this cloud carries, one for each class of devices, as files of store's own:
 * `bundle-<digest>`.
 *
 * It comes in pieces in their order into `bundle.part`, is measured as it comes, and gets its name
 * only when length and digest are those of the statement; then the one of its class before it goes.
 * So there are LIMIT_CLASSES files and one at most. Whether a device may have a piece: piece_rule.h;
 * how fast: piece_rate.h.
 *
 * One comes in at a time, from one peer of the admin socket. It is not disturbed by another, and
 * ends with its peer; one that is silent for LIMIT_BUNDLE_IDLE_MS gives way to the next.
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
    int part_fd;                 /* -1: none */
    uint64_t part_peer, part_ms; /* whose it is; when its last piece came */
    uint32_t part_next;
    uint64_t part_len;
    EVP_MD_CTX *part_digest;
};

void bundles_init(struct bundles *b, const char *folder);
/* At a start: what a store that died was taking in goes. */
void bundles_clear(struct bundles *b);
void bundles_close(struct bundles *b);
struct bundle_piece {
    uint64_t peer, now_ms;
    uint32_t number; /* 0 begins anew */
    struct bytes bytes;
};
/* AGAIN: another peer's is under way, which goes on. REFUSED: not the next one, or too many; what
 * this peer had put is gone. BROKEN: the disk, likewise. */
MUST_USE enum status bundles_put(struct bundles *b, const struct bundle_piece *piece);
/* REFUSED: what this peer put is not what is stated. In both cases nothing of it is under way. */
MUST_USE enum status bundles_keep(
    struct bundles *b, uint64_t peer, const struct release *r);
/* All go but those of these releases. */
void bundles_trim(const struct bundles *b, const struct newest_releases *needed);
/* The peer has left: so has what it was putting. */
void bundles_gone(struct bundles *b, uint64_t peer);
/* Into `out` (LIMIT_PIECE). REFUSED: no such bundle or piece. */
MUST_USE enum status bundles_read(struct bundles *b, const struct digest *bundle,
    uint32_t number, struct room out, size_t *len);
