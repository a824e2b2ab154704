/* SPDX-License-Identifier: Apache-2.0 */
/* A break: this control taken away, for script/prove-controls alone. Never built into a product. */
#include "cloud/attest/boot_rule.h"

const struct attest_boot *boot_known(
    const struct attest_policy *policy, const struct digest *measured)
{
    for (size_t i = 0; i < policy->known_count; i++)
        if (ct_equal(&policy->known[i].measured, measured, sizeof *measured))
            return &policy->known[i];
    return NULL;
}

bool boot_new_enough(const struct attest_policy *policy, const struct attest_boot *boot)
{
    (void)policy, (void)boot;
    return true;
}
