/* SPDX-License-Identifier: Apache-2.0 */
#include "review/check/groups.h"

void check_ladder(struct judge *j)
{
    const struct model *m = j->m;
    for (uint32_t i = 0; i < m->item_count; i++) {
        if (m->items[i].kind != ITEM_CONTROL)
            continue;
        struct verified v = verified_of(m, i);
        switch (ladder_of(m, i)) {
        case LADDER_NOWHERE:
        case LADDER_IS_DEMONSTRATED: break;
        case LADDER_IS_DESCRIBED:
            judge_item(j, RULE_LADDER_DESCRIBED, i,
                v.failed      ? TEXT("its test failed")
                    : v.cases ? TEXT("its test has no passed result")
                              : TEXT("no test names it"));
            break;
        case LADDER_IS_VERIFIED:
            judge_item(j, RULE_LADDER_VERIFIED, i,
                TEXT(
                    "its test passes; no result with proof \"fails without it\" names it"));
            break;
        }
    }
}
