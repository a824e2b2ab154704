/* SPDX-License-Identifier: Apache-2.0 */
/* What is accepted is within the ranges of the header: the first byte chooses the parser. */
#include "cloud/attest/tpm_said.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct said_public public;
    struct said_signature_p256 signature;
    struct said_attest attest;

    if (size == 0)
        return 0;
    struct bytes in = {data + 1, size - 1};
    if (data[0] % 3 == 0 && said_public_parse(in, &public) == OK
        && public.point[0] != 4)
        abort();
    /* Two numbers of at most 32 bytes, four lengths and names: there is no longer one. */
    if (data[0] % 3 == 1 && said_signature_parse(in, &signature) == OK && in.len > 72)
        abort();
    if (data[0] % 3 == 2 && said_attest_parse(in, &attest) == OK
        && (attest.extra_len > TPM_SAID_EXTRA_MAX || attest.registers > 0xffffff
            || (attest.kind == SAID_CERTIFY && attest.certified.b[1] != 0x0b)))
        abort();
    return 0;
}
