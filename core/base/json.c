/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/json.h"

#include "core/base/hex.h"
#include "core/base/utf8.h"

#include <string.h>

static void put_text(struct json *j, const char *s)
{
    put(&j->w, (struct bytes){(const uint8_t *)s, strlen(s)});
}

static void before_value(struct json *j)
{
    if (j->need_comma)
        put_text(j, ",");
    j->need_comma = true;
}

struct json json_over(struct room into)
{
    return (struct json){.w = writer_over(into)};
}

static void opened(struct json *j, const char *bracket)
{
    before_value(j);
    put_text(j, bracket);
    j->depth++;
    j->need_comma = false;
}

static void closed(struct json *j, const char *bracket)
{
    put_text(j, bracket);
    j->depth--;
    j->need_comma = true;
}

void json_object(struct json *j)
{
    opened(j, "{");
}

void json_object_end(struct json *j)
{
    closed(j, "}");
}

void json_array(struct json *j)
{
    opened(j, "[");
}

void json_array_end(struct json *j)
{
    closed(j, "]");
}

static void put_string(struct json *j, struct bytes s)
{
    static const char hex[] = "0123456789abcdef";

    put_text(j, "\"");
    while (s.len > 0) {
        size_t n = utf8_char(s);
        uint8_t c = s.at[0];
        if (n == 0) {
            put_text(j, "\\ufffd");
            n = 1;
        } else if (c == '"' || c == '\\') {
            put_u8(&j->w, '\\');
            put_u8(&j->w, c);
        } else if (c < 0x20 || c == 0x7f) {
            put_text(j, "\\u00");
            put_u8(&j->w, (uint8_t)hex[c >> 4]);
            put_u8(&j->w, (uint8_t)hex[c & 15]);
        } else {
            put(&j->w, (struct bytes){s.at, n});
        }
        s.at += n;
        s.len -= n;
    }
    put_text(j, "\"");
}

void json_key(struct json *j, const char *key)
{
    before_value(j);
    put_string(j, (struct bytes){(const uint8_t *)key, strlen(key)});
    put_text(j, ":");
    j->need_comma = false;
}

void json_str(struct json *j, const char *value)
{
    json_bytes(j, (struct bytes){(const uint8_t *)value, strlen(value)});
}

void json_bytes(struct json *j, struct bytes utf8)
{
    before_value(j);
    put_string(j, utf8);
}

void json_hex(struct json *j, struct bytes value)
{
    before_value(j);
    put_text(j, "\"");
    for (size_t i = 0; i < value.len; i++) {
        uint8_t pair[3];
        hex_of((struct bytes){value.at + i, 1}, ROOM_OF(pair));
        put(&j->w, (struct bytes){pair, 2});
    }
    put_text(j, "\"");
}

void json_u64(struct json *j, uint64_t value)
{
    uint8_t d[20];
    size_t n = sizeof d;

    before_value(j);
    do {
        d[--n] = (uint8_t)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    put(&j->w, (struct bytes){d + n, sizeof d - n});
}

void json_i64(struct json *j, int64_t value)
{
    if (value >= 0) {
        json_u64(j, (uint64_t)value);
        return;
    }
    before_value(j);
    put_text(j, "-");
    j->need_comma = false;
    json_u64(j, ~(uint64_t)value + 1);
}

void json_bool(struct json *j, bool value)
{
    before_value(j);
    put_text(j, value ? "true" : "false");
}

void json_null(struct json *j)
{
    before_value(j);
    put_text(j, "null");
}

bool json_done(const struct json *j)
{
    return j->depth == 0 && writer_done(&j->w);
}
