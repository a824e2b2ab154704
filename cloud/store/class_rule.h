/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Class rule: the newest release of which class is offered to a device now?
 *
 * No device says its class. It tells it by what becomes of an offer: one of another class it refuses
 * as such, and all that it tells after that check it tells of its own. Until then classes are tried
 * one after the other, and one whose offer is open, or was just withdrawn, is stayed with: a device
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
    bool last;    /* an offer of it is open, or was just withdrawn */
    bool doubted; /* its newest release was refused, and not for its class */
    uint64_t
        own_ms; /* when it last told what only a device of the class tells; 0: never */
    uint64_t other_ms; /* when it last refused one as of another class; 0: never */
};

/* Of which class is it, by what it told? count: it told nothing that shows it, or is of another since. */
size_t class_own(const struct class_seen *seen, size_t count);
/* The number of the class that is offered; count: none. */
size_t class_rule(const struct class_seen *seen, size_t count);
