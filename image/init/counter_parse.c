/* SPDX-License-Identifier: Apache-2.0 */
#include "image/init/counter.h"

#include "core/base/reader.h"

#include <assert.h>

/* TPM 2.0 Library, part 3: TPM2_NV_Read(authHandle, nvIndex, size, offset), one password session. */
enum {
    TAG_NO_SESSIONS = 0x8001,
    TAG_SESSIONS = 0x8002,
    COMMAND_NV_READ = 0x0000014e,
    PASSWORD_SESSION = 0x40000009,
    PASSWORD_LEN = 9,
    VALUE_LEN = 8
};

static uint8_t *put(uint8_t *at, uint32_t value, unsigned len)
{
    for (unsigned i = len; i-- > 0;)
        *at++ = (uint8_t)(value >> 8 * i);
    return at;
}

void counter_command(uint8_t out[COUNTER_COMMAND_LEN])
{
    uint8_t *p = out;

    p = put(p, TAG_SESSIONS, 2);
    p = put(p, COUNTER_COMMAND_LEN, 4);
    p = put(p, COMMAND_NV_READ, 4);
    p = put(p, COUNTER_INDEX, 4); /* the index's own authorisation */
    p = put(p, COUNTER_INDEX, 4);
    p = put(p, PASSWORD_LEN, 4);
    p = put(p, PASSWORD_SESSION, 4);
    p = put(p, 0, 2); /* nonce */
    p = put(p, 0, 1); /* attributes */
    p = put(p, 0, 2); /* password: empty */
    p = put(p, VALUE_LEN, 2);
    p = put(p, 0, 2); /* offset */
    assert(p == out + COUNTER_COMMAND_LEN);
}

enum status counter_parse(struct bytes in, uint64_t *value, uint32_t *tpm_says)
{
    struct reader r = reader_over(in);
    uint16_t tag = take_u16(&r);
    uint32_t len = take_u32(&r);
    uint32_t code = take_u32(&r);

    if (r.short_of || len != in.len)
        return MALFORMED;
    if (tag == TAG_NO_SESSIONS && code != 0 && reader_done(&r)) {
        *tpm_says = code;
        return REFUSED;
    }
    uint32_t parameters_len = take_u32(&r);
    uint16_t value_len = take_u16(&r);
    uint64_t got = take_u64(&r);
    uint16_t nonce_len = take_u16(&r);
    take_u8(&r); /* attributes of a password session: nothing to learn */
    uint16_t proof_len = take_u16(&r);
    if (!reader_done(&r) || tag != TAG_SESSIONS || code != 0
        || parameters_len != 2 + VALUE_LEN || value_len != VALUE_LEN || nonce_len != 0
        || proof_len != 0)
        return MALFORMED;
    *value = got;
    return OK;
}
