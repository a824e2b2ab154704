/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plain text: paragraphs between blank lines, items by their marks, quotes by '>', headings
 * by an underline or by a number that stands alone ("2.1 Cloud").
 */
#include "review/read/readers.h"
#include "review/read/secret.h"

enum { DEPTHS = 32, HEADING_MAX = 100, TAB = 8 };

struct state {
    struct emit *out;
    struct bytes rest;      /* what follows the line in hand */
    uint32_t line;          /* number of the line in hand, from 1 */
    bool open, quote;       /* a unit is open; it is a quote */
    bool alone;             /* what stands above the line in hand is no paragraph */
    size_t indents[DEPTHS]; /* of the list items that are open */
    uint8_t depth;
};

static struct bytes next_line(struct bytes rest)
{
    return text_trim(text_upto(rest, text_find(rest, TEXT("\n"))));
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* Length of a list mark with the blank behind it, or 0: "- ", "1. ", "12) ", "a) ". */
static size_t item_mark(struct bytes t)
{
    size_t n = 0;
    if (text_starts(t, TEXT("- ")) || text_starts(t, TEXT("* "))
        || text_starts(t, TEXT("+ ")))
        return 2;
    if (text_starts(t, TEXT("\xE2\x80\xA2 "))) /* bullet */
        return 4;
    while (n < t.len && n < 4 && is_digit(t.at[n]))
        n++;
    bool letter = n == 0 && t.len > 0 && t.at[0] >= 'a' && t.at[0] <= 'z';
    n += letter;
    if (n == 0 || n + 1 >= t.len || t.at[n + 1] != ' ')
        return 0;
    return t.at[n] == ')' || (t.at[n] == '.' && !letter) ? n + 2 : 0;
}

/* The character of a line that holds nothing else, or 0. */
static uint8_t rule_of(struct bytes t)
{
    const struct bytes rules = TEXT("=-~^*#+_\"`");
    if (t.len < 3 || text_find(rules, text_upto(t, 1)) == rules.len)
        return 0;
    for (size_t i = 1; i < t.len; i++)
        if (t.at[i] != t.at[0])
            return 0;
    return t.at[0];
}

/* "2.1 Cloud", "3 Scope", "2.1. Cloud": how many numbers; 0: no heading. */
static uint8_t numbers_of(struct bytes t)
{
    size_t i = 0;
    uint8_t count = 0;
    while (i < t.len && is_digit(t.at[i]) && count < 6) {
        while (i < t.len && is_digit(t.at[i]))
            i++;
        count++;
        if (i < t.len && t.at[i] == '.')
            i++;
    }
    bool title = count > 0 && i + 1 < t.len && t.at[i] == ' ' && !item_mark(t)
        && (t.at[i + 1] >= 0x80 || (t.at[i + 1] >= 'A' && t.at[i + 1] <= 'Z'));
    uint8_t last = t.len ? t.at[t.len - 1] : 0;
    return title && last != '.' && last != ':' && last != ';' ? count : 0;
}

/* The level of a heading that this line is, or 0; what stands below it decides. */
static uint8_t heading_level(const struct state *s, struct bytes t)
{
    struct bytes below = next_line(s->rest);
    if (!s->alone || t.len > HEADING_MAX)
        return 0;
    switch (rule_of(below)) {
    case 0: return below.len == 0 ? numbers_of(t) : 0;
    case '=': return 1;
    case '-': return 2;
    default: return 3;
    }
}

static void close_unit(struct state *s)
{
    if (s->open)
        emit_end(s->out);
    s->open = false;
}

static void open_unit(struct state *s, enum unit_kind kind, uint8_t level)
{
    close_unit(s);
    emit_begin(s->out, kind, level, s->line, 0);
    s->open = true;
    s->quote = kind == UNIT_QUOTE;
}

static uint8_t depth_for(struct state *s, size_t indent)
{
    while (s->depth > 0 && s->indents[s->depth - 1] >= indent)
        s->depth--;
    if (s->depth < DEPTHS)
        s->indents[s->depth++] = indent;
    return s->depth;
}

static void skip_line(struct state *s)
{
    s->rest = text_from(s->rest, text_find(s->rest, TEXT("\n")) + 1);
    s->line++;
}

static void on_text(struct state *s, struct bytes t, size_t indent)
{
    size_t mark = item_mark(t);
    bool quote = t.at[0] == '>';

    if (mark) {
        open_unit(s, UNIT_ITEM, depth_for(s, indent));
        t = text_from(t, mark);
    } else if (quote) {
        t = text_from(t, 1);
        if (!s->open || !s->quote)
            open_unit(s, UNIT_QUOTE, 0);
    } else if (!s->open || s->quote) {
        if (indent == 0)
            s->depth = 0;
        open_unit(s, UNIT_PARAGRAPH, 0);
    }
    emit_at_line(s->out, s->line);
    emit_text(s->out, t);
    emit_text(s->out, TEXT(" "));
    s->alone = false;
}

static void on_line(struct state *s, struct bytes t, size_t indent)
{
    uint8_t level = t.len ? heading_level(s, t) : 0;

    if (level) {
        close_unit(s);
        emit_unit(s->out, UNIT_HEADING, level, s->line, 0, t);
        if (rule_of(next_line(s->rest)))
            skip_line(s);
        s->depth = 0;
        s->alone = true;
    } else if (t.len == 0 || rule_of(t)) {
        close_unit(s);
        s->alone = true;
    } else {
        on_text(s, t, indent);
    }
}

static size_t indent_of(struct bytes line)
{
    size_t n = 0;
    for (size_t i = 0; i < line.len && (line.at[i] == ' ' || line.at[i] == '\t'); i++)
        n += line.at[i] == '\t' ? TAB - n % TAB : 1;
    return n;
}

void read_text(struct bytes document, struct emit *out)
{
    struct state s = {.out = out, .rest = document, .alone = true};
    secret_scan(document, out);
    if (text_starts(document, TEXT("\xEF\xBB\xBF")))
        s.rest = text_from(document, 3);
    while (s.rest.len && !emit_full(out)) {
        struct bytes line = text_upto(s.rest, text_find(s.rest, TEXT("\n")));
        skip_line(&s);
        on_line(&s, text_trim(line), indent_of(line));
    }
    close_unit(&s);
}
