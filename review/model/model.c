/* SPDX-License-Identifier: Apache-2.0 */
/* What a model can be asked. How it is made: define.c (items), connect.c (links), build.c. */
#include "review/model/model.h"
#include "review/model/kinds.h"

uint32_t model_find(const struct model *m, struct bytes id)
{
    return table_get(m->by_id, id);
}

bool item_has_in(const struct model *m, uint32_t item, enum link_kind kind)
{
    for (uint32_t k = m->in[item]; k < m->in[item + 1]; k++)
        if (m->links[m->in_links[k]].kind == kind)
            return true;
    return false;
}

/* "SEC-001, tests/away": no sentence, and not the name of a boundary. */
static bool names_only(struct bytes value)
{
    struct bytes part;
    while (text_next_part(&value, &part))
        if (text_find(part, TEXT(" ")) < part.len)
            return false;
    return true;
}

/* The next field from `f` on that says something of its own. */
static uint16_t own_field(const struct item *i, uint16_t f)
{
    struct sense sense;
    while (f < i->field_count
        && sense_of_field((enum item_kind)i->kind, i->fields[f].name, &sense)
        && names_only(i->fields[f].value))
        f++;
    return f;
}

bool item_same_text(const struct item *a, const struct item *b)
{
    uint16_t x = own_field(a, 0), y = own_field(b, 0);
    for (; x < a->field_count && y < b->field_count;
         x = own_field(a, (uint16_t)(x + 1)), y = own_field(b, (uint16_t)(y + 1)))
        if (!text_same(a->fields[x].name, b->fields[y].name)
            || !text_same(a->fields[x].value, b->fields[y].value))
            return false;
    return x == a->field_count && y == b->field_count && text_same(a->title, b->title)
        && text_same(a->text, b->text);
}

struct bytes item_field(const struct item *i, const char *name)
{
    struct bytes wanted = text_of(name);
    for (uint32_t f = 0; f < i->field_count; f++)
        if (text_same_word(i->fields[f].name, wanted))
            return i->fields[f].value;
    return (struct bytes){0};
}

const struct document *item_document(const struct model *m, const struct item *i)
{
    return &m->corpus->docs[m->corpus->units[i->unit].doc];
}

struct bytes place_text(
    struct arena *a, struct bytes path, uint32_t line, uint32_t page)
{
    if (line)
        return arena_print(a, "%.*s:%u", (int)path.len, (const char *)path.at, line);
    if (page)
        return arena_print(
            a, "%.*s, page %u", (int)path.len, (const char *)path.at, page);
    return path;
}

struct bytes unit_place(struct arena *a, const struct corpus *c, uint32_t unit)
{
    const struct unit *u = &c->units[unit];
    return place_text(a, c->docs[u->doc].path, u->line, u->page);
}

struct bytes item_place(struct arena *a, const struct model *m, const struct item *i)
{
    return unit_place(a, m->corpus, i->unit);
}

struct bytes unit_path(struct arena *a, const struct corpus *c, uint32_t unit)
{
    struct bytes path = {0};
    for (uint32_t h = c->units[unit].heading; h != UNIT_NONE; h = c->units[h].heading) {
        struct bytes t = c->units[h].text;
        if (path.len)
            path = arena_print(a, "%.*s > %.*s", (int)t.len, (const char *)t.at,
                (int)path.len, (const char *)path.at);
        else
            path = t;
    }
    return path;
}

const char *item_kind_name(enum item_kind k)
{
    static const char *const names[ITEM_KINDS] = {"requirement", "design output",
        "trust boundary", "data flow", "threat", "hazardous situation",
        "verification case", "result", "component", "credential", "control", "decision",
        "code"};
    return names[k];
}

const char *link_kind_name(enum link_kind k)
{
    static const char *const names[LINK_KINDS] = {"refers to", "is child of",
        "satisfies", "verifies", "is result of", "mitigates", "leads to", "crosses",
        "uses", "is about"};
    return names[k];
}

const char *outcome_name(enum outcome o)
{
    static const char *const names[] = {
        "no result", "passed", "failed", "skipped", "manual"};
    return names[o];
}
