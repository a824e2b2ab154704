/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ReqIF 1.0 to 1.2, as XML or zipped: specifications are headings with their chapters, objects
 * entries with their attributes under the names that the exchange gives them, relations fields
 * of the object that they begin at, called as their type is. Objects stand in the order of the
 * first specification that has them; those in none follow.
 *
 * Which attribute is the identifier, the text or the name is told by the names that tools use.
 * An object that its type calls a heading or information is no entry.
 */
#include "review/read/archive.h"
#include "review/read/growing.h"
#include "review/read/read.h"
#include "review/read/readers.h"
#include "review/read/secret.h"

#include <string.h>

#define NO_OBJECT UINT32_MAX

enum part { PART_ID, PART_TEXT, PART_NAME, PART_CHAPTER, PART_TYPE, PARTS };

/* What tools call them, the most telling first. */
static const struct {
    const char *name;
    enum part part;
} part_names[] = {
    {"object identifier", PART_ID},
    {"requirement id", PART_ID},
    {"req id", PART_ID},
    {"uid", PART_ID},
    {"id", PART_ID},
    {"identifier", PART_ID},
    {"foreignid", PART_ID},
    {"text", PART_TEXT},
    {"requirement text", PART_TEXT},
    {"object text", PART_TEXT},
    {"primary text", PART_TEXT},
    {"description", PART_TEXT},
    {"chaptername", PART_CHAPTER},
    {"object heading", PART_CHAPTER},
    {"name", PART_NAME},
    {"title", PART_NAME},
    {"short name", PART_NAME},
    {"summary", PART_NAME},
    {"object type", PART_TYPE},
    {"artifact type", PART_TYPE},
    {"requirement type", PART_TYPE},
    {"type", PART_TYPE},
};

struct value {
    struct bytes definition, text; /* ids as in the file */
    bool choice;   /* the text is the ids of values of an enumeration, one a line */
    uint32_t next; /* of the same object, from 1; 0: none */
};

struct object {
    struct bytes id, name, type;
    uint32_t line, first, last; /* values, from 1 */
    uint32_t part[PARTS];       /* the value, from 1, that it is; 0: none */
    uint32_t relations;         /* the first from here, from 1; 0: none */
    bool written;
};

struct relation {
    struct bytes name, type, from, to;
    uint32_t line, next;
};

struct place {                  /* a line of a specification */
    struct bytes object, title; /* title: of a specification, which has no object */
    uint32_t depth, line;
};

enum context { IN_NOTHING, IN_OBJECT, IN_RELATION, IN_PLACE };

struct reqif {
    struct emit *out;
    struct arena *arena;
    bool zipped;
    struct table *names; /* id of a type, definition or choice -> names_at */
    struct table *objects_by_id;
    struct list names_at, objects, values, relations, places;
    struct growing text, choices; /* of the element, and of the value that is open */
    struct bytes title;
    enum context context;
    bool in_value, in_ref, in_title, in_version, from_end, root_seen, foreign;
    struct value value;
    uint32_t depth;
};

static bool is(struct bytes name, const char *wanted)
{
    return text_same(name, text_of(wanted));
}

static struct object *object_at(const struct reqif *r, uint32_t i)
{
    return LIST_AT(&r->objects, struct object, i);
}

static struct bytes keep(struct reqif *r, struct bytes text)
{
    return arena_copy(r->arena, text_trim(text));
}

static void keep_name(struct reqif *r, const struct xml_tag *tag)
{
    struct bytes id = keep(r, xml_attribute(tag, "IDENTIFIER"));
    if (!id.len || table_get(r->names, id) != TABLE_NONE)
        return;
    table_put(r->names, id, (uint32_t)r->names_at.count);
    *(struct bytes *)list_add(&r->names_at) = keep(r, xml_attribute(tag, "LONG-NAME"));
}

static struct bytes name_of(const struct reqif *r, struct bytes id)
{
    uint32_t at = id.len ? table_get(r->names, id) : TABLE_NONE;
    return at == TABLE_NONE ? (struct bytes){0}
                            : *LIST_AT(&r->names_at, struct bytes, at);
}

static uint32_t object_named(const struct reqif *r, struct bytes id)
{
    return id.len ? table_get(r->objects_by_id, id) : NO_OBJECT;
}

static uint32_t line_in(const struct reqif *r, const struct xml_tag *tag)
{
    return r->zipped ? 0 : tag->line;
}

static void open_object(struct reqif *r, const struct xml_tag *tag)
{
    struct object *o = list_add(&r->objects);
    o->id = keep(r, xml_attribute(tag, "IDENTIFIER"));
    o->name = keep(r, xml_attribute(tag, "LONG-NAME"));
    o->line = line_in(r, tag);
    r->context = IN_OBJECT;
    if (o->id.len && table_get(r->objects_by_id, o->id) == TABLE_NONE)
        table_put(r->objects_by_id, o->id, (uint32_t)r->objects.count - 1);
}

static void open_relation(struct reqif *r, const struct xml_tag *tag)
{
    struct relation *n = list_add(&r->relations);
    n->name = keep(r, xml_attribute(tag, "LONG-NAME"));
    n->line = line_in(r, tag);
    r->context = IN_RELATION;
}

static void open_place(struct reqif *r, const struct xml_tag *tag, bool specification)
{
    struct place *p = list_add(&r->places);
    if (specification)
        r->depth = 0;
    else if (r->depth < READ_DEPTH_MAX)
        r->depth++;
    p->depth = r->depth;
    p->line = line_in(r, tag);
    if (specification)
        p->title = keep(r, xml_attribute(tag, "LONG-NAME"));
    if (specification && !p->title.len)
        p->title = TEXT("specification");
    r->context = IN_PLACE;
}

static bool is_definition(struct bytes name)
{
    return !text_ends(name, TEXT("-REF"))
        && (is(name, "ENUM-VALUE") || text_starts(name, TEXT("ATTRIBUTE-DEFINITION-"))
            || text_ends(name, TEXT("-TYPE")));
}

/* Between these, words do not touch. */
static bool parts_words(struct bytes name)
{
    static const char *const blocks[] = {"p", "div", "li", "br", "tr", "td", "th", "h1",
        "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "pre"};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
        if (is(name, blocks[i]))
            return true;
    return false;
}

static void open_in_value(struct reqif *r, const struct xml_tag *tag)
{
    if (is(tag->name, "object"))
        emit_note(
            r->out, NOTE_LOST_IMAGE, line_in(r, tag), 0, xml_attribute(tag, "data"));
    else if (parts_words(tag->name))
        growing_add(&r->text, TEXT(" "));
}

static void open_value(struct reqif *r, const struct xml_tag *tag)
{
    r->value = (struct value){.text = keep(r, xml_attribute(tag, "THE-VALUE"))};
    r->choices.len = 0;
}

static void on_open(void *self, const struct xml_tag *tag)
{
    struct reqif *r = self;
    struct bytes name = tag->name;
    if (!r->root_seen)
        r->foreign = !is(name, "REQ-IF");
    r->root_seen = true;
    if (r->foreign)
        return;
    if (r->in_value) {
        open_in_value(r, tag);
        return;
    }
    r->in_ref = text_ends(name, TEXT("-REF"));
    r->in_title = is(name, "TITLE");
    r->in_version = is(name, "REQ-IF-VERSION");
    r->in_value = is(name, "THE-VALUE");
    if (r->in_ref || r->in_title || r->in_version || r->in_value)
        r->text.len = 0;
    if (is_definition(name))
        keep_name(r, tag);
    else if (is(name, "SPEC-OBJECT"))
        open_object(r, tag);
    else if (is(name, "SPEC-RELATION"))
        open_relation(r, tag);
    else if (is(name, "SPECIFICATION") || is(name, "SPEC-HIERARCHY"))
        open_place(r, tag, is(name, "SPECIFICATION"));
    else if (is(name, "SOURCE") || is(name, "TARGET"))
        r->from_end = is(name, "SOURCE");
    else if (text_starts(name, TEXT("ATTRIBUTE-VALUE-")))
        open_value(r, tag);
}

static void add_value(struct reqif *r)
{
    if (r->choices.len) {
        r->value.choice = true;
        r->value.text = keep(r, growing_bytes(&r->choices));
    }
    if (r->context != IN_OBJECT || !r->objects.count || !r->value.text.len)
        return;
    *(struct value *)list_add(&r->values) = r->value;
    uint32_t at = (uint32_t)r->values.count;
    struct object *o = object_at(r, (uint32_t)r->objects.count - 1);
    if (o->last)
        LIST_AT(&r->values, struct value, o->last - 1)->next = at;
    else
        o->first = at;
    o->last = at;
}

/* A reference to an object: an end of a relation, or what stands at a place. */
static void take_object_ref(struct reqif *r, struct bytes id)
{
    if (r->context == IN_RELATION && r->relations.count) {
        struct relation *n =
            LIST_AT(&r->relations, struct relation, r->relations.count - 1);
        *(r->from_end ? &n->from : &n->to) = id;
    } else if (r->context == IN_PLACE && r->places.count) {
        LIST_AT(&r->places, struct place, r->places.count - 1)->object = id;
    }
}

static void take_ref(struct reqif *r, struct bytes name)
{
    struct bytes id = keep(r, growing_bytes(&r->text));
    if (is(name, "SPEC-OBJECT-REF")) {
        take_object_ref(r, id);
    } else if (is(name, "SPEC-OBJECT-TYPE-REF") && r->context == IN_OBJECT) {
        object_at(r, (uint32_t)r->objects.count - 1)->type = id;
    } else if (is(name, "SPEC-RELATION-TYPE-REF") && r->context == IN_RELATION) {
        LIST_AT(&r->relations, struct relation, r->relations.count - 1)->type = id;
    } else if (text_starts(name, TEXT("ATTRIBUTE-DEFINITION-"))) {
        r->value.definition = id;
    } else if (is(name, "ENUM-VALUE-REF") && r->choices.len <= EMIT_TEXT_MAX) {
        growing_add(&r->choices, id);
        growing_add(&r->choices, TEXT("\n"));
    }
}

static void say_version(struct reqif *r, struct bytes version)
{
    if (!text_starts(version, TEXT("1.")))
        emit_note(r->out, NOTE_VERSION, 0, 0, version);
}

static void on_close(void *self, struct bytes name)
{
    struct reqif *r = self;
    if (r->foreign)
        return;
    if (r->in_value && is(name, "THE-VALUE")) {
        r->value.text = keep(r, growing_bytes(&r->text));
        r->in_value = false;
        return;
    }
    if (r->in_value) {
        if (parts_words(name))
            growing_add(&r->text, TEXT(" "));
        return;
    }
    if (r->in_ref)
        take_ref(r, name);
    else if (r->in_title)
        r->title = keep(r, growing_bytes(&r->text));
    else if (r->in_version)
        say_version(r, text_trim(growing_bytes(&r->text)));
    r->in_ref = r->in_title = r->in_version = false;
    if (text_starts(name, TEXT("ATTRIBUTE-VALUE-")))
        add_value(r);
    else if (is(name, "SPEC-OBJECT") || is(name, "SPEC-RELATION"))
        r->context = IN_NOTHING;
    else if (is(name, "SPEC-HIERARCHY") && r->depth)
        r->depth--;
}

static void on_text(void *self, struct bytes piece)
{
    struct reqif *r = self;
    bool wanted = r->in_value || r->in_ref || r->in_title || r->in_version;
    if (wanted && r->text.len <= EMIT_TEXT_MAX)
        growing_add(&r->text, piece);
}

/* The name of an attribute, without the front that the standard's own names have. */
static struct bytes attribute_name(const struct reqif *r, const struct value *v)
{
    struct bytes name = name_of(r, v->definition), front = TEXT("ReqIF.");
    name = name.len ? name : v->definition;
    return text_starts(name, front) ? text_from(name, front.len) : name;
}

static const struct value *value_at(const struct reqif *r, uint32_t from_1)
{
    return LIST_AT(&r->values, struct value, from_1 - 1);
}

/* Of several choices the text is all their names. */
static struct bytes value_text(struct reqif *r, const struct value *v)
{
    struct bytes left = v->text;
    if (!v->choice)
        return left;
    r->choices.len = 0;
    while (left.len && r->choices.len <= EMIT_TEXT_MAX) {
        size_t end = text_find(left, TEXT("\n"));
        struct bytes id = text_upto(left, end), name = name_of(r, id);
        growing_add(&r->choices, r->choices.len ? TEXT(", ") : TEXT(""));
        growing_add(&r->choices, name.len ? name : id);
        left = text_from(left, end + 1);
    }
    return keep(r, growing_bytes(&r->choices));
}

/* Which of an object's values are its parts: of two, the one with the more telling name. */
static void find_parts(struct reqif *r, struct object *o)
{
    enum { COUNT = sizeof part_names / sizeof part_names[0] };
    size_t best[PARTS] = {0};
    for (uint32_t k = o->first; k; k = value_at(r, k)->next) {
        struct bytes name = attribute_name(r, value_at(r, k));
        size_t i = 0;
        while (i < COUNT && !text_same_word(name, text_of(part_names[i].name)))
            i++;
        if (i == COUNT)
            continue;
        enum part p = part_names[i].part;
        if (!o->part[p] || i < best[p]) {
            o->part[p] = k;
            best[p] = i;
        }
    }
}

static struct bytes part_text(struct reqif *r, const struct object *o, enum part part)
{
    return o->part[part] ? value_text(r, value_at(r, o->part[part]))
                         : (struct bytes){0};
}

static struct bytes id_of(struct reqif *r, const struct object *o)
{
    struct bytes id = part_text(r, o, PART_ID);
    return id.len ? id : o->id;
}

/* Does its type, or what it says of its type, hold the word? */
static bool called(struct reqif *r, const struct object *o, const char *word)
{
    struct bytes own = part_text(r, o, PART_TYPE), type = name_of(r, o->type);
    return text_find_word(own, text_of(word)) < own.len
        || (!own.len && text_find_word(type, text_of(word)) < type.len);
}

static void say_attributes(struct reqif *r, const struct object *o)
{
    for (uint32_t k = o->first; k; k = value_at(r, k)->next) {
        bool said = false;
        for (size_t p = 0; p < PARTS; p++)
            said = said || o->part[p] == k;
        if (!said)
            emit_field(r->out, attribute_name(r, value_at(r, k)),
                value_text(r, value_at(r, k)), o->line);
    }
}

static void say_relations(struct reqif *r, const struct object *o)
{
    for (uint32_t k = o->relations; k;) {
        const struct relation *n = LIST_AT(&r->relations, struct relation, k - 1);
        struct bytes name = name_of(r, n->type);
        uint32_t to = object_named(r, n->to);
        name = name.len ? name : n->name.len ? n->name : TEXT("refers to");
        if (to != NO_OBJECT)
            emit_field(r->out, name, id_of(r, object_at(r, to)), n->line);
        k = n->next;
    }
}

static void field_if(
    struct reqif *r, const char *name, struct bytes value, uint32_t line)
{
    if (value.len)
        emit_field(r->out, text_of(name), value, line);
}

static void write_entry(struct reqif *r, const struct object *o, struct bytes parent)
{
    struct bytes text = part_text(r, o, PART_TEXT), name = part_text(r, o, PART_NAME);
    name = name.len ? name : o->name;
    emit_begin(r->out, UNIT_ENTRY, 0, o->line, 0);
    emit_text(r->out, text.len ? text : name);
    field_if(r, "is", part_text(r, o, PART_TYPE), o->line);
    field_if(r, "is", name_of(r, o->type), o->line);
    field_if(r, "id", id_of(r, o), o->line);
    field_if(r, "name", name, o->line);
    field_if(r, "text", text, o->line);
    field_if(r, "parent", parent, o->line);
    say_attributes(r, o);
    say_relations(r, o);
    emit_end(r->out);
}

/* Whether it is an entry, which what stands below it may have as its parent. */
static bool write_object(
    struct reqif *r, struct object *o, uint32_t depth, struct bytes parent)
{
    struct bytes chapter = part_text(r, o, PART_CHAPTER),
                 text = part_text(r, o, PART_TEXT);
    uint8_t level = (uint8_t)(depth + 2 < 6 ? depth + 2 : 6);
    if (o->written)
        return false;
    o->written = true;
    if (!chapter.len && called(r, o, "heading")) {
        chapter = text.len ? text : o->name;
        text.len = 0;
    }
    if (chapter.len)
        emit_unit(r->out, UNIT_HEADING, level, o->line, 0, chapter);
    if (chapter.len || called(r, o, "information")) {
        emit_unit(r->out, UNIT_PARAGRAPH, 0, o->line, 0, text);
        return false;
    }
    write_entry(r, o, parent);
    return true;
}

/* Each object knows the relations that begin at it, in their order. */
static void sort_relations(struct reqif *r)
{
    for (uint32_t i = (uint32_t)r->relations.count; i > 0; i--) {
        struct relation *n = LIST_AT(&r->relations, struct relation, i - 1);
        uint32_t from = object_named(r, n->from);
        if (from == NO_OBJECT)
            continue;
        n->next = object_at(r, from)->relations;
        object_at(r, from)->relations = i;
    }
}

static void write_places(struct reqif *r)
{
    struct bytes above[READ_DEPTH_MAX + 1] = {{0}}; /* by depth: the entry's id */
    for (size_t i = 0; i < r->places.count && !emit_full(r->out); i++) {
        const struct place *p = LIST_AT(&r->places, struct place, i);
        uint32_t at = object_named(r, p->object);
        above[p->depth] = (struct bytes){0};
        if (p->title.len)
            emit_unit(r->out, UNIT_HEADING, 2, p->line, 0, p->title);
        if (at == NO_OBJECT)
            continue;
        struct bytes parent = p->depth ? above[p->depth - 1] : (struct bytes){0};
        if (write_object(r, object_at(r, at), p->depth, parent))
            above[p->depth] = id_of(r, object_at(r, at));
    }
}

static void write_all(struct reqif *r)
{
    bool heading = false;
    sort_relations(r);
    for (uint32_t i = 0; i < r->objects.count; i++)
        find_parts(r, object_at(r, i));
    /* Of what kind things are is told by their type, else by their chapter, else here. */
    emit_begin(r->out, UNIT_HEADING, 1, r->zipped ? 0 : 1, 0);
    emit_text(r->out, TEXT("Requirements"));
    emit_text(r->out, r->title.len ? TEXT(": ") : TEXT(""));
    emit_text(r->out, r->title);
    emit_end(r->out);
    write_places(r);
    for (uint32_t i = 0; i < r->objects.count && !emit_full(r->out); i++) {
        struct object *o = object_at(r, i);
        if (!o->written && r->places.count && !heading) {
            emit_unit(r->out, UNIT_HEADING, 2, o->line, 0, TEXT("In no specification"));
            heading = true;
        }
        write_object(r, o, 1, (struct bytes){0});
    }
}

static struct reqif begin(struct emit *out, bool zipped)
{
    struct reqif r = {.out = out, .zipped = zipped, .arena = arena_new()};
    r.names = table_new(r.arena, 256);
    r.objects_by_id = table_new(r.arena, 256);
    r.names_at = LIST_OF(struct bytes);
    r.objects = LIST_OF(struct object);
    r.values = LIST_OF(struct value);
    r.relations = LIST_OF(struct relation);
    r.places = LIST_OF(struct place);
    return r;
}

static void finish(struct reqif *r)
{
    if (r->foreign)
        emit_note(r->out, NOTE_MALFORMED, r->zipped ? 0 : 1, 0,
            TEXT("ReqIF: expected the element REQ-IF"));
    else if (r->objects.count)
        write_all(r);
    list_free(&r->names_at);
    list_free(&r->objects);
    list_free(&r->values);
    list_free(&r->relations);
    list_free(&r->places);
    growing_free(&r->text);
    growing_free(&r->choices);
    arena_free(r->arena);
}

static const struct xml_calls calls = {on_open, on_close, on_text};

static void read_part(void *archive, const char *part, struct emit *out)
{
    struct reqif r = begin(out, true);
    archive_main(archive, part, &calls, &r);
    finish(&r);
}

void read_reqif(struct bytes document, struct emit *out)
{
    if (text_starts(document, TEXT("PK"))) {
        struct archive *a = archive_new(document, out);
        if (a && !archive_each(a, ".reqif", read_part, out))
            emit_note(out, NOTE_EMPTY, 0, 0, TEXT("no .reqif in the archive"));
        archive_free(a);
        return;
    }
    secret_scan(document, out);
    struct reqif r = begin(out, false);
    xml_read(document, out, &calls, &r, TEXT("ReqIF"));
    finish(&r);
}
