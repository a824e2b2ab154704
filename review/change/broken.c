/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Broken: what is wrong after the change and was not before. A finding that has another id
 * because its subject was reworded is the same finding; one that a decision accepted before,
 * and accepts no more, is a new one. What is accepted on both sides is not of this change.
 */
#include "review/change/gate.h"

static struct bytes about(struct arena *a, const struct finding *f)
{
    return arena_print(
        a, "%u %.*s", f->rule, (int)f->subject.len, (const char *)f->subject.at);
}

enum { IS_OPEN = 1, IS_ACCEPTED };

static struct table *states_of(struct arena *a, const struct findings *f)
{
    struct table *t = table_new(a, f->count);
    for (size_t i = 0; i < f->count; i++)
        table_put(t, text_of(f->at[i].id), f->at[i].accepted ? IS_ACCEPTED : IS_OPEN);
    return t;
}

void gate_new_only(struct arena *a, const struct findings *before,
    const struct findings *after, struct list *out)
{
    const struct finding *now = after->at;
    struct table *is = states_of(a, after), *was = states_of(a, before);
    struct table *spare =
        table_new(a, before->count); /* reworded: of a rule and subject */
    for (uint32_t i = 0; i < before->count; i++) {
        const struct finding *f = &before->at[i];
        if (f->accepted)
            continue;
        if (table_get(is, text_of(f->id)) != TABLE_NONE)
            continue;
        struct bytes key = about(a, f);
        uint32_t n = table_get(spare, key);
        table_put(spare, key, n == TABLE_NONE ? 1 : n + 1);
    }
    for (uint32_t i = 0; i < after->count; i++) {
        uint32_t before_it = table_get(was, text_of(now[i].id));
        if (before_it == IS_OPEN || (before_it == IS_ACCEPTED && now[i].accepted))
            continue;
        struct bytes key = about(a, &now[i]);
        uint32_t n = table_get(spare, key);
        if (n != TABLE_NONE && n > 0)
            table_put(spare, key, n - 1);
        else
            *(struct finding *)list_add(out) = now[i];
    }
}
