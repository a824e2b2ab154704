/* SPDX-License-Identifier: Apache-2.0 */
#include "core/update/record.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* There is one byte string for what is taken, and a try more leaves a record that is taken. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t again[UPDATE_RECORD_LEN];
    struct update_record r, other;

    if (update_record_parse((struct bytes){data, size}, &r) != OK)
        return 0;
    struct bytes built = update_record_build(&r, again);
    if (built.len != size || memcmp(built.at, data, size) != 0)
        abort();
    update_tried(&r, &r.tried[0].bundle);
    if (update_record_parse(update_record_build(&r, again), &other) != OK)
        abort();
    return 0;
}
