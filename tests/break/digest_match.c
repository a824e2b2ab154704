/* SPDX-License-Identifier: Apache-2.0 */
/* A break: this control taken away, for script/prove-controls alone. Never built into a product. */
#include "core/outbox/outbox_match.h"

bool outbox_match(const struct outbox_sent *sent, const struct verdict *v)
{
    return v->seq == sent->seq && ct_equal(&v->epoch, &sent->epoch, sizeof v->epoch);
}
