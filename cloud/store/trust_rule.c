/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/trust_rule.h"

#include <stddef.h>

/* Req: HF-TPM-005 "Where the policy asks for it, the cloud shall store nothing of a device whose connection is not attested." */
enum trust_verdict trust_rule(
    bool require_tpm, enum device_trust said, enum attest_state connection)
{
    if (!require_tpm)
        return TRUST_STORE;
    if (said != TRUST_TPM)
        return TRUST_REFUSE;
    switch (connection) {
    case ATTEST_NONE: break;
    case ATTEST_TOO_OLD: return TRUST_UPDATE_ONLY;
    case ATTEST_GOOD: return TRUST_STORE;
    }
    return TRUST_ATTEST_FIRST;
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
