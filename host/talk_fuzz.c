/* SPDX-License-Identifier: Apache-2.0 */
/* A datagram that talk_parse accepts is inside the table, and its body is all that is left. */
#include "host/talk_parse.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct talk_door table[] = {
    {0x0101, 0, 0, "empty"},
    {0x0102, 4, 4, "fixed"},
    {0x0201, 1, 300, "range"},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint16_t door = 0;
    struct bytes body = {0};

    if (talk_parse((struct bytes){data, size}, table, 3, &door, &body) != OK)
        return 0;
    if (body.len + TALK_HEAD_LEN != size)
        abort();
    if (body.len > 0 && body.at != data + TALK_HEAD_LEN)
        abort();
    for (size_t i = 0; i < 3; i++)
        if (table[i].door == door) {
            if (body.len < table[i].min_len || body.len > table[i].max_len)
                abort();
            return 0;
        }
    abort();
}
