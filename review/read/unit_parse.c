/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/unit_parse.h"

#include "core/base/utf8.h"

struct taker {
    struct bytes left;
    bool short_of;
};

static struct bytes take_part(struct taker *t, size_t n)
{
    if (n > t->left.len) {
        t->short_of = true;
        n = 0;
    }
    struct bytes got = {t->left.at, n};
    t->left = text_from(t->left, n);
    return got;
}

static uint32_t take_le(struct taker *t, size_t n)
{
    struct bytes b = take_part(t, n);
    uint32_t value = 0;
    for (size_t i = b.len; i > 0; i--)
        value = value << 8 | b.at[i - 1];
    return value;
}

struct open_headings {
    uint32_t at[7]; /* the heading that is open on each level, or UNIT_NONE */
};

/* The heading above a unit; a heading closes its own level and all below. */
static uint32_t heading_over(
    struct open_headings *open, const struct unit *u, uint32_t number)
{
    uint32_t top = u->kind == UNIT_HEADING ? u->level : 7, above = UNIT_NONE;
    for (uint32_t level = 1; level < top; level++)
        if (open->at[level] != UNIT_NONE)
            above = open->at[level];
    if (u->kind == UNIT_HEADING) {
        open->at[u->level] = number;
        for (uint32_t level = u->level + 1u; level < 7; level++)
            open->at[level] = UNIT_NONE;
    }
    return above;
}

/* Rising, and within the text: who asks for a line walks them once. */
static enum status take_wraps(struct taker *t, struct unit *u, struct list *wraps)
{
    uint32_t before = 0;
    u->wrap = (uint32_t)wraps->count;
    for (uint32_t left = take_le(t, 4); left; left--) {
        struct wrap w = {.at = take_le(t, 4), .line = take_le(t, 4)};
        if (t->short_of || w.at < before || w.at > u->text.len) {
            wraps->count = u->wrap;
            return MALFORMED;
        }
        before = w.at;
        *(struct wrap *)list_add(wraps) = w;
        u->wrap_count++;
    }
    return t->short_of ? MALFORMED : OK;
}

static enum status take_unit(
    struct taker *t, uint32_t doc, struct gather *into, struct open_headings *open)
{
    struct unit u = {.doc = doc, .field = (uint32_t)into->fields.count};
    u.kind = (uint8_t)take_le(t, 1);
    u.level = (uint8_t)take_le(t, 1);
    u.line = take_le(t, 4);
    u.page = take_le(t, 4);
    u.text = take_part(t, take_le(t, 4));
    u.field_count = (uint16_t)take_le(t, 2);
    bool level_good = u.kind == UNIT_HEADING ? u.level >= 1 && u.level <= 6 : true;
    if (t->short_of || u.kind >= UNIT_KINDS || !level_good || !utf8_valid(u.text))
        return MALFORMED;
    for (uint32_t i = 0; i < u.field_count; i++) {
        struct field f = {.line = take_le(t, 4)};
        uint32_t name_len = take_le(t, 2), value_len = take_le(t, 4);
        f.name = take_part(t, name_len);
        f.value = take_part(t, value_len);
        if (t->short_of || !utf8_valid(f.name) || !utf8_valid(f.value)) {
            into->fields.count = u.field;
            return MALFORMED;
        }
        *(struct field *)list_add(&into->fields) = f;
    }
    if (take_wraps(t, &u, &into->wraps) != OK) {
        into->fields.count = u.field;
        return MALFORMED;
    }
    u.heading = heading_over(open, &u, (uint32_t)into->units.count);
    *(struct unit *)list_add(&into->units) = u;
    return OK;
}

static enum status take_note(struct taker *t, uint32_t doc, struct gather *into)
{
    struct note n = {.doc = doc};
    n.kind = (uint8_t)take_le(t, 1);
    n.line = take_le(t, 4);
    n.page = take_le(t, 4);
    n.detail = take_part(t, take_le(t, 2));
    if (t->short_of || n.kind >= NOTE_KINDS || !utf8_valid(n.detail))
        return MALFORMED;
    *(struct note *)list_add(&into->notes) = n;
    return OK;
}

enum status units_parse(
    struct bytes written, uint32_t doc, uint8_t *format, struct gather *into)
{
    struct taker t = {.left = written};
    struct open_headings open = {
        {UNIT_NONE, UNIT_NONE, UNIT_NONE, UNIT_NONE, UNIT_NONE, UNIT_NONE, UNIT_NONE}};

    for (;;) {
        switch (take_le(&t, 1)) {
        case 'U': TRY(take_unit(&t, doc, into, &open)); break;
        case 'N': TRY(take_note(&t, doc, into)); break;
        case 'F': {
            uint32_t f = take_le(&t, 1);
            if (t.short_of || f >= FORMATS)
                return MALFORMED;
            *format = (uint8_t)f;
            break;
        }
        case 'E': return t.short_of || t.left.len ? MALFORMED : OK;
        default: return MALFORMED;
        }
    }
}

void gather_free(struct gather *g)
{
    list_free(&g->units);
    list_free(&g->fields);
    list_free(&g->notes);
    list_free(&g->wraps);
}
