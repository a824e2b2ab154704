/* SPDX-License-Identifier: Apache-2.0 */
/* A break: this control taken away, for script/prove-controls alone. Never built into a product. */
#include "cloud/store/trust_rule.h"

#include <stddef.h>

enum trust_verdict trust_rule(
    bool require_tpm, enum device_trust said, enum attest_state connection)
{
    (void)require_tpm, (void)said, (void)connection;
    return TRUST_STORE;
}

const char *device_trust_name(enum device_trust trust)
{
    return trust == TRUST_TPM ? "tpm" : trust == TRUST_SOFTWARE ? "software" : NULL;
}
