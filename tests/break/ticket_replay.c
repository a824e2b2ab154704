/* SPDX-License-Identifier: Apache-2.0 */
/* A break: this control taken away, for script/prove-controls alone. Never built into a product. */
#include "core/outbox/outbox_serials.h"

bool serials_fresh(
    const struct serials *s, const struct serial *serial, uint32_t not_after_s)
{
    (void)s, (void)serial, (void)not_after_s;
    return true;
}

void serials_use(struct serials *s, const struct serial *serial, uint32_t not_after_s)
{
    s->used[0] = (struct used_serial){.serial = *serial, .not_after_s = not_after_s};
}
