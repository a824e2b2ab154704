/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/utf8.h"

#include <string.h>

static uint32_t decode(struct bytes in, size_t *len)
{
    /* first byte range -> length and least code point: RFC 3629, section 4 */
    static const struct {
        uint8_t from, to, len;
        uint32_t least;
    } rows[] = {
        {0x00, 0x7f, 1, 0},
        {0xc2, 0xdf, 2, 0x80},
        {0xe0, 0xef, 3, 0x800},
        {0xf0, 0xf4, 4, 0x10000},
    };

    *len = 0;
    if (in.len == 0)
        return 0;
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        if (in.at[0] < rows[r].from || in.at[0] > rows[r].to)
            continue;
        size_t n = rows[r].len;
        if (n > in.len)
            return 0;
        uint32_t c = n == 1 ? in.at[0] : in.at[0] & (0x7fu >> n);
        for (size_t i = 1; i < n; i++) {
            if (in.at[i] >> 6 != 2)
                return 0;
            c = c << 6 | (in.at[i] & 0x3f);
        }
        if (c < rows[r].least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
            return 0;
        *len = n;
        return c;
    }
    return 0;
}

size_t utf8_char(struct bytes in)
{
    size_t n;
    (void)decode(in, &n);
    return n;
}

static bool control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x061c || c == 0x200e
        || c == 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069)
        || c == 0xfeff || c == 0x2028 || c == 0x2029;
}

/* Of the Unicode property White_Space, and those without any width. */
static bool blank(uint32_t c)
{
    return c == 0x20 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200d)
        || c == 0x202f || c == 0x205f || c == 0x2060 || c == 0x3000;
}

static bool every_char(struct bytes in, bool refuse_control)
{
    while (in.len > 0) {
        size_t n;
        uint32_t c = decode(in, &n);
        if (n == 0 || (refuse_control && control(c)))
            return false;
        in.at += n;
        in.len -= n;
    }
    return true;
}

static struct bytes past_ascii(struct bytes in)
{
    uint64_t eight;
    while (in.len >= sizeof eight) {
        memcpy(&eight, in.at, sizeof eight);
        if (eight & 0x8080808080808080u)
            break;
        in.at += sizeof eight;
        in.len -= sizeof eight;
    }
    return in;
}

bool utf8_valid(struct bytes in)
{
    return every_char(past_ascii(in), false);
}

bool utf8_printable(struct bytes in)
{
    return every_char(in, true);
}

bool utf8_shows(struct bytes in)
{
    bool seen = false;

    if (!utf8_printable(in))
        return false;
    for (size_t n = 0; in.len > 0; in.at += n, in.len -= n)
        seen |= !blank(decode(in, &n));
    return seen;
}
