/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/hex.h"

#include <assert.h>
#include <string.h>

static const char digits[] = "0123456789abcdef";

void hex_of(struct bytes in, struct room out)
{
    assert(out.cap / 2 >= in.len && out.cap >= 2 * in.len + 1);
    for (size_t i = 0; i < in.len; i++) {
        out.at[2 * i] = (uint8_t)digits[in.at[i] >> 4];
        out.at[2 * i + 1] = (uint8_t)digits[in.at[i] & 15];
    }
    out.at[2 * in.len] = 0;
}

static int value_of(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

enum status hex_parse(struct bytes text, struct room out)
{
    if (text.len / 2 != out.cap || text.len % 2 != 0)
        return MALFORMED;
    for (size_t i = 0; i < text.len; i++)
        if (value_of(text.at[i]) < 0)
            return MALFORMED;
    for (size_t i = 0; i < out.cap; i++)
        out.at[i] =
            (uint8_t)(value_of(text.at[2 * i]) << 4 | value_of(text.at[2 * i + 1]));
    return OK;
}

/* The hyphens of 8-4-4-4-12. */
static bool hyphen_at(size_t i)
{
    return i == 8 || i == 13 || i == 18 || i == 23;
}

void uuid_of(const uint8_t id[16], char out[UUID_TEXT])
{
    uint8_t plain[33];
    hex_of((struct bytes){id, 16}, ROOM_OF(plain));
    for (size_t i = 0, from = 0; i < UUID_TEXT - 1; i++)
        out[i] = hyphen_at(i) ? '-' : (char)plain[from++];
    out[UUID_TEXT - 1] = 0;
}

enum status uuid_parse(struct bytes text, uint8_t out[16])
{
    uint8_t plain[32], id[16];

    if (text.len != UUID_TEXT - 1)
        return MALFORMED;
    for (size_t i = 0, to = 0; i < text.len; i++) {
        if (hyphen_at(i) != (text.at[i] == '-'))
            return MALFORMED;
        if (!hyphen_at(i))
            plain[to++] = text.at[i];
    }
    TRY(hex_parse(BYTES_OF(plain), ROOM_OF(id)));
    if (id[6] >> 4 != 4 || id[8] >> 6 != 2) /* RFC 9562: version 4, its variant */
        return MALFORMED;
    memcpy(out, id, sizeof id);
    return OK;
}
