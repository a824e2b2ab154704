/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/release.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is taken stands in its ranges, and there is no other byte string for it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct signed_release r, before;
    uint8_t payload[SIGN1_PAYLOAD_MAX], again[LIMIT_RELEASE];

    memset(&r, 0x5a, sizeof r);
    memcpy(&before, &r, sizeof r);
    if (release_parse((struct bytes){data, size}, &r) != OK) {
        if (memcmp(&r, &before, sizeof r) != 0)
            abort();
        return 0;
    }
    if (!release_rules_hold(&r.release))
        abort();
    struct bytes built =
        release_build(release_payload_build(&r.release, ROOM_OF(payload)), &r.signature,
            ROOM_OF(again));
    if (built.len != size || memcmp(built.at, data, size) != 0)
        abort();
    return 0;
}
