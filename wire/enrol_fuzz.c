/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/enrol.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool m1_holds(const uint8_t *data, size_t size)
{
    struct enrol_head head;
    uint8_t tag[TAG_LEN], again[ENROL_HEAD_LEN];

    if (enrol_m1_parse((struct bytes){data, size}, &head, tag) != OK)
        return true;
    if (size != ENROL_M1_LEN || head.kid.generation == 0)
        return false;
    enrol_head_build(&head, again);
    return memcmp(again, data, ENROL_HEAD_LEN) == 0
        && ct_equal(tag, data + ENROL_HEAD_LEN, TAG_LEN);
}

static bool m2_holds(const uint8_t *data, size_t size)
{
    struct digest mac;
    struct bytes cert;

    if (enrol_m2_parse((struct bytes){data, size}, &mac, &cert) != OK)
        return true;
    return size <= ENROL_M2_MAX && cert.len >= 1 && cert.len <= LIMIT_CERT
        && cert.at == data + sizeof mac && cert.len + sizeof mac == size
        && ct_equal(mac.b, data, sizeof mac);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!m1_holds(data, size) || !m2_holds(data, size))
        abort();
    return 0;
}
