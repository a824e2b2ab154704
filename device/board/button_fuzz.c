/* SPDX-License-Identifier: Apache-2.0 */
#include "device/board/button.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned presses = 77;
    enum status s = button_parse((struct bytes){data, size}, &presses);

    if (s != OK && presses != 77)
        abort();
    if (s == OK && presses > size / BUTTON_EVENT_LEN)
        abort();
    return 0;
}
