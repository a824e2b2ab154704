/* SPDX-License-Identifier: Apache-2.0 */
/* A break: this control taken away, for script/prove-controls alone. Never built into a product. */
#include "image/init/network_rule.h"

bool network_open(const struct network_steps *steps)
{
    bool open = steps->address(steps->ctx);

    (void)steps->rules(steps->ctx);
    return open;
}
