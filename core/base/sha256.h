/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 (FIPS 180-4) in pieces, for digests over contents that never lie in one place.
 *
 * Only for comparing contents (readings sealed = readings stored). Whatever guards something
 * uses the crypto port.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/secret.h"

struct sha256 {
    uint32_t h[8];
    uint64_t len;
    uint8_t block[64];
};

void sha256_start(struct sha256 *s);
void sha256_more(struct sha256 *s, struct bytes in);
void sha256_peek(
    const struct sha256 *s, struct digest *out); /* so far; more may follow */
