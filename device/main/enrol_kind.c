/* SPDX-License-Identifier: Apache-2.0 */
#include "device/main/enrol_kind.h"

/* Req: HF-TPM-015 "A device that is set to prove that its keys are in a TPM shall not be enrolled on its own word." */
enum enrol_kind enrol_kind(bool set, size_t endorsement_len)
{
    if (!set)
        return ENROL_BY_WORD;
    return endorsement_len > 0 ? ENROL_PROVED : ENROL_REFUSED;
}
