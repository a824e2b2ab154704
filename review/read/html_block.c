/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/html_block.h"

#include "review/read/entity.h"

/* Where an element begins or ends, a line of the page ends. */
static const char *const block_names[] = {"p", "div", "br", "hr", "h1", "h2", "h3",
    "h4", "h5", "h6", "li", "ul", "ol", "dl", "dt", "dd", "tr", "table", "thead",
    "tbody", "caption", "blockquote", "pre", "details", "summary", "section", "article",
    "center", "header", "footer", "figure", "figcaption"};

struct state {
    struct emit *out;
    struct bytes rest;
    uint32_t line;
    bool open, table_said;
    enum unit_kind kind;
    uint8_t level, heading; /* heading: level of the open h1..h6, or 0 */
};

static bool name_letter(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
        || c == '/' || c == '-';
}

static struct bytes name_of(struct bytes tag)
{
    size_t n = 1;
    while (n < tag.len && name_letter(tag.at[n]) && (n == 1 || tag.at[n] != '/'))
        n++;
    return text_upto(text_from(tag, 1), n - 1);
}

bool html_is(struct bytes tag, struct bytes name)
{
    return text_same_word(name_of(tag), name);
}

struct bytes html_attribute(struct bytes tag, struct bytes name)
{
    for (struct bytes rest = tag; rest.len > name.len + 1; rest = text_from(rest, 1)) {
        bool here = (rest.at[0] == ' ' || rest.at[0] == '\n' || rest.at[0] == '\t')
            && text_same_word(text_upto(text_from(rest, 1), name.len), name);
        struct bytes value = text_trim(text_from(rest, 1 + name.len));
        if (!here || !text_starts(value, TEXT("=")))
            continue;
        value = text_trim(text_from(value, 1));
        if (value.len && (value.at[0] == '"' || value.at[0] == '\'')) {
            struct bytes inside = text_from(value, 1);
            return text_upto(inside, text_find(inside, text_upto(value, 1)));
        }
        size_t n = 0;
        while (n < value.len && value.at[n] > ' ' && value.at[n] != '>')
            n++;
        return text_upto(value, n);
    }
    return (struct bytes){0};
}

static void close_unit(struct state *s)
{
    if (s->open)
        emit_end(s->out);
    s->open = false;
}

static void put(struct state *s, struct bytes text)
{
    if (!s->open && text_trim(text).len == 0)
        return;
    if (!s->open)
        emit_begin(s->out, s->heading ? UNIT_HEADING : s->kind,
            s->heading ? s->heading : s->level, s->line, 0);
    s->open = true;
    emit_text(s->out, text);
}

static bool is_block(struct bytes name)
{
    struct bytes bare = text_from(name, text_starts(name, TEXT("/")));
    for (size_t i = 0; i < sizeof block_names / sizeof block_names[0]; i++)
        if (text_same_word(bare, text_of(block_names[i])))
            return true;
    return false;
}

static void on_tag(struct state *s, struct bytes tag)
{
    struct bytes name = name_of(tag);
    bool heading = name.len == 2 && (name.at[0] | 0x20) == 'h' && name.at[1] >= '1'
        && name.at[1] <= '6';
    bool cell = text_same_word(name, TEXT("td")) || text_same_word(name, TEXT("th"));

    if (is_block(name)) {
        close_unit(s);
        s->heading = heading ? (uint8_t)(name.at[1] - '0') : 0;
    } else if (cell && s->open) {
        put(s, TEXT(" | "));
    } else if (text_same_word(name, TEXT("img"))) {
        emit_note(
            s->out, NOTE_LOST_IMAGE, s->line, 0, html_attribute(tag, TEXT("alt")));
    }
    if (cell && !s->table_said) {
        s->table_said = true;
        emit_note(s->out, NOTE_LOST_LAYOUT, s->line, 0, TEXT("HTML table in Markdown"));
    }
}

/* Length of the tag, comment, script or style at the front; a '<' that opens none is 1. */
static size_t tag_length(struct bytes rest)
{
    static const struct {
        const char *open, *close;
    } whole[] = {{"<!--", "-->"}, {"<script", "</script>"}, {"<style", "</style>"}};

    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
        struct bytes open = text_of(whole[i].open), close = text_of(whole[i].close);
        if (text_same_word(text_upto(rest, open.len), open))
            return text_find_word(rest, close) + close.len;
    }
    if (rest.len < 2 || !(name_letter(rest.at[1]) || rest.at[1] == '!'))
        return 1;
    return text_find(rest, TEXT(">")) + 1;
}

static size_t text_length(struct bytes rest)
{
    size_t n = 0;
    while (n < rest.len && rest.at[n] != '<' && rest.at[n] != '&')
        n++;
    return n;
}

static void step(struct state *s)
{
    struct bytes part = text_upto(s->rest, text_length(s->rest));
    uint8_t room[4];

    if (part.len) {
        put(s, part);
    } else if (s->rest.at[0] == '&') {
        size_t end = text_find(text_upto(s->rest, 40), TEXT(";"));
        part = text_upto(s->rest, end < 40 && end < s->rest.len ? end + 1 : 1);
        put(s, entity_text(part, room));
    } else {
        part = text_upto(s->rest, tag_length(s->rest));
        if (part.len > 1)
            on_tag(s, part);
        else
            put(s, part);
    }
    for (size_t i = 0; i < part.len; i++)
        s->line += part.at[i] == '\n';
    s->rest = text_from(s->rest, part.len);
}

void html_block_read(struct bytes block, uint32_t line, enum unit_kind kind,
    uint8_t level, struct emit *out)
{
    struct state s = {
        .out = out, .rest = block, .line = line, .kind = kind, .level = level};
    while (s.rest.len && !emit_full(out))
        step(&s);
    close_unit(&s);
}
