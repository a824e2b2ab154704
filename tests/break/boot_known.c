/* SPDX-License-Identifier: Apache-2.0 */
/* A break: this control taken away, for script/prove-controls alone. Never built into a product. */
#include "cloud/attest/boot_rule.h"

const struct attest_boot *boot_known(
    const struct attest_policy *policy, const struct digest *measured)
{
    (void)measured;
    return &policy->known[policy->known_count - 1];
}

bool boot_new_enough(const struct attest_policy *policy, const struct attest_boot *boot)
{
    return boot->security_version >= policy->least_security_version;
}
