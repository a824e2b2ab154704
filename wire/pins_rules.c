/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/pins.h"

#include <string.h>

static bool alike(const struct pin *a, const struct pin *b)
{
    return a->len == b->len && memcmp(a->der, b->der, a->len) == 0;
}

bool pins_rules_hold(const struct pin_set *set)
{
    if (set->version == 0 || set->count < PINS_LEAST || set->count > PINS_MOST)
        return false;
    for (uint8_t i = 0; i < set->count; i++) {
        if (set->pins[i].len == 0 || set->pins[i].len > PIN_CERT_MAX)
            return false;
        for (uint8_t k = 0; k < i; k++)
            if (alike(&set->pins[i], &set->pins[k]))
                return false;
    }
    return true;
}
