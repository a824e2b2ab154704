/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/receipt.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is taken stands in its ranges, and there is no other byte string for it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct receipt r;
    uint8_t again[RECEIPT_MAX];

    if (receipt_parse((struct bytes){data, size}, &r) != OK)
        return 0;
    if (!receipt_rules_hold(&r))
        abort();
    struct bytes built = receipt_build(&r, ROOM_OF(again));
    if (built.len != size || memcmp(built.at, data, size) != 0)
        abort();
    return 0;
}
