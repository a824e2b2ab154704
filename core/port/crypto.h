/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Crypto port: the primitives that core/seal builds on, and nothing else.
 *
 * All lengths are exact. `out` is written only on OK. BROKEN: the library failed.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/secret.h"
#include "core/base/status.h"

enum { TAG_LEN = 16, X25519_LEN = 32, ED25519_LEN = 32, SIGNATURE_LEN = 64 };

struct x25519_public {
    uint8_t b[X25519_LEN];
};
struct x25519_private {
    uint8_t b[X25519_LEN];
};

struct ed25519_public {
    uint8_t b[ED25519_LEN];
};
struct signature { /* Ed25519 (RFC 8032) */
    uint8_t b[SIGNATURE_LEN];
};

struct crypto {
    void *board;
    enum status (*sha256)(void *board, struct bytes in, struct digest *out);
    enum status (*hmac)(
        void *board, struct bytes key, struct bytes in, struct digest *out);
    /* AES-GCM; key.len is 16 or 32. seal: out.cap >= plain.len + TAG_LEN, ciphertext || tag. */
    enum status (*aead_seal)(void *board, struct bytes key, const struct iv *iv,
        struct bytes aad, struct bytes plain, struct room out);
    /* open: in = ciphertext || tag; out.cap >= in.len - TAG_LEN. REFUSED: the tag is wrong. */
    enum status (*aead_open)(void *board, struct bytes key, const struct iv *iv,
        struct bytes aad, struct bytes in, struct room out);
    enum status (*x25519_public)(
        void *board, const struct x25519_private *priv, struct x25519_public *out);
    /* REFUSED: the shared secret is all zero (RFC 9180 7.1.4). */
    enum status (*x25519)(void *board, const struct x25519_private *priv,
        const struct x25519_public *pub, struct key *shared);
    /* REFUSED: not that key's signature of this message. */
    enum status (*ed25519_verify)(void *board, const struct ed25519_public *pub,
        struct bytes message, const struct signature *signature);
};
