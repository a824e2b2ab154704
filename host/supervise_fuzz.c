/* SPDX-License-Identifier: Apache-2.0 */
/* What role_said_parse accepts is exactly what a role can say. */
#include "host/supervise_parse.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct role_said said;
    uint8_t again[SAID_READY_LEN];

    if (role_said_parse((struct bytes){data, size}, &said) != OK)
        return 0;
    role_ready_build(&said.what, again);
    if (said.ready ? size != sizeof again || memcmp(again, data, size) != 0 : size != 1)
        abort();
    return 0;
}
