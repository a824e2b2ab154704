/* SPDX-License-Identifier: Apache-2.0 */
#include "device/main/enrol_kind.h"

/* Req: HF-TPM-011 "A device shall not be enrolled on its own word where it is set to prove that its keys are in a TPM." */
enum enrol_kind enrol_kind(bool set, size_t endorsement_len)
{
    if (!set)
        return ENROL_BY_WORD;
    return endorsement_len > 0 ? ENROL_PROVED : ENROL_REFUSED;
}
