/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Markdown by md4c: CommonMark with tables. Link targets and badges are left out, other
 * pictures become a note with their alternative text; struck text is gone. Lists and paragraphs inside a quote are
 * quotes: who quotes does not say it himself.
 */
#include "review/read/entity.h"
#include "review/read/front.h"
#include "review/read/growing.h"
#include "review/read/html_block.h"
#include "review/read/read.h"
#include "review/read/readers.h"
#include "review/read/secret.h"

#include <md4c.h>

enum { GO_ON, STOP };

struct cells { /* of a header or of a row */
    struct growing text;
    struct list ends; /* size_t: where each cell ends in text */
    uint32_t line;
};

struct state {
    struct emit *out;
    struct bytes source; /* below the front matter */
    size_t at;           /* where the line counter stands in source */
    uint32_t line;
    bool open;           /* a unit is open */
    enum unit_kind kind; /* of text that comes now, with its level */
    uint8_t level;
    unsigned quotes, lists, depth;      /* that stand open around the text */
    bool item_used[READ_DEPTH_MAX + 1]; /* by depth: the item has its own text */
    unsigned links, images, struck;
    bool in_cell, in_body, in_html, badge;
    struct growing held; /* alternative text of an image, or an HTML block */
    uint32_t held_line;
    struct cells head, row;
};

/* md4c hands out pointers into the source, or to constants of its own: then the line stays. */
static uint32_t line_of(struct state *s, const char *text)
{
    uintptr_t p = (uintptr_t)text, from = (uintptr_t)s->source.at;
    if (p < from || p >= from + s->source.len)
        return s->line;
    for (; s->at < p - from; s->at++)
        s->line += s->source.at[s->at] == '\n';
    for (; s->at > p - from; s->at--)
        s->line -= s->source.at[s->at - 1] == '\n';
    return s->line;
}

/* Between blocks: what was open ends, and what comes is a paragraph, an item or a quote. */
static void next_block(struct state *s)
{
    if (s->open)
        emit_end(s->out);
    s->open = false;
    bool item = s->lists > 0 && !s->item_used[s->lists];
    s->kind = s->quotes ? UNIT_QUOTE : item ? UNIT_ITEM : UNIT_PARAGRAPH;
    s->level = s->kind == UNIT_ITEM ? (uint8_t)s->lists : 0;
}

static void put(struct state *s, struct bytes text, uint32_t line)
{
    if (s->struck) {
        /* whoever struck it does not say it any more */
    } else if (s->images || s->in_html) {
        if (s->held.len == 0)
            s->held_line = line;
        growing_add(&s->held, text);
    } else if (s->in_cell) {
        growing_add(&s->row.text, text);
        if (s->row.line == 0)
            s->row.line = line;
    } else {
        if (!s->open)
            emit_begin(s->out, s->kind, s->level, line, 0);
        s->open = true;
        if (s->kind == UNIT_ITEM)
            s->item_used[s->lists] = true;
        emit_at_line(s->out, line);
        emit_text(s->out, text);
    }
}

static struct bytes cell(const struct cells *c, size_t i)
{
    size_t from = i ? *LIST_AT(&c->ends, size_t, i - 1) : 0;
    size_t to = *LIST_AT(&c->ends, size_t, i);
    return text_trim((struct bytes){c->text.at ? c->text.at + from : NULL, to - from});
}

static void cells_clear(struct cells *c)
{
    c->text.len = c->ends.count = c->line = 0;
}

static void cells_free(struct cells *c)
{
    growing_free(&c->text);
    list_free(&c->ends);
}

static void emit_row(struct state *s, const struct cells *head, const struct cells *row)
{
    uint32_t line = row->line ? row->line : s->line;
    emit_begin(s->out, UNIT_ROW, 0, line, 0);
    for (size_t i = 0; i < row->ends.count; i++) {
        emit_text(s->out, i ? TEXT(" | ") : TEXT(""));
        emit_text(s->out, cell(row, i));
    }
    for (size_t i = 0; head && i < head->ends.count && i < row->ends.count; i++)
        emit_field(s->out, cell(head, i), cell(row, i), line);
    emit_end(s->out);
}

static void leave_head(struct state *s)
{
    struct cells unused = s->head;
    s->head = s->row;
    s->row = unused;
    cells_clear(&s->row);
}

static void leave_html(struct state *s)
{
    s->in_html = false;
    html_block_read(growing_bytes(&s->held), s->held_line, s->kind, s->level, s->out);
    s->held.len = 0;
}

static int go_deeper(struct state *s)
{
    if (++s->depth <= READ_DEPTH_MAX)
        return GO_ON;
    emit_note(s->out, NOTE_TOO_DEEP, s->line, 0, TEXT("lists and quotes"));
    return STOP;
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *state)
{
    struct state *s = state;
    int go = GO_ON;

    switch (type) {
    case MD_BLOCK_QUOTE:
        go = go_deeper(s);
        s->quotes++;
        break;
    case MD_BLOCK_UL:
    case MD_BLOCK_OL:
        go = go_deeper(s);
        s->lists++;
        break;
    case MD_BLOCK_LI:
        if (s->lists <= READ_DEPTH_MAX)
            s->item_used[s->lists] = false;
        break;
    case MD_BLOCK_TBODY: s->in_body = true; break;
    case MD_BLOCK_TR: cells_clear(&s->row); break;
    default: break;
    }
    if (go != GO_ON || emit_full(s->out))
        return STOP;
    next_block(s);
    s->in_html = type == MD_BLOCK_HTML;
    s->in_cell = type == MD_BLOCK_TH || type == MD_BLOCK_TD;
    if (type == MD_BLOCK_H) {
        s->kind = UNIT_HEADING;
        s->level = (uint8_t)((const MD_BLOCK_H_DETAIL *)detail)->level;
    } else if (type == MD_BLOCK_CODE) {
        s->kind = UNIT_CODE;
        s->level = 0;
    }
    return GO_ON;
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *state)
{
    struct state *s = state;
    (void)detail;

    switch (type) {
    case MD_BLOCK_QUOTE:
        s->quotes--;
        s->depth--;
        break;
    case MD_BLOCK_UL:
    case MD_BLOCK_OL:
        s->lists--;
        s->depth--;
        break;
    case MD_BLOCK_TH:
    case MD_BLOCK_TD:
        *(size_t *)list_add(&s->row.ends) = s->row.text.len;
        s->in_cell = false;
        break;
    case MD_BLOCK_THEAD: leave_head(s); break;
    case MD_BLOCK_TR:
        if (s->in_body)
            emit_row(s, &s->head, &s->row);
        break;
    case MD_BLOCK_TABLE:
        if (!s->in_body) /* a header alone says something too */
            emit_row(s, NULL, &s->head);
        s->in_body = false;
        break;
    case MD_BLOCK_HTML: leave_html(s); break;
    default: break;
    }
    next_block(s);
    return GO_ON;
}

static struct bytes attribute(const MD_ATTRIBUTE *a)
{
    return (struct bytes){(const uint8_t *)a->text, a->size};
}

/* A picture of a state elsewhere ("build passing"), not of the product. */
static bool is_badge(const struct state *s, struct bytes src)
{
    return s->links > 0
        && (text_find_word(src, TEXT("badge")) < src.len
            || text_find_word(src, TEXT("shield")) < src.len
            || text_find(src, TEXT("/workflows/")) < src.len);
}

static int enter_span(MD_SPANTYPE type, void *detail, void *state)
{
    struct state *s = state;
    s->links += type == MD_SPAN_A;
    s->struck += type == MD_SPAN_DEL;
    if (type == MD_SPAN_IMG && s->images++ == 0) {
        s->held.len = 0;
        s->held_line = s->line;
        s->badge = is_badge(s, attribute(&((const MD_SPAN_IMG_DETAIL *)detail)->src));
    }
    return GO_ON;
}

static int leave_span(MD_SPANTYPE type, void *detail, void *state)
{
    struct state *s = state;
    (void)detail;
    s->links -= type == MD_SPAN_A;
    s->struck -= type == MD_SPAN_DEL;
    if (type == MD_SPAN_IMG && --s->images == 0) {
        if (!s->badge)
            emit_note(
                s->out, NOTE_LOST_IMAGE, s->held_line, 0, growing_bytes(&s->held));
        s->held.len = 0;
    }
    return GO_ON;
}

/* A tag in running text: a line break is a blank, a picture is said, the rest is dress. */
static void on_inline_tag(struct state *s, struct bytes tag, uint32_t line)
{
    if (html_is(tag, TEXT("br")))
        put(s, TEXT(" "), line);
    else if (html_is(tag, TEXT("img")))
        emit_note(s->out, NOTE_LOST_IMAGE, line, 0, html_attribute(tag, TEXT("alt")));
}

/* In a table "\\|" is a bar, in code too. */
static void put_code(struct state *s, struct bytes text, uint32_t line)
{
    size_t bar;
    while (s->in_cell && (bar = text_find(text, TEXT("\\|"))) < text.len) {
        put(s, text_upto(text, bar), line);
        text = text_from(text, bar + 1);
    }
    put(s, text, line);
}

static int on_text(MD_TEXTTYPE type, const MD_CHAR *at, MD_SIZE size, void *state)
{
    struct state *s = state;
    struct bytes text = {(const uint8_t *)at, size};
    uint32_t line = line_of(s, at);
    uint8_t room[4];

    switch (type) {
    case MD_TEXT_NULLCHAR: put(s, TEXT("\xEF\xBF\xBD"), line); break;
    case MD_TEXT_BR:
    case MD_TEXT_SOFTBR: put(s, TEXT(" "), line); break;
    case MD_TEXT_ENTITY: put(s, entity_text(text, room), line); break;
    case MD_TEXT_HTML:
        if (s->in_html)
            put(s, text, line);
        else
            on_inline_tag(s, text, line);
        break;
    case MD_TEXT_CODE: put_code(s, text, line); break;
    case MD_TEXT_NORMAL:
    case MD_TEXT_LATEXMATH: put(s, text, line); break;
    }
    return emit_full(s->out) ? STOP : GO_ON;
}

void read_markdown(struct bytes document, struct emit *out)
{
    static const MD_PARSER parser = {
        .flags = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH,
        .enter_block = enter_block,
        .leave_block = leave_block,
        .enter_span = enter_span,
        .leave_span = leave_span,
        .text = on_text,
    };
    struct state s = {.out = out, .line = 1};
    secret_scan(document, out);
    s.head.ends = LIST_OF(size_t);
    s.row.ends = LIST_OF(size_t);
    size_t front = front_read(document, out);
    for (size_t i = 0; i < front; i++)
        s.line += document.at[i] == '\n';
    s.source = text_from(document, front);

    int ended = md_parse((const char *)s.source.at, (MD_SIZE)s.source.len, &parser, &s);
    if (s.open)
        emit_end(out);
    if (ended < 0)
        emit_note(out, NOTE_MEMORY, s.line, 0, (struct bytes){0});
    growing_free(&s.held);
    cells_free(&s.head);
    cells_free(&s.row);
}
