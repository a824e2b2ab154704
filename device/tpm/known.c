/* SPDX-License-Identifier: Apache-2.0 */
#include "device/tpm/known.h"

/* Req: HF-TPM-003 "A TPM whose objects are not the ones that this device made shall be refused." */
bool tpm_known(const struct tpm_name *is, const struct tpm_name *made)
{
    return ct_equal(is->b, made->b, sizeof is->b);
}
