/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/zipped_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct zipped_part parts[] = {
        {"content.xml", TEXT("<d><h outline-level=\"1\">a</h><p>b</p></d>")},
        {"styles.xml", TEXT("<s/>")},
    };
    zipped_fuzz(
        read_odt, parts, sizeof parts / sizeof parts[0], (struct bytes){data, size});
    return 0;
}
