/* SPDX-License-Identifier: Apache-2.0 */
#include "image/init/network_rule.h"

/* Req: HF-IMG-003 "The image shall have no network before its firewall's rules are in force." */
bool network_open(const struct network_steps *steps)
{
    return steps->rules(steps->ctx) && steps->address(steps->ctx);
}
