/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/hex.h"
#include "core/base/writer.h"
#include "device/net/http.h"

#include <stdio.h>
#include <string.h>

static enum status finish(const char *head, int head_len, size_t cap, struct bytes body,
    struct room out, size_t *len)
{
    struct writer w = writer_over(out);

    if (head_len < 0 || (size_t)head_len >= cap)
        return FULL;
    put(&w, (struct bytes){(const uint8_t *)head, (size_t)head_len});
    put(&w, body);
    if (!writer_done(&w))
        return FULL;
    *len = w.len;
    return OK;
}

enum status http_batch_build(const struct device_id *device, const char *host,
    const struct nonce *nonce, struct bytes envelope, struct room out, size_t *len)
{
    char head[LIMIT_HTTP_HEAD], id[UUID_TEXT], hex[2 * sizeof nonce->b + 1];

    uuid_of(device->b, id);
    hex_of(BYTES_OF(nonce->b), (struct room){(uint8_t *)hex, sizeof hex});
    int n = snprintf(head, sizeof head,
        "POST /v1/d/%s/batches HTTP/1.1\r\nHost: %s\r\nContent-Length: %zu\r\n"
        "Holdfast-Nonce: %s\r\n\r\n",
        id, host, envelope.len, hex);
    return finish(head, n, sizeof head, envelope, out, len);
}

enum status http_attest_build(const struct device_id *device, const char *host,
    struct bytes body, struct room out, size_t *len)
{
    char head[LIMIT_HTTP_HEAD], id[UUID_TEXT];

    uuid_of(device->b, id);
    int n = snprintf(head, sizeof head,
        "POST /v1/d/%s/attest HTTP/1.1\r\nHost: %s\r\nContent-Length: %zu\r\n\r\n", id,
        host, body.len);
    return finish(head, n, sizeof head, body, out, len);
}

enum status http_enrol_build(
    const char *host, struct bytes body, struct room out, size_t *len)
{
    char head[LIMIT_HTTP_HEAD];
    int n = snprintf(head, sizeof head,
        "POST /v1/enrol HTTP/1.1\r\nHost: %s\r\nContent-Length: %zu\r\n\r\n", host,
        body.len);

    return finish(head, n, sizeof head, body, out, len);
}

enum status http_piece_build(const struct digest *bundle, uint32_t number,
    const char *host, struct room out, size_t *len)
{
    char head[LIMIT_HTTP_HEAD], hex[2 * sizeof bundle->b + 1];

    hex_of(BYTES_OF(bundle->b), (struct room){(uint8_t *)hex, sizeof hex});
    int n = snprintf(head, sizeof head, "GET /v1/u/%s/%u HTTP/1.1\r\nHost: %s\r\n\r\n",
        hex, (unsigned)number, host);
    return finish(head, n, sizeof head, (struct bytes){0}, out, len);
}
