/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys: what courier and keeper may ask of agent, who has the TPM, and what it answers.
 *
 * Each message has one length, whatever it carries. courier may ask for the public key, for a
 * signature, and for what proves where the key is; keeper for sealing and opening; there is no message
 * that asks for a key.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/secret.h"
#include "core/base/status.h"
#include "core/port/trust.h"

enum { SECRET_MAX = 512 };

enum no_key {       /* why there is no answer; the cause is in agent's log */
    NO_KEY_BUSY,    /* AGAIN */
    NO_KEY_REFUSED, /* REFUSED: the TPM says no, or is not this device's */
    NO_KEY_DAMAGED, /* DAMAGED: not sealed by this device, or changed since */
    NO_KEY_GONE,    /* BROKEN: there is no TPM now */
    NO_KEYS
};

struct said_secret { /* wipe after use */
    uint16_t len;    /* 1..SECRET_MAX */
    uint8_t b[SECRET_MAX];
};

struct said_signature { /* DER */
    uint8_t len;        /* 1..TRUST_SIGNATURE_MAX */
    uint8_t b[TRUST_SIGNATURE_MAX];
};

struct said_quote {
    uint32_t registers; /* 1..TRUST_REGISTERS */
    struct digest bound;
};

enum {
    SAID_CREDENTIAL_LEN = TRUST_BLOB_LEN + TRUST_SEED_LEN,
    SAID_QUOTE_LEN = 4 + 32,
    SAID_EVIDENCE_LEN = 2 * (2 + TRUST_SAID_MAX),
    SAID_IDENTITY_LEN =
        2 + TRUST_CERT_MAX + 2 * (2 + TRUST_SAID_MAX) + SAID_EVIDENCE_LEN,
};
enum { SAID_SECRET_LEN = 2 + SECRET_MAX, SAID_SIGNATURE_LEN = 1 + TRUST_SIGNATURE_MAX };

struct bytes secret_build(const struct said_secret *v, struct room out);
MUST_USE enum status secret_parse(struct bytes in, struct said_secret *out);
struct bytes signature_build(const struct said_signature *v, struct room out);
MUST_USE enum status signature_parse(struct bytes in, struct said_signature *out);
MUST_USE enum status digest_parse(struct bytes in, struct digest *out);
/* An uncompressed point, not yet known to be one of the curve. */
MUST_USE enum status public_parse(struct bytes in, uint8_t out[P256_PUBLIC_LEN]);
struct bytes no_key_build(enum no_key why, struct room out);
MUST_USE enum status no_key_parse(struct bytes in, enum no_key *out);
struct bytes credential_build(const struct trust_credential *v, struct room out);
MUST_USE enum status credential_parse(struct bytes in, struct trust_credential *out);
struct bytes quote_build(const struct said_quote *v, struct room out);
MUST_USE enum status quote_parse(struct bytes in, struct said_quote *out);
struct bytes evidence_build(const struct trust_evidence *v, struct room out);
MUST_USE enum status evidence_parse(struct bytes in, struct trust_evidence *out);
struct bytes identity_said_build(const struct trust_identity *v, struct room out);
MUST_USE enum status identity_said_parse(struct bytes in, struct trust_identity *out);
