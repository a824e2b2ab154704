/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/enrol.h"

#include "core/base/reader.h"

#include <assert.h>
#include <string.h>

enum { VERSION = 1, MAC_LEN = 32 };
static_assert((int)RENEWAL_ASK_LEN == (int)ENROL_M1_LEN
        && (int)RENEWAL_ANSWER_MAX == (int)ENROL_M2_MAX,
    "a renewal is an enrolment that rides in batch and answer");

enum status enrol_m1_parse(
    struct bytes in, struct enrol_head *out, uint8_t tag[TAG_LEN])
{
    struct reader r = reader_over(in);
    struct enrol_head got;

    if (in.len != ENROL_M1_LEN || take_u8(&r) != VERSION)
        return MALFORMED;
    memcpy(got.kid.device.b, take(&r, DEVICE_ID_LEN).at, DEVICE_ID_LEN);
    got.kid.generation = take_u32(&r);
    memcpy(got.e.b, take(&r, X25519_LEN).at, X25519_LEN);
    memcpy(got.tls_public, take(&r, P256_PUBLIC_LEN).at, P256_PUBLIC_LEN);
    if (got.kid.generation == 0)
        return MALFORMED;
    memcpy(tag, take(&r, TAG_LEN).at, TAG_LEN);
    *out = got;
    return OK;
}

enum status enrol_m2_parse(struct bytes in, struct digest *mac, struct bytes *cert_der)
{
    if (in.len <= MAC_LEN || in.len > ENROL_M2_MAX)
        return MALFORMED;
    memcpy(mac->b, in.at, MAC_LEN);
    *cert_der = (struct bytes){in.at + MAC_LEN, in.len - MAC_LEN};
    return OK;
}
