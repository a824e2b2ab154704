/* SPDX-License-Identifier: Apache-2.0 */
#include "core/outbox/outbox_entry.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct entry e;
    uint8_t head[ENTRY_HEAD_LEN];

    if (entry_parse((struct bytes){data, size}, &e) != OK)
        return 0;
    if (e.readings > ENTRY_READINGS_MAX || e.envelope.len == 0)
        abort();
    if (e.envelope.at != data + ENTRY_HEAD_LEN
        || e.envelope.len + ENTRY_HEAD_LEN != size)
        abort();
    entry_head_build(&e, head);
    if (memcmp(head, data, sizeof head) != 0)
        abort(); /* one byte string for one content */
    return 0;
}
