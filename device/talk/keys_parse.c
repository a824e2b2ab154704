/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/reader.h"
#include "device/talk/keys.h"

#include <string.h>

enum { UNCOMPRESSED = 4 };

/* `len` bytes, then only zeros up to the end. */
static bool take_filled(struct reader *r, size_t len, uint8_t *out, size_t field)
{
    struct bytes b = take(r, field);

    if (b.len != field || len == 0 || len > field)
        return false;
    for (size_t i = len; i < field; i++)
        if (b.at[i] != 0)
            return false;
    memcpy(out, b.at, len);
    return true;
}

enum status secret_parse(struct bytes in, struct said_secret *out)
{
    struct reader r = reader_over(in);
    struct said_secret got = {0};

    got.len = take_u16(&r);
    bool good = take_filled(&r, got.len, got.b, sizeof got.b) && reader_done(&r);
    if (good)
        *out = got;
    wipe(&got, sizeof got);
    return good ? OK : MALFORMED;
}

enum status signature_parse(struct bytes in, struct said_signature *out)
{
    struct reader r = reader_over(in);
    struct said_signature got = {0};

    got.len = take_u8(&r);
    if (!take_filled(&r, got.len, got.b, sizeof got.b) || !reader_done(&r))
        return MALFORMED;
    *out = got;
    return OK;
}

enum status digest_parse(struct bytes in, struct digest *out)
{
    if (in.len != sizeof out->b)
        return MALFORMED;
    memcpy(out->b, in.at, sizeof out->b);
    return OK;
}

enum status public_parse(struct bytes in, uint8_t out[P256_PUBLIC_LEN])
{
    if (in.len != P256_PUBLIC_LEN || in.at[0] != UNCOMPRESSED)
        return MALFORMED;
    memcpy(out, in.at, P256_PUBLIC_LEN);
    return OK;
}

enum status no_key_parse(struct bytes in, enum no_key *out)
{
    if (in.len != 1 || in.at[0] >= NO_KEYS)
        return MALFORMED;
    *out = (enum no_key)in.at[0];
    return OK;
}
