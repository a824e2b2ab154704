/* SPDX-License-Identifier: Apache-2.0 */
#include "device/net/http.h"

#include <string.h>
#include <strings.h>

struct fields { /* what the head said */
    bool has_length, has_retry, keep;
    uint32_t length, retry_after_s;
};

static bool is_token(uint8_t c)
{
    return c > 0x20 && c < 0x7f && strchr("()<>@,;:\\\"/[]?={}", c) == NULL;
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool named(struct bytes name, const char *what)
{
    return name.len == strlen(what)
        && strncasecmp((const char *)name.at, what, name.len) == 0;
}

/* 1 to 7 digits. */
static bool number_of(struct bytes text, uint32_t *out)
{
    uint32_t value = 0;

    if (text.len == 0 || text.len > 7)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (!is_digit(text.at[i]))
            return false;
        value = value * 10 + (uint32_t)(text.at[i] - '0');
    }
    *out = value;
    return true;
}

static struct bytes trimmed(struct bytes v)
{
    while (v.len > 0 && (v.at[0] == ' ' || v.at[0] == '\t')) {
        v.at++;
        v.len--;
    }
    while (v.len > 0 && (v.at[v.len - 1] == ' ' || v.at[v.len - 1] == '\t'))
        v.len--;
    return v;
}

static bool printable(struct bytes v)
{
    for (size_t i = 0; i < v.len; i++)
        if (v.at[i] != '\t' && (v.at[i] < 0x20 || v.at[i] > 0x7e))
            return false;
    return true;
}

static bool take_field(struct bytes line, struct fields *f)
{
    size_t colon = 0;

    while (colon < line.len && is_token(line.at[colon]))
        colon++;
    if (colon == 0 || colon == line.len || line.at[colon] != ':')
        return false;
    struct bytes name = {line.at, colon};
    struct bytes value =
        trimmed((struct bytes){line.at + colon + 1, line.len - colon - 1});

    if (!printable(value) || named(name, "transfer-encoding"))
        return false;
    if (named(name, "content-length")) {
        bool again = f->has_length;
        f->has_length = true;
        return !again && number_of(value, &f->length) && f->length <= LIMIT_ENVELOPE;
    }
    if (named(name, "retry-after")) {
        bool again = f->has_retry;
        f->has_retry = true;
        return !again && number_of(value, &f->retry_after_s);
    }
    if (named(name, "connection"))
        f->keep = named(value, "keep-alive");
    return true;
}

/* "HTTP/1.1 NNN", then nothing or a blank and printable words. */
static bool take_status(struct bytes line, uint16_t *status)
{
    static const char version[] = "HTTP/1.1 ";
    enum { AT = sizeof version - 1, LEN = AT + 3 };

    if (line.len < LEN || memcmp(line.at, version, AT) != 0 || !printable(line))
        return false;
    for (size_t i = AT; i < LEN; i++)
        if (!is_digit(line.at[i]))
            return false;
    if (line.len > LEN && line.at[LEN] != ' ')
        return false;
    int n = (line.at[AT] - '0') * 100 + (line.at[AT + 1] - '0') * 10
        + (line.at[AT + 2] - '0');
    *status = (uint16_t)n;
    return n >= 200 && n <= 599;
}

enum { NO_CONTENT = 204 };

/* The length of the line at the front without its CRLF, or in.len if there is none. */
static size_t line_len(struct bytes in)
{
    for (size_t i = 0; i + 1 < in.len; i++)
        if (in.at[i] == '\r' && in.at[i + 1] == '\n')
            return i;
    return in.len;
}

static bool take_head(struct bytes head, uint16_t *status, struct fields *f)
{
    for (size_t count = 0; head.len > 0; count++) {
        size_t len = line_len(head);
        struct bytes line = {head.at, len};
        bool good = count == 0 ? take_status(line, status) : take_field(line, f);
        if (!good || count > LIMIT_HTTP_FIELDS)
            return false;
        head.at += len + 2;
        head.len -= len + 2;
    }
    if (*status == NO_CONTENT) /* a server need not say that nothing follows */
        return f->length == 0;
    return f->has_length && *status != 0;
}

/* Where the empty line begins, in.len if it is not there. */
static size_t head_end(struct bytes in)
{
    size_t most = in.len < LIMIT_HTTP_HEAD ? in.len : LIMIT_HTTP_HEAD;

    for (size_t i = 0; i + 4 <= most; i++)
        if (memcmp(in.at + i, "\r\n\r\n", 4) == 0)
            return i;
    return in.len;
}

enum status http_answer_parse(struct bytes in, struct http_answer *out)
{
    struct fields f = {.keep = true};
    uint16_t status = 0;
    size_t end = head_end(in);

    if (end == in.len)
        return in.len >= LIMIT_HTTP_HEAD ? MALFORMED : AGAIN;
    if (!take_head((struct bytes){in.at, end + 2}, &status, &f))
        return MALFORMED;
    size_t have = in.len - end - 4;
    if (have < f.length)
        return AGAIN;
    if (have > f.length) /* we asked once: nothing may follow */
        return MALFORMED;
    *out = (struct http_answer){
        status, f.retry_after_s, f.keep, {in.at + end + 4, f.length}};
    return OK;
}
