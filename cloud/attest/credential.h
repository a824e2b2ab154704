/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Credential: a secret that only the TPM with this endorsement key opens, and only if it holds the key of this name.
 *
 * TPM2_MakeCredential without a TPM (TPM 2.0 Library, part 1, 24: credential protection): what comes
 * back from the device proves that attestation key and endorsement certificate are of one TPM.
 */
#pragma once

#include "cloud/attest/tpm_said.h"

#include <openssl/evp.h>

enum {
    CREDENTIAL_SECRET = 32,
    CREDENTIAL_BLOB = 2 + 2 + 32 + 2 + CREDENTIAL_SECRET, /* TPM2B_ID_OBJECT */
    CREDENTIAL_SEED = 2 + 256,                            /* TPM2B_ENCRYPTED_SECRET */
};

struct credential { /* for the device, as its TPM takes it */
    uint8_t blob[CREDENTIAL_BLOB], seed[CREDENTIAL_SEED];
};

/* REFUSED: the endorsement key is not RSA of 2048 bits. BROKEN: the library failed. */
MUST_USE enum status credential_make(EVP_PKEY *endorsement,
    const struct said_name *attestation_key, const struct key *secret,
    struct credential *out);
