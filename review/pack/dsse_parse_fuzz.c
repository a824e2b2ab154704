/* SPDX-License-Identifier: Apache-2.0 */
/* What is read of an envelope is the same once more when it was written by us. */
#include "review/pack/dsse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool held)
{
    if (!held)
        __builtin_trap();
}

static bool same(const struct dsse *x, const struct dsse *y)
{
    bool same = text_same(x->type, y->type) && text_same(x->payload, y->payload)
        && x->signature_count == y->signature_count;
    for (uint32_t i = 0; same && i < x->signature_count; i++)
        same = text_same(x->signatures[i].key_id, y->signatures[i].key_id)
            && text_same(x->signatures[i].signature, y->signatures[i].signature);
    return same;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct bytes why = {0};
    struct dsse d, again;
    if (dsse_parse(a, (struct bytes){data, size}, &d, &why) == OK) {
        must(d.signature_count <= DSSE_SIGNATURES_MAX);
        must(dsse_parse(a, dsse_write(a, &d), &again, &why) == OK && same(&d, &again));
    } else {
        must(why.len && text_find(why, TEXT(": expected ")) < why.len);
    }
    arena_free(a);
    return 0;
}
