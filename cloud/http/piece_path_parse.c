/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/http/http_parse.h"

#include "core/base/hex.h"

#include <string.h>

enum { HEX = 2 * (int)sizeof((struct digest *)0)->b, DIGITS = 5 };

/* 1 to 5 digits, no zero in front: a piece has one address. */
static bool number_of(const char *text, uint32_t *out)
{
    size_t len = strlen(text);
    uint32_t n = 0;

    if (len == 0 || len > DIGITS || (text[0] == '0' && len > 1))
        return false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        n = n * 10 + (uint32_t)(text[i] - '0');
    }
    *out = n;
    return n < LIMIT_PIECES;
}

enum status http_piece_path_parse(const char *path, struct http_piece *out)
{
    static const char before[] = "/v1/u/";
    size_t b = sizeof before - 1;
    struct http_piece got = {0};

    if (strlen(path) < b + HEX + 2 || memcmp(path, before, b) != 0
        || path[b + HEX] != '/')
        return MALFORMED;
    if (hex_parse((struct bytes){(const uint8_t *)path + b, HEX}, ROOM_OF(got.bundle.b))
            != OK
        || !number_of(path + b + HEX + 1, &got.number))
        return MALFORMED;
    *out = got;
    return OK;
}
