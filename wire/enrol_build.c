/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/enrol.h"

#include "core/base/writer.h"

#include <assert.h>

void enrol_head_build(const struct enrol_head *head, uint8_t out[ENROL_HEAD_LEN])
{
    struct writer w = writer_over((struct room){out, ENROL_HEAD_LEN});

    put_u8(&w, 1);
    put(&w, BYTES_OF(head->kid.device.b));
    put_u32(&w, head->kid.generation);
    put(&w, BYTES_OF(head->e.b));
    put(&w, BYTES_OF(head->tls_public));
    assert(writer_done(&w) && w.len == ENROL_HEAD_LEN);
}
