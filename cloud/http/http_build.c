/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/http/http_build.h"

#include "core/base/writer.h"

#include <stdio.h>
#include <string.h>

/* clang-format off */
static const struct {
    uint16_t status;
    const char *phrase, *body;
} rows[] = {
    {200, "OK",                    ""},
    {204, "No Content",            ""},
    {400, "Bad Request",           "{\"error\":\"not a request of this service\"}"},
    {401, "Unauthorized",          "{\"error\":\"not accepted\"}"},
    {403, "Forbidden",             "{\"error\":\"not yours\"}"},
    {404, "Not Found",             "{\"error\":\"not offered\"}"},
    {405, "Method Not Allowed",    "{\"error\":\"not this method\"}"},
    {408, "Request Timeout",       "{\"error\":\"too slow\"}"},
    {409, "Conflict",              "{\"error\":\"conflict\"}"},
    {411, "Length Required",       "{\"error\":\"Content-Length is missing\"}"},
    {413, "Content Too Large",     "{\"error\":\"at most 16384 bytes\"}"},
    {415, "Unsupported Media Type", "{\"error\":\"application/cose only\"}"},
    {421, "Misdirected Request",   "{\"error\":\"another host\"}"},
    {422, "Unprocessable Content", "{\"error\":\"schema\"}"},
    {429, "Too Many Requests",     "{\"error\":\"later\"}"},
    {431, "Fields Too Large",      "{\"error\":\"at most 32 fields in 4096 bytes\"}"},
    {503, "Service Unavailable",   "{\"error\":\"later\"}"},
};
/* clang-format on */

static void put_text(struct writer *w, const char *s)
{
    put(w, (struct bytes){(const uint8_t *)s, strlen(s)});
}

enum status http_answer_build(uint16_t status, uint16_t retry_after_s, bool close,
    struct bytes body, struct room out, size_t *len)
{
    struct writer w = writer_over(out);
    const char *phrase = "Status", *type = "application/json";
    char line[128];

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].status != status)
            continue;
        phrase = rows[i].phrase;
        if (body.len > 0)
            type = "application/cose";
        else
            body = (struct bytes){(const uint8_t *)rows[i].body, strlen(rows[i].body)};
    }
    (void)snprintf(line, sizeof line, "HTTP/1.1 %u %s\r\n", status, phrase);
    put_text(&w, line);
    if (status != 204) {
        (void)snprintf(line, sizeof line, "Content-Length: %zu\r\n", body.len);
        put_text(&w, line);
    }
    if (body.len > 0) {
        (void)snprintf(line, sizeof line, "Content-Type: %s\r\n", type);
        put_text(&w, line);
    }
    if (retry_after_s > 0) {
        (void)snprintf(line, sizeof line, "Retry-After: %u\r\n", retry_after_s);
        put_text(&w, line);
    }
    if (close)
        put_text(&w, "Connection: close\r\n");
    put_text(&w, "\r\n");
    put(&w, body);
    if (!writer_done(&w))
        return FULL;
    *len = w.len;
    return OK;
}
