/* SPDX-License-Identifier: Apache-2.0 */
#include "device/tpm/count_known.h"

bool tpm_count_known(const TPMS_NV_PUBLIC *is)
{
    const TPMA_NV need = TPMA_NV_PLATFORMCREATE | TPMA_NV_AUTHREAD | TPMA_NV_OWNERWRITE;

    return is->dataSize == sizeof(UINT64)
        && (is->attributes & TPMA_NV_TPM2_NT_MASK) >> TPMA_NV_TPM2_NT_SHIFT
        == TPM2_NT_COUNTER
        && (is->attributes & need) == need;
}
