/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attested: which connections were attested, and which nonce waits for its quote; in memory, bounded.
 *
 * A connection is gate's, so its number counts only with store's own number of that gate, and for one device. Whoever is
 * pushed out, the longest unused of its set, attests again. Not here: what a quote proves (attester.h).
 */
#pragma once

#include "core/base/secret.h"
#include "core/base/status.h"
#include "wire/types.h"

enum { ATTESTED_SETS = 8192, ATTESTED_WAYS = 8 };

enum attest_state {
    ATTEST_NONE,
    ATTEST_TOO_OLD, /* known and below the least security version: it may only update */
    ATTEST_GOOD,
};

struct attest_place { /* one connection of one device */
    uint64_t gate, connection;
    struct device_id device;
};

struct attested;
MUST_USE enum status attested_new(struct attested **out);
void attested_free(struct attested *a);
enum attest_state attested_state(struct attested *a, const struct attest_place *at);
void attested_set(
    struct attested *a, const struct attest_place *at, enum attest_state state);
/* The one nonce that this connection may answer, for LIMIT_ATTEST_MS; one before it is void. */
void attested_ask(struct attested *a, const struct attest_place *at,
    const struct digest *nonce, uint64_t now_ms);
/* Once: false if there is none, or none any more. */
bool attested_take_nonce(struct attested *a, const struct attest_place *at,
    uint64_t now_ms, struct digest *nonce);
