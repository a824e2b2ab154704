/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/writer.h"
#include "device/agent/record.h"

#include <assert.h>

enum { VERSION = 1 };

void record_build(const struct tpm_record *r, uint8_t out[RECORD_LEN])
{
    struct writer w = writer_over((struct room){out, RECORD_LEN});

    put_u8(&w, VERSION);
    put_u8(&w, r->made ? 1 : 0);
    put(&w, BYTES_OF(r->keys.authorisation.b));
    for (int i = 0; i < TPM_KEYS; i++)
        put(&w, BYTES_OF(r->keys.names[i].b));
    assert(writer_done(&w));
}
