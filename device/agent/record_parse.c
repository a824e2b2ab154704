/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/reader.h"
#include "device/agent/record.h"

#include <string.h>

enum { VERSION_KEYS = 1, VERSION_ATTEST = 2 };

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
    for (int i = 0; i < TPM_ATTEST; i++)
        take_into(&r, got.keys.names[i].b, sizeof got.keys.names[i].b);
    got.made = made == 1;
    bool good = reader_done(&r) && version == VERSION_KEYS && made <= 1;
    if (good)
        *out = got;
    wipe(&got, sizeof got);
    return good ? OK : MALFORMED;
}

enum status attest_record_parse(struct bytes in, struct attest_record *out)
{
    struct reader r = reader_over(in);
    struct attest_record got = {0};

    uint8_t version = take_u8(&r);
    uint8_t made = take_u8(&r);
    take_into(&r, got.name.b, sizeof got.name.b);
    if (!reader_done(&r) || version != VERSION_ATTEST || made > 1)
        return MALFORMED;
    got.made = made == 1;
    *out = got;
    return OK;
}
