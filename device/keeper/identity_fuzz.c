/* SPDX-License-Identifier: Apache-2.0 */
/* What is accepted is, built again, the same bytes. */
#include "device/keeper/identity.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = {data, size};
    struct identity_record identity;
    struct enrolment_record enrolment;
    uint8_t out[ENROLMENT_LEN];

    if (identity_parse(in, &identity) == OK) {
        identity_build(&identity, out);
        if (size != IDENTITY_LEN || memcmp(out, data, size) != 0)
            abort();
    }
    if (enrolment_parse(in, &enrolment) == OK) {
        enrolment_build(&enrolment, out);
        if (size != ENROLMENT_LEN || memcmp(out, data, size) != 0)
            abort();
    }
    return 0;
}
