/* SPDX-License-Identifier: Apache-2.0 */
/* A break: this control taken away, for script/prove-controls alone. Never built into a product. */
#include "cloud/store/trust_rule.h"

#include <stddef.h>

bool trust_rule(bool require_tpm, enum device_trust said)
{
    (void)require_tpm, (void)said;
    return true;
}

const char *device_trust_name(enum device_trust trust)
{
    return trust == TRUST_TPM ? "tpm" : trust == TRUST_SOFTWARE ? "software" : NULL;
}
