/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clone rule: do two runs of one device measure at the same time? Then its disk was copied.
 *
 * Each start of a device draws an epoch, and a run ends before the next one begins, so the newest
 * measured time (the front) goes from epoch to epoch and never back. A front that goes back to
 * the epoch that had it before has returned; two copies that both measure make it return with
 * every batch. One clock that jumps while an old run's batches are still on the way makes it
 * return twice at most, so CLONE_RETURNS of them are a suspicion. A clock that was far ahead, and is set
 * back while its batches are kept from coming, would make it return with each lull: but then some of
 * them lie in the future when they come, and the count begins anew with each.
 *
 * Sees nothing: copies that run one after the other; one whose clock is unset, or behind the
 * other's; two that close their batches within the time that one travels, as long as they do (the
 * same one always comes late); who chooses epochs and times to hide. It accuses nobody: a person decides.
 * Not here: two contents of one identity, two renewals (ingest.c), which need no time.
 */
#pragma once

#include "wire/types.h"

enum { CLONE_RETURNS = 4, CLONE_AHEAD_MS = 10000 };

struct clone_front {
    bool any, pair; /* at is set; before is set */
    struct epoch at, before;
    uint64_t ms; /* measured, of the cloud's time or older */
    uint8_t returns;
};

/*
 * A stored batch of this epoch, whose last reading was measured then. True: suspicion. What is
 * still to come by the cloud's clock is not looked at, and a front that lies there is forgotten:
 * a clock was wrong, and would hide all that is measured until then.
 */
bool clone_rule_sees(struct clone_front *f, const struct epoch *epoch,
    uint64_t measured_ms, uint64_t now_ms);
