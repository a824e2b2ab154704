/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Update limits: how long and how often an update may try.
 */
#pragma once

enum {
    UPDATE_BOOTS = 3,          /* starts of one trial */
    UPDATE_HEALTH_MS = 600000, /* of one start: by then all must have been seen */
    UPDATE_QUIET_MS =
        60000, /* no finger and no alarm for so long: nobody is measured */
    UPDATE_FAULT_MS =
        5000, /* after a fault, before it is tried again; then twice that */
    UPDATE_FAULT_MAX_MS = 900000,
    UPDATE_LEAP = 64,    /* a security version may be so far ahead of the counter */
    UPDATE_CHUNK = 4096, /* bytes written to a slot at once */
};
