/* SPDX-License-Identifier: Apache-2.0 */
/* A break: this control taken away, for script/prove-controls alone. Never built into a product. */
#include "device/agent/hears.h"

enum hearer agent_hears(enum device_role role)
{
    return role == ROLE_COURIER ? AGENT_OF_KEEPER : AGENT_OF_COURIER;
}
