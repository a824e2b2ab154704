/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence: what an E1 proves of a device's TPM before it has opened anything: the steps of cloud/attest in their order.
 */
#pragma once

#include "cloud/attest/attest.h"
#include "cloud/attest/maker.h"
#include "cloud/attest/makers.h"
#include "wire/attest.h"

#include <openssl/evp.h>

struct attested { /* of one generation of a device */
    struct attest_key key;
    uint8_t tls_point[TPM_SAID_POINT]; /* the key that was certified */
};

/* REFUSED with *why, a word of cloud/attest/why.h. The caller frees *endorsement, set on OK alone. */
MUST_USE enum status evidence_judge(const struct enrol_tpm *e,
    const uint8_t tls_public[P256_PUBLIC_LEN], const struct makers *makers,
    int64_t now_utc_s, struct attested *out, EVP_PKEY **endorsement, const char **why);
