/* SPDX-License-Identifier: Apache-2.0 */
/* A break: this control taken away, for script/prove-controls alone. Never built into a product. */
#include "wire/batch_rules.h"

/* Only what keeps the code inside its own arrays. */
bool batch_rules_hold(const struct batch *b)
{
    return b->record_count >= 1 && b->record_count <= LIMIT_BATCH_RECORDS
        && b->event_count <= LIMIT_BATCH_EVENTS;
}
