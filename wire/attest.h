/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attest: what a device with a TPM says besides, at its enrolment and on each connection (docs/wire-format.md).
 *
 * Fixed layouts, not CBOR. What a TPM wrote is carried as bytes within a limit; what stands between these is
 * judged here. Not here: whether any of it is true (cloud/attest), how it is made (device/tpm).
 */
#pragma once

#include "wire/enrol.h"

#include <stdbool.h>

enum {
    ATTEST_BLOB_LEN = 70,  /* TPM2B_ID_OBJECT of a secret of 32 bytes */
    ATTEST_SEED_LEN = 258, /* TPM2B_ENCRYPTED_SECRET for an RSA key of 2048 bits */
    ENROL_CREDENTIAL_LEN = 1 + ATTEST_BLOB_LEN + ATTEST_SEED_LEN, /* 329 */
    ATTEST_NAME_LEN = 34, /* of a key, as a TPM makes it with SHA-256 */
    ATTEST_NONCE_LEN = 32,
    ATTEST_CHANNEL_LEN = 32,
    ATTEST_REGISTERS = 24,                     /* PCR 0..23 */
    ATTEST_ASK_LEN = 1 + ATTEST_NONCE_LEN + 4, /* 37 */
    ATTEST_QUOTE_MAX = 1 + ATTEST_NONCE_LEN + ATTEST_CHANNEL_LEN
        + 2 * (2 + LIMIT_TPM_STRUCTURE), /* 581 */
};

/* What both ends give to the TLS exporter, without context, for ATTEST_CHANNEL_LEN bytes. */
#define ATTEST_EXPORTER "EXPORTER-holdfast-attest"

struct enrol_tpm {   /* E1; views borrow */
    struct bytes m1; /* ENROL_M1_LEN bytes, read by enrol_m1_parse() */
    bool proven;     /* the second time: proof is what the TPM opened */
    struct key proof;
    struct bytes certificate; /* of the endorsement key, DER, 1..LIMIT_ENDORSEMENT */
    uint8_t between_count; /* 0..LIMIT_BETWEEN: certificates up to the maker's root */
    struct bytes between[LIMIT_BETWEEN];
    struct bytes attestation_key,
        tls_key;                  /* TPMT_PUBLIC, 1..LIMIT_TPM_STRUCTURE each */
    struct bytes said, signature; /* of the TLS key: TPMS_ATTEST, TPMT_SIGNATURE */
};

struct enrol_credential { /* E2 */
    uint8_t blob[ATTEST_BLOB_LEN], seed[ATTEST_SEED_LEN];
};

struct attest_ask { /* answer to the first request of a connection */
    struct digest nonce;
    uint32_t registers; /* bit n is PCR n; one at least */
};

struct attest_quote { /* body of the second; views borrow */
    struct digest nonce, channel;
    struct bytes said, signature; /* TPMS_ATTEST, TPMT_SIGNATURE */
};

/* 02 || u16 length of what follows || M1 || proof || certificate || ... : at most LIMIT_ENROL_TPM bytes.
 * Build: FULL if it is more, or `out` is less. A field out of its range is the caller's mistake. */
MUST_USE enum status enrol_tpm_build(
    const struct enrol_tpm *v, struct room out, size_t *len);
MUST_USE enum status enrol_tpm_parse(struct bytes in, struct enrol_tpm *out);

void enrol_credential_build(
    const struct enrol_credential *v, uint8_t out[ENROL_CREDENTIAL_LEN]);
MUST_USE enum status enrol_credential_parse(
    struct bytes in, struct enrol_credential *out);

void attest_ask_build(const struct attest_ask *v, uint8_t out[ATTEST_ASK_LEN]);
MUST_USE enum status attest_ask_parse(struct bytes in, struct attest_ask *out);

/* out.cap >= ATTEST_QUOTE_MAX; the view of what was written. */
struct bytes attest_quote_build(const struct attest_quote *v, struct room out);
MUST_USE enum status attest_quote_parse(struct bytes in, struct attest_quote *out);

/* What the quote itself signs: SHA-256(nonce || channel). */
void attest_bound(
    const struct digest *nonce, const struct digest *channel, struct digest *out);
