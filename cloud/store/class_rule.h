/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Class rule: the newest release of which class is offered to a device now?
 *
 * A device says its class when it starts, and is offered that or nothing. One from before says
 * none: it tells it by what becomes of an offer: one of another class it refuses as such, and all
 * that it tells after that check it tells of its own. Until then classes are tried one after the
 * other, and one whose offer is open, or was just withdrawn, is stayed with: a device
 * that has taken a release looks at no other, and would not hear of a stop.
 *
 * Not here: where the facts come from (releases.h).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct class_seen { /* of one device and one class */
    bool
        offered; /* its newest release: rolled out to the device, not stopped, not settled */
    bool said;    /* the device says that it is of this class */
    bool last;    /* an offer of it is open, or was just withdrawn */
    bool doubted; /* its newest release was refused, and not for its class */
    uint64_t
        own_ms; /* when it last told what only a device of the class tells; 0: never */
    uint64_t other_ms; /* when it last refused one as of another class; 0: never */
};

/* Of which class is it? says: it says one, which need not be one of these. count: of none of these, or nothing shows it. */
size_t class_own(const struct class_seen *seen, size_t count, bool says);
/* The number of the class that is offered; count: none. */
size_t class_rule(const struct class_seen *seen, size_t count, bool says);
