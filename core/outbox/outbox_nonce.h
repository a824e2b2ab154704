/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nonce of one transmission: drawn for it, accepted once, and for LIMIT_NONCE_MS at most.
 *
 * Not here: drawing it, and what was sent under it.
 */
#pragma once

#include "core/base/limits.h"
#include "core/base/secret.h"

#include <stdint.h>

struct outbox_nonce {
    struct nonce nonce;
    uint64_t drawn_ms; /* monotonic */
    bool outstanding;
};

void outbox_nonce_remember(
    struct outbox_nonce *n, const struct nonce *drawn, uint64_t now_ms);
/* True once, for the nonce that was remembered, in time. */
bool outbox_nonce_accept(
    struct outbox_nonce *n, const struct nonce *answered, uint64_t now_ms);
