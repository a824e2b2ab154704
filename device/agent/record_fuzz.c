/* SPDX-License-Identifier: Apache-2.0 */
/* What the parser accepts is, built again, the same bytes. */
#include "device/agent/record.h"

#include "tests/support/filled.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const size_t lengths[] = {0, RECORD_LEN, ATTEST_RECORD_LEN};
    struct bytes in = filled((struct bytes){data, size},
        size > 0 && data[0] < sizeof lengths / sizeof lengths[0] ? lengths[data[0]]
                                                                 : 0);
    struct tpm_record r;
    struct attest_record a;
    uint8_t again[RECORD_LEN], attest_again[ATTEST_RECORD_LEN];

    if (record_parse(in, &r) == OK) {
        record_build(&r, again);
        if (in.len != sizeof again || memcmp(in.at, again, sizeof again) != 0)
            abort();
    }
    if (attest_record_parse(in, &a) == OK) {
        attest_record_build(&a, attest_again);
        if (in.len != sizeof attest_again
            || memcmp(in.at, attest_again, sizeof attest_again) != 0)
            abort();
    }
    filled_free(in);
    return 0;
}
