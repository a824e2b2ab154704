/* SPDX-License-Identifier: Apache-2.0 */
/* A break: this control taken away, for script/prove-controls alone. Never built into a product. */
#include "cloud/store/device_state.h"

bool device_may_send(enum device_state state)
{
    (void)state;
    return true;
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
