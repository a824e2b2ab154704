/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/piece_rule.h"

#include <string.h>

/* Req: HF-UPD-009 "only to a device that may send and to which that release is offered" */
bool piece_rule(const struct piece_case *c)
{
    return device_may_send(c->state) && c->offered
        && memcmp(c->stated->b, c->asked->b, sizeof c->stated->b) == 0;
}
