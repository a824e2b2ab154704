/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ending: how a device gives up its keys for ever.
 *
 *   1. the receipt is sealed under the keys that are to go, and is on flash before anything else;
 *      from here on there is no way back: whoever starts finds it and goes on with 2
 *   2. identity, renewal, enrolment and wrapping key are overwritten and unlinked, then every
 *      sector of the journal is erased; cut anywhere, it is done again from the first
 *
 * The wrapping key goes first: what is sealed under it is unreadable from there on, also in a copy
 * that flash keeps somewhere. The receipt stays, so that a person can carry it.
 *
 * Not here: the order and its sending (keeper), courier's key (device/net/courier).
 */
#pragma once

#include "core/base/status.h"
#include "core/port/flash.h"

#include <sys/types.h>

enum { ENDING_FILES = 4 };

struct ending_place {
    const char *receipt;               /* path */
    const char *secrets[ENDING_FILES]; /* paths; the wrapping key first */
    const struct flash *flash;         /* NULL: there is no journal */
    uid_t owner;
    gid_t group;
};

/*
 * The receipt that was kept: OK; AGAIN: none, the device is not ended; no cut of power changes either.
 * Anything else: that is not known; nothing may be erased then, and nothing sealed.
 */
MUST_USE enum status ending_begun(
    const struct ending_place *p, struct room receipt, size_t *len);
/* REFUSED: there is one already. BROKEN: there may be one: ending_begun() says so. */
MUST_USE enum status ending_begin(const struct ending_place *p, struct bytes receipt);
/* BROKEN: something is left. What one of them leaves keeps no other from being erased. */
MUST_USE enum status ending_erase(const struct ending_place *p);
