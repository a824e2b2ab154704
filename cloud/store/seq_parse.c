/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/seq_parse.h"

#include "core/base/reader.h"

enum status seq_parse(struct bytes plain, uint32_t *seq)
{
    struct reader r = reader_over(plain);
    uint8_t map = take_u8(&r);
    uint8_t key1 = take_u8(&r);
    uint8_t version = take_u8(&r);
    uint8_t key2 = take_u8(&r);
    uint8_t head = take_u8(&r);
    uint32_t v = head, least = 0;

    if (head == 0x18) {
        v = take_u8(&r);
        least = 24;
    } else if (head == 0x19) {
        v = take_u16(&r);
        least = 0x100;
    } else if (head == 0x1a) {
        v = take_u32(&r);
        least = 0x10000;
    } else if (head > 0x17) {
        return MALFORMED;
    }
    if (r.short_of || map >> 5 != 5 || key1 != 1 || version != 1 || key2 != 2
        || v < least)
        return MALFORMED;
    *seq = v;
    return OK;
}
