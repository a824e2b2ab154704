/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/attest/certified_rule.h"

enum status certified_rule(const struct said_name *certified,
    const struct said_name *name, uint32_t attributes, const char **why)
{
    static const uint32_t need =
        SAID_FIXED_TPM | SAID_FIXED_PARENT | SAID_SENSITIVE_DATA_ORIGIN | SAID_SIGN;

    *why = "name";
    if (!ct_equal(name->b, certified->b, sizeof name->b))
        return REFUSED;
    *why = "attributes";
    return (attributes & need) == need
            && (attributes & (SAID_RESTRICTED | SAID_DECRYPT)) == 0
        ? OK
        : REFUSED;
}
