/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trust port: the device's private keys behind sign, seal and open.
 *
 * A caller never holds a private key, so that a TPM can take the place of the key files
 * without a change to any caller. Each role opens a trust of its own: courier the TLS key
 * (tls_*) and what proves where that key is (identity, activate, quote), keeper the long-term secret
 * (seal, open); the other half answers REFUSED, and files prove nothing: REFUSED as well. Keys that
 * cannot be reached now (a TPM that is gone or busy) are BROKEN or AGAIN: nothing stands in for them.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/secret.h"
#include "core/base/status.h"

enum { P256_PUBLIC_LEN = 65, TRUST_SIGNATURE_MAX = 72, TRUST_OVERHEAD_MAX = 64 };
enum {
    TRUST_CERT_MAX = 2048,
    TRUST_SAID_MAX = 256,
    TRUST_BLOB_LEN = 70,  /* TPM2B_ID_OBJECT of a secret of 32 bytes, SHA-256 */
    TRUST_SEED_LEN = 258, /* TPM2B_ENCRYPTED_SECRET for RSA of 2048 bits */
    TRUST_REGISTERS = 0xffffff,
};

/* What a TPM says of itself, for who has none to judge: bytes as the TPM library specifies them. */
struct trust_said {
    uint16_t len;
    uint8_t b[TRUST_SAID_MAX];
};

struct trust_evidence {
    struct trust_said said,
        signature; /* TPMS_ATTEST; TPMT_SIGNATURE by the attestation key */
};

struct trust_identity {
    uint16_t endorsement_len;            /* 0: its maker gave the TPM no certificate */
    uint8_t endorsement[TRUST_CERT_MAX]; /* DER */
    struct trust_said attestation_key, tls; /* TPMT_PUBLIC */
    struct trust_evidence certified;        /* the TLS key, by the attestation key */
};

struct trust_credential { /* of a cloud, for this TPM and its attestation key */
    uint8_t blob[TRUST_BLOB_LEN], seed[TRUST_SEED_LEN];
};

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
    enum status (*identity)(void *board, struct trust_identity *out);
    /* The secret of a credential. DAMAGED: it is for another TPM or another key, or was changed. */
    enum status (*activate)(
        void *board, const struct trust_credential *credential, struct key *secret);
    /* registers: bit n is PCR n, 1..TRUST_REGISTERS. `bound` is signed with what they hold. */
    enum status (*quote)(void *board, uint32_t registers, const struct digest *bound,
        struct trust_evidence *out);
};
