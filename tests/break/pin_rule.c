/* SPDX-License-Identifier: Apache-2.0 */
/* A break: this control taken away, for script/prove-controls alone. Never built into a product. */
#include "device/trust/pin_rule.h"

bool pin_follows(uint32_t in_force, uint32_t version)
{
    (void)in_force, (void)version;
    return true;
}

bool pin_keeps_one(const struct pin *in_force, uint8_t count, const struct pin_set *set)
{
    (void)in_force, (void)count, (void)set;
    return true;
}
