/* SPDX-License-Identifier: Apache-2.0 */
/* A path that is taken is within its limits, and written anew from the values it is the same path. */
#include "cloud/http/http_parse.h"

#include "core/base/hex.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[128], anew[128], hex[2 * sizeof((struct digest *)0)->b + 1];
    struct http_piece p;

    if (size >= sizeof path)
        return 0;
    if (size > 0)
        memcpy(path, data, size);
    path[size] = 0;
    if (http_piece_path_parse(path, &p) != OK)
        return 0;
    hex_of(BYTES_OF(p.bundle.b), (struct room){(uint8_t *)hex, sizeof hex});
    (void)snprintf(anew, sizeof anew, "/v1/u/%s/%u", hex, (unsigned)p.number);
    if (p.number >= LIMIT_PIECES || strcmp(path, anew) != 0)
        abort();
    return 0;
}
