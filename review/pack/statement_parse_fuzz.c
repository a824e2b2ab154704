/* SPDX-License-Identifier: Apache-2.0 */
/* A statement that is accepted has one spelling, and its parts come through a child unchanged. */
#include "review/pack/pack.h"
#include "review/pack/said.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool held)
{
    if (!held)
        __builtin_trap();
}

static void look(struct arena *a, const struct statement *s, struct bytes text)
{
    struct pack_said said = {.statement = *s}, heard;
    struct growing g = {0};
    said_write(&said, &g);
    must(said_parse(a, growing_bytes(&g), &heard) == OK);
    must(statement_sorted(&heard.statement)
        && text_same(statement_write(a, &heard.statement), text));
    for (uint32_t i = 0; i < s->subject_count; i++)
        must(!pack_name_fault(s->subjects[i].name));
    growing_free(&g);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct bytes text = {data, size}, why = {0};
    struct statement s;
    if (statement_parse(a, text, &s, &why) == OK)
        look(a, &s, text);
    else
        must(why.len && text_find(why, TEXT(": expected ")) < why.len);
    arena_free(a);
    return 0;
}
