/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/service_log.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is taken stands in its ranges, and there is no other byte string for it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct service_log g, before;
    static uint8_t again[LIMIT_SERVICE_LOG];
    size_t len;

    memset(&g, 0x5a, sizeof g);
    memcpy(&before, &g, sizeof g);
    if (service_log_parse((struct bytes){data, size}, &g) != OK) {
        if (memcmp(&g, &before, sizeof g) != 0)
            abort();
        return 0;
    }
    if (!service_log_rules_hold(&g) || service_log_build(&g, ROOM_OF(again), &len) != OK
        || len != size || memcmp(again, data, size) != 0)
        abort();
    return 0;
}
