/* SPDX-License-Identifier: Apache-2.0 */
#include "device/agent/may.h"

#include "device/talk/messages.h"

/* Req: HF-TPM-004 "Agent shall sign, attest and activate for courier only, seal and open for keeper only, and raise the security counter for updater only." */
bool agent_may(enum device_role role, uint16_t what)
{
    static const struct {
        enum device_role role;
        uint16_t what;
    } rows[] = {
        {ROLE_COURIER, ASK_PUBLIC},
        {ROLE_COURIER, ASK_SIGN},
        {ROLE_COURIER, ASK_IDENTITY},
        {ROLE_COURIER, ASK_ACTIVATE},
        {ROLE_COURIER, ASK_QUOTE},
        {ROLE_KEEPER, ASK_SEAL},
        {ROLE_KEEPER, ASK_OPEN},
        {ROLE_UPDATER, ASK_COUNTER},
        {ROLE_UPDATER, ASK_RAISE},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].role == role && rows[i].what == what)
            return true;
    return false;
}
