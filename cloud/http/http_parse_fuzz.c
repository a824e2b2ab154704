/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/http/http_parse.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_head h;
    struct http_refusal no = {0};
    struct device_id id;
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
    (void)!http_device_path_parse(h.path, &id);
    return 0;
}
