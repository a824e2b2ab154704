/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attest: what this TPM proves of itself to a cloud that has none: whose it is, that our TLS key is in
 * it, and what ran at boot.
 *
 * Promise: as device/tpm/tpm.h has it; after tpm_find(). What is proved is for others to judge
 * (cloud/attest).
 */
#pragma once

#include "device/tpm/tpm.h"

/* Endorsement certificate, both public halves, and the TLS key certified by the attestation key.
 * OK without a certificate: the TPM's maker gave it none (endorsement_len 0). */
MUST_USE enum status tpm_identity(
    struct tpm *t, struct trust_identity *out, const char **why);
/* DAMAGED: the credential is for another TPM or another attestation key, or was changed. */
MUST_USE enum status tpm_activate(struct tpm *t, const struct trust_credential *in,
    struct key *secret, const char **why); /* wipe it after use */
/* registers: bit n is PCR n, of the bank of SHA-256; 1..TRUST_REGISTERS (assert). */
MUST_USE enum status tpm_quote(struct tpm *t, uint32_t registers,
    const struct digest *bound, struct trust_evidence *out, const char **why);
