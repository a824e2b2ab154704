/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets: bytes that are compared in constant time and wiped when done with.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct key { /* its own type: a key cannot be passed where a nonce belongs */
    uint8_t b[32];
};

struct iv { /* AES-GCM initialisation vector */
    uint8_t b[12];
};

struct nonce { /* of one transmission */
    uint8_t b[16];
};

struct digest { /* SHA-256, and HMAC-SHA-256 */
    uint8_t b[32];
};

bool ct_equal(const void *a, const void *b, size_t n);
void wipe(void *secret, size_t n);
