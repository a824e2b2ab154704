/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/http/http_parse.h"

#include "core/base/hex.h"

#include <string.h>

enum { NAME_MAX_LEN = 64 };

static bool token_char(uint8_t c) /* RFC 9110, 5.6.2 */
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
        || (c && strchr(others, c));
}

static bool path_char(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' || c == '-';
}

static bool is(struct bytes b, const char *lower) /* without regard to case */
{
    if (b.len != strlen(lower))
        return false;
    for (size_t i = 0; i < b.len; i++)
        if ((b.at[i] >= 'A' && b.at[i] <= 'Z' ? b.at[i] + 32 : b.at[i])
            != (uint8_t)lower[i])
            return false;
    return true;
}

/* One line up to CRLF; bare CR or LF is no line end and no content. */
static bool take_line(struct bytes *rest, struct bytes *line)
{
    for (size_t i = 0; i + 1 < rest->len; i++) {
        if (rest->at[i] == '\n' || rest->at[i] == 0)
            return false;
        if (rest->at[i] != '\r')
            continue;
        if (rest->at[i + 1] != '\n')
            return false;
        *line = (struct bytes){rest->at, i};
        *rest = (struct bytes){rest->at + i + 2, rest->len - i - 2};
        return true;
    }
    return false;
}

static bool copy_path(struct bytes p, char *out, size_t cap)
{
    if (p.len == 0 || p.len >= cap || p.at[0] != '/')
        return false;
    for (size_t i = 0; i < p.len; i++)
        if (!path_char(p.at[i]) || (p.at[i] == '/' && i > 0 && p.at[i - 1] == '/'))
            return false;
    memcpy(out, p.at, p.len);
    out[p.len] = 0;
    return true;
}

static enum http_method method_of(struct bytes word)
{
    if (word.len == 4 && memcmp(word.at, "POST", 4) == 0)
        return HTTP_POST;
    return word.len == 3 && memcmp(word.at, "GET", 3) == 0 ? HTTP_GET : HTTP_OTHER;
}

static bool parse_request_line(struct bytes line, struct http_head *h)
{
    const uint8_t *sp1 = memchr(line.at, ' ', line.len);
    size_t method_len = sp1 ? (size_t)(sp1 - line.at) : 0;
    static const char version[] = " HTTP/1.1";
    size_t tail = sizeof version - 1;

    if (method_len == 0 || method_len > 16 || line.len < method_len + 1 + tail)
        return false;
    for (size_t i = 0; i < method_len; i++)
        if (line.at[i] < 'A' || line.at[i] > 'Z')
            return false;
    if (memcmp(line.at + line.len - tail, version, tail) != 0)
        return false;
    h->method = method_of((struct bytes){line.at, method_len});
    struct bytes path = {sp1 + 1, line.len - method_len - 1 - tail};
    return copy_path(path, h->path, sizeof h->path);
}

static bool parse_length(struct bytes v, struct http_head *h)
{
    uint32_t n = 0;

    if (h->has_length || v.len == 0 || v.len > 9 || (v.at[0] == '0' && v.len > 1))
        return false;
    for (size_t i = 0; i < v.len; i++) {
        if (v.at[i] < '0' || v.at[i] > '9')
            return false;
        n = n * 10 + (uint32_t)(v.at[i] - '0');
    }
    h->content_length = n;
    h->has_length = true;
    return true;
}

static bool parse_host(struct bytes v, struct http_head *h)
{
    const uint8_t *colon = memchr(v.at, ':', v.len);
    size_t len = colon ? (size_t)(colon - v.at) : v.len;

    if (h->host[0] || len == 0 || len >= sizeof h->host)
        return false;
    for (size_t i = colon ? len + 1 : v.len; i < v.len; i++)
        if (v.at[i] < '0' || v.at[i] > '9')
            return false;
    for (size_t i = 0; i < len; i++) {
        uint8_t c =
            v.at[i] >= 'A' && v.at[i] <= 'Z' ? (uint8_t)(v.at[i] + 32) : v.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'))
            return false;
        h->host[i] = (char)c;
    }
    return true;
}

static bool parse_nonce(struct bytes v, struct http_head *h)
{
    if (h->has_nonce || hex_parse(v, ROOM_OF(h->nonce.b)) != OK)
        return false;
    h->has_nonce = true;
    return true;
}

static bool parse_type(struct bytes v, struct http_head *h)
{
    bool again = h->has_type;
    h->has_type = true;
    h->odd_type = !is(v, "application/cose");
    return !again;
}

static bool parse_field(struct bytes line, struct http_head *h)
{
    const uint8_t *colon = memchr(line.at, ':', line.len);
    size_t len = colon ? (size_t)(colon - line.at) : 0;

    if (len == 0 || len > NAME_MAX_LEN)
        return false;
    for (size_t i = 0; i < len; i++)
        if (!token_char(line.at[i])) /* folding and a blank before the colon end here */
            return false;
    struct bytes name = {line.at, len}, v = {colon + 1, line.len - len - 1};
    while (v.len > 0 && (v.at[0] == ' ' || v.at[0] == '\t'))
        v = (struct bytes){v.at + 1, v.len - 1};
    while (v.len > 0 && (v.at[v.len - 1] == ' ' || v.at[v.len - 1] == '\t'))
        v.len--;
    for (size_t i = 0; i < v.len; i++)
        if (v.at[i] < 0x20 || v.at[i] > 0x7e)
            return false;
    if (is(name, "content-length"))
        return parse_length(v, h);
    if (is(name, "host"))
        return parse_host(v, h);
    if (is(name, "content-type"))
        return parse_type(v, h);
    if (is(name, "holdfast-nonce"))
        return parse_nonce(v, h);
    /* What would make two readers of one request disagree about its end is no request of ours. */
    return !is(name, "transfer-encoding") && !is(name, "expect") && !is(name, "upgrade")
        && !is(name, "te") && !is(name, "trailer") && !is(name, "content-encoding");
}

static bool head_end(struct bytes in, size_t *len)
{
    for (size_t i = 0; i + 3 < in.len; i++)
        if (memcmp(in.at + i, "\r\n\r\n", 4) == 0) {
            *len = i + 4;
            return true;
        }
    return false;
}

static enum status refuse(struct http_refusal *no, uint16_t status, enum reason reason)
{
    *no = (struct http_refusal){status, reason};
    return MALFORMED;
}

enum status http_head_parse(
    struct bytes in, struct http_head *out, struct http_refusal *no)
{
    struct http_head h = {0};
    struct bytes view = {in.at, in.len < LIMIT_HTTP_HEAD ? in.len : LIMIT_HTTP_HEAD},
                 line;
    uint32_t fields = 0;

    /* Rubbish is told at once, not when 4 KiB of it have come. */
    if (in.len > 0 && (in.at[0] < 'A' || in.at[0] > 'Z'))
        return refuse(no, 400, REASON_HTTP_MALFORMED);
    if (!head_end(view, &h.len))
        return in.len >= LIMIT_HTTP_HEAD ? refuse(no, 431, REASON_HTTP_LIMIT) : AGAIN;
    struct bytes rest = {in.at, h.len};
    if (!take_line(&rest, &line) || !parse_request_line(line, &h))
        return refuse(no, 400, REASON_HTTP_MALFORMED);
    while (rest.len > 2) {
        if (!take_line(&rest, &line) || !parse_field(line, &h))
            return refuse(no, 400, REASON_HTTP_MALFORMED);
        if (++fields > LIMIT_HTTP_FIELDS)
            return refuse(no, 431, REASON_HTTP_LIMIT);
    }
    if (h.host[0] == 0)
        return refuse(no, 400, REASON_HTTP_MALFORMED);
    *out = h;
    return OK;
}

enum status http_device_path_parse(
    const char *path, enum http_of_device *what, struct device_id *out)
{
    static const char before[] = "/v1/d/";
    static const char *const after[] = {
        [HTTP_BATCHES] = "/batches", [HTTP_ATTEST] = "/attest"};
    enum { BEFORE = sizeof before - 1, ID = UUID_TEXT - 1 };

    if (strlen(path) < BEFORE + ID || memcmp(path, before, BEFORE) != 0)
        return MALFORMED;
    const char *rest = path + BEFORE + ID;
    if (strcmp(rest, after[HTTP_BATCHES]) != 0 && strcmp(rest, after[HTTP_ATTEST]) != 0)
        return MALFORMED;
    TRY(uuid_parse((struct bytes){(const uint8_t *)path + BEFORE, ID}, out->b));
    *what = strcmp(rest, after[HTTP_ATTEST]) == 0 ? HTTP_ATTEST : HTTP_BATCHES;
    return OK;
}
