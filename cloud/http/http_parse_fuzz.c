/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/http/http_parse.h"

#include "core/base/hex.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Written anew from the values alone, what was accepted means the same. */
static void write_anew(const struct http_head *h)
{
    char text[1024], nonce[33];
    struct http_head back;
    struct http_refusal no;

    hex_of(BYTES_OF(h->nonce.b), (struct room){(uint8_t *)nonce, sizeof nonce});
    int n = snprintf(text, sizeof text, "%s %s HTTP/1.1\r\nHost: %s\r\n",
        h->method == HTTP_POST      ? "POST"
            : h->method == HTTP_GET ? "GET"
                                    : "PUT",
        h->path, h->host);
    if (h->has_length)
        n += snprintf(text + n, sizeof text - (size_t)n, "Content-Length: %u\r\n",
            (unsigned)h->content_length);
    if (h->has_nonce)
        n += snprintf(
            text + n, sizeof text - (size_t)n, "Holdfast-Nonce: %s\r\n", nonce);
    n += snprintf(text + n, sizeof text - (size_t)n, "\r\n");
    if (http_head_parse((struct bytes){(uint8_t *)text, (size_t)n}, &back, &no) != OK
        || back.len != (size_t)n || back.method != h->method
        || strcmp(back.path, h->path) != 0 || strcmp(back.host, h->host) != 0
        || back.has_length != h->has_length || back.has_nonce != h->has_nonce
        || back.content_length != h->content_length
        || memcmp(&back.nonce, &h->nonce, sizeof back.nonce) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_head h;
    struct http_refusal no = {0};
    struct device_id id;
    enum http_of_device what = HTTP_BATCHES;
    enum status s = http_head_parse((struct bytes){data, size}, &h, &no);

    if (s == MALFORMED && no.status != 400 && no.status != 431)
        abort();
    if (s != OK)
        return 0;
    if (h.len > size || h.len > LIMIT_HTTP_HEAD
        || memcmp(data + h.len - 4, "\r\n\r\n", 4) != 0 || h.path[0] != '/'
        || strstr(h.path, "//") || strchr(h.path, '%') || strchr(h.path, '.')
        || h.host[0] == 0)
        abort();
    /* Cut anywhere, the same head is not complete: no byte past its end was needed, none before. */
    struct http_head again;
    if (http_head_parse((struct bytes){data, h.len - 1}, &again, &no) == OK)
        abort();
    write_anew(&h);
    if (http_device_path_parse(h.path, &what, &id) == OK) {
        char text[UUID_TEXT];
        uuid_of(id.b, text); /* one spelling: the id written anew is in the path */
        if (memcmp(h.path + 6, text, UUID_TEXT - 1) != 0
            || (what != HTTP_BATCHES && what != HTTP_ATTEST))
            abort();
    }
    return 0;
}
