/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/peer_rule.h"

#include <string.h>

/* Req: HF-STORE-002 "A device's certificate shall not store another device's envelope." */
enum status peer_rule(const struct device_id *envelope, const struct device_id *peer,
    const struct device_id *path, enum reason *why)
{
    if (memcmp(path, peer, sizeof *path) != 0) {
        *why = REASON_AUTHZ_PATH;
        return REFUSED;
    }
    if (memcmp(envelope, peer, sizeof *peer) != 0) {
        *why = REASON_AUTHZ_PEER;
        return REFUSED;
    }
    return OK;
}
