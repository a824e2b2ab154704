/* SPDX-License-Identifier: Apache-2.0 */
#include "core/outbox/outbox_serials.h"

#include <string.h>

bool serials_fresh(
    const struct serials *s, const struct serial *serial, uint32_t not_after_s)
{
    if (not_after_s <= s->floor_s)
        return false;
    for (size_t i = 0; i < SERIALS_KEPT; i++)
        if (s->used[i].not_after_s != 0
            && memcmp(&s->used[i].serial, serial, sizeof *serial) == 0)
            return false;
    return true;
}

void serials_use(struct serials *s, const struct serial *serial, uint32_t not_after_s)
{
    struct used_serial *place = &s->used[0];

    for (size_t i = 1; i < SERIALS_KEPT; i++)
        if (s->used[i].not_after_s < place->not_after_s)
            place = &s->used[i];
    if (place->not_after_s > s->floor_s)
        s->floor_s = place->not_after_s;
    *place = (struct used_serial){.serial = *serial, .not_after_s = not_after_s};
}
