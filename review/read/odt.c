/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ODT: as DOCX. Styles of a paragraph mostly have names made up by the program that wrote it;
 * what they are made from tells what the paragraph is.
 */
#include "review/read/archive.h"
#include "review/read/office.h"
#include "review/read/read.h"
#include "review/read/readers.h"

enum { BASES_MAX = 16 };

struct odt {
    struct office office;
    struct arena *arena;
    struct table *style_of; /* name -> parents */
    struct list parents;    /* struct bytes: name of the style that it is made from */
    struct list notes;      /* struct bytes: at the foot, in order */
    struct growing note, picture;
    struct bytes style;
    unsigned depth, left_out_at;
    unsigned paragraphs, note_bodies, lists, picture_texts; /* open */
    uint8_t heading;
    bool fresh[READ_DEPTH_MAX
        + 1]; /* by list depth: nothing of the item was written yet */
};

static bool is(struct bytes name, const char *wanted)
{
    return text_same(name, text_of(wanted));
}

static void style_open(void *self, const struct xml_tag *tag)
{
    struct odt *o = self;
    if (!is(tag->name, "style"))
        return;
    struct bytes name = arena_copy(o->arena, xml_attribute(tag, "name"));
    struct bytes parent = arena_copy(o->arena, xml_attribute(tag, "parent-style-name"));
    table_put(o->style_of, name, (uint32_t)o->parents.count);
    *(struct bytes *)list_add(&o->parents) = parent;
}

static void nothing_closes(void *self, struct bytes name)
{
    (void)self, (void)name;
}

static void no_text(void *self, struct bytes piece)
{
    (void)self, (void)piece;
}

/* "Block_20_Text" stands for "Block Text". */
static struct style_role role_of_name(struct bytes name)
{
    struct growing plain = {0};
    for (size_t at; (at = text_find(name, TEXT("_20_"))) < name.len;) {
        growing_add(&plain, text_upto(name, at));
        growing_add(&plain, TEXT(" "));
        name = text_from(name, at + 4);
    }
    growing_add(&plain, name);
    struct style_role role = style_role(growing_bytes(&plain));
    growing_free(&plain);
    return role;
}

static struct style_role role_of(const struct odt *o, struct bytes style)
{
    struct style_role role = role_of_name(style);
    for (int i = 0; role.kind == STYLE_PLAIN && style.len && i < BASES_MAX; i++) {
        uint32_t at = table_get(o->style_of, style);
        if (at == TABLE_NONE)
            break;
        style = *LIST_AT(&o->parents, struct bytes, at);
        role = role_of_name(style);
    }
    return role;
}

static void end_paragraph(struct odt *o)
{
    struct style_role role = role_of(o, o->style);
    bool item = o->lists && o->fresh[o->lists];
    enum unit_kind kind = UNIT_PARAGRAPH;
    uint8_t level = 0;
    if (role.kind == STYLE_DIRECTORY) {
        o->office.text.len = 0;
    } else if (o->heading || (role.kind == STYLE_HEADING && !o->lists)) {
        kind = UNIT_HEADING;
        level = o->heading ? o->heading : role.level;
    } else if (role.kind == STYLE_QUOTE) {
        kind = UNIT_QUOTE;
    } else if (role.kind == STYLE_CODE) {
        kind = UNIT_CODE;
    } else if (item) {
        kind = UNIT_ITEM;
        level = (uint8_t)o->lists;
    }
    if (text_trim(growing_bytes(&o->office.text)).len && !o->office.cells)
        o->fresh[o->lists] = false;
    office_paragraph(&o->office, kind, level);
    o->heading = 0;
}

static void add(struct odt *o, struct bytes piece)
{
    struct growing *to = o->picture_texts ? &o->picture
        : o->note_bodies                  ? &o->note
        : o->paragraphs                   ? &o->office.text
                                          : NULL;
    if (to && to->len <= EMIT_TEXT_MAX * 2)
        growing_add(to, piece);
}

static void open_paragraph(struct odt *o, const struct xml_tag *tag)
{
    if (o->paragraphs++ || o->note_bodies) {
        add(o, TEXT(" ")); /* in a note or a text box */
        return;
    }
    o->style = arena_copy(o->arena, xml_attribute(tag, "style-name"));
    if (is(tag->name, "h")) {
        uint32_t level = xml_number(tag, "outline-level", 1);
        o->heading = (uint8_t)(level < 1 ? 1 : level > 6 ? 6 : level);
    }
}

static void open_cell(struct odt *o, const struct xml_tag *tag)
{
    uint32_t across = xml_number(tag, "number-columns-spanned", 1);
    o->office.cells++;
    if (across == 1)
        across = xml_number(tag, "number-columns-repeated", 1);
    if (o->office.tables == 1)
        grid_cell(
            o->office.grid, false, across, xml_number(tag, "number-rows-spanned", 1));
}

/* Four blanks may be written as a count. */
static void add_blanks(struct odt *o, const struct xml_tag *tag)
{
    uint32_t count = xml_number(tag, "c", 1);
    for (uint32_t i = 0; i < count && i < 1000; i++)
        add(o, TEXT(" "));
}

static bool is_left_out(const struct xml_tag *tag)
{
    static const char *const names[] = {"tracked-changes", "note-citation",
        "annotation", "annotation-end", "table-of-content", "illustration-index",
        "table-index", "object-index", "user-index", "alphabetical-index",
        "bibliography", "forms", "sequence-decls", "hidden-text", "ruby-text",
        "covered-table-cell"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (is(tag->name, names[i]))
            return true;
    return false;
}

static void body_open(void *self, const struct xml_tag *tag)
{
    struct odt *o = self;
    o->depth++;
    if (o->left_out_at)
        return;
    if (is_left_out(tag)) {
        o->left_out_at = o->depth;
    } else if (is(tag->name, "p") || is(tag->name, "h")) {
        open_paragraph(o, tag);
    } else if (is(tag->name, "list")) {
        o->fresh[++o->lists] = false;
    } else if (is(tag->name, "list-item") || is(tag->name, "list-header")) {
        o->fresh[o->lists] = o->lists > 0;
    } else if (is(tag->name, "s")) {
        add_blanks(o, tag);
    } else if (is(tag->name, "tab")) {
        add(o, TEXT("\t"));
    } else if (is(tag->name, "line-break")) {
        add(o, TEXT("\n"));
    } else if (is(tag->name, "note-body")) {
        o->note_bodies++;
    } else if (is(tag->name, "title") || is(tag->name, "desc")) {
        o->picture_texts++;
    } else if (is(tag->name, "table")) {
        office_table(&o->office);
    } else if (is(tag->name, "table-row") && o->office.tables == 1) {
        grid_row(o->office.grid, o->office.paragraph + 1, 0);
    } else if (is(tag->name, "table-cell")) {
        open_cell(o, tag);
    } else if (is(tag->name, "style")) {
        style_open(o, tag);
    }
}

static void less(unsigned *count)
{
    if (*count)
        --*count;
}

static void end_note(struct odt *o)
{
    less(&o->note_bodies);
    if (!o->note_bodies)
        *(struct bytes *)list_add(&o->notes) =
            arena_copy(o->arena, text_trim(growing_bytes(&o->note)));
    o->note.len = 0;
}

/* Title and description of a picture come after it, inside its frame. */
static void end_frame(struct odt *o)
{
    emit_note(o->office.out, NOTE_LOST_IMAGE, o->office.paragraph + 1, 0,
        text_trim(growing_bytes(&o->picture)));
    o->picture.len = 0;
}

static void body_close(void *self, struct bytes name)
{
    struct odt *o = self;
    unsigned depth = o->depth;
    less(&o->depth);
    if (o->left_out_at) {
        if (depth == o->left_out_at)
            o->left_out_at = 0;
    } else if (is(name, "p") || is(name, "h")) {
        less(&o->paragraphs);
        if (!o->paragraphs && !o->note_bodies)
            end_paragraph(o);
    } else if (is(name, "list")) {
        less(&o->lists);
    } else if (is(name, "note-body")) {
        end_note(o);
    } else if (is(name, "title") || is(name, "desc")) {
        less(&o->picture_texts);
        growing_add(&o->picture, TEXT(" "));
    } else if (is(name, "frame")) {
        end_frame(o);
    } else if (is(name, "table-cell")) {
        less(&o->office.cells);
    } else if (is(name, "table")) {
        office_table_end(&o->office);
    }
}

static void body_text(void *self, struct bytes piece)
{
    struct odt *o = self;
    if (!o->left_out_at)
        add(o, piece);
}

void read_odt(struct bytes document, struct emit *out)
{
    static const struct xml_calls styles = {style_open, nothing_closes, no_text},
                                  body = {body_open, body_close, body_text};
    struct archive *a = archive_new(document, out);
    if (!a)
        return;
    struct odt o = {.arena = arena_new()};
    office_init(&o.office, out);
    o.style_of = table_new(o.arena, 64);
    o.parents = LIST_OF(struct bytes);
    o.notes = LIST_OF(struct bytes);
    archive_xml(a, "styles.xml", &styles, &o);
    archive_main(a, "content.xml", &body, &o);
    o.office.cells = 0;
    for (size_t i = 0; i < o.notes.count; i++) {
        o.office.text.len = 0;
        growing_add(&o.office.text, *LIST_AT(&o.notes, struct bytes, i));
        office_paragraph(&o.office, UNIT_PARAGRAPH, 0);
    }
    office_end(&o.office);
    growing_free(&o.note);
    growing_free(&o.picture);
    list_free(&o.parents);
    list_free(&o.notes);
    arena_free(o.arena);
    archive_free(a);
}
