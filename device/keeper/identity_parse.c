/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/reader.h"
#include "device/keeper/identity.h"

#include <string.h>

enum { IDENTITY_VERSION = 2, ENROLMENT_VERSION = 1 };

static void take_into(struct reader *r, uint8_t *out, size_t len)
{
    struct bytes b = take(r, len);
    if (b.len == len)
        memcpy(out, b.at, len);
}

/* What both records begin with. */
static bool take_head(
    struct reader *r, uint8_t version, struct kid *kid, struct x25519_public *cloud)
{
    uint8_t got = take_u8(r);
    take_into(r, kid->device.b, sizeof kid->device.b);
    kid->generation = take_u32(r);
    take_into(r, cloud->b, sizeof cloud->b);
    return got == version && kid->generation > 0;
}

enum status identity_parse(struct bytes in, struct identity_record *out)
{
    struct reader r = reader_over(in);
    struct identity_record got = {0};

    bool good = take_head(&r, IDENTITY_VERSION, &got.kid, &got.cloud);
    take_into(&r, got.service.b, sizeof got.service.b);
    take_into(&r, got.up.b, sizeof got.up.b);
    take_into(&r, got.down.b, sizeof got.down.b);
    good = good && reader_done(&r);
    if (good)
        *out = got;
    wipe(&got, sizeof got);
    return good ? OK : MALFORMED;
}

enum status enrolment_parse(struct bytes in, struct enrolment_record *out)
{
    struct reader r = reader_over(in);
    struct enrolment_record got = {0};

    bool good = take_head(&r, ENROLMENT_VERSION, &got.kid, &got.cloud);
    take_into(&r, got.invitation.b, sizeof got.invitation.b);
    take_into(&r, got.keys.up.b, sizeof got.keys.up.b);
    take_into(&r, got.keys.down.b, sizeof got.keys.down.b);
    take_into(&r, got.keys.ok.b, sizeof got.keys.ok.b);
    take_into(&r, got.m1, sizeof got.m1);
    good = good && reader_done(&r);
    if (good)
        *out = got;
    wipe(&got, sizeof got);
    return good ? OK : MALFORMED;
}
