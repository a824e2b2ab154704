/* SPDX-License-Identifier: Apache-2.0 */
/* What is accepted is written by its lines again, byte for byte. */
#include "review/model/ages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes text = {data, size};
    struct list ages;
    if (ages_parse(text, &ages) != OK)
        return 0;
    struct arena *a = arena_new();
    struct model m = {.items = arena_take(a, ages.count * sizeof *m.items),
        .item_count = (uint32_t)ages.count};
    for (uint32_t i = 0; i < m.item_count; i++) {
        const struct age *from = LIST_AT(&ages, struct age, i);
        m.items[i] =
            (struct item){.id = from->id, .since_s = from->since_s, .dated = true};
    }
    bool same = text_same(ages_write(a, &m), text);
    list_free(&ages);
    arena_free(a);
    if (!same)
        __builtin_trap();
    return 0;
}
