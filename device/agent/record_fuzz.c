/* SPDX-License-Identifier: Apache-2.0 */
/* What the parser accepts is, built again, the same bytes. */
#include "device/agent/record.h"

#include "tests/support/filled.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in =
        filled((struct bytes){data, size}, size > 0 && data[0] == 1 ? RECORD_LEN : 0);
    struct tpm_record r;
    uint8_t again[RECORD_LEN];

    if (record_parse(in, &r) == OK) {
        record_build(&r, again);
        if (in.len != sizeof again || memcmp(in.at, again, sizeof again) != 0)
            abort();
    }
    filled_free(in);
    return 0;
}
