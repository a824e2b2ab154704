/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/pins.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is taken stands in its ranges, and there is no other byte string for it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct signed_pins p, before;
    static uint8_t payload[PINS_PAYLOAD_MAX], again[LIMIT_PIN_SET];

    memset(&p, 0x5a, sizeof p);
    memcpy(&before, &p, sizeof p);
    if (pins_parse((struct bytes){data, size}, &p) != OK) {
        if (memcmp(&p, &before, sizeof p) != 0)
            abort();
        return 0;
    }
    if (!pins_rules_hold(&p.set))
        abort();
    struct bytes built = pins_build(
        pins_payload_build(&p.set, ROOM_OF(payload)), &p.signature, ROOM_OF(again));
    if (built.len != size || memcmp(built.at, data, size) != 0)
        abort();
    return 0;
}
