/* SPDX-License-Identifier: Apache-2.0 */
/* What comes out of the cage without a complaint is a row that says what the file says. */
#include "review/read/readers.h"
#include "review/read/see.h"
#include "review/read/structure.h"
#include "tests/support/fyaml_leak.h"

static void same(const struct flat *x, uint32_t a, const struct flat *y, uint32_t b)
{
    if (flat_kind(x, a) != flat_kind(y, b)
        || !text_same(flat_text(x, a), flat_text(y, b)))
        __builtin_trap();
    uint32_t m = flat_first(x, a), n = flat_first(y, b);
    for (; m && n; m = flat_after(x, a, m), n = flat_after(y, b, n)) {
        if (!text_same(flat_key_of(x, m), flat_key_of(y, n)))
            __builtin_trap();
        same(x, m, y, n);
    }
    if (m || n)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes text = {data, size}, error = {0};
    struct arena *a = arena_new();
    struct seen s = see_read(read_structure, text);
    struct bytes json = structure_of(a, &s.corpus, 0, TEXT("document"), &error);
    if (!error.len) {
        struct flat *before = structure_open(a, TEXT("f"), text, &error);
        struct flat *after =
            json.len ? structure_open(a, TEXT("f"), json, &error) : before;
        if (!before || !after)
            __builtin_trap();
        if (json.len)
            same(before, flat_first(before, 0), after, flat_first(after, 0));
        flat_free(before);
        if (after != before)
            flat_free(after);
    }
    see_end(&s);
    arena_free(a);
    return 0;
}
