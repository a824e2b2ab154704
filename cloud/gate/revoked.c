/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/gate/revoked.h"

#include <string.h>

/* Req: HF-SEC-006 "its open connections shall be closed within one second" */
bool revoked_ends(const struct device_id *revoked, const struct device_id *connection)
{
    return memcmp(revoked->b, connection->b, sizeof revoked->b) == 0;
}
