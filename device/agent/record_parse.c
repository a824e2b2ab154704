/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/reader.h"
#include "device/agent/record.h"

#include <string.h>

enum { VERSION = 1 };

static void take_into(struct reader *r, uint8_t *out, size_t len)
{
    struct bytes b = take(r, len);
    if (b.len == len)
        memcpy(out, b.at, len);
}

enum status record_parse(struct bytes in, struct tpm_record *out)
{
    struct reader r = reader_over(in);
    struct tpm_record got = {0};

    uint8_t version = take_u8(&r);
    uint8_t made = take_u8(&r);
    take_into(&r, got.keys.authorisation.b, sizeof got.keys.authorisation.b);
    for (int i = 0; i < TPM_KEYS; i++)
        take_into(&r, got.keys.names[i].b, sizeof got.keys.names[i].b);
    got.made = made == 1;
    bool good = reader_done(&r) && version == VERSION && made <= 1;
    if (good)
        *out = got;
    wipe(&got, sizeof got);
    return good ? OK : MALFORMED;
}
