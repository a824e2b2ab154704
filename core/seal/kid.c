/* SPDX-License-Identifier: Apache-2.0 */
#include "core/seal/kid.h"

#include "core/base/writer.h"

#include <string.h>

void kid_bytes(const struct kid *kid, uint8_t out[KID_LEN])
{
    struct writer w = writer_over((struct room){out, KID_LEN});
    put(&w, BYTES_OF(kid->device.b));
    put_u32(&w, kid->generation);
}

bool kid_equal(const struct kid *a, const struct kid *b)
{
    return a->generation == b->generation
        && memcmp(a->device.b, b->device.b, sizeof a->device.b) == 0;
}
