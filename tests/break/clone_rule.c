/* SPDX-License-Identifier: Apache-2.0 */
/* Control removed: two runs of one device at the same time look like one. */
#include "cloud/store/clone_rule.h"

bool clone_rule_sees(struct clone_front *f, const struct epoch *epoch,
    uint64_t measured_ms, uint64_t now_ms)
{
    (void)f, (void)epoch, (void)measured_ms, (void)now_ms;
    return false;
}
