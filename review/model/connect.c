/* SPDX-License-Identifier: Apache-2.0 */
/* Second pass: which items are linked, by fields first, then by what is named in text. */
#include "review/model/build.h"

enum { ID_ROOM = 256 };

struct named {     /* where a name stands */
    uint32_t self; /* item that names, or ITEM_NONE */
    uint32_t unit, line;
};

static void add_link(struct build *b, struct named at, struct sense sense,
    uint32_t other, struct bytes target, const struct id_found *id)
{
    if (other == at.self && other != ITEM_NONE)
        return;
    struct link *l = list_add(&b->links);
    *l = (struct link){.kind = sense.kind,
        .from = at.self,
        .to = other,
        .unit = at.unit,
        .line = at.line,
        .target = target};
    if (other != ITEM_NONE && sense.turned) {
        l->from = other;
        l->to = at.self;
    }
    if (id && id->confirmed && other != ITEM_NONE) {
        l->confirmed = true;
        for (size_t i = 0; i < sizeof l->digest; i++)
            l->digest[i] = id->digest[i];
    }
}

static struct bytes below_path(struct build *b, struct bytes path, struct bytes name)
{
    return arena_print(b->a, "%.*s#%.*s", (int)path.len, (const char *)path.at,
        (int)name.len, (const char *)name.at);
}

/* A section of a design document that names something is a design output. */
static uint32_t section_item(struct build *b, uint32_t unit)
{
    const struct unit *u = &b->c->units[unit];
    uint32_t heading = u->kind == UNIT_HEADING ? unit : u->heading;
    if (heading == UNIT_NONE)
        return ITEM_NONE;
    if (b->item_of_unit[heading] != ITEM_NONE)
        return b->item_of_unit[heading];
    struct bytes path = b->c->docs[u->doc].path;
    bool design = path_has_word(path, "architecture") || path_has_word(path, "design")
        || path_has_word(path, "sad") || path_has_word(path, "sdd");
    for (uint32_t h = heading; h != UNIT_NONE && !design; h = b->c->units[h].heading)
        design = kind_of_words(b->c->units[h].text) == ITEM_DESIGN;
    if (!design)
        return ITEM_NONE;
    struct bytes title = b->c->units[heading].text;
    struct bytes id = below_path(b, path, title);
    uint32_t at = table_get(b->by_id, id);
    if (at
        != TABLE_NONE) { /* "Errors" of another part: by the headings above it, too */
        struct bytes above = unit_path(b->a, b->c, heading);
        id = below_path(b, path,
            arena_print(b->a, "%.*s > %.*s", (int)above.len, (const char *)above.at,
                (int)title.len, (const char *)title.at));
        at = table_get(b->by_id, id);
    }
    if (at == TABLE_NONE) {
        at = build_item(b, ITEM_DESIGN, id, heading);
        build_at(b, at)->title = title;
        build_at(b, at)->appendix = build_above(b, heading).appendix;
    }
    b->item_of_unit[heading] = at;
    return at;
}

/* A decision stays when what it decided about has been taken out. */
static bool may_name_what_is_gone(struct build *b, uint32_t self)
{
    return self != ITEM_NONE && build_at(b, self)->kind == ITEM_DECISION;
}

/* Identifiers in running text; the field, if any, says what they mean. */
static bool connect_ids(
    struct build *b, struct named at, struct bytes text, const struct bytes *field)
{
    struct id_found id;
    bool any = false;
    for (struct bytes rest = text; id_next(rest, &id); rest = id.rest) {
        uint32_t other = table_get(b->by_id, id.id);
        if (other == TABLE_NONE) {
            if (table_get(b->prefixes, id.prefix) == TABLE_NONE
                || may_name_what_is_gone(b, at.self))
                continue;
            any = true;
            add_link(b, at, (struct sense){LINK_REFERS, false}, ITEM_NONE, id.id, NULL);
            continue;
        }
        any = true;
        struct named from = at;
        if (from.self == ITEM_NONE)
            from.self = section_item(b, at.unit);
        if (from.self == ITEM_NONE)
            continue;
        enum item_kind self = (enum item_kind)build_at(b, from.self)->kind;
        struct sense sense;
        if (!field || !sense_of_field(self, *field, &sense))
            sense = sense_of_ends(self, (enum item_kind)build_at(b, other)->kind);
        add_link(b, from, sense, other, id.id, &id);
    }
    return any;
}

static bool without_blank(struct bytes t)
{
    return t.len && t.len <= ID_ROOM && text_find(t, TEXT(" ")) == t.len;
}

/* The folder or file of the tree that a design output is named by. */
static bool names_path(const struct build *b, struct bytes name)
{
    if (text_find(name, TEXT("/")) == name.len
        && text_find(name, TEXT(".")) == name.len)
        return false;
    for (uint32_t i = 0; i < b->c->doc_count; i++) {
        struct bytes path = b->c->docs[i].path;
        if (text_starts(path, name)
            && (path.len == name.len || path.at[name.len] == '/'))
            return true;
    }
    return false;
}

/* One path may be a part of the design and the place of its tests: core/journal is both. */
static uint32_t item_named(struct build *b, enum item_kind named, struct bytes value)
{
    uint32_t at = named == ITEM_CASE ? table_get(b->by_test, value) : TABLE_NONE;
    if (at == TABLE_NONE)
        at = table_get(b->by_id, value);
    if (at == TABLE_NONE)
        at = table_get(b->by_name, build_lower(b, value));
    if (at == TABLE_NONE)
        return at;
    uint8_t is = build_at(b, at)->kind;
    /* file::claim is what came out of a test, and the test that came out so. */
    bool other_side =
        (named == ITEM_CASE
            && (is == ITEM_DESIGN || is == ITEM_CODE || is == ITEM_RESULT))
        || (named == ITEM_DESIGN && is == ITEM_CASE);
    return other_side ? TABLE_NONE : at;
}

/* A value that holds no identifier: a name, a path, a test. */
static void connect_name(
    struct build *b, struct named at, struct bytes field, struct bytes value)
{
    struct sense sense;
    enum item_kind self = (enum item_kind)build_at(b, at.self)->kind;
    value = text_trim(value);
    if (!value.len || !sense_of_field(self, field, &sense))
        return;
    enum item_kind named = kind_of_field(field);
    uint32_t other = item_named(b, named, value);
    if (other == TABLE_NONE) {
        size_t comma = text_find(value, TEXT(","));
        if (comma < value.len) {
            connect_name(b, at, field, text_upto(value, comma));
            connect_name(b, at, field, text_from(value, comma + 1));
            return;
        }
        bool test = named == ITEM_CASE && self != ITEM_RESULT && without_blank(value);
        bool part = named == ITEM_DESIGN && names_path(b, value);
        if (test || part) {
            other = build_item(b, named, value, at.unit);
            build_at(b, other)->title = value;
            if (test)
                table_put(b->by_test, value, other);
        } else if (self != ITEM_DECISION
            && (named == ITEM_BOUNDARY
                || (without_blank(value) && sense.kind != LINK_RESULT
                    && self != ITEM_RESULT && named != ITEM_DESIGN))) {
            add_link(b, at, sense, ITEM_NONE, value, NULL);
            return;
        } else {
            return;
        }
    }
    add_link(b, at, sense, other, value, NULL);
}

/* The whole value is what an item is called, and identifiers in it mean nothing by themselves:
 * "CAM-01>upload" is one flow. */
static bool is_name_of_item(const struct build *b, struct bytes value)
{
    struct id_found id;
    return id_next(value, &id) && !id_whole(value, &id)
        && table_get(b->by_id, value) != TABLE_NONE;
}

static void connect_fields(
    struct build *b, struct named at, const struct field *f, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        at.line = f[i].line ? f[i].line : b->c->units[at.unit].line;
        struct bytes name = f[i].name;
        /* What a red test says may name anything; that makes it no result of it. */
        if (b->c->units[at.unit].kind == UNIT_RESULT
            && text_same_word(name, TEXT("message")))
            continue;
        if (text_ends(name, TEXT(".id")))
            name = text_upto(name, name.len - 3);
        if (text_same_word(name, TEXT("id")) && at.self != ITEM_NONE
            && text_same(f[i].value, build_at(b, at.self)->id))
            continue;
        if (at.self != ITEM_NONE && is_name_of_item(b, f[i].value))
            connect_name(b, at, name, f[i].value);
        else if (!connect_ids(b, at, f[i].value, &name) && at.self != ITEM_NONE)
            connect_name(b, at, name, f[i].value);
    }
}

/*
 * class::name, class, and the folders above it: requirements and controls may each name another
 * of them, so the result counts for every one.
 */
static void connect_result(struct build *b, uint32_t self, uint32_t unit)
{
    struct named at = {self, unit, b->c->units[unit].line};
    struct bytes name = build_at(b, self)->id;
    while (name.len) {
        uint32_t other = table_get(b->by_test, name);
        if (other == TABLE_NONE)
            other = table_get(b->by_id, name);
        if (other != TABLE_NONE && build_at(b, other)->kind == ITEM_CASE)
            add_link(b, at, (struct sense){LINK_RESULT, false}, other, name, NULL);
        size_t cut = name.len;
        while (cut > 0 && name.at[cut - 1] != '/' && name.at[cut - 1] != ':'
            && name.at[cut - 1] != '.')
            cut--;
        while (cut > 0
            && (name.at[cut - 1] == '/' || name.at[cut - 1] == ':'
                || name.at[cut - 1] == '.'))
            cut--;
        name = text_upto(name, cut);
    }
}

/* A person's record of a trial is a result of each item of that kind that its row names. */
static bool connect_record_to(struct build *b, struct named at, enum item_kind kind)
{
    const struct unit *u = &b->c->units[at.unit];
    bool any = false;
    for (uint32_t f = 0; f < u->field_count; f++) {
        const struct field *cell = &b->c->fields[u->field + f];
        struct id_found id;
        for (struct bytes rest = cell->value; id_next(rest, &id); rest = id.rest) {
            uint32_t other = table_get(b->by_id, id.id);
            if (other == TABLE_NONE || build_at(b, other)->kind != kind)
                continue;
            add_link(b, at, (struct sense){LINK_RESULT, false}, other, id.id, NULL);
            any = true;
        }
    }
    return any;
}

/* The case says which requirements it verifies; only a row without one names them itself. */
static void connect_record(struct build *b, uint32_t self, uint32_t unit)
{
    struct named at = {self, unit, b->c->units[unit].line};
    if (connect_record_to(b, at, ITEM_CASE))
        return;
    (void)connect_record_to(b, at, ITEM_REQUIREMENT);
    (void)connect_record_to(b, at, ITEM_CONTROL);
}

static uint32_t row_item(const struct build *b, const struct unit *u)
{
    struct id_found id;
    if (u->kind != UNIT_ROW || !u->field_count
        || !id_whole(b->c->fields[u->field].value, &id))
        return ITEM_NONE;
    uint32_t at = table_get(b->by_id, id.id);
    return at == TABLE_NONE ? ITEM_NONE : at;
}

static void connect_unit(struct build *b, uint32_t n)
{
    const struct unit *u = &b->c->units[n];
    struct named at = {b->item_of_unit[n], n, u->line};
    if (b->form[u->doc] || u->kind == UNIT_CODE
        || (u->kind == UNIT_TAG && at.self == ITEM_NONE))
        return; /* listings show, they do not say */
    if (u->kind == UNIT_ROW && !b->defines[n] && row_item(b, u) != ITEM_NONE)
        at.self =
            row_item(b, u); /* a line of a matrix: about the item in its first cell */
    if (u->field_count)
        connect_fields(b, at, &b->c->fields[u->field], u->field_count);
    else
        connect_ids(b, at, u->text, NULL);
}

void build_connect(struct build *b)
{
    uint32_t defined = (uint32_t)b->items.count;
    for (uint32_t n = 0; n < b->c->unit_count; n++)
        connect_unit(b, n);
    for (uint32_t i = 0; i < defined;
         i++) { /* labels below a heading, nested entries */
        const struct item *it = build_at(b, i);
        const struct unit *u = &b->c->units[it->unit];
        bool own = u->field_count && it->fields == &b->c->fields[u->field];
        if (it->field_count && !own)
            connect_fields(
                b, (struct named){i, it->unit, u->line}, it->fields, it->field_count);
    }
    for (uint32_t i = 0; i < defined; i++) {
        uint32_t unit = build_at(b, i)->unit;
        if (build_at(b, i)->kind != ITEM_RESULT)
            continue;
        if (b->c->units[unit].kind == UNIT_ROW)
            connect_record(b, i, unit);
        else
            connect_result(b, i, unit);
    }
}
