/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/office.h"

static const struct {
    const char *front;
    enum style_kind kind;
    bool numbered; /* the rest of the name is the level */
} names[] = {
    {"heading", STYLE_HEADING, true},
    {"\xC3\xBC"
     "berschrift",
        STYLE_HEADING, true},
    {"\xC3\x9C"
     "berschrift",
        STYLE_HEADING, true},
    {"titre", STYLE_HEADING, true},
    {"t\xC3\xADtulo", STYLE_HEADING, true},
    {"titolo", STYLE_HEADING, true},
    {"kop", STYLE_HEADING, true},
    {"rubrik", STYLE_HEADING, true},
    {"overskrift", STYLE_HEADING, true},
    {"otsikko", STYLE_HEADING, true},
    {"nadpis", STYLE_HEADING, true},
    {"nag\xC5\x82\xC3\xB3wek", STYLE_HEADING, true},
    {"\xD0\xB7\xD0\xB0\xD0\xB3\xD0\xBE\xD0\xBB\xD0\xBE\xD0\xB2\xD0\xBE\xD0\xBA",
        STYLE_HEADING, true},
    {"\xD0\x97\xD0\xB0\xD0\xB3\xD0\xBE\xD0\xBB\xD0\xBE\xD0\xB2\xD0\xBE\xD0\xBA",
        STYLE_HEADING, true},
    {"\xE6\xA0\x87\xE9\xA2\x98", STYLE_HEADING, true},
    {"\xE8\xA6\x8B\xE5\x87\xBA\xE3\x81\x97", STYLE_HEADING, true},
    {"title", STYLE_HEADING, false},
    {"quote", STYLE_QUOTE, false},
    {"intense quote", STYLE_QUOTE, false},
    {"block text", STYLE_QUOTE, false},
    {"block quote", STYLE_QUOTE, false},
    {"quotations", STYLE_QUOTE, false},
    {"zitat", STYLE_QUOTE, false},
    {"citation", STYLE_QUOTE, false},
    {"source code", STYLE_CODE, false},
    {"code", STYLE_CODE, false},
    {"code block", STYLE_CODE, false},
    {"html preformatted", STYLE_CODE, false},
    {"preformatted text", STYLE_CODE, false},
    {"macro text", STYLE_CODE, false},
    {"list bullet", STYLE_LIST, true},
    {"list number", STYLE_LIST, true},
    {"toc", STYLE_DIRECTORY, true},
    {"contents", STYLE_DIRECTORY, true},
};

struct style_role style_role(struct bytes name)
{
    name = text_trim(name);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct bytes front = text_of(names[i].front);
        if (!text_same_word(text_upto(name, front.len), front))
            continue;
        struct bytes rest = text_trim(text_from(name, front.len));
        bool digit = rest.len == 1 && rest.at[0] >= '1' && rest.at[0] <= '9';
        if (names[i].numbered && digit)
            return (struct style_role){names[i].kind, (uint8_t)(rest.at[0] - '0')};
        if (!rest.len && (!names[i].numbered || names[i].kind == STYLE_LIST))
            return (struct style_role){names[i].kind, 1};
    }
    return (struct style_role){STYLE_PLAIN, 0};
}

void office_init(struct office *o, struct emit *out)
{
    *o = (struct office){.out = out, .grid = grid_new(out)};
}

static void write_code(struct office *o)
{
    if (o->code.len)
        emit_unit(o->out, UNIT_CODE, 0, o->code_from, 0, growing_bytes(&o->code));
    o->code.len = 0;
}

static void add_code(struct office *o, struct bytes text)
{
    if (!o->code.len)
        o->code_from = o->paragraph;
    if (o->code.len <= EMIT_TEXT_MAX) {
        growing_add(&o->code, text);
        growing_add(&o->code, TEXT("\n"));
    }
}

void office_paragraph(struct office *o, enum unit_kind kind, uint8_t level)
{
    struct bytes text = growing_bytes(&o->text);
    o->paragraph++;
    if (o->cells) {
        grid_text(o->grid, text);
        grid_text(o->grid, TEXT(" "));
    } else if (kind == UNIT_CODE) {
        add_code(o, text);
    } else if (text_trim(text).len) {
        write_code(o);
        emit_unit(o->out, kind, level, o->paragraph, 0, text);
    } else {
        write_code(o);
    }
    o->text.len = 0;
}

void office_table(struct office *o)
{
    write_code(o);
    if (o->tables++ == 0)
        grid_begin(o->grid, GRID_FIRST);
}

void office_table_end(struct office *o)
{
    if (o->tables && --o->tables == 0)
        grid_end(o->grid);
}

void office_end(struct office *o)
{
    if (o->text.len)
        office_paragraph(o, UNIT_PARAGRAPH, 0);
    write_code(o);
    if (o->tables)
        grid_end(o->grid);
    growing_free(&o->text);
    growing_free(&o->code);
    grid_free(o->grid);
}
