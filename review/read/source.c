/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Program text of many languages. Which one is not asked by name, only by which signs its
 * comments have, and that is told by its lines: slashes (C, C++, Rust, Go, Java, JS, TS, and
 * CSS), hashes (Python, shell, YAML, TOML, Make, meson) or dashes (SQL, Lua). Strings are
 * passed over by the rules of that family.
 */
#include "review/read/readers.h"
#include "review/read/secret.h"

#include <string.h>

enum family { SLASHES, HASHES, DASHES };

enum {
    LOOK = 65536, /* bytes by which the family is told */
    NEAR = 400,   /* bytes around a comment in which its symbol is looked for */
    IDS_MAX = 64,
    SYMBOL_LINES = 8,
};

static bool is_upper(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(uint8_t c)
{
    return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
}

static struct bytes line_at(struct bytes text)
{
    return text_upto(text, text_find(text, TEXT("\n")));
}

static bool one_of_fronts(struct bytes line, const char *const *fronts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_starts(line, text_of(fronts[i])))
            return true;
    return false;
}

static enum family family_of(struct bytes text)
{
    static const char *const c_like[] = {"//", "/*", "*/", "#include", "#define", "#if",
        "#endif", "#pragma", "#[", "#!["};
    static const char *const dash_like[] = {
        "--", "SELECT ", "CREATE ", "INSERT ", "local "};
    size_t slashes = 0, hashes = 0, dashes = 0;
    if (text_starts(text, TEXT("#!")) && !text_starts(text, TEXT("#!["))) {
        struct bytes first = line_at(text);
        bool node = text_find(first, TEXT("node")) < first.len
            || text_find(first, TEXT("deno")) < first.len;
        bool lua = text_find(first, TEXT("lua")) < first.len;
        return node ? SLASHES : lua ? DASHES : HASHES;
    }
    for (struct bytes left = text_upto(text, LOOK); left.len;) {
        struct bytes raw = line_at(left), line = text_trim(raw);
        left = text_from(left, raw.len + 1);
        if (!line.len)
            continue;
        uint8_t last = line.at[line.len - 1];
        if (one_of_fronts(line, c_like, sizeof c_like / sizeof c_like[0]))
            slashes += 4;
        else if (line.at[0] == '#')
            hashes += 4;
        else if (one_of_fronts(line, dash_like, sizeof dash_like / sizeof dash_like[0]))
            dashes += 3;
        else if (last == ';' || last == '{' || last == '}')
            slashes++;
    }
    if (dashes > hashes && dashes * 2 > slashes)
        return DASHES;
    return slashes > hashes ? SLASHES : HASHES;
}

struct source {
    struct bytes text;
    struct emit *out;
    enum family family;
    size_t at;
    uint32_t line;
};

/* What looks like an id and is a name of a standard, a cipher or a licence. */
static bool is_common(struct bytes id)
{
    static const char *const fronts[] = {"SHA-", "UTF-", "UCS-", "AES-", "ISO-", "IEC-",
        "RFC-", "CVE-", "CWE-", "FIPS-", "IEEE-", "EN-", "CRC-", "HMAC-", "BASE-",
        "GPL-", "LGPL-", "AGPL-", "BSD-", "MPL-", "HTTP-", "TLS-", "ISO-8859-", "KOI-",
        "CP-", "ARGON-", "RSA-", "ECDSA-", "MD-", "IP-", "USB-", "PKCS-"};
    return one_of_fronts(id, fronts, sizeof fronts / sizeof fronts[0]);
}

/* The id at the front, or empty: capitals and digits, hyphens, a number last. */
static struct bytes id_at(struct bytes text)
{
    size_t n = 0, letters = 0, number_from = 0;
    if (!text.len || !is_upper(text.at[0]))
        return (struct bytes){0};
    bool digits = false;
    for (; n < text.len; n++) {
        uint8_t c = text.at[n];
        if (c == '-') {
            if (n + 1 >= text.len
                || !(is_upper(text.at[n + 1]) || is_digit(text.at[n + 1])))
                break;
            number_from = n + 1;
            digits = true;
        } else if (is_upper(c) || is_digit(c)) {
            letters += is_upper(c);
            digits = digits && is_digit(c);
        } else {
            break;
        }
    }
    bool goes_on = n < text.len && is_word(text.at[n]);
    bool version = n + 1 < text.len && text.at[n] == '.' && is_digit(text.at[n + 1]);
    struct bytes id = text_upto(text, n);
    if (!number_from || !digits || letters < 2 || goes_on || version || is_common(id))
        return (struct bytes){0};
    return id;
}

static size_t find_ids(struct bytes comment, struct bytes ids[IDS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < comment.len && count < IDS_MAX; i++) {
        if (!is_upper(comment.at[i]))
            continue;
        bool inside = i > 0
            && (is_word(comment.at[i - 1]) || comment.at[i - 1] == '-'
                || comment.at[i - 1] == '/');
        struct bytes id = inside ? (struct bytes){0} : id_at(text_from(comment, i));
        if (id.len) {
            ids[count++] = id;
            i += id.len;
        }
        while (i < comment.len && (is_word(comment.at[i]) || comment.at[i] == '-'))
            i++;
    }
    return count;
}

static struct bytes word_before(struct bytes text)
{
    text = text_trim(text);
    size_t n = text.len;
    while (n > 0 && is_word(text.at[n - 1]))
        n--;
    struct bytes word = text_from(text, n);
    return word.len && !is_digit(word.at[0]) ? word : (struct bytes){0};
}

static bool is_keyword(struct bytes word)
{
    static const char *const words[] = {"if", "for", "while", "switch", "return",
        "sizeof", "catch", "assert", "static_assert", "elif", "with", "and", "or",
        "not", "in", "match", "defined", "else", "do", "case", "print"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (text_same(word, text_of(words[i])))
            return true;
    return false;
}

/* "struct name", "class Name", "fn name": the word behind one of these. */
static struct bytes named_by_word(struct bytes line)
{
    static const char *const words[] = {"struct", "union", "enum", "class", "interface",
        "trait", "impl", "def", "fn", "func", "function", "type", "module", "namespace",
        "local"};
    size_t i = 0;
    while (i < line.len) {
        size_t from = i;
        while (i < line.len && is_word(line.at[i]))
            i++;
        struct bytes word = {line.at + from, i - from};
        for (size_t w = 0; word.len && w < sizeof words / sizeof words[0]; w++) {
            if (!text_same(word, text_of(words[w])))
                continue;
            size_t start = i;
            while (start < line.len && line.at[start] == ' ')
                start++;
            size_t end = start;
            while (end < line.len && is_word(line.at[end]))
                end++;
            if (end > start && start > i)
                return (struct bytes){line.at + start, end - start};
        }
        if (i == from && line.at[i] != ' ')
            return (struct bytes){0};
        i += i == from;
    }
    return (struct bytes){0};
}

/* The function or name that a line of program text introduces, where that is plain. */
static struct bytes symbol_in(struct bytes line)
{
    line = text_trim(line);
    size_t open = text_find(line, TEXT("("));
    struct bytes before =
        open < line.len ? word_before(text_upto(line, open)) : (struct bytes){0};
    if (before.len && !is_keyword(before))
        return before;
    if (before.len)
        return (struct bytes){0};
    struct bytes named = named_by_word(line);
    if (named.len)
        return named;
    size_t equals = text_find(line, TEXT("="));
    size_t type = text_find(text_upto(line, equals), TEXT(":")); /* "name: type =" */
    if (type < equals && equals < line.len)
        return word_before(text_upto(line, type));
    return equals < line.len ? word_before(text_upto(line, equals)) : (struct bytes){0};
}

static bool is_passed_over(const struct source *s, struct bytes line)
{
    static const char *const slash[] = {"//", "/*", "*", "#", "@", "template"};
    static const char *const hash[] = {"#", "@"};
    static const char *const dash[] = {"--", "/*", "*"};
    switch (s->family) {
    case SLASHES: return one_of_fronts(line, slash, sizeof slash / sizeof slash[0]);
    case HASHES: return one_of_fronts(line, hash, sizeof hash / sizeof hash[0]);
    case DASHES: return one_of_fronts(line, dash, sizeof dash / sizeof dash[0]);
    }
    return true;
}

/* What stands before the comment on its own line, else on the next lines that are no comment. */
static struct bytes symbol_for(
    const struct source *s, size_t line_from, size_t mark, size_t end)
{
    struct bytes before =
        text_trim((struct bytes){s->text.at + line_from, mark - line_from});
    if (before.len && !is_passed_over(s, before))
        return symbol_in(before);
    struct bytes left = text_upto(text_from(s->text, end), NEAR * 2);
    left = text_from(left, line_at(left).len + 1);
    for (int i = 0; i < SYMBOL_LINES && left.len; i++) {
        struct bytes raw = line_at(left), line = text_trim(raw);
        left = text_from(left, raw.len + 1);
        if (!line.len)
            return (struct bytes){0};
        if (!is_passed_over(s, line))
            return symbol_in(line);
    }
    return (struct bytes){0};
}

static struct bytes without_signs(struct bytes comment)
{
    comment = text_trim(comment);
    while (comment.len && memchr("/*#-! ", comment.at[0], 6))
        comment = text_from(comment, 1);
    while (text_ends(comment, TEXT("*/")))
        comment = text_trim(text_upto(comment, comment.len - 2));
    return text_trim(comment);
}

/* One line of a comment, from `from` to `to`; the comment as a whole ends at `end`. */
static void say_line(
    const struct source *s, size_t from, size_t to, size_t end, uint32_t line)
{
    struct bytes ids[IDS_MAX], comment = {s->text.at + from, to - from};
    size_t count = find_ids(comment, ids), line_from = from;
    if (!count)
        return;
    while (
        line_from > 0 && from - line_from < NEAR && s->text.at[line_from - 1] != '\n')
        line_from--;
    struct bytes symbol = symbol_for(s, line_from, from, end);
    emit_begin(s->out, UNIT_TAG, 0, line, 0);
    emit_text(s->out, without_signs(comment));
    for (size_t i = 0; i < count; i++)
        emit_field(s->out, TEXT("id"), ids[i], line);
    if (symbol.len)
        emit_field(s->out, TEXT("symbol"), symbol, line);
    emit_end(s->out);
}

static void take_comment(struct source *s, size_t end)
{
    while (s->at < end) {
        struct bytes rest = {s->text.at + s->at, end - s->at};
        size_t n = line_at(rest).len;
        say_line(s, s->at, s->at + n, end, s->line);
        s->at += n;
        if (s->at < end) {
            s->at++;
            s->line++;
        }
    }
}

static bool here(const struct source *s, const char *sign)
{
    return text_starts(text_from(s->text, s->at), text_of(sign));
}

static size_t end_of_line(const struct source *s)
{
    return s->at + line_at(text_from(s->text, s->at)).len;
}

/* Where the comment that starts here ends, or 0: none starts here. */
static size_t comment_here(const struct source *s)
{
    bool blank_before = s->at == 0 || memchr(" \t\n;(){}", s->text.at[s->at - 1], 9);
    switch (s->family) {
    case SLASHES:
    case DASHES:
        if (here(s, "/*")) {
            struct bytes inside = text_from(s->text, s->at + 2);
            size_t n = text_find(inside, TEXT("*/"));
            return s->text.len - inside.len + n + (n < inside.len ? 2 : 0);
        }
        return here(s, s->family == SLASHES ? "//" : "--") ? end_of_line(s) : 0;
    case HASHES: return blank_before && here(s, "#") ? end_of_line(s) : 0;
    }
    return 0;
}

/* Behind the string that starts here. One line, but for """ ''' and `. */
static size_t string_end(const struct source *s)
{
    uint8_t quote = s->text.at[s->at];
    struct bytes rest = text_from(s->text, s->at);
    bool triple = s->family == HASHES && rest.len >= 3 && rest.at[1] == quote
        && rest.at[2] == quote;
    if (triple) {
        struct bytes inside = text_from(rest, 3);
        size_t n = text_find(inside, text_upto(rest, 3));
        return n == inside.len ? s->text.len : s->at + n + 6;
    }
    for (size_t i = 1; i < rest.len; i++) {
        if (rest.at[i] == '\\')
            i++;
        else if (rest.at[i] == quote)
            return s->at + i + 1;
        else if (rest.at[i] == '\n' && quote != '`')
            break;
    }
    return s->at + 1; /* an apostrophe, a lifetime: no string */
}

static void pass_over(struct source *s, size_t to)
{
    for (; s->at < to && s->at < s->text.len; s->at++)
        s->line += s->text.at[s->at] == '\n';
}

static bool starts_string(const struct source *s, uint8_t c)
{
    bool lifetime = c == '\'' && s->at > 0 && memchr("<&", s->text.at[s->at - 1], 2);
    if (lifetime && s->family == SLASHES)
        return false;
    return c == '"' || c == '\'' || (c == '`' && s->family == SLASHES);
}

void read_source(struct bytes document, struct emit *out)
{
    struct source s = {
        .text = document, .out = out, .family = family_of(document), .line = 1};
    secret_scan(document, out);
    while (s.at < document.len && !emit_full(out)) {
        uint8_t c = document.at[s.at];
        size_t end = c == '/' || c == '#' || c == '-' ? comment_here(&s) : 0;
        if (end)
            take_comment(&s, end);
        else
            pass_over(&s, starts_string(&s, c) ? string_end(&s) : s.at + 1);
    }
}
