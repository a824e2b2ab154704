/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DOCX: what a person would read who accepts all changes. Deleted, struck and hidden text is
 * left out, and so are the table of contents, page heads and comments. Lines are paragraph
 * numbers.
 */
#include "review/read/archive.h"
#include "review/read/office.h"
#include "review/read/readers.h"

#include <stdlib.h>

enum { NO_LEVEL = 255, LEVELS = 9, BASES_MAX = 16 };

struct style {
    struct bytes name, base; /* base: id of the style it is made from */
    struct bytes numbering;  /* id of a list, or empty */
    uint8_t outline;         /* 0..8, 9 body text, or NO_LEVEL */
    uint8_t list_level;
};

struct numbering { /* the marks of a list, level by level */
    struct bytes id;
    bool blank[LEVELS]; /* no mark is drawn: a paragraph that goes on in an item */
};

struct paragraph { /* what its properties say */
    struct bytes style, numbering;
    uint8_t outline, list_level;
    bool list_level_given;
};

struct docx {
    struct office office;
    struct arena *arena;
    struct list styles, abstracts, numberings;
    struct table *style_of, *abstract_of, *numbering_of;
    struct paragraph paragraph;
    unsigned paragraphs, runs, run_properties, paragraph_properties; /* open */
    unsigned depth, left_out_at;
    bool in_text, hidden_run;
    struct { /* the cell that is open and not yet placed */
        bool open, down, begins;
        unsigned across;
    } cell;
    struct bytes picture; /* its text, from the frame around it */
};

static bool on(const struct xml_tag *tag)
{
    struct bytes v = xml_attribute(tag, "val");
    return !text_same(v, TEXT("0")) && !text_same_word(v, TEXT("false"))
        && !text_same_word(v, TEXT("none"));
}

static bool is(struct bytes name, const char *wanted)
{
    return text_same(name, text_of(wanted));
}

static struct bytes keep(struct docx *d, struct bytes text)
{
    return arena_copy(d->arena, text);
}

/* A style or list that stands twice: the first counts, the rest is of no use to anybody. */
static void *add_named(struct table *by_id, struct list *all, struct bytes id)
{
    if (table_get(by_id, id) == TABLE_NONE)
        table_put(by_id, id, (uint32_t)all->count);
    return list_add(all);
}

static uint8_t level_of(const struct xml_tag *tag)
{
    return (uint8_t)xml_number(tag, "val", 0);
}

static void style_open(void *self, const struct xml_tag *tag)
{
    struct docx *d = self;
    if (is(tag->name, "style")) {
        struct style *s =
            add_named(d->style_of, &d->styles, keep(d, xml_attribute(tag, "styleId")));
        s->outline = NO_LEVEL;
        return;
    }
    if (!d->styles.count)
        return;
    struct style *s = LIST_AT(&d->styles, struct style, d->styles.count - 1);
    if (is(tag->name, "name"))
        s->name = keep(d, xml_attribute(tag, "val"));
    else if (is(tag->name, "basedOn"))
        s->base = keep(d, xml_attribute(tag, "val"));
    else if (is(tag->name, "outlineLvl"))
        s->outline = level_of(tag);
    else if (is(tag->name, "numId"))
        s->numbering = keep(d, xml_attribute(tag, "val"));
    else if (is(tag->name, "ilvl"))
        s->list_level = level_of(tag);
}

static void numbering_open(void *self, const struct xml_tag *tag)
{
    struct docx *d = self;
    if (is(tag->name, "abstractNum")) {
        struct bytes id = keep(d, xml_attribute(tag, "abstractNumId"));
        struct numbering *n = add_named(d->abstract_of, &d->abstracts, id);
        n->id = id;
    } else if (is(tag->name, "lvl")) {
        d->paragraph.list_level = (uint8_t)xml_number(tag, "ilvl", 0);
    } else if (is(tag->name, "num")) {
        struct bytes id = keep(d, xml_attribute(tag, "numId"));
        add_named(d->numbering_of, &d->numberings, id);
    } else if (is(tag->name, "abstractNumId") && d->numberings.count) {
        uint32_t at = table_get(d->abstract_of, xml_attribute(tag, "val"));
        if (at != TABLE_NONE)
            *LIST_AT(&d->numberings, struct numbering, d->numberings.count - 1) =
                *LIST_AT(&d->abstracts, struct numbering, at);
    }
    bool mark = is(tag->name, "lvlText")
        ? !text_trim(xml_attribute(tag, "val")).len
        : is(tag->name, "numFmt") && is(xml_attribute(tag, "val"), "none");
    if (mark && d->abstracts.count && !d->numberings.count
        && d->paragraph.list_level < LEVELS)
        LIST_AT(&d->abstracts, struct numbering, d->abstracts.count - 1)
            ->blank[d->paragraph.list_level] = true;
}

static void nothing_closes(void *self, struct bytes name)
{
    (void)self, (void)name;
}

static void no_text(void *self, struct bytes piece)
{
    (void)self, (void)piece;
}

static bool has_mark(const struct docx *d, struct bytes numbering, unsigned level)
{
    uint32_t at = table_get(d->numbering_of, numbering);
    return at == TABLE_NONE || level >= LEVELS
        || !LIST_AT(&d->numberings, struct numbering, at)->blank[level];
}

/* What the paragraph is: by itself, else by its style and those that it is made from. */
struct verdict {
    enum unit_kind kind;
    uint8_t level;
    bool left_out;
};

static const struct style *style_by_id(const struct docx *d, struct bytes id)
{
    uint32_t at = id.len ? table_get(d->style_of, id) : TABLE_NONE;
    return at == TABLE_NONE ? NULL : LIST_AT(&d->styles, struct style, at);
}

struct from_style {
    struct style_role role;
    uint8_t outline, list_level;
    struct bytes numbering;
};

static struct from_style ask_style(const struct docx *d, struct bytes id)
{
    struct from_style f = {.outline = NO_LEVEL};
    f.role = style_role(id); /* a style that is nowhere described */
    const struct style *s = style_by_id(d, id);
    for (int i = 0; s && i < BASES_MAX; i++, s = style_by_id(d, s->base)) {
        if (f.role.kind == STYLE_PLAIN)
            f.role = style_role(s->name);
        if (f.outline == NO_LEVEL)
            f.outline = s->outline;
        if (!f.numbering.len && s->numbering.len) {
            f.numbering = s->numbering;
            f.list_level = s->list_level;
        }
    }
    return f;
}

static struct verdict judge(const struct docx *d)
{
    const struct paragraph *p = &d->paragraph;
    struct from_style f = ask_style(d, p->style);
    uint8_t outline = p->outline != NO_LEVEL ? p->outline : f.outline;
    struct bytes numbering = p->numbering.len ? p->numbering : f.numbering;
    unsigned list_level = p->list_level_given ? p->list_level : f.list_level;
    bool listed = numbering.len && !is(numbering, "0");

    if (f.role.kind == STYLE_DIRECTORY)
        return (struct verdict){UNIT_PARAGRAPH, 0, true};
    if (outline < 9)
        return (struct verdict){UNIT_HEADING, (uint8_t)(outline + 1), false};
    if (f.role.kind == STYLE_HEADING && outline == NO_LEVEL)
        return (struct verdict){UNIT_HEADING, f.role.level, false};
    if (f.role.kind == STYLE_QUOTE)
        return (struct verdict){UNIT_QUOTE, 0, false};
    if (f.role.kind == STYLE_CODE)
        return (struct verdict){UNIT_CODE, 0, false};
    if (listed && !has_mark(d, numbering, list_level))
        return (struct verdict){UNIT_PARAGRAPH, 0, false};
    if (f.role.kind == STYLE_LIST && f.role.level > list_level + 1)
        return (struct verdict){UNIT_ITEM, f.role.level, false};
    if (listed || (f.role.kind == STYLE_LIST && !p->numbering.len))
        return (struct verdict){UNIT_ITEM, (uint8_t)(list_level % LEVELS + 1), false};
    return (struct verdict){UNIT_PARAGRAPH, 0, false};
}

static void end_paragraph(struct docx *d)
{
    struct verdict v = judge(d);
    if (v.left_out)
        d->office.text.len = 0;
    office_paragraph(&d->office, v.kind, v.level);
}

/* The properties of a cell come before its first paragraph; only then is it placed. */
static void place_cell(struct docx *d)
{
    if (!d->cell.open)
        return;
    d->cell.open = false;
    if (d->office.tables != 1)
        return;
    if (d->cell.down)
        grid_cell_down(d->office.grid, d->cell.begins, d->cell.across);
    else
        grid_cell(d->office.grid, false, d->cell.across, 1);
}

static void add(struct docx *d, struct bytes piece)
{
    if (d->paragraphs && !d->hidden_run && d->office.text.len <= EMIT_TEXT_MAX * 2)
        growing_add(&d->office.text, piece);
}

static void open_paragraph(struct docx *d)
{
    place_cell(d);
    if (d->paragraphs++ == 0)
        d->paragraph = (struct paragraph){.outline = NO_LEVEL};
    else
        add(d, TEXT(" ")); /* a text box inside a paragraph */
}

static void paragraph_property(struct docx *d, const struct xml_tag *tag)
{
    struct paragraph *p = &d->paragraph;
    if (d->paragraphs != 1)
        return;
    if (is(tag->name, "pStyle")) {
        p->style = keep(d, xml_attribute(tag, "val"));
    } else if (is(tag->name, "numId")) {
        p->numbering = keep(d, xml_attribute(tag, "val"));
    } else if (is(tag->name, "outlineLvl")) {
        p->outline = level_of(tag);
    } else if (is(tag->name, "ilvl")) {
        p->list_level = level_of(tag);
        p->list_level_given = true;
    }
}

static void run_part(struct docx *d, const struct xml_tag *tag)
{
    if (is(tag->name, "t"))
        d->in_text = true;
    else if (is(tag->name, "tab"))
        add(d, TEXT("\t"));
    else if (is(tag->name, "br") || is(tag->name, "cr"))
        add(d, TEXT("\n"));
    else if (is(tag->name, "noBreakHyphen"))
        add(d, TEXT("-"));
}

static void picture_part(struct docx *d, const struct xml_tag *tag)
{
    if (is(tag->name, "docPr"))
        d->picture = keep(d, xml_attribute(tag, "descr"));
    else
        emit_note(
            d->office.out, NOTE_LOST_IMAGE, d->office.paragraph + 1, 0, d->picture);
}

static void table_part(struct docx *d, const struct xml_tag *tag)
{
    if (is(tag->name, "tbl")) {
        place_cell(d);
        office_table(&d->office);
    } else if (is(tag->name, "tr") && d->office.tables == 1) {
        grid_row(d->office.grid, d->office.paragraph + 1, 0);
    } else if (is(tag->name, "tc")) {
        d->office.cells++;
        d->cell.open = true;
        d->cell.down = false;
        d->cell.across = 1;
    } else if (is(tag->name, "gridSpan")) {
        d->cell.across = xml_number(tag, "val", 1);
    } else if (is(tag->name, "vMerge")) {
        d->cell.down = true;
        d->cell.begins = is(xml_attribute(tag, "val"), "restart");
    }
}

static bool is_left_out(struct bytes name)
{
    static const char *const names[] = {"del", "moveFrom", "Fallback", "sectPr"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (is(name, names[i]))
            return true;
    return false;
}

static void text_open(void *self, const struct xml_tag *tag)
{
    struct docx *d = self;
    d->depth++;
    if (d->left_out_at)
        return;
    if (is(tag->name, "rPr")) {
        d->run_properties++;
    } else if (d->run_properties) {
        bool hides = is(tag->name, "vanish") || is(tag->name, "strike")
            || is(tag->name, "dstrike");
        if (hides && d->runs && on(tag))
            d->hidden_run = true;
    } else if (is(tag->name, "del") && d->office.tables == 1 && !d->paragraphs) {
        grid_drop_row(d->office.grid);
    } else if (is_left_out(tag->name)) {
        d->left_out_at = d->depth;
    } else if (is(tag->name, "p")) {
        open_paragraph(d);
    } else if (is(tag->name, "pPr")) {
        d->paragraph_properties++;
    } else if (d->paragraph_properties) {
        paragraph_property(d, tag);
    } else if (is(tag->name, "r")) {
        d->runs++;
        d->hidden_run = false;
    } else if (is(tag->name, "docPr") || is(tag->name, "pic")) {
        picture_part(d, tag);
    } else {
        table_part(d, tag);
        run_part(d, tag);
    }
}

static void less(unsigned *count)
{
    if (*count)
        --*count;
}

static void text_close(void *self, struct bytes name)
{
    struct docx *d = self;
    unsigned depth = d->depth;
    less(&d->depth);
    if (d->left_out_at) {
        if (depth == d->left_out_at)
            d->left_out_at = 0;
    } else if (is(name, "rPr")) {
        less(&d->run_properties);
    } else if (is(name, "pPr")) {
        less(&d->paragraph_properties);
    } else if (is(name, "r")) {
        less(&d->runs);
        d->hidden_run = false;
    } else if (is(name, "t")) {
        d->in_text = false;
    } else if (is(name, "p") && d->paragraphs && --d->paragraphs == 0) {
        end_paragraph(d);
    } else if (is(name, "tc")) {
        place_cell(d);
        less(&d->office.cells);
    } else if (is(name, "tbl")) {
        office_table_end(&d->office);
    }
}

static void text_piece(void *self, struct bytes piece)
{
    struct docx *d = self;
    if (d->in_text && !d->left_out_at)
        add(d, piece);
}

static void read_parts(struct docx *d, struct archive *a)
{
    static const struct xml_calls styles = {style_open, nothing_closes, no_text},
                                  numbering = {numbering_open, nothing_closes, no_text},
                                  text = {text_open, text_close, text_piece};
    char *main_part = archive_related(a, "_rels/.rels", "", (struct bytes){0},
        "/officeDocument", "word/document.xml");
    archive_xml(a, "word/styles.xml", &styles, d);
    archive_xml(a, "word/numbering.xml", &numbering, d);
    archive_main(a, main_part, &text, d);
    d->depth = d->left_out_at = d->paragraphs = d->runs = 0;
    d->run_properties = d->paragraph_properties = 0;
    archive_xml(a, "word/footnotes.xml", &text, d);
    archive_xml(a, "word/endnotes.xml", &text, d);
    free(main_part);
}

void read_docx(struct bytes document, struct emit *out)
{
    struct archive *a = archive_new(document, out);
    if (!a)
        return;
    struct docx d = {.arena = arena_new()};
    office_init(&d.office, out);
    d.styles = LIST_OF(struct style);
    d.abstracts = LIST_OF(struct numbering);
    d.numberings = LIST_OF(struct numbering);
    d.style_of = table_new(d.arena, 64);
    d.abstract_of = table_new(d.arena, 64);
    d.numbering_of = table_new(d.arena, 64);
    read_parts(&d, a);
    office_end(&d.office);
    list_free(&d.styles);
    list_free(&d.abstracts);
    list_free(&d.numberings);
    arena_free(d.arena);
    archive_free(a);
}
