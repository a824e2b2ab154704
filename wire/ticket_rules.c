/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/ticket.h"

#include "core/base/utf8.h"

#include <string.h>

bool ticket_rules_hold(const struct ticket *t)
{
    size_t len = strnlen(t->holder, sizeof t->holder);

    return t->not_before_s < t->not_after_s && len >= 1 && len <= HOLDER_MAX
        && utf8_printable((struct bytes){(const uint8_t *)t->holder, len});
}
