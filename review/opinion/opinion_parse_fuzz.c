/* SPDX-License-Identifier: Apache-2.0 */
/* What is taken for opinions can be shown: words that we know, quotes where they belong. */
#include "review/opinion/opinion.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool held)
{
    if (!held)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct opinions all = {0};
    const char *why = NULL;
    if (opinion_parse(a, (struct bytes){data, size}, &all, &why) == OK) {
        must(all.count <= OPINION_COUNT_MAX);
        must(opinion_shows(all.model, 1, OPINION_NAME_MAX));
        for (uint32_t i = 0; i < all.count; i++) {
            const struct opinion *o = &all.at[i];
            must(o->word < OPINION_WORDS && opinion_fits(o));
            must(opinion_find(&all, o->constraint) == o);
            for (uint32_t k = 0; k < o->quote_count; k++)
                must(opinion_shows(o->quotes[k], OPINION_QUOTE_MIN, OPINION_QUOTE_MAX));
        }
    } else {
        must(why != NULL && all.count == 0);
    }
    arena_free(a);
    return 0;
}
