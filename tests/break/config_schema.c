/* SPDX-License-Identifier: Apache-2.0 */
/* A break: this control taken away, for script/prove-controls alone. Never built into a product. */
#include "wire/config_rules.h"

bool config_rules_hold(const struct config *config)
{
    (void)config;
    return true;
}

bool answer_rules_hold(const struct answer *a)
{
    return a->verdict_count >= 1 && a->verdict_count <= LIMIT_ANSWER_OUTCOMES;
}
