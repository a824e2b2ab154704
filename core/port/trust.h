/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trust port: the device's private keys behind sign, seal and open.
 *
 * A caller never holds a private key, so that a TPM can take the place of the key files
 * without a change to any caller. Each role opens a trust of its own: courier the TLS key
 * (tls_*), keeper the long-term secret (seal, open); the other half answers REFUSED. Keys that
 * cannot be reached now (a TPM that is gone or busy) are BROKEN or AGAIN: nothing stands in for them.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/secret.h"
#include "core/base/status.h"

enum { P256_PUBLIC_LEN = 65, TRUST_SIGNATURE_MAX = 72, TRUST_OVERHEAD_MAX = 64 };

struct trust {
    void *board;
    const char *kind; /* "software" or "tpm": shown wherever a person looks */
    /* SEC1 uncompressed point of the TLS key. */
    enum status (*tls_public)(void *board, uint8_t out[P256_PUBLIC_LEN]);
    /* ECDSA P-256 over a SHA-256 digest, DER; *len <= TRUST_SIGNATURE_MAX. */
    enum status (*tls_sign)(
        void *board, const struct digest *digest, struct room der, size_t *len);
    /* Bind a secret to this device; out.cap >= secret.len + TRUST_OVERHEAD_MAX. */
    enum status (*seal)(void *board, struct bytes secret, struct room out, size_t *len);
    /* DAMAGED: not sealed by this device, or changed since. */
    enum status (*open)(void *board, struct bytes sealed, struct room out, size_t *len);
};
