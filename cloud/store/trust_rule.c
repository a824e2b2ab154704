/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/trust_rule.h"

#include <stddef.h>

/* Req: HF-TPM-005 "Where the policy asks for it, the cloud shall store nothing of a device that does not say that its
 * keys are in a TPM." */
bool trust_rule(bool require_tpm, enum device_trust said)
{
    return !require_tpm || said == TRUST_TPM;
}

const char *device_trust_name(enum device_trust trust)
{
    switch (trust) {
    case TRUST_NOT_TOLD: break;
    case TRUST_SOFTWARE: return "software";
    case TRUST_TPM: return "tpm";
    }
    return NULL;
}
