/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever the file: refused with one printable line and nothing taken, or every reference of
 * what was taken resolves and every text is one printable line. */
#include "core/base/utf8.h"
#include "review/catalogue/catalogue.h"
#include "tests/support/fyaml_leak.h"

static void sound(struct bytes text)
{
    if (!utf8_printable(text))
        __builtin_trap();
}

static void whole(const struct clause *k)
{
    uint64_t all = k->constraint_count == 64 ? UINT64_MAX
                                             : (UINT64_C(1) << k->constraint_count) - 1;
    sound(k->title);
    sound(k->summary);
    for (uint32_t i = 0; i < k->constraint_count; i++) {
        const struct constraint *m = &k->constraints[i];
        sound(m->text);
        if ((k->practice_count < 32 && m->practices >> k->practice_count)
            || (m->group != CATALOGUE_NONE && m->group >= k->group_count)
            || constraint_find(k, m->id) != i || m->origin > ORIGIN_ADDED)
            __builtin_trap();
    }
    for (uint32_t i = 0; i < k->question_count; i++)
        if (k->questions[i].constraints & ~all)
            __builtin_trap();
    for (uint32_t i = 0; i < k->gap_count; i++)
        if (k->gaps[i].when & ~all || k->gaps[i].severity > GAP_CRITICAL)
            __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct catalogue c = catalogue_new();
    struct bytes error = {0};
    enum status s =
        catalogue_parse(a, TEXT("f"), (struct bytes){data, size}, &c, &error);
    if ((s == OK) != (error.len == 0) || (s == OK) != (c.files.count == 1))
        __builtin_trap();
    if (s != OK && (clause_count(&c) || c.sources.count))
        __builtin_trap();
    sound(error);
    for (uint32_t i = 0; i < clause_count(&c); i++)
        whole(clause_at(&c, i));
    catalogue_free(&c);
    arena_free(a);
    return 0;
}
