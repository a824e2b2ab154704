/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attest template: what an attestation key is. A control of its own.
 *
 * Restricted: it signs what the TPM says of itself, and nothing that somebody made to look like it. So not even who has read
 * the objects' authorisation can say with it that something else was started.
 */
#pragma once

#include <tss2/tss2_tpm2_types.h>

const TPM2B_PUBLIC *tpm_attest_template(void);
