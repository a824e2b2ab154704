/* SPDX-License-Identifier: Apache-2.0 */
/* Each message that talk_parse takes off is inside the table, and they fill what was taken. */
#include "host/talk_parse.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct talk_door table[] = {
    {0x0101, 0, 0, "empty"},
    {0x0102, 4, 4, "fixed"},
    {0x0201, 1, 300, "range"},
};

static void within_table(uint16_t door, size_t len)
{
    for (size_t i = 0; i < 3; i++)
        if (table[i].door == door) {
            if (len < table[i].min_len || len > table[i].max_len)
                abort();
            return;
        }
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes left = {data, size}, body = {0};
    size_t taken = 0;
    uint16_t door = 0;

    while (talk_parse(&left, table, 3, &door, &body) == OK) {
        within_table(door, body.len);
        taken += TALK_HEAD_LEN;
        if (body.len > 0 && body.at != data + taken)
            abort();
        taken += body.len;
        if (left.len != size - taken || (left.len > 0 && left.at != data + taken))
            abort();
    }
    return 0;
}
