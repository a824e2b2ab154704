/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boot rule: whether what was measured at boot is a released version, and one that is new enough. Controls of their own.
 */
#pragma once

#include "cloud/attest/attest.h"

#include <stdbool.h>

/* NULL: nobody released it. */
const struct attest_boot *boot_known(
    const struct attest_policy *policy, const struct digest *measured);
bool boot_new_enough(
    const struct attest_policy *policy, const struct attest_boot *boot);
