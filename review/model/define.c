/* SPDX-License-Identifier: Apache-2.0 */
/* First pass: which units define an item. */
#include "review/base/date.h"
#include "review/model/build.h"

#include <string.h>

enum { RANK_NONE, RANK_SENTENCE, RANK_HEADING, RANK_ROW, RANK_ENTRY };
enum { SECTION_TEXT_MAX = 4096, LABEL_MAX = 40, HEADING_FRONT_MAX = 16 };

struct candidate {
    uint8_t rank, kind;
    bool security;
    uint32_t unit,
        scope_end; /* scope_end: first unit that is no longer below its heading */
    uint32_t item;
    struct bytes id, title, text;
    struct field *fields;
    uint16_t field_count;
};

struct define {
    struct build *b;
    struct list found;   /* struct candidate */
    struct list labels;  /* struct field: of the section that is open */
    struct table *ranks; /* id -> best rank */
    uint32_t open;       /* candidate whose section is open, or ITEM_NONE */
    uint8_t open_level;
};

static struct candidate *found_at(struct define *d, uint32_t i)
{
    return LIST_AT(&d->found, struct candidate, i);
}

/* What the headings above and the file's name say. */
static enum item_kind kind_around(const struct build *b, uint32_t unit)
{
    const struct unit *u = &b->c->units[unit];
    for (uint32_t h = u->heading; h != UNIT_NONE; h = b->c->units[h].heading) {
        enum item_kind k = kind_of_words(b->c->units[h].text);
        if (k != ITEM_KINDS)
            return k;
    }
    struct bytes path = b->c->docs[u->doc].path;
    for (size_t i = path.len; i > 0; i--)
        if (path.at[i - 1] == '/') {
            path = text_from(path, i);
            break;
        }
    return kind_of_words(path);
}

static bool says_shall(struct bytes text)
{
    return text_find_word(text, TEXT(" shall ")) < text.len
        || text_find_word(text, TEXT(" must ")) < text.len;
}

/* Prefix, then surroundings, then wording. */
static enum item_kind kind_of_id(const struct build *b, struct bytes prefix,
    uint32_t unit, struct bytes text, bool *security)
{
    enum item_kind k = kind_of_prefix(b->rules, prefix, security);
    if (k == ITEM_KINDS && !word_is_standard(prefix))
        k = kind_around(b, unit);
    if (k == ITEM_KINDS && !word_is_standard(prefix) && says_shall(text))
        k = ITEM_REQUIREMENT;
    return k;
}

static struct candidate *add(struct define *d, uint8_t rank, enum item_kind kind,
    bool security, struct bytes id, uint32_t unit)
{
    struct candidate *c = list_add(&d->found);
    *c = (struct candidate){.rank = rank,
        .kind = (uint8_t)kind,
        .security = security,
        .id = id,
        .unit = unit};
    uint32_t *best = table_at(d->ranks, id);
    if (*best == TABLE_NONE || *best < rank)
        *best = rank;
    return c;
}

static struct bytes field_value(
    const struct field *f, uint16_t count, bool (*is)(struct bytes))
{
    for (uint16_t i = 0; i < count; i++)
        if (is(f[i].name) && f[i].value.len)
            return f[i].value;
    return (struct bytes){0};
}

static struct bytes named_value(
    const struct field *f, uint16_t count, struct bytes name)
{
    for (uint16_t i = 0; i < count; i++)
        if (text_same_word(f[i].name, name))
            return f[i].value;
    return (struct bytes){0};
}

/* A column whose cell is more than an identifier: the row says something of its own. */
static bool row_has_text(const struct field *f, uint16_t count)
{
    for (uint16_t i = 0; i < count; i++) {
        struct id_found id;
        if (field_is_text(f[i].name) && f[i].value.len && !id_whole(f[i].value, &id))
            return true;
    }
    return false;
}

static void take_text(struct candidate *c, const struct field *f, uint16_t count)
{
    c->text = named_value(f, count, TEXT("text"));
    struct id_found id;
    for (uint16_t i = 0; i < count && !c->text.len; i++)
        if (field_is_text(f[i].name) && !field_is_title(f[i].name)
            && !id_whole(f[i].value, &id))
            c->text = f[i].value;
    c->title = field_value(f, count, field_is_title);
    if (!c->text.len)
        c->text = c->title;
}

/* verify: {id: VER-001, how: …} inside an entry: an item of its own with the fields below it. */
static void define_nested(struct define *d, uint32_t unit)
{
    const struct unit *u = &d->b->c->units[unit];
    const struct field *f = &d->b->c->fields[u->field];
    for (uint16_t i = 0; i < u->field_count; i++) {
        struct id_found id;
        if (!text_ends(f[i].name, TEXT(".id")) || !id_whole(f[i].value, &id))
            continue;
        struct bytes front = text_upto(f[i].name, f[i].name.len - 2); /* with the dot */
        bool security;
        enum item_kind k = kind_of_prefix(d->b->rules, id.prefix, &security);
        if (k == ITEM_KINDS)
            k = kind_of_field(text_upto(front, front.len - 1));
        if (k == ITEM_KINDS)
            continue;
        struct candidate *c = add(d, RANK_ENTRY, k, security, id.id, unit);
        c->fields = arena_take(d->b->a, u->field_count * sizeof *c->fields);
        for (uint16_t j = 0; j < u->field_count; j++)
            if (text_starts(f[j].name, front)) {
                c->fields[c->field_count] = f[j];
                c->fields[c->field_count++].name = text_from(f[j].name, front.len);
            }
        take_text(c, c->fields, c->field_count);
        if (!c->text.len)
            c->text = named_value(c->fields, c->field_count, TEXT("how"));
    }
}

static bool named_kind(enum item_kind k)
{
    return k == ITEM_COMPONENT || k == ITEM_CREDENTIAL || k == ITEM_BOUNDARY
        || k == ITEM_FLOW || k == ITEM_DECISION || k == ITEM_CONTROL
        || k == ITEM_DESIGN;
}

/*
 * A review record, as front matter or in a list: it names a component and the version that
 * was looked at. Its id is what it is about, so that it may move from file to file.
 */
static struct bytes record_name(struct define *d, const struct unit *u)
{
    const struct corpus *c = d->b->c;
    struct bytes component = unit_field(c, u, "component"), to = unit_field(c, u, "to");
    bool judged = unit_field(c, u, "reviewer").len || unit_field(c, u, "decision").len;
    if (!to.len)
        to = unit_field(c, u, "version");
    if (!component.len || !judged)
        return (struct bytes){0};
    return arena_print(d->b->a, "review of %.*s %.*s", (int)component.len,
        (const char *)component.at, (int)to.len, (const char *)to.at);
}

static bool short_word(struct bytes t)
{
    return t.len > 0 && t.len <= 64 && text_find(t, TEXT(" ")) == t.len;
}

/* What its format says it is, whatever its id looks like and its file is called. */
static enum item_kind kind_said(const struct unit *u, const struct corpus *c)
{
    for (uint32_t i = 0; i < u->field_count; i++) {
        const struct field *f = &c->fields[u->field + i];
        enum item_kind k =
            text_same(f->name, TEXT("is")) ? kind_of_words(f->value) : ITEM_KINDS;
        if (k != ITEM_KINDS)
            return k;
    }
    return ITEM_KINDS;
}

static void define_entry(struct define *d, uint32_t unit)
{
    const struct unit *u = &d->b->c->units[unit];
    struct field *f = &d->b->c->fields[u->field];
    bool entry = u->kind == UNIT_ENTRY, security = false;
    struct id_found id = {0};
    uint16_t at = 0;
    bool own = entry && unit_field(d->b->c, u, "id").len; /* then no other is its id */
    while (at < u->field_count
        && !((own ? text_same_word(f[at].name, TEXT("id")) : field_is_id(f[at].name))
            && id_whole(f[at].value, &id)))
        at++;
    if (at == u->field_count) {
        at = 0;
        id = (struct id_found){0};
        if (!entry && u->field_count && !id_whole(f[0].value, &id))
            id = (struct id_found){0};
    }
    enum item_kind said = entry ? kind_said(u, d->b->c) : ITEM_KINDS, kind = said;
    struct bytes name = id.id;
    if (id.id.len) {
        kind = kind_of_id(d->b, id.prefix, unit, u->text, &security);
        kind = said == ITEM_KINDS ? kind : said;
    } else if (entry) {
        kind = said == ITEM_KINDS ? kind_around(d->b, unit) : said;
        name = own ? unit_field(d->b->c, u, "id")
                   : field_value(f, u->field_count, field_is_id);
        if (!short_word(name))
            name = named_kind(kind) ? field_value(f, u->field_count, field_is_title)
                                    : (struct bytes){0};
        if (!named_kind(kind) && kind != ITEM_REQUIREMENT && kind != ITEM_THREAT)
            name = (struct bytes){0};
    }
    struct bytes record = record_name(d, u);
    if (record.len) {
        kind = ITEM_DECISION;
        name = id.id.len ? id.id : record;
    }
    if (kind != ITEM_KINDS && name.len
        && (entry || record.len || row_has_text(f, u->field_count))) {
        struct candidate *c =
            add(d, entry ? RANK_ENTRY : RANK_ROW, kind, security, name, unit);
        c->fields = f;
        c->field_count = u->field_count;
        take_text(c, f, u->field_count);
    }
    if (entry)
        define_nested(d, unit);
}

/* Identifier at the front of a sentence or heading, after numbering and brackets. */
static bool front_id(struct bytes text, size_t front_max, struct id_found *id)
{
    if (!id_next(text, id))
        return false;
    size_t front = (size_t)(id->id.at - text.at);
    if (front > front_max)
        return false;
    for (size_t i = 0; i < front; i++)
        if ((text.at[i] >= 'a' && text.at[i] <= 'z') || text.at[i] >= 0x80
            || (text.at[i] >= 'A' && text.at[i] <= 'Z'))
            return false;
    return true;
}

static struct bytes after_id(struct bytes rest)
{
    while (rest.len && memchr(" :.)]*`-|,", rest.at[0], 10))
        rest = text_from(rest, 1);
    if (text_starts(rest, TEXT("\xE2\x80\x93"))
        || text_starts(rest, TEXT("\xE2\x80\x94")))
        rest = text_from(rest, 3);
    return text_trim(rest);
}

static void close_section(struct define *d, uint32_t unit)
{
    if (d->open == ITEM_NONE)
        return;
    struct candidate *c = found_at(d, d->open);
    c->scope_end = unit;
    c->field_count = (uint16_t)d->labels.count;
    c->fields = arena_take(d->b->a, d->labels.count * sizeof(struct field));
    if (d->labels.count)
        memcpy(c->fields, d->labels.at, d->labels.count * sizeof(struct field));
    d->labels.count = 0;
    d->open = ITEM_NONE;
}

static void define_heading(struct define *d, uint32_t unit)
{
    const struct unit *u = &d->b->c->units[unit];
    if (d->open != ITEM_NONE && u->level <= d->open_level)
        close_section(d, unit);
    struct id_found id;
    if (!front_id(u->text, HEADING_FRONT_MAX, &id))
        return;
    bool security;
    enum item_kind kind = kind_of_id(d->b, id.prefix, unit, u->text, &security);
    if (kind == ITEM_KINDS)
        return;
    close_section(d, unit);
    struct candidate *c = add(d, RANK_HEADING, kind, security, id.id, unit);
    c->title = after_id(id.rest);
    d->open = (uint32_t)d->found.count - 1;
    d->open_level = u->level;
}

/* "Verified by: VER-001" below an item's heading is a field of the item. */
static bool take_label(struct define *d, const struct unit *u)
{
    size_t colon = text_find(u->text, TEXT(":"));
    struct sense sense;
    struct bytes name = text_trim(text_upto(u->text, colon));
    if (colon == u->text.len || name.len > LABEL_MAX || d->labels.count >= UINT16_MAX)
        return false;
    bool known =
        sense_of_field((enum item_kind)found_at(d, d->open)->kind, name, &sense)
        || text_same_word(name, TEXT("principle"))
        || text_same_word(name, TEXT("principles"))
        || text_same_word(name, TEXT("rationale"))
        || text_same_word(name, TEXT("status")) || text_same_word(name, TEXT("type"));
    if (!known)
        return false;
    *(struct field *)list_add(&d->labels) =
        (struct field){name, text_trim(text_from(u->text, colon + 1)), u->line};
    return true;
}

static void define_sentence(struct define *d, uint32_t unit)
{
    const struct unit *u = &d->b->c->units[unit];
    struct id_found id;
    if (u->kind != UNIT_QUOTE && front_id(u->text, 2, &id)) {
        struct bytes text = after_id(id.rest);
        bool sign = id.rest.len && memchr(":.)]-", id.rest.at[0], 5);
        bool dash = text_starts(id.rest, TEXT(" \xE2\x80"))
            || text_starts(id.rest, TEXT(" - "));
        bool security;
        enum item_kind kind = kind_of_id(d->b, id.prefix, unit, text, &security);
        if (kind != ITEM_KINDS && text.len && (sign || dash || says_shall(text))) {
            if (d->open != ITEM_NONE && u->kind == UNIT_PARAGRAPH)
                close_section(d, unit);
            struct candidate *c = add(d, RANK_SENTENCE, kind, security, id.id, unit);
            c->text = text;
            return;
        }
    }
    if (d->open == ITEM_NONE || take_label(d, u))
        return;
    struct candidate *c = found_at(d, d->open);
    if (!c->text.len)
        c->text = u->text;
    else if (c->text.len + u->text.len < SECTION_TEXT_MAX)
        c->text = arena_print(d->b->a, "%.*s %.*s", (int)c->text.len,
            (const char *)c->text.at, (int)u->text.len, (const char *)u->text.at);
}

static enum outcome outcome_of(struct bytes status)
{
    if (text_same_word(status, TEXT("passed")))
        return OUTCOME_PASSED;
    if (text_same_word(status, TEXT("skipped")))
        return OUTCOME_SKIPPED;
    return OUTCOME_FAILED;
}

static bool is_true(struct bytes v)
{
    return text_same_word(v, TEXT("true")) || text_same_word(v, TEXT("yes"));
}

/* A requirement's row or paragraph with "pass" in a result column: a person's record. */
static void define_manual_result(struct build *b, uint32_t unit)
{
    const struct unit *u = &b->c->units[unit];
    const struct field *f = &b->c->fields[u->field];
    for (uint16_t i = 0; i < u->field_count; i++) {
        if (!text_same_word(f[i].name, TEXT("result"))
            && !text_same_word(f[i].name, TEXT("outcome"))
            && !text_same_word(f[i].name, TEXT("verdict")))
            continue;
        struct bytes v = text_trim(f[i].value);
        bool passed = text_starts(build_lower(b, v), TEXT("pass"))
            || text_same_word(v, TEXT("ok"));
        bool failed = text_starts(build_lower(b, v), TEXT("fail"));
        bool skipped = text_starts(build_lower(b, v), TEXT("skip"));
        if (!passed && !failed && !skipped)
            continue;
        struct bytes path = b->c->docs[u->doc].path;
        uint32_t at = build_item(b, ITEM_RESULT,
            arena_print(b->a, "%.*s:%u", (int)path.len, (const char *)path.at,
                u->line ? u->line : unit),
            unit);
        struct item *r = build_at(b, at);
        r->outcome = passed ? OUTCOME_MANUAL
            : failed        ? OUTCOME_FAILED
                            : OUTCOME_SKIPPED;
        r->fields = f;
        r->field_count = u->field_count;
        r->text = u->text;
        for (uint16_t j = 0; j < u->field_count && !r->at_s; j++)
            if (text_find_word(f[j].name, TEXT("date")) < f[j].name.len)
                r->at_s = date_s(f[j].value);
        return;
    }
}

/* A comment that only looks as if it named something makes no file an item. */
static bool names_something(const struct build *b, const struct unit *u)
{
    for (uint16_t i = 0; i < u->field_count; i++) {
        const struct field *f = &b->c->fields[u->field + i];
        struct id_found id;
        if (text_same_word(f->name, TEXT("id")) && id_whole(f->value, &id)
            && table_get(b->prefixes, id.prefix) != TABLE_NONE)
            return true;
    }
    return false;
}

static void item_from_unit(struct build *b, uint32_t unit)
{
    const struct unit *u = &b->c->units[unit];
    const struct corpus *c = b->c;
    struct bytes path = c->docs[u->doc].path;
    uint32_t at;
    if (u->kind == UNIT_RESULT) {
        struct bytes class = unit_field(c, u, "class"), name = unit_field(c, u, "name");
        at = build_item(b, ITEM_RESULT,
            class.len ? arena_print(b->a, "%.*s::%.*s", (int)class.len,
                (const char *)class.at, (int)name.len, (const char *)name.at)
                      : name,
            unit);
        build_at(b, at)->outcome = (uint8_t)outcome_of(unit_field(c, u, "status"));
        build_at(b, at)->at_s = date_s(unit_field(c, u, "at"));
    } else if (u->kind == UNIT_COMPONENT) {
        struct bytes purl = unit_field(c, u, "purl"), name = unit_field(c, u, "name");
        at = build_item(b, ITEM_COMPONENT, name.len ? name : purl, unit);
        struct bytes ref = unit_field(c, u, "ref");
        if (ref.len && table_get(b->by_id, ref) == TABLE_NONE)
            table_put(b->by_id, ref, at);
    } else if (u->kind == UNIT_TAG && !unit_field(c, u, "secret").len
        && names_something(b, u)) {
        at = table_get(b->by_id, path);
        if (at == TABLE_NONE)
            at = build_item(
                b, path_has_word(path, "test") ? ITEM_CASE : ITEM_CODE, path, unit);
        b->item_of_unit[unit] = at;
        return;
    } else {
        return;
    }
    build_at(b, at)->fields = &c->fields[u->field];
    build_at(b, at)->field_count = u->field_count;
    build_at(b, at)->title = unit_field(c, u, "name");
    b->item_of_unit[unit] = at;
    b->defines[unit] = true;
}

static void item_from(struct build *b, struct candidate *c)
{
    uint32_t at = build_item(b, (enum item_kind)c->kind, c->id, c->unit);
    struct item *i = build_at(b, at);
    i->title = c->title;
    i->text = c->text;
    i->fields = c->fields;
    i->field_count = c->field_count;
    i->principles = (uint8_t)(principles_of(item_field(i, "principle"))
        | principles_of(item_field(i, "principles")));
    for (uint16_t f = 0; f < i->field_count; f++)
        if (text_starts(build_lower(b, i->fields[f].name), TEXT("principle")))
            i->principles |= principles_of(i->fields[f].value);
    struct bytes type = item_field(i, "type");
    struct above above = build_above(b, c->unit);
    i->security = c->kind == ITEM_REQUIREMENT
        && (c->security || i->principles || above.security
            || text_find_word(type, TEXT("security")) < type.len);
    i->appendix = above.appendix;
    i->boundary_facing = is_true(item_field(i, "boundary_facing"))
        || is_true(item_field(i, "boundary facing"));
    i->at_s = date_s(item_field(i, "date"));
    if (b->item_of_unit[c->unit]
        == ITEM_NONE) { /* the outer entry goes before a nested one */
        b->item_of_unit[c->unit] = at;
        b->defines[c->unit] = true;
    }
    c->item = at;
}

/* What stands below an item's heading belongs to it, but for what defines an item itself. */
static void own_section(struct build *b, const struct candidate *c)
{
    for (uint32_t below = c->unit + 1; below < c->scope_end; below++)
        if (b->item_of_unit[below] == ITEM_NONE)
            b->item_of_unit[below] = c->item;
}

void build_define(struct build *b)
{
    struct define d = {.b = b,
        .found = LIST_OF(struct candidate),
        .labels = LIST_OF(struct field),
        .ranks = table_new(b->a, 1024),
        .open = ITEM_NONE};
    for (uint32_t n = 0; n < b->c->unit_count; n++) {
        if (n > 0 && b->c->units[n].doc != b->c->units[n - 1].doc)
            close_section(&d, n);
        if (b->form[b->c->units[n].doc])
            continue;
        switch ((enum unit_kind)b->c->units[n].kind) {
        case UNIT_HEADING: define_heading(&d, n); break;
        case UNIT_ENTRY:
        case UNIT_ROW: define_entry(&d, n); break;
        case UNIT_PARAGRAPH:
        case UNIT_ITEM:
        case UNIT_QUOTE: define_sentence(&d, n); break;
        case UNIT_CODE:
        case UNIT_RESULT:
        case UNIT_COMPONENT:
        case UNIT_TAG:
        case UNIT_KINDS: break;
        }
    }
    close_section(&d, b->c->unit_count);
    for (uint32_t i = 0; i < d.found.count; i++) {
        struct candidate *c = found_at(&d, i);
        c->item = ITEM_NONE;
        if (c->rank == table_get(d.ranks, c->id))
            item_from(b, c);
    }
    for (uint32_t i = 0; i < d.found.count; i++)
        if (found_at(&d, i)->item != ITEM_NONE)
            own_section(b, found_at(&d, i));
    for (uint32_t n = 0; n < b->c->unit_count; n++) {
        if (b->form[b->c->units[n].doc])
            continue;
        item_from_unit(b, n);
        if (b->c->units[n].kind == UNIT_ROW)
            define_manual_result(b, n);
    }
    list_free(&d.found);
    list_free(&d.labels);
}
