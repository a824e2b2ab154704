/* SPDX-License-Identifier: Apache-2.0 */
#include "core/update/counter_rule.h"

enum status counter_follow(const struct counter *counter, uint32_t version)
{
    uint64_t value = 0;

    TRY(counter->read(counter->board, &value));
    for (; value < version; value++)
        TRY(counter->raise(counter->board));
    return OK;
}
