/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device state: whether a device, as its row stands now, may send.
 *
 * Judged in the transaction that writes, from the envelope's kid; a control of its own.
 */
#pragma once

#include "wire/types.h"

enum device_state { /* values are in the database */
    DEVICE_INVITED = 1,
    DEVICE_ACTIVE = 2,
    DEVICE_SUSPENDED = 3,
    DEVICE_REVOKED = 4, /* for ever */
};

bool device_may_send(enum device_state state);
const char *device_state_name(enum device_state state);
