/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/view/view_parse.h"

#include "core/base/hex.h"
#include "core/base/utf8.h"

#include <string.h>

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One field's value up to '&' or the end, decoded into out[cap], NUL-ended. */
static bool take_value(struct bytes *in, char *out, size_t cap)
{
    size_t n = 0;

    while (in->len > 0 && in->at[0] != '&') {
        uint8_t c = in->at[0];
        size_t used = 1;
        if (c == '+') {
            c = ' ';
        } else if (c == '%') {
            if (in->len < 3 || hex_value(in->at[1]) < 0 || hex_value(in->at[2]) < 0)
                return false;
            c = (uint8_t)(hex_value(in->at[1]) << 4 | hex_value(in->at[2]));
            used = 3;
        }
        if (c == 0 || n + 1 >= cap)
            return false;
        out[n++] = (char)c;
        *in = (struct bytes){in->at + used, in->len - used};
    }
    out[n] = 0;
    return n > 0 && utf8_printable((struct bytes){(const uint8_t *)out, n});
}

static bool take_word(struct bytes *in, const char *word)
{
    size_t n = strlen(word);
    if (in->len < n || memcmp(in->at, word, n) != 0)
        return false;
    *in = (struct bytes){in->at + n, in->len - n};
    return true;
}

enum status view_sign_in_parse(struct bytes body, struct door_sign_in *out)
{
    struct door_sign_in got = {0};
    enum status s = MALFORMED;

    if (body.len <= VIEW_FORM_MAX && take_word(&body, "name=")
        && take_value(&body, got.name, sizeof got.name)
        && take_word(&body, "&password=")
        && take_value(&body, got.password, sizeof got.password) && body.len == 0) {
        *out = got;
        s = OK;
    }
    wipe(&got, sizeof got);
    return s;
}

enum status view_cookie_parse(struct bytes field, struct session_token *out)
{
    static const char name[] = "__Host-session=";
    struct session_token got = {{0}};
    size_t found = 0, n = sizeof name - 1;

    for (size_t i = 0; i + n <= field.len; i++) {
        if (memcmp(field.at + i, name, n) != 0 || (i > 0 && field.at[i - 1] != ' '))
            continue;
        struct bytes hex = {field.at + i + n, 2 * sizeof got.b};
        size_t end = i + n + hex.len;
        if (end > field.len || (end < field.len && field.at[end] != ';')
            || hex_parse(hex, ROOM_OF(got.b)) != OK)
            return MALFORMED;
        found++;
    }
    if (found != 1)
        return MALFORMED;
    *out = got;
    wipe(&got, sizeof got);
    return OK;
}

enum status view_number_parse(struct bytes text, uint64_t most, uint64_t *out)
{
    uint64_t n = 0;

    if (text.len == 0 || text.len > 19 || (text.at[0] == '0' && text.len > 1))
        return MALFORMED;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return MALFORMED;
        n = n * 10 + (uint64_t)(text.at[i] - '0');
    }
    if (n > most)
        return MALFORMED;
    *out = n;
    return OK;
}

static bool take_number(
    struct bytes *in, const char *word, uint64_t most, uint64_t *out)
{
    size_t n = 0;

    if (!take_word(in, word))
        return false;
    while (n < in->len && in->at[n] != '&')
        n++;
    if (view_number_parse((struct bytes){in->at, n}, most, out) != OK)
        return false;
    *in = (struct bytes){in->at + n, in->len - n};
    return true;
}

enum status view_from_parse(struct bytes query, uint32_t *out)
{
    uint64_t from = 0;

    if (query.len > 0
        && (!take_number(&query, "?from=", UINT32_MAX, &from) || query.len > 0))
        return MALFORMED;
    *out = (uint32_t)from;
    return OK;
}

static enum status span_parse(struct bytes in, bool trend, struct door_span *out)
{
    struct door_span got = {.token = out->token};
    uint64_t points = 0;
    bool good = take_word(&in, "?device=") && in.len >= UUID_TEXT - 1
        && uuid_parse((struct bytes){in.at, UUID_TEXT - 1}, got.device.b) == OK;

    if (good)
        in = (struct bytes){in.at + UUID_TEXT - 1, in.len - (UUID_TEXT - 1)};
    if (good && take_number(&in, "&from=", INT64_MAX, &got.from_utc_ms)
        && take_number(&in, "&to=", INT64_MAX, &got.to_utc_ms)
        && (!trend || take_number(&in, "&points=", DOOR_POINTS, &points)) && in.len == 0
        && (!trend || points > 0) && got.from_utc_ms <= got.to_utc_ms
        && got.to_utc_ms - got.from_utc_ms <= VIEW_SPAN_MAX_MS) {
        got.points = (uint16_t)points;
        *out = got;
    } else {
        good = false;
    }
    wipe(&got.token, sizeof got.token);
    return good ? OK : MALFORMED;
}

enum status view_trend_parse(struct bytes query, struct door_span *out)
{
    return span_parse(query, true, out);
}

enum status view_gaps_parse(struct bytes query, struct door_span *out)
{
    return span_parse(query, false, out);
}

bool view_same_origin(struct bytes origin, struct bytes host)
{
    return take_word(&origin, "https://") && origin.len == host.len && host.len > 0
        && memcmp(origin.at, host.at, host.len) == 0;
}
