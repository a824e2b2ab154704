/* SPDX-License-Identifier: Apache-2.0 */
#include "core/service/rules.h"

bool service_short_enough(const struct ticket *t)
{
    return t->not_after_s - t->not_before_s <= LIMIT_TICKET_S;
}
