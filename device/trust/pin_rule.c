/* SPDX-License-Identifier: Apache-2.0 */
#include "device/trust/pin_rule.h"

#include <string.h>

bool pin_follows(uint32_t in_force, uint32_t version)
{
    return version > in_force;
}

bool pin_keeps_one(const struct pin *in_force, uint8_t count, const struct pin_set *set)
{
    for (uint8_t i = 0; i < count; i++)
        for (uint8_t k = 0; k < set->count; k++)
            if (in_force[i].len == set->pins[k].len
                && memcmp(in_force[i].der, set->pins[k].der, in_force[i].len) == 0)
                return true;
    return false;
}
