/* SPDX-License-Identifier: Apache-2.0 */
/* A break: this control taken away, for script/prove-controls alone. Never built into a product. */
#include "device/agent/raise_rule.h"

bool counter_may_rise(uint64_t counter, uint32_t runs)
{
    (void)counter, (void)runs;
    return true;
}
