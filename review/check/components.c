/* SPDX-License-Identifier: Apache-2.0 */
#include "review/base/date.h"
#include "review/check/groups.h"

static bool built_in(const struct model *m, const struct item *i)
{
    return m->corpus->units[i->unit].kind == UNIT_COMPONENT;
}

static bool is_date_inside(struct bytes text)
{
    for (size_t at = 0; at + 10 <= text.len; at++)
        if (date_s(text_from(text, at)))
            return true;
    return false;
}

/* "2026-11-28: looked at …" in the row, a decision about it, or a file with a date. */
static bool reviewed(const struct model *m, uint32_t i)
{
    const struct item *c = &m->items[i];
    if (is_date_inside(item_field(c, "review"))
        || is_date_inside(item_field(c, "reviewed")))
        return true;
    for (uint32_t k = m->in[i]; k < m->in[i + 1]; k++) {
        const struct link *l = &m->links[m->in_links[k]];
        if (l->kind == LINK_ABOUT && m->items[l->from].at_s)
            return true;
    }
    return false;
}

static void check_row(struct judge *j, uint32_t i)
{
    const struct item *c = &j->m->items[i];
    struct bytes end = item_field(c, "support_ends");
    if (!end.len)
        end = item_field(c, "end of support");
    if (!reviewed(j->m, i))
        judge_item(j, RULE_SOUP_NO_REVIEW, i,
            TEXT("neither the row nor a decision has a date of review"));
    if (!item_field(c, "class").len)
        judge_item(j, RULE_SOUP_NO_CLASS, i, TEXT("no field class"));
    if (!end.len)
        judge_item(j, RULE_SOUP_NO_END, i, TEXT("no field support_ends"));
    else if (date_s(end) && j->rules->as_of_s && date_s(end) < j->rules->as_of_s)
        judge_item(j, RULE_SOUP_ENDED, i,
            arena_print(j->a, "ended %.*s", (int)end.len, (const char *)end.at));
}

struct registered {
    struct table *names; /* lower-case name and package -> item */
    uint32_t rows;
};

static void name_row(struct registered *r, struct bytes name, uint32_t item)
{
    if (name.len && table_get(r->names, name) == TABLE_NONE)
        table_put(r->names, name, item);
}

static void check_built(struct judge *j, const struct registered *r, uint32_t i)
{
    const struct item *c = &j->m->items[i];
    uint32_t row = table_get(r->names, c->title.len ? c->title : c->id);
    if (row == TABLE_NONE)
        row = table_get(r->names, item_field(c, "purl"));
    struct bytes version = item_field(c, "version");
    if (row == TABLE_NONE) {
        judge_item(j, RULE_SOUP_UNLISTED, i,
            arena_print(
                j->a, "version %.*s", (int)version.len, (const char *)version.at));
        return;
    }
    struct bytes known = item_field(&j->m->items[row], "version");
    if (known.len && version.len && !text_starts(version, known))
        judge_item(j, RULE_SOUP_VERSION, i,
            arena_print(j->a, "built in: %.*s; register: %.*s", (int)version.len,
                (const char *)version.at, (int)known.len, (const char *)known.at));
}

void check_components(struct judge *j)
{
    const struct model *m = j->m;
    struct registered r = {.names = table_new(j->a, 64)};
    for (uint32_t i = 0; i < m->item_count; i++) {
        const struct item *c = &m->items[i];
        if (c->kind != ITEM_COMPONENT || built_in(m, c))
            continue;
        r.rows++;
        check_row(j, i);
        name_row(&r, c->id, i);
        name_row(&r, c->title, i);
        for (uint16_t f = 0; f < c->field_count; f++)
            if (text_same_word(c->fields[f].name, TEXT("package"))
                || text_same_word(c->fields[f].name, TEXT("packages"))
                || text_same_word(c->fields[f].name, TEXT("purl")))
                name_row(&r, c->fields[f].value, i);
    }
    for (uint32_t i = 0; i < m->item_count && r.rows; i++)
        if (m->items[i].kind == ITEM_COMPONENT && built_in(m, &m->items[i]))
            check_built(j, &r, i);
}
