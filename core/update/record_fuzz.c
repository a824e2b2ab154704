/* SPDX-License-Identifier: Apache-2.0 */
#include "core/update/record.h"

#include "tests/support/filled.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* There is one byte string for what is taken, and a try more leaves a record that is taken. */
static void try_record(struct bytes in)
{
    uint8_t again[UPDATE_RECORD_LEN];
    struct update_record r, other;

    if (update_record_parse(in, &r) != OK)
        return;
    struct bytes built = update_record_build(&r, again);
    if (built.len != in.len || memcmp(built.at, in.at, in.len) != 0)
        abort();
    update_tried(&r, &r.tried[0].bundle);
    if (update_record_parse(update_record_build(&r, again), &other) != OK)
        abort();
}

/* The first byte says whether zeros fill the record up: it has one length, and few of its bytes say anything. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct bytes in = filled(
        (struct bytes){data + 1, size - 1}, data[0] % 4 != 0 ? UPDATE_RECORD_LEN : 0);
    if (in.len > 0)
        try_record(in);
    filled_free(in);
    return 0;
}
