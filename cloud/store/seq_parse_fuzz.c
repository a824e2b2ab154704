/* SPDX-License-Identifier: Apache-2.0 */
/* What is accepted is the one shortest encoding: building it again gives the same bytes. */
#include "cloud/store/seq_parse.h"

#include "core/base/writer.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t mem[9];
    uint32_t seq = 0;
    struct writer w = writer_over(ROOM_OF(mem));

    if (seq_parse((struct bytes){data, size}, &seq) != OK)
        return 0;
    put_u8(&w, 1);
    put_u8(&w, 1);
    put_u8(&w, 2);
    if (seq < 24) {
        put_u8(&w, (uint8_t)seq);
    } else if (seq < 0x100) {
        put_u8(&w, 0x18);
        put_u8(&w, (uint8_t)seq);
    } else if (seq < 0x10000) {
        put_u8(&w, 0x19);
        put_u16(&w, (uint16_t)seq);
    } else {
        put_u8(&w, 0x1a);
        put_u32(&w, seq);
    }
    if (size < 1 + w.len || memcmp(data + 1, mem, w.len) != 0)
        abort();
    return 0;
}
