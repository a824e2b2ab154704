/* SPDX-License-Identifier: Apache-2.0 */
#include "device/agent/hears.h"

/* Req: HF-TPM-004 "Agent shall sign for courier only, and seal and open for keeper only." */
enum hearer agent_hears(enum device_role role)
{
    return role == ROLE_COURIER ? AGENT_OF_COURIER : AGENT_OF_KEEPER;
}
