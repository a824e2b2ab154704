/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever is accepted names only phrases that are there, and no threshold upside down. */
#include "review/catalogue/rubric.h"
#include "tests/support/fyaml_leak.h"

static void set_holds(const struct rubric *r, struct phrase_set s)
{
    for (uint32_t i = 0; i < s.count; i++)
        if (s.at[i] >= r->phrase_count || (i && s.at[i] <= s.at[i - 1]))
            __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct rubric r;
    struct bytes error = {0};
    enum status s =
        rubric_parse(a, TEXT("rubric"), (struct bytes){data, size}, &r, &error);
    if (s != OK && !error.len)
        __builtin_trap();
    for (uint32_t i = 0; s == OK && i < r.constraint_count; i++) {
        const struct rubric_constraint *c = &r.constraints[i];
        if (!c->facet_count || !c->id.len || c->partial.score > c->met.score)
            __builtin_trap();
        for (uint8_t k = 0; k < c->facet_count; k++) {
            set_holds(&r, c->facets[k].any);
            set_holds(&r, c->facets[k].with);
            set_holds(&r, c->facets[k].none);
        }
    }
    arena_free(a);
    return 0;
}
