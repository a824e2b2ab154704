/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/entity.h"

#include <libxml/HTMLparser.h>
#include <string.h>

enum { NAME_MAX_BYTES = 32, LAST_CHARACTER = 0x10FFFF };

static uint32_t number_of(struct bytes digits, unsigned base)
{
    uint32_t value = 0;
    for (size_t i = 0; i < digits.len; i++) {
        uint8_t c = digits.at[i];
        bool digit = c >= '0' && c <= '9';
        unsigned d = digit ? c - 0x30u : (c | 0x20u) - 0x61u + 10u;
        if (d >= base || value > LAST_CHARACTER)
            return 0;
        value = value * base + d;
    }
    return value;
}

static uint32_t named(struct bytes name)
{
    char text[NAME_MAX_BYTES + 1] = {0};
    if (name.len == 0 || name.len > NAME_MAX_BYTES)
        return 0;
    memcpy(text, name.at, name.len);
    const htmlEntityDesc *known = htmlEntityLookup((const xmlChar *)text);
    return known ? known->value : 0;
}

static size_t as_utf8(uint32_t c, uint8_t room[4])
{
    if (c < 0x80) {
        room[0] = (uint8_t)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        room[i] = (uint8_t)(0x80 | (c & 0x3F));
    room[0] = (uint8_t)((n == 2 ? 0xC0u : n == 3 ? 0xE0u : 0xF0u) | c);
    return n;
}

struct bytes entity_text(struct bytes entity, uint8_t room[4])
{
    uint32_t c = 0;
    if (entity.len < 3 || entity.at[0] != '&' || entity.at[entity.len - 1] != ';')
        return entity;
    struct bytes name = {entity.at + 1, entity.len - 2};
    if (name.at[0] != '#')
        c = named(name);
    else if (text_starts(name, TEXT("#x")) || text_starts(name, TEXT("#X")))
        c = number_of(text_from(name, 2), 16);
    else
        c = number_of(text_from(name, 1), 10);
    if (c == 0 || c > LAST_CHARACTER || (c >= 0xD800 && c < 0xE000))
        return entity;
    return (struct bytes){room, as_utf8(c, room)};
}
