/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/base64.h"

#include <assert.h>
#include <stdbool.h>

static int value_of(uint8_t c, enum base64_letters letters)
{
    bool url = letters == BASE64_URL;
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == (url ? '-' : '+'))
        return 62;
    return c == (url ? '_' : '/') ? 63 : -1;
}

size_t base64_len(size_t bytes)
{
    return (bytes + 2) / 3 * 4;
}

void base64_of(struct bytes in, struct room out)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t *to = out.at;
    assert(out.cap > base64_len(in.len));
    for (size_t i = 0; i < in.len; i += 3) {
        size_t n = in.len - i < 3 ? in.len - i : 3;
        uint32_t bits = (uint32_t)in.at[i] << 16;
        bits |= n > 1 ? (uint32_t)in.at[i + 1] << 8 : 0;
        bits |= n > 2 ? in.at[i + 2] : 0;
        for (size_t k = 0; k < 4; k++)
            *to++ = (uint8_t)(k <= n ? letters[bits >> (18 - 6 * k) & 63] : '=');
    }
    *to = 0;
}

enum status base64_parse(
    struct bytes text, enum base64_letters letters, struct room out, size_t *len)
{
    size_t pad = 0, n = 0;

    if (text.len % 4 != 0)
        return MALFORMED;
    while (pad < 2 && pad < text.len && text.at[text.len - 1 - pad] == '=')
        pad++;
    if (text.len / 4 * 3 - pad > out.cap)
        return MALFORMED;
    for (size_t i = 0; i < text.len; i += 4) {
        uint32_t bits = 0;
        size_t take = i + 4 == text.len ? 4 - pad : 4;
        for (size_t d = 0; d < 4; d++) {
            int v = d < take ? value_of(text.at[i + d], letters) : 0;
            if (v < 0)
                return MALFORMED;
            bits = bits << 6 | (uint32_t)v;
        }
        if ((take == 3 && (bits & 0xff)) || (take == 2 && (bits & 0xffff)))
            return MALFORMED;
        for (size_t b = 0; b < take - 1; b++)
            out.at[n++] = (uint8_t)(bits >> (16 - 8 * b));
    }
    *len = n;
    return OK;
}
