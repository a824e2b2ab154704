/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attest: what the cloud believes of a device's TPM, from bytes that the device brought, without a TPM of its own.
 *
 * In this order, each step resting on the one before: the endorsement certificate is of an allowed maker (maker.h); the
 * attestation key is in the TPM of that certificate (credential.h: it opened the secret); the TLS key
 * is in the same TPM and was made there (attest_certified); what ran at boot, on this very channel, for this very nonce
 * (attest_quoted).
 *
 * REFUSED with *why, one word of: structure key signature kind name attributes binding nonce channel
 * selection measurements version.
 */
#pragma once

#include "cloud/attest/tpm_said.h"

struct attest_key { /* an attestation key that is fit to be one */
    struct said_name name;
    uint8_t point[TPM_SAID_POINT];
};

struct attest_boot { /* a version that was released */
    uint32_t security_version;
    struct digest measured; /* SHA-256 of the policy's registers, one after the other */
};

struct attest_policy {
    uint32_t registers; /* bit n is PCR n: exactly these */
    uint32_t least_security_version;
    const struct attest_boot *known;
    size_t known_count;
};

struct attest_evidence {
    struct bytes said, signature; /* TPMS_ATTEST, TPMT_SIGNATURE */
};

struct attest_fresh { /* as the device says, and as the cloud knows */
    struct digest nonce,
        channel; /* channel: TLS exporter, "EXPORTER-holdfast-attest" */
};

/* public: TPMT_PUBLIC. Restricted: it signs what the TPM says of itself, and nothing by request. */
MUST_USE enum status attest_key_read(
    struct bytes public, struct attest_key *out, const char **why);
/* The TLS key of this public area; *point as its certificate must have it. A certification does not
 * age: what is fixed to a TPM and was made in it will never be elsewhere. */
MUST_USE enum status attest_certified(const struct attest_key *by, struct bytes public,
    const struct attest_evidence *e, uint8_t point[TPM_SAID_POINT], const char **why);
/* *version of what was measured, on OK and with the word version: known, and too old: it may only be updated. */
MUST_USE enum status attest_quoted(const struct attest_key *by,
    const struct attest_evidence *e, const struct attest_fresh *said,
    const struct attest_fresh *ours, const struct attest_policy *policy,
    uint32_t *version, const char **why);
