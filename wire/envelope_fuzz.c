/* SPDX-License-Identifier: Apache-2.0 */
#include "core/port/crypto.h"
#include "wire/envelope.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool within(struct bytes part, const uint8_t *data, size_t size)
{
    return part.at >= data && part.len <= size
        && (size_t)(part.at - data) <= size - part.len;
}

/* Whatever was let in has the one layout: its head, built again, is the same bytes. */
static bool one_layout(enum envelope_kind kind, const uint8_t *data, size_t size)
{
    uint8_t head[128], aad[ENC_STRUCTURE_MAX];
    struct envelope e;
    struct bytes p;
    size_t len, aad_len;

    if (envelope_parse(kind, (struct bytes){data, size}, &e) != OK)
        return true;
    return size <= LIMIT_ENVELOPE && e.kid.generation > 0 && e.sealed.len > TAG_LEN
        && within(e.protected_, data, size) && within(e.sealed, data, size)
        && envelope_head_build(
               kind, &e.kid, &e.iv, &e.epoch, e.sealed.len, ROOM_OF(head), &len, &p)
        == OK
        && len + e.sealed.len == size && memcmp(head, data, len) == 0
        && e.sealed.at == data + len
        && enc_structure_build(kind, e.protected_, ROOM_OF(aad), &aad_len) == OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!one_layout(ENVELOPE_BATCH, data, size)
        || !one_layout(ENVELOPE_ANSWER, data, size))
        abort();
    return 0;
}
