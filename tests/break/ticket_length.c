/* SPDX-License-Identifier: Apache-2.0 */
/* A break: this control taken away, for script/prove-controls alone. Never built into a product. */
#include "core/service/rules.h"

bool service_short_enough(const struct ticket *t)
{
    (void)t;
    return true;
}
