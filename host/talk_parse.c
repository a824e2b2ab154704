/* SPDX-License-Identifier: Apache-2.0 */
#include "host/talk_parse.h"

#include "core/base/reader.h"

static const struct talk_door *find_door(
    const struct talk_door *doors, size_t count, uint16_t door)
{
    for (size_t i = 0; i < count; i++)
        if (doors[i].door == door)
            return &doors[i];
    return NULL;
}

enum status talk_parse(struct bytes *in, const struct talk_door *doors,
    size_t door_count, uint16_t *door, struct bytes *body)
{
    struct reader r = reader_over(*in);
    uint16_t version = take_u16(&r);
    uint16_t number = take_u16(&r);
    uint32_t length = take_u32(&r);
    struct bytes rest = take(&r, length);

    if (r.short_of || version != TALK_VERSION || length > LIMIT_TALK_BODY)
        return MALFORMED;

    const struct talk_door *known = find_door(doors, door_count, number);

    if (known == NULL || length < known->min_len || length > known->max_len)
        return MALFORMED;

    *in = r.left;
    *door = number;
    *body = rest;
    return OK;
}
