/* SPDX-License-Identifier: Apache-2.0 */
#include "core/outbox/outbox_memory.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct memory m;
    uint8_t again[SLOTS_MAX];
    size_t len;

    if (memory_parse((struct bytes){data, size}, &m) != OK)
        return 0;
    if (m.config.batch_s < 10 || m.config.batch_s > 60
        || m.losing_count > MEMORY_LOSING_MAX)
        abort();
    memory_build(&m, ROOM_OF(again), &len);
    if (data[0] == MEMORY_FORM_BEFORE) {
        if (m.has_device || len <= size)
            abort(); /* nobody's, and now with a place for who it is */
        return 0;
    }
    if (len != size || memcmp(again, data, len) != 0)
        abort(); /* one byte string for one content */
    return 0;
}
