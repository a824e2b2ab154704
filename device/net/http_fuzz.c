/* SPDX-License-Identifier: Apache-2.0 */
/* An accepted answer is whole, within its limits, and no front part of it is an answer too. */
#include "device/net/http.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_answer a, shorter;

    if (http_answer_parse((struct bytes){data, size}, &a) != OK)
        return 0;
    if (a.status < 200 || a.status > 599 || a.body.len > LIMIT_ENVELOPE)
        abort();
    if (size - a.body.len > LIMIT_HTTP_HEAD || a.body.at + a.body.len != data + size)
        abort();
    if (http_answer_parse((struct bytes){data, size - 1}, &shorter) == OK)
        abort();
    return 0;
}
