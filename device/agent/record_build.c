/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/writer.h"
#include "device/agent/record.h"

#include <assert.h>

enum { VERSION_KEYS = 1, VERSION_ATTEST = 2 };

void record_build(const struct tpm_record *r, uint8_t out[RECORD_LEN])
{
    struct writer w = writer_over((struct room){out, RECORD_LEN});

    put_u8(&w, VERSION_KEYS);
    put_u8(&w, r->made ? 1 : 0);
    put(&w, BYTES_OF(r->keys.authorisation.b));
    for (int i = 0; i < TPM_ATTEST; i++)
        put(&w, BYTES_OF(r->keys.names[i].b));
    assert(writer_done(&w));
}

void attest_record_build(const struct attest_record *r, uint8_t out[ATTEST_RECORD_LEN])
{
    struct writer w = writer_over((struct room){out, ATTEST_RECORD_LEN});

    put_u8(&w, VERSION_ATTEST);
    put_u8(&w, r->made ? 1 : 0);
    put(&w, BYTES_OF(r->name.b));
    assert(writer_done(&w));
}
