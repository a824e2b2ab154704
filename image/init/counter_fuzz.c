/* SPDX-License-Identifier: Apache-2.0 */
#include "image/init/counter.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t value = 77;
    uint32_t says = 0;
    enum status s = counter_parse((struct bytes){data, size}, &value, &says);

    if (s != OK && value != 77)
        abort();
    if ((s == REFUSED) != (says != 0))
        abort();
    return 0;
}
