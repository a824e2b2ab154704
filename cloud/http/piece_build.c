/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/http/http_build.h"

#include "core/base/writer.h"

#include <stdio.h>
#include <string.h>

enum status http_piece_build(struct bytes piece, struct room out, size_t *len)
{
    struct writer w = writer_over(out);
    char head[128];

    (void)snprintf(head, sizeof head,
        "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n"
        "Content-Type: application/octet-stream\r\n\r\n",
        piece.len);
    put(&w, (struct bytes){(const uint8_t *)head, strlen(head)});
    put(&w, piece);
    if (!writer_done(&w))
        return FULL;
    *len = w.len;
    return OK;
}
