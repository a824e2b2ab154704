/* SPDX-License-Identifier: Apache-2.0 */
#include "core/service/rules.h"

enum reason service_in_time(const struct ticket *t, uint64_t utc_ms)
{
    uint64_t utc_s = utc_ms / 1000;

    if (utc_s < t->not_before_s)
        return REASON_SERVICE_EARLY;
    return utc_s < t->not_after_s ? REASON_SERVICE_ASKED : REASON_SERVICE_EXPIRED;
}
