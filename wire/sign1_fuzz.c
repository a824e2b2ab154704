/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/sign1.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* There is no other frame of the same payload and signature. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t again[SIGN1_PAYLOAD_MAX + SIGN1_OVERHEAD_MAX];
    struct sign1 s;

    if (sign1_parse((struct bytes){data, size}, &s) != OK)
        return 0;
    struct bytes built = sign1_build(s.payload, &s.signature, ROOM_OF(again));
    if (built.len != size || memcmp(built.at, data, size) != 0)
        abort();
    return 0;
}
