/* SPDX-License-Identifier: Apache-2.0 */
#include "core/outbox/outbox_match.h"

bool outbox_match(const struct outbox_sent *sent, const struct verdict *v)
{
    return v->seq == sent->seq && ct_equal(&v->epoch, &sent->epoch, sizeof v->epoch)
        && ct_equal(&v->digest, &sent->digest, sizeof v->digest);
}
