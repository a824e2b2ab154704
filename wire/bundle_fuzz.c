/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/enrol.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool in_range(const struct bundle *b)
{
    return b->address[0] != 0 && memchr(b->address, 0, sizeof b->address)
        && b->name[0] != 0 && memchr(b->name, 0, sizeof b->name) && b->port != 0
        && b->enrol_port != 0 && b->ca_active.len >= 1 && b->ca_active.len <= LIMIT_CERT
        && b->ca_backup.len >= 1 && b->ca_backup.len <= LIMIT_CERT
        && b->kid.generation != 0 && b->expires_utc_s != 0
        && b->kid.device.b[6] >> 4 == 4 && b->kid.device.b[8] >> 6 == 2;
}

/* What is taken stands in its ranges, and written and read again it is the same bundle. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct bundle b, again;
    static uint8_t text[8192];
    struct conf_error err = {0};
    size_t len;

    memset(&b, 0, sizeof b);
    memset(&again, 0, sizeof again);
    if (bundle_parse((struct bytes){data, size}, &b, &err) != OK) {
        if (!memchr(err.what, 0, sizeof err.what) || err.what[0] == 0)
            abort();
        return 0;
    }
    if (!in_range(&b) || bundle_build(&b, ROOM_OF(text), &len) != OK
        || bundle_parse((struct bytes){text, len}, &again, &err) != OK
        || memcmp(&b, &again, sizeof b) != 0)
        abort();
    return 0;
}
