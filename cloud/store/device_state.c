/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/device_state.h"

/* Req: HF-STORE-003 "Only a device in an active state shall have its batches stored." */
bool device_may_send(enum device_state state)
{
    return state == DEVICE_INVITED || state == DEVICE_ACTIVE;
}

const char *device_state_name(enum device_state state)
{
    switch (state) {
    case DEVICE_INVITED: return "invited";
    case DEVICE_ACTIVE: return "active";
    case DEVICE_SUSPENDED: return "suspended";
    case DEVICE_REVOKED: return "revoked";
    }
    return "unknown";
}
