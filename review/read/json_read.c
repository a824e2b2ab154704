/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/json_read.h"

#include "review/base/text.h"
#include "review/read/read.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BITS_WORDS = READ_DEPTH_MAX / 64 };

struct json {
    const uint8_t *at, *end;
    uint32_t line, depth;
    uint64_t maps[BITS_WORDS]; /* bit of a depth: a map is open there, else a list */
    uint8_t *plain;            /* a string without its escapes */
    size_t plain_cap;
    const char *expected;
};

static void skip_white(struct json *j)
{
    const uint8_t *at = j->at,
                  *end = j->end; /* kept in registers: half of a file is indent */
    for (; at < end; at++) {
        if (*at == '\n')
            j->line++;
        else if (*at != ' ' && *at != '\t' && *at != '\r')
            break;
    }
    j->at = at;
}

static bool wrong(struct json *j, const char *expected)
{
    if (!j->expected)
        j->expected = expected;
    return false;
}

static bool take(struct json *j, char c)
{
    if (j->at == j->end || *j->at != (uint8_t)c)
        return false;
    j->at++;
    return true;
}

static int hex4(struct json *j)
{
    if (j->end - j->at < 4)
        return -1;
    int value = 0;
    for (int i = 0; i < 4; i++, j->at++) {
        int c = *j->at, low = c | 0x20;
        if (c >= '0' && c <= '9')
            value = value * 16 + (c - '0');
        else if (low >= 'a' && low <= 'f')
            value = value * 16 + (low - 'a' + 10);
        else
            return -1;
    }
    return value;
}

static uint8_t *put_utf8(uint8_t *to, uint32_t c)
{
    if (c < 0x80) {
        *to++ = (uint8_t)c;
    } else if (c < 0x800) {
        *to++ = (uint8_t)(0xC0 | c >> 6);
        *to++ = (uint8_t)(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        *to++ = (uint8_t)(0xE0 | c >> 12);
        *to++ = (uint8_t)(0x80 | (c >> 6 & 0x3F));
        *to++ = (uint8_t)(0x80 | (c & 0x3F));
    } else {
        *to++ = (uint8_t)(0xF0 | c >> 18);
        *to++ = (uint8_t)(0x80 | (c >> 12 & 0x3F));
        *to++ = (uint8_t)(0x80 | (c >> 6 & 0x3F));
        *to++ = (uint8_t)(0x80 | (c & 0x3F));
    }
    return to;
}

static bool is_high(int c)
{
    return c >= 0xD800 && c < 0xDC00;
}

static bool is_low(int c)
{
    return c >= 0xDC00 && c < 0xE000;
}

/* Behind "\u". */
static bool unicode(struct json *j, uint8_t **to)
{
    int c = hex4(j);
    if (c < 0)
        return wrong(j, "four hexadecimal digits after \\u");
    uint32_t whole = (uint32_t)c;
    if (is_high(c) && j->end - j->at >= 6 && j->at[0] == '\\' && j->at[1] == 'u') {
        const uint8_t *back = j->at;
        j->at += 2;
        int low = hex4(j);
        if (low < 0)
            return wrong(j, "four hexadecimal digits after \\u");
        if (is_low(low))
            whole = 0x10000 + (((uint32_t)c & 0x3FF) << 10 | ((uint32_t)low & 0x3FF));
        else
            j->at = back;
    }
    *to = put_utf8(*to, whole >= 0xD800 && whole < 0xE000 ? 0xFFFD : whole);
    return true;
}

static bool escape(struct json *j, uint8_t **to)
{
    static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
    if (j->at == j->end)
        return wrong(j, "the end of a string");
    int c = *j->at++;
    if (c == 'u')
        return unicode(j, to);
    const char *known = c ? strchr(from, c) : NULL;
    if (!known)
        return wrong(j, "an escape that JSON knows");
    *(*to)++ = (uint8_t)into[known - from];
    return true;
}

static bool plain_byte(uint8_t c)
{
    return c != '"' && c != '\\' && c >= 0x20;
}

/* In each byte the top bit where it is zero; above a zero byte also where it is one. */
static uint64_t zero_bytes(uint64_t w)
{
    return (w - 0x0101010101010101u) & ~w & 0x8080808080808080u;
}

/* Eight bytes at once; a byte that is only perhaps special is looked at again below. */
static bool eight_plain(const uint8_t *at)
{
    uint64_t w;
    memcpy(&w, at, sizeof w);
    uint64_t control = zero_bytes(w & 0xE0E0E0E0E0E0E0E0u);
    uint64_t quote = zero_bytes(w ^ 0x2222222222222222u);
    uint64_t back = zero_bytes(w ^ 0x5C5C5C5C5C5C5C5Cu);
    return !(control | quote | back);
}

static const uint8_t *end_of_plain(const uint8_t *at, const uint8_t *end)
{
    while (end - at >= 8 && eight_plain(at))
        at += 8;
    while (at < end && plain_byte(*at))
        at++;
    return at;
}

/* From the first escape on, `from` being the start: what is without escapes is never longer. */
static bool string_with_escapes(struct json *j, const uint8_t *from, struct bytes *out)
{
    size_t most = 0;
    for (const uint8_t *p = j->at; p < j->end && *p != '"'; p += *p == '\\' ? 2 : 1)
        most = (size_t)(p - from) + 3;
    if (j->plain_cap < most) {
        j->plain_cap = most * 2;
        j->plain = realloc(j->plain, j->plain_cap);
        if (!j->plain)
            _exit(4); /* the parent says MEMORY */
    }
    uint8_t *to = j->plain;
    for (;;) {
        const uint8_t *stop = end_of_plain(j->at, j->end);
        memcpy(to, from, (size_t)(stop - from));
        to += stop - from;
        j->at = stop;
        if (take(j, '"'))
            break;
        if (!take(j, '\\'))
            return wrong(j, "the end of a string, on its line");
        if (!escape(j, &to))
            return false;
        from = j->at;
    }
    *out = (struct bytes){j->plain, (size_t)(to - j->plain)};
    return true;
}

static bool string(struct json *j, struct bytes *out)
{
    const uint8_t *from = ++j->at;
    j->at = end_of_plain(from, j->end);
    if (take(j, '"')) {
        *out = (struct bytes){from, (size_t)(j->at - 1 - from)};
        return true;
    }
    if (j->at < j->end && *j->at == '\\')
        return string_with_escapes(j, from, out);
    return wrong(j, "the end of a string, on its line");
}

static bool digits(struct json *j)
{
    const uint8_t *from = j->at;
    while (j->at < j->end && *j->at >= '0' && *j->at <= '9')
        j->at++;
    return j->at > from || wrong(j, "a digit");
}

static bool number(struct json *j, struct bytes *out)
{
    const uint8_t *from = j->at;
    take(j, '-');
    if (!take(j, '0') && !digits(j))
        return false;
    if (take(j, '.') && !digits(j))
        return false;
    if (take(j, 'e') || take(j, 'E')) {
        if (!take(j, '+'))
            take(j, '-');
        if (!digits(j))
            return false;
    }
    *out = (struct bytes){from, (size_t)(j->at - from)};
    return true;
}

static bool word(struct json *j, struct bytes w, struct bytes *out)
{
    struct bytes left = {j->at, (size_t)(j->end - j->at)};
    if (!text_starts(left, w))
        return wrong(j, "a value");
    *out = text_upto(left, w.len);
    j->at += w.len;
    return true;
}

static bool scalar(struct json *j, enum json_kind *kind, struct bytes *out)
{
    *kind = JSON_BOOL;
    switch (j->at == j->end ? 0 : *j->at) {
    case '"': *kind = JSON_STRING; return string(j, out);
    case 't': return word(j, TEXT("true"), out);
    case 'f': return word(j, TEXT("false"), out);
    case 'n': *kind = JSON_NULL; return word(j, TEXT("null"), out);
    default:
        *kind = JSON_NUMBER;
        if (j->at < j->end && (*j->at == '-' || (*j->at >= '0' && *j->at <= '9')))
            return number(j, out);
        return wrong(j, "a value");
    }
}

static bool in_map(const struct json *j)
{
    uint32_t d = j->depth - 1;
    return j->maps[d / 64] >> d % 64 & 1;
}

static void push(struct json *j, bool map)
{
    uint32_t d = j->depth++;
    uint64_t bit = (uint64_t)1 << d % 64;
    j->maps[d / 64] = map ? j->maps[d / 64] | bit : j->maps[d / 64] & ~bit;
}

static bool key(struct json *j, const struct json_events *to, bool *go_on)
{
    struct bytes name;
    skip_white(j);
    uint32_t line = j->line;
    if (j->at == j->end || *j->at != '"')
        return wrong(j, "a key in quotes");
    if (!string(j, &name))
        return false;
    *go_on = to->key(to->ctx, name, line);
    skip_white(j);
    return take(j, ':') || wrong(j, "':' after a key");
}

/* Behind a value: closes what ends there. True: a further value follows. */
static bool after_value(struct json *j, const struct json_events *to, bool *go_on)
{
    while (*go_on && j->depth) {
        skip_white(j);
        if (take(j, ','))
            return !in_map(j) || key(j, to, go_on);
        bool map = in_map(j);
        if (!take(j, map ? '}' : ']'))
            return wrong(j, map ? "',' or '}'" : "',' or ']'");
        j->depth--;
        *go_on = to->close(to->ctx);
    }
    return false;
}

/* True: a first value follows inside. */
static bool opened(struct json *j, const struct json_events *to, bool map, bool *go_on)
{
    *go_on = to->open(to->ctx, map, j->line);
    if (!*go_on)
        return false;
    push(j, map);
    skip_white(j);
    if (!take(j, map ? '}' : ']'))
        return !map || key(j, to, go_on);
    j->depth--;
    *go_on = to->close(to->ctx);
    return after_value(j, to, go_on);
}

static enum json_end walk(struct json *j, const struct json_events *to)
{
    bool more = true, go_on = true;
    while (more && go_on && !j->expected) {
        skip_white(j);
        bool map = take(j, '{');
        if (map || take(j, '[')) {
            if (j->depth == READ_DEPTH_MAX)
                return JSON_TOO_DEEP;
            more = opened(j, to, map, &go_on);
            continue;
        }
        enum json_kind kind;
        struct bytes text;
        uint32_t line = j->line;
        if (!scalar(j, &kind, &text))
            break;
        go_on = to->value(to->ctx, kind, text, line);
        more = after_value(j, to, &go_on);
    }
    if (j->expected)
        return JSON_MALFORMED;
    if (!go_on)
        return JSON_STOPPED;
    skip_white(j);
    if (j->at < j->end)
        wrong(j, "nothing behind the value");
    return j->expected ? JSON_MALFORMED : JSON_WHOLE;
}

struct json_result json_read(struct bytes document, const struct json_events *to)
{
    if (text_starts(document, TEXT("\xEF\xBB\xBF")))
        document = text_from(document, 3);
    struct json j = {.at = document.at, .end = document.at + document.len, .line = 1};
    enum json_end end = walk(&j, to);
    free(j.plain);
    return (struct json_result){end, j.line, j.expected};
}
