/* SPDX-License-Identifier: Apache-2.0 */
#include "device/tpm/attest_template.h"

/* clang-format off */
/* No dictionary attack is possible on 32 random bytes, so none is counted: nobody can lock us out. */
static const TPM2B_PUBLIC template = {.publicArea = {
    .type = TPM2_ALG_ECC, .nameAlg = TPM2_ALG_SHA256,
    .objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN
        | TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA | TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_SIGN_ENCRYPT,
    .parameters.eccDetail = {.symmetric.algorithm = TPM2_ALG_NULL,
        .scheme = {.scheme = TPM2_ALG_ECDSA, .details.ecdsa.hashAlg = TPM2_ALG_SHA256},
        .curveID = TPM2_ECC_NIST_P256, .kdf.scheme = TPM2_ALG_NULL}}};
/* clang-format on */

/* Req: HF-TPM-008 "The attestation key shall sign nothing but what the TPM says of itself." */
const TPM2B_PUBLIC *tpm_attest_template(void)
{
    return &template;
}
