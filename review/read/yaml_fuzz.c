/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/reader_test.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_and_look(read_yaml, (struct bytes){data, size});
    return 0;
}
