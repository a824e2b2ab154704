/* SPDX-License-Identifier: Apache-2.0 */
#include "image/init/address.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct address a = {.own.s_addr = 7};
    struct conf_error err = {0};

    if (address_parse((struct bytes){data, size}, &a, &err) != OK) {
        if (a.own.s_addr != 7 || err.what[0] == '\0')
            abort();
        return 0;
    }
    if (((a.own.s_addr ^ a.gateway.s_addr) & a.mask.s_addr) != 0
        || a.own.s_addr == a.gateway.s_addr)
        abort();
    return 0;
}
