/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RST: blocks by indentation, sections by the adornments in the order in which they appear.
 *
 * A directive that we do not know is read as what it holds, its options as fields: tools for
 * requirements write theirs so (".. req:: Title", ":id: SEC-1"). Comments, targets,
 * substitutions, tables of contents and raw output for other formats are left out.
 */
#include "core/base/utf8.h"
#include "review/read/grid.h"
#include "review/read/growing.h"
#include "review/read/read.h"
#include "review/read/readers.h"
#include "review/read/rst_table.h"
#include "review/read/secret.h"

enum { LINES_MAX = 4000000, STYLES_MAX = 6 };

struct row_of_text { /* a line, without blanks at its ends */
    uint32_t from, len, indent;
};

struct around { /* what stands open around a block */
    unsigned quotes, lists;
    bool *fresh; /* the item has no text yet; NULL: no item is open */
};

struct rst {
    struct bytes source;
    struct emit *out;
    struct grid *grid;
    struct list lines;
    unsigned styles[STYLES_MAX], style_count; /* adornment, and 256 with a line above */
    unsigned depth;
    struct growing plain;
    bool stopped;
};

static struct row_of_text *row(const struct rst *r, size_t i)
{
    return LIST_AT(&r->lines, struct row_of_text, i);
}

static struct bytes text_at(const struct rst *r, size_t i)
{
    if (i >= r->lines.count)
        return (struct bytes){0};
    return (struct bytes){r->source.at + row(r, i)->from, row(r, i)->len};
}

static bool blank(const struct rst *r, size_t i)
{
    return i >= r->lines.count || !row(r, i)->len;
}

static uint32_t indent(const struct rst *r, size_t i)
{
    return row(r, i)->indent;
}

/* The whole line with its blanks at the front, for tables and code. */
static struct bytes raw(const struct rst *r, size_t i)
{
    uint32_t from = row(r, i)->from;
    while (from > 0 && r->source.at[from - 1] != '\n')
        from--;
    return (struct bytes){r->source.at + from, row(r, i)->from - from + row(r, i)->len};
}

static void split_lines(struct rst *r)
{
    for (size_t at = 0; at < r->source.len && r->lines.count < LINES_MAX;) {
        struct bytes rest = text_from(r->source, at);
        size_t len = text_find(rest, TEXT("\n")), front = 0;
        struct row_of_text *l = list_add(&r->lines);
        for (; front < len && (rest.at[front] == ' ' || rest.at[front] == '\t');
             front++)
            l->indent += rest.at[front] == '\t' ? 8 - l->indent % 8 : 1;
        l->from = (uint32_t)(at + front);
        struct bytes text = text_trim(text_upto(text_from(rest, front), len - front));
        l->len = text.len ? (uint32_t)(text.at + text.len - r->source.at) - l->from : 0;
        at += len + 1;
    }
    if (r->lines.count >= LINES_MAX)
        emit_note(r->out, NOTE_TOO_MUCH, LINES_MAX, 0, TEXT("lines"));
}

static bool letter(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
        || c >= 0x80;
}

/* "title <target>" is read as its title. */
static struct bytes without_target(struct bytes t)
{
    size_t at = text_find(t, TEXT("<"));
    if (at > 0 && at < t.len && text_ends(t, TEXT(">")))
        return text_trim(text_upto(t, at));
    return t;
}

/* ":role:`" at the front: its length without the tick, or 0. */
static size_t role_len(struct bytes t)
{
    size_t n = 1;
    while (n < t.len && n < 64 && (letter(t.at[n]) || t.at[n] == '-' || t.at[n] == ':'))
        n++;
    return t.len > n && n > 2 && t.at[0] == ':' && t.at[n - 1] == ':' && t.at[n] == '`'
        ? n
        : 0;
}

/* A span in ticks, stars or bars; how much of `t` it takes, or 0. */
static size_t add_span(struct growing *to, struct bytes t, bool word_before)
{
    static const char *const marks[] = {"``", "`", "**", "*", "|"};
    size_t role = role_len(t);
    if (role)
        return role + add_span(to, text_from(t, role), false);
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        struct bytes mark = text_of(marks[i]), in = text_from(t, mark.len);
        if (!text_starts(t, mark))
            continue;
        size_t end = text_find(text_upto(in, EMIT_TEXT_MAX), mark);
        if (word_before || !in.len || in.at[0] <= ' ' || end == 0 || end >= in.len
            || !text_starts(text_from(in, end), mark))
            return 0;
        in = text_upto(in, end);
        growing_add(to, marks[i][0] == '`' && mark.len == 1 ? without_target(in) : in);
        size_t taken = end + 2 * mark.len;
        while (mark.len == 1 && taken < t.len && t.at[taken] == '_')
            taken++;
        return taken;
    }
    return 0;
}

/* "[1]_" */
static size_t note_mark(struct bytes t)
{
    size_t end = text_find(text_upto(t, 64), TEXT("]_"));
    return t.at[0] == '[' && end + 2 <= t.len && end < 62 && end > 1 ? end + 2 : 0;
}

static void add_plain(struct growing *to, struct bytes t)
{
    bool word = false; /* a letter stands before: no span can begin */
    while (t.len) {
        uint8_t c = t.at[0];
        size_t n = 0;
        if (c == '\\' && t.len > 1) {
            n = 2;
            if (t.at[1] > ' ')
                growing_add(to, (struct bytes){t.at + 1, 1});
        } else if (c == '`' || c == '*' || c == '|' || c == ':') {
            n = add_span(to, t, word);
        } else if (c == '[') {
            n = note_mark(t);
        } else if (c == '_' && word && (t.len == 1 || !letter(t.at[1]))) {
            n = 1; /* a reference: word_ */
        }
        if (!n) {
            growing_add(to, text_upto(t, 1));
            n = 1;
        }
        word = n == 1 && letter(c);
        t = text_from(t, n);
    }
}

/* Borrowed until the next call. */
static struct bytes plain(struct rst *r, struct bytes t)
{
    r->plain.len = 0;
    add_plain(&r->plain, t);
    return growing_bytes(&r->plain);
}

static bool adornment(struct bytes t)
{
    if (!t.len || letter(t.at[0]) || t.at[0] <= ' ')
        return false;
    for (size_t i = 1; i < t.len; i++)
        if (t.at[i] != t.at[0])
            return false;
    return true;
}

static size_t characters(struct bytes t)
{
    size_t n = 0;
    for (size_t i = 0; i < t.len; i++)
        n += (t.at[i] & 0xC0) != 0x80;
    return n;
}

/* Underlines may be a little short: the tool that renders them only warns. */
static bool underlines(const struct rst *r, size_t title, uint32_t column)
{
    struct bytes line = text_at(r, title + 1);
    return !blank(r, title) && adornment(line) && indent(r, title + 1) == column
        && (line.len >= characters(text_at(r, title)) || line.len >= 4);
}

static uint8_t section_level(struct rst *r, unsigned style)
{
    for (unsigned i = 0; i < r->style_count; i++)
        if (r->styles[i] == style)
            return (uint8_t)(i + 1);
    if (r->style_count < STYLES_MAX)
        r->styles[r->style_count++] = style;
    return (uint8_t)r->style_count;
}

/* How many lines the section title takes here, or 0. Sections also stand in directives
 * ("only"), set in; in lists and quotes none does. */
static size_t section(struct rst *r, size_t i, size_t to, struct around a)
{
    struct bytes first = text_at(r, i);
    if (a.lists || a.quotes || i + 1 >= to)
        return 0;
    bool over = adornment(first) && first.len >= 2 && i + 2 < to
        && underlines(r, i + 1, indent(r, i)) && text_at(r, i + 2).at[0] == first.at[0];
    if (!over && (adornment(first) || !underlines(r, i, indent(r, i))))
        return 0;
    size_t title = over ? i + 1 : i;
    unsigned style = text_at(r, title + 1).at[0] + (over ? 256u : 0u);
    emit_unit(r->out, UNIT_HEADING, section_level(r, style), (uint32_t)title + 1, 0,
        plain(r, text_at(r, title)));
    return over ? 3 : 2;
}

static void emit_text_of(struct rst *r, struct around a, struct bytes t, uint32_t line)
{
    bool item = a.fresh && *a.fresh && !a.quotes;
    enum unit_kind kind = a.quotes ? UNIT_QUOTE : item ? UNIT_ITEM : UNIT_PARAGRAPH;
    if (!text_trim(t).len)
        return;
    if (a.fresh)
        *a.fresh = false;
    emit_unit(r->out, kind, item ? (uint8_t)a.lists : 0, line, 0, t);
}

/* The first line after `i` that is not blank and stands left of `column`. */
static size_t end_of_body(const struct rst *r, size_t i, size_t to, uint32_t column)
{
    size_t end = i;
    for (; i < to && (blank(r, i) || indent(r, i) >= column); i++)
        if (!blank(r, i))
            end = i + 1;
    return end;
}

static void code(struct rst *r, size_t from, size_t to)
{
    uint32_t margin = UINT32_MAX;
    while (from < to && blank(r, from))
        from++;
    for (size_t i = from; i < to; i++)
        if (!blank(r, i) && indent(r, i) < margin)
            margin = indent(r, i);
    if (from >= to)
        return;
    emit_begin(r->out, UNIT_CODE, 0, (uint32_t)from + 1, 0);
    for (size_t i = from; i < to; i++) {
        struct bytes line = raw(r, i);
        emit_text(r->out, blank(r, i) ? TEXT("") : text_from(line, margin));
        emit_text(r->out, TEXT("\n"));
    }
    emit_end(r->out);
}

/* Lines with their ends between them, from `front` letters into the first one. */
static void join(
    const struct rst *r, struct growing *to, size_t from, size_t end, size_t front)
{
    for (size_t i = from; i < end && to->len <= EMIT_TEXT_MAX * 2; i++) {
        if (to->len)
            growing_add(to, TEXT("\n"));
        growing_add(to, i == from ? text_from(text_at(r, i), front) : text_at(r, i));
    }
}

static void blocks(struct rst *r, size_t from, size_t to, struct around a);

/* The line goes on at `front` letters in, as if blanks stood before. */
static void cut_front(struct rst *r, size_t i, size_t front)
{
    struct row_of_text *l = row(r, i);
    struct bytes rest = text_from(text_at(r, i), front);
    size_t blanks = 0;
    while (blanks < rest.len && rest.at[blanks] == ' ')
        blanks++;
    l->from += (uint32_t)(front + blanks);
    l->len = (uint32_t)(rest.len - blanks);
    l->indent += (uint32_t)(front + blanks);
}

/* Length of "- ", "1. ", "(a) ", "#) " at the front, or 0. */
static size_t bullet_len(struct bytes t)
{
    static const char *const bullets[] = {
        "-", "*", "+", "\xE2\x80\xA2", "\xE2\x80\xA3", "\xE2\x81\x83"};
    for (size_t i = 0; i < sizeof bullets / sizeof bullets[0]; i++) {
        struct bytes b = text_of(bullets[i]);
        if (text_starts(t, b) && (t.len == b.len || t.at[b.len] == ' '))
            return t.len == b.len ? b.len : b.len + 1;
    }
    return 0;
}

static size_t number_len(struct bytes t)
{
    size_t at = t.len && t.at[0] == '(' ? 1 : 0, from = at;
    while (at < t.len && at < from + 4 && t.at[at] >= '0' && t.at[at] <= '9')
        at++;
    if (at == from && at < t.len && (t.at[at] == '#' || letter(t.at[at])))
        at++;
    bool closed = at > from && at + 1 < t.len && t.at[at + 1] == ' '
        && (t.at[at] == ')' || (t.at[at] == '.' && from == 0));
    return closed ? at + 2 : 0;
}

/* "A. Smith wrote" in running text is no list: its next line would be indented. */
static size_t item_len(const struct rst *r, size_t i, size_t to)
{
    struct bytes t = text_at(r, i);
    size_t n = bullet_len(t);
    if (n)
        return n;
    n = number_len(t);
    bool alone = i + 1 >= to || blank(r, i + 1) || indent(r, i + 1) > indent(r, i)
        || number_len(text_at(r, i + 1));
    return alone ? n : 0;
}

static size_t item(struct rst *r, size_t i, size_t to, struct around a, size_t mark)
{
    size_t end = end_of_body(r, i + 1, to, indent(r, i) + 1);
    bool fresh = true;
    cut_front(r, i, mark);
    blocks(r, i, end, (struct around){a.quotes, a.lists + 1, &fresh});
    return end;
}

/* Length of ":name:" at the front, or 0; a role (":ref:`x`") is none. */
static size_t field_len(struct bytes t)
{
    if (t.len < 3 || t.at[0] != ':' || t.at[1] == ' ' || t.at[1] == ':')
        return 0;
    for (size_t n = 1; n + 1 <= t.len && n < 256; n++) {
        if (t.at[n] == '\\')
            n++;
        else if (t.at[n] == ':')
            return n + 1 == t.len || t.at[n + 1] == ' ' ? n + 1 : 0;
    }
    return 0;
}

static void emit_named(struct rst *r, struct around a, struct bytes name,
    struct bytes value, uint32_t line)
{
    emit_begin(r->out, a.quotes ? UNIT_QUOTE : UNIT_ITEM,
        a.quotes ? 0 : (uint8_t)(a.lists + 1), line, 0);
    emit_text(r->out, name);
    if (value.len) {
        emit_text(r->out, TEXT(": "));
        emit_text(r->out, value);
        emit_field(r->out, name, value, line);
    }
    emit_end(r->out);
}

static size_t field(struct rst *r, size_t i, size_t to, struct around a, size_t mark)
{
    size_t end = end_of_body(r, i + 1, to, indent(r, i) + 1);
    struct growing all = {0}, value = {0};
    join(r, &all, i, end, mark);
    add_plain(&value, text_trim(growing_bytes(&all)));
    struct bytes name = text_upto(text_from(text_at(r, i), 1), mark - 2);
    emit_named(r, a, plain(r, name), growing_bytes(&value), (uint32_t)i + 1);
    growing_free(&all);
    growing_free(&value);
    return end;
}

/* A term, and below it, indented, what it means: the first paragraph goes with the term. */
static size_t definition(struct rst *r, size_t i, size_t to, struct around a)
{
    size_t end = end_of_body(r, i + 1, to, indent(r, i) + 1), first = i + 1;
    struct growing all = {0}, value = {0};
    uint32_t column = indent(r, i + 1);
    while (first < end && !blank(r, first) && indent(r, first) == column)
        first++;
    if (item_len(r, i + 1, end))
        first = i + 1;
    join(r, &all, i + 1, first, 0);
    add_plain(&value, growing_bytes(&all));
    emit_named(r, a, plain(r, text_at(r, i)), growing_bytes(&value), (uint32_t)i + 1);
    growing_free(&all);
    growing_free(&value);
    bool fresh = false;
    blocks(r, first, end, (struct around){a.quotes, a.lists + 1, &fresh});
    return end;
}

static size_t literal(struct rst *r, size_t i, size_t to, uint32_t column)
{
    while (i < to && blank(r, i))
        i++;
    if (i >= to || indent(r, i) <= column)
        return i;
    size_t end = end_of_body(r, i, to, column + 1);
    code(r, i, end);
    return end;
}

static size_t paragraph(struct rst *r, size_t i, size_t to, struct around a)
{
    uint32_t column = indent(r, i);
    size_t end = i + 1;
    while (end < to && !blank(r, end) && indent(r, end) == column)
        end++;
    struct growing all = {0};
    join(r, &all, i, end, 0);
    struct bytes t = growing_bytes(&all);
    bool code_follows = text_ends(t, TEXT("::"));
    if (code_follows) /* "text::" shows one colon, "text ::" and "::" none */
        t.len -= t.len == 2 || t.at[t.len - 3] <= ' ' ? 2 : 1;
    emit_text_of(r, a, plain(r, t), (uint32_t)i + 1);
    growing_free(&all);
    return code_follows ? literal(r, end, to, column) : end;
}

enum directive {
    HOLDS_TEXT, /* and its argument is a paragraph */
    HOLDS_BODY, /* the argument is for the machine */
    HOLDS_QUOTE,
    HOLDS_CODE,
    HOLDS_PICTURE,
    HOLDS_LIST_TABLE,
    HOLDS_CSV_TABLE,
    HOLDS_NOTHING,
    HOLDS_SOMETHING, /* unknown: argument, options and body */
};

static enum directive directive_of(struct bytes name)
{
    static const struct {
        const char *name;
        enum directive is;
    } known[] = {
        {"note", HOLDS_TEXT},
        {"warning", HOLDS_TEXT},
        {"attention", HOLDS_TEXT},
        {"caution", HOLDS_TEXT},
        {"danger", HOLDS_TEXT},
        {"error", HOLDS_TEXT},
        {"hint", HOLDS_TEXT},
        {"important", HOLDS_TEXT},
        {"tip", HOLDS_TEXT},
        {"admonition", HOLDS_TEXT},
        {"seealso", HOLDS_TEXT},
        {"topic", HOLDS_TEXT},
        {"sidebar", HOLDS_TEXT},
        {"rubric", HOLDS_TEXT},
        {"centered", HOLDS_TEXT},
        {"versionadded", HOLDS_TEXT},
        {"versionchanged", HOLDS_TEXT},
        {"deprecated", HOLDS_TEXT},
        {"container", HOLDS_BODY},
        {"compound", HOLDS_BODY},
        {"class", HOLDS_BODY},
        {"only", HOLDS_BODY},
        {"table", HOLDS_TEXT},
        {"epigraph", HOLDS_QUOTE},
        {"highlights", HOLDS_QUOTE},
        {"pull-quote", HOLDS_QUOTE},
        {"code", HOLDS_CODE},
        {"code-block", HOLDS_CODE},
        {"sourcecode", HOLDS_CODE},
        {"parsed-literal", HOLDS_CODE},
        {"math", HOLDS_CODE},
        {"image", HOLDS_PICTURE},
        {"figure", HOLDS_PICTURE},
        {"list-table", HOLDS_LIST_TABLE},
        {"csv-table", HOLDS_CSV_TABLE},
        {"contents", HOLDS_NOTHING},
        {"toctree", HOLDS_NOTHING},
        {"include", HOLDS_NOTHING},
        {"raw", HOLDS_NOTHING},
        {"index", HOLDS_NOTHING},
        {"meta", HOLDS_NOTHING},
        {"highlight", HOLDS_NOTHING},
        {"role", HOLDS_NOTHING},
        {"default-role", HOLDS_NOTHING},
        {"sectnum", HOLDS_NOTHING},
        {"header", HOLDS_NOTHING},
        {"footer", HOLDS_NOTHING},
        {"literalinclude", HOLDS_NOTHING},
        {"tabularcolumns", HOLDS_NOTHING},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (text_same_word(name, text_of(known[i].name)))
            return known[i].is;
    return HOLDS_SOMETHING;
}

struct directive_parts {
    struct bytes argument;     /* text may go on in the lines below */
    size_t options, body, end; /* lines: options from..body, body..end */
};

static struct bytes option(
    const struct rst *r, const struct directive_parts *d, const char *name)
{
    for (size_t i = d->options; i < d->body; i++) {
        size_t n = field_len(text_at(r, i));
        struct bytes key = text_upto(text_from(text_at(r, i), 1), n ? n - 2 : 0);
        if (n && text_same_word(key, text_of(name)))
            return text_trim(text_from(text_at(r, i), n));
    }
    return (struct bytes){0};
}

static void emit_unknown(
    struct rst *r, const struct directive_parts *d, struct around a, size_t i)
{
    emit_begin(r->out, a.quotes ? UNIT_QUOTE : UNIT_PARAGRAPH, 0, (uint32_t)i + 1, 0);
    emit_text(r->out, plain(r, d->argument));
    for (size_t k = d->options; k < d->body; k++) {
        size_t n = field_len(text_at(r, k));
        if (n)
            emit_field(r->out, text_upto(text_from(text_at(r, k), 1), n - 2),
                plain(r, text_trim(text_from(text_at(r, k), n))), (uint32_t)k + 1);
    }
    emit_end(r->out);
}

static struct bytes body_text(const struct rst *r, const struct directive_parts *d)
{
    if (d->body >= d->end)
        return (struct bytes){0};
    const uint8_t *from = raw(r, d->body).at;
    struct bytes last = raw(r, d->end - 1);
    return (struct bytes){from, (size_t)(last.at + last.len - from)};
}

static void directive(struct rst *r, enum directive kind,
    const struct directive_parts *d, struct around a, size_t i)
{
    uint32_t line = (uint32_t)i + 1, body_line = (uint32_t)d->body + 1;
    struct around inside = a;
    switch (kind) {
    case HOLDS_NOTHING: return;
    case HOLDS_TEXT: emit_text_of(r, a, plain(r, d->argument), line); break;
    case HOLDS_BODY: break;
    case HOLDS_QUOTE: inside.quotes++; break;
    case HOLDS_CODE: code(r, d->body, d->end); return;
    case HOLDS_PICTURE:
        emit_note(r->out, NOTE_LOST_IMAGE, line, 0, option(r, d, "alt"));
        break;
    case HOLDS_LIST_TABLE:
        emit_text_of(r, a, plain(r, d->argument), line);
        rst_list_table(body_text(r, d), body_line, option(r, d, "header-rows"), r->grid,
            add_plain);
        return;
    case HOLDS_CSV_TABLE:
        emit_text_of(r, a, plain(r, d->argument), line);
        rst_csv_table(body_text(r, d), body_line, option(r, d, "header"),
            option(r, d, "header-rows"), option(r, d, "delim"), r->grid, add_plain);
        return;
    case HOLDS_SOMETHING: emit_unknown(r, d, a, i); break;
    }
    blocks(r, d->body, d->end, inside);
}

/* What begins with "..": directive, footnote, target, substitution or comment. */
static size_t explicit_markup(struct rst *r, size_t i, size_t to, struct around a)
{
    struct bytes t = text_trim(text_from(text_at(r, i), 2));
    size_t end = end_of_body(r, i + 1, to, indent(r, i) + 1);
    size_t colons = text_find(t, TEXT("::")), close = text_find(t, TEXT("]"));
    bool named = colons > 0 && colons < t.len && letter(t.at[0]);
    for (size_t k = 0; named && k < colons; k++)
        named = t.at[k] > ' ';
    if (named) {
        struct growing argument = {0};
        struct directive_parts d = {.options = i + 1, .end = end};
        enum directive kind = directive_of(text_upto(t, colons));
        growing_add(&argument, text_trim(text_from(t, colons + 2)));
        if (argument.len && (kind == HOLDS_TEXT || kind == HOLDS_SOMETHING)) {
            while (d.options < end && !blank(r, d.options)
                && !field_len(text_at(r, d.options)))
                d.options++;
            join(r, &argument, i + 1, d.options, 0);
        }
        d.argument = growing_bytes(&argument);
        d.body = d.options;
        while (d.body < end && !blank(r, d.body)
            && (field_len(text_at(r, d.body))
                || (d.body > d.options && indent(r, d.body) > indent(r, d.options))))
            d.body++;
        directive(r, kind, &d, a, i);
        growing_free(&argument);
    } else if (text_starts(t, TEXT("[")) && close < t.len) {
        struct growing all = {0};
        growing_add(&all, text_trim(text_from(t, close + 1)));
        join(r, &all, i + 1, end, 0);
        emit_text_of(r, a, plain(r, growing_bytes(&all)), (uint32_t)i + 1);
        growing_free(&all);
    }
    return t.len || (i + 1 < to && !blank(r, i + 1)) ? end : i + 1;
}

static size_t line_block(struct rst *r, size_t i, size_t to, struct around a)
{
    struct growing all = {0};
    size_t end = i;
    for (; end < to && text_starts(text_at(r, end), TEXT("|")); end++) {
        growing_add(&all, text_from(text_at(r, end), 1));
        growing_add(&all, TEXT("\n"));
    }
    emit_text_of(r, a, plain(r, growing_bytes(&all)), (uint32_t)i + 1);
    growing_free(&all);
    return end;
}

/* How many lines of [i, to) a table takes, or 0. */
static size_t table_here(struct rst *r, size_t i, size_t to)
{
    struct bytes from_here = raw(r, i), last = raw(r, to - 1);
    struct bytes all = {from_here.at, (size_t)(last.at + last.len - from_here.at)};
    if (text_starts(text_at(r, i), TEXT("+-")))
        return rst_grid_table(all, (uint32_t)i + 1, r->grid, add_plain);
    if (text_starts(text_at(r, i), TEXT("==")))
        return rst_simple_table(all, (uint32_t)i + 1, r->grid, add_plain);
    return 0;
}

static size_t block(
    struct rst *r, size_t i, size_t to, struct around a, uint32_t column)
{
    struct bytes t = text_at(r, i);
    size_t n;
    if (indent(r, i) > column) {
        size_t end = end_of_body(r, i, to, column + 1);
        blocks(r, i, end, (struct around){a.quotes + 1, a.lists, a.fresh});
        return end;
    }
    if (text_starts(t, TEXT("..")) && (t.len == 2 || t.at[2] == ' '))
        return explicit_markup(r, i, to, a);
    if (text_starts(t, TEXT("__ ")))
        return i + 1;
    if ((n = table_here(r, i, to)) || (n = section(r, i, to, a)))
        return i + n;
    if (adornment(t) && t.len >= 4 && blank(r, i + 1))
        return i + 1;
    if ((n = item_len(r, i, to)))
        return item(r, i, to, a, n);
    if ((n = field_len(t)))
        return field(r, i, to, a, n);
    if (text_starts(t, TEXT("| ")))
        return line_block(r, i, to, a);
    if (i + 1 < to && !blank(r, i + 1) && indent(r, i + 1) > column
        && !text_ends(t, TEXT("::")))
        return definition(r, i, to, a);
    return paragraph(r, i, to, a);
}

static void blocks(struct rst *r, size_t from, size_t to, struct around a)
{
    uint32_t column = UINT32_MAX;
    if (++r->depth > READ_DEPTH_MAX) {
        if (!r->stopped)
            emit_note(r->out, NOTE_TOO_DEEP, (uint32_t)from + 1, 0, TEXT("blocks"));
        r->stopped = true;
    }
    /* A quote may begin deeper than it goes on: the margin is that of the leftmost line. */
    for (size_t i = from; i < to && !r->stopped; i++)
        if (!blank(r, i) && indent(r, i) < column)
            column = indent(r, i);
    for (size_t i = from; i < to && !r->stopped && !emit_full(r->out);)
        i = blank(r, i) ? i + 1 : block(r, i, to, a, column);
    r->depth--;
}

void read_rst(struct bytes document, struct emit *out)
{
    struct rst r = {.source = document, .out = out, .grid = grid_new(out)};
    r.lines = LIST_OF(struct row_of_text);
    secret_scan(document, out);
    emit_counts_lines(out);
    split_lines(&r);
    blocks(&r, 0, r.lines.count, (struct around){0, 0, NULL});
    list_free(&r.lines);
    growing_free(&r.plain);
    grid_free(r.grid);
}
