/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/conf.h"

#include "core/base/base64.h"
#include "core/base/hex.h"
#include "core/base/limits.h"
#include "core/base/secret.h"
#include "core/base/utf8.h"

#include <assert.h>
#include <string.h>

enum { KEYS_MAX = 64 };

struct conf {
    const struct conf_key *keys;
    size_t key_count;
    uint8_t *out;
    struct conf_error *err;
    struct bytes section;
    bool given[KEYS_MAX];
};

static struct bytes text_of(const char *s)
{
    return (struct bytes){(const uint8_t *)s, strlen(s)};
}

static bool same(struct bytes a, const char *b)
{
    return a.len == strlen(b) && (a.len == 0 || memcmp(a.at, b, a.len) == 0);
}

static void append(char *out, size_t cap, struct bytes s)
{
    size_t at = strlen(out);
    while (s.len > 0 && at + 1 < cap) {
        size_t n = utf8_char(s);
        if (n == 0 || at + n >= cap)
            break;
        memcpy(out + at, s.at, n);
        at += n;
        s.at += n;
        s.len -= n;
    }
    out[at] = 0;
}

static enum status bad(
    struct conf *c, const char *what, struct bytes name, const char *expected)
{
    c->err->what[0] = 0;
    append(c->err->what, sizeof c->err->what, text_of(what));
    if (name.len > 0 && utf8_printable(name)) {
        append(c->err->what, sizeof c->err->what, text_of(" "));
        append(c->err->what, sizeof c->err->what,
            (struct bytes){name.at, name.len < 48 ? name.len : 48});
    }
    c->err->expected[0] = 0;
    append(c->err->expected, sizeof c->err->expected, text_of(expected));
    return MALFORMED;
}

static void append_number(char *out, size_t cap, int64_t v)
{
    uint8_t d[21];
    size_t n = sizeof d;
    uint64_t u = v < 0 ? ~(uint64_t)v + 1 : (uint64_t)v;

    do {
        d[--n] = (uint8_t)('0' + u % 10);
        u /= 10;
    } while (u > 0);
    if (v < 0)
        d[--n] = '-';
    append(out, cap, (struct bytes){d + n, sizeof d - n});
}

/* "what = ...: expected <words> <min> to <max> <after>" */
static enum status bad_range(
    struct conf *c, const struct conf_key *k, const char *words, const char *after)
{
    (void)bad(c, "value of", text_of(k->name), words);
    append(c->err->expected, sizeof c->err->expected, text_of(" "));
    append_number(c->err->expected, sizeof c->err->expected, k->min);
    append(c->err->expected, sizeof c->err->expected, text_of(" to "));
    append_number(c->err->expected, sizeof c->err->expected, k->max);
    append(c->err->expected, sizeof c->err->expected, text_of(after));
    return MALFORMED;
}

static bool blank(uint8_t ch)
{
    return ch == ' ' || ch == '\t';
}

static struct bytes trim(struct bytes s)
{
    while (s.len > 0 && blank(s.at[0]))
        s = (struct bytes){s.at + 1, s.len - 1};
    while (s.len > 0 && blank(s.at[s.len - 1]))
        s.len--;
    return s;
}

static enum status take_int(struct conf *c, const struct conf_key *k, struct bytes v)
{
    bool minus = v.len > 0 && v.at[0] == '-';
    size_t i = minus;
    int64_t n = 0;

    /* One spelling for one number: no sign but minus, no leading zero. */
    bool good = v.len > i && (v.at[i] != '0' || (v.len == 1 && !minus));
    for (; good && i < v.len; i++) {
        int digit = v.at[i] - '0';
        good = digit >= 0 && digit <= 9 && !__builtin_mul_overflow(n, 10, &n)
            && !__builtin_sub_overflow(n, digit, &n); /* negative: reaches further */
    }
    if (good && !minus)
        good = !__builtin_sub_overflow(0, n, &n);
    if (!good || n < k->min || n > k->max)
        return bad_range(c, k, "a whole number from", "");
    memcpy(c->out + k->offset, &n, sizeof n);
    return OK;
}

static enum status take_bool(struct conf *c, const struct conf_key *k, struct bytes v)
{
    bool yes = same(v, "true");
    if (!yes && !same(v, "false"))
        return bad(c, "value of", text_of(k->name), "true or false");
    memcpy(c->out + k->offset, &yes, sizeof yes);
    return OK;
}

/* Take one "quoted text" off the front of *v. No escapes: a quote cannot stand in a text. */
static bool take_quoted(struct bytes *v, struct bytes *text)
{
    if (v->len < 2 || v->at[0] != '"')
        return false;
    const uint8_t *end = memchr(v->at + 1, '"', v->len - 1);
    if (!end)
        return false;
    *text = (struct bytes){v->at + 1, (size_t)(end - v->at) - 1};
    size_t used = text->len + 2;
    *v = (struct bytes){v->at + used, v->len - used};
    return true;
}

static bool only_quoted(struct bytes v, struct bytes *text)
{
    return take_quoted(&v, text) && v.len == 0;
}

static bool length_fits(const struct conf_key *k, size_t len)
{
    return (int64_t)len >= k->min && (int64_t)len <= k->max;
}

static enum status take_text(struct conf *c, const struct conf_key *k, struct bytes v)
{
    struct bytes t;
    if (!only_quoted(v, &t) || !length_fits(k, t.len) || !utf8_printable(t))
        return bad_range(c, k, "a text in quotes, ", " bytes");
    memcpy(c->out + k->offset, t.at, t.len);
    c->out[k->offset + t.len] = 0;
    return OK;
}

static enum status take_list(struct conf *c, const struct conf_key *k, struct bytes v)
{
    size_t len = 0;

    while (v.len > 0 || k->min > 0) { /* a list that may be empty may be left empty */
        struct bytes t;
        if (!take_quoted(&v, &t) || t.len == 0 || !utf8_printable(t)
            || memchr(t.at, ',', t.len))
            return bad_range(
                c, k, "texts in quotes, a comma between them, in all", " bytes");
        size_t more = t.len + (len > 0);
        if (!length_fits(k, len + more) && len + more > (size_t)k->max)
            return bad_range(
                c, k, "texts in quotes, a comma between them, in all", " bytes");
        if (len > 0)
            c->out[k->offset + len++] = ',';
        memcpy(c->out + k->offset + len, t.at, t.len);
        len += t.len;
        v = trim(v);
        if (v.len == 0)
            break;
        if (v.at[0] != ',')
            return bad_range(
                c, k, "texts in quotes, a comma between them, in all", " bytes");
        v = trim((struct bytes){v.at + 1, v.len - 1});
    }
    if (!length_fits(k, len))
        return bad_range(
            c, k, "texts in quotes, a comma between them, in all", " bytes");
    c->out[k->offset + len] = 0;
    return OK;
}

static enum status take_hex(struct conf *c, const struct conf_key *k, struct bytes v)
{
    struct bytes t;
    if (!only_quoted(v, &t)
        || hex_parse(t, (struct room){c->out + k->offset, (size_t)k->max}) != OK) {
        (void)bad(c, "value of", text_of(k->name),
            "in quotes, this many hex digits in lower case: ");
        append_number(c->err->expected, sizeof c->err->expected, 2 * k->max);
        return MALFORMED;
    }
    return OK;
}

static enum status take_base64(struct conf *c, const struct conf_key *k, struct bytes v)
{
    uint8_t *field = c->out + k->offset;
    struct bytes t;
    size_t len = 0;

    if (!only_quoted(v, &t) || t.len == 0
        || base64_parse(t, BASE64_STANDARD,
               (struct room){field + sizeof(uint16_t), (size_t)k->max}, &len)
            != OK)
        return bad_range(c, k, "in quotes, the base64 form of", " bytes");
    uint16_t l = (uint16_t)len;
    memcpy(field, &l, sizeof l);
    return OK;
}

static enum status take_value(struct conf *c, const struct conf_key *k, struct bytes v)
{
    switch (k->type) {
    case CONF_INT: return take_int(c, k, v);
    case CONF_BOOL: return take_bool(c, k, v);
    case CONF_TEXT: return take_text(c, k, v);
    case CONF_LIST: return take_list(c, k, v);
    case CONF_HEX: return take_hex(c, k, v);
    case CONF_BASE64: return take_base64(c, k, v);
    }
    return MALFORMED;
}

static bool section_known(const struct conf *c, struct bytes name)
{
    for (size_t i = 0; i < c->key_count; i++)
        if (same(name, c->keys[i].section))
            return true;
    return false;
}

static enum status take_section(struct conf *c, struct bytes line)
{
    if (line.at[line.len - 1] != ']')
        return bad(c, "section without its end:", line, "[section]");
    struct bytes name = {line.at + 1, line.len - 2};
    if (name.len == 0 || !section_known(c, name))
        return bad(c, "unknown section", line, "a section of this file's table");
    c->section = name;
    return OK;
}

static enum status take_pair(struct conf *c, struct bytes line)
{
    const uint8_t *sign = memchr(line.at, '=', line.len);
    if (!sign)
        return bad(c, "not a setting:", line, "key = value");
    size_t at = (size_t)(sign - line.at);
    struct bytes name = trim((struct bytes){line.at, at});
    struct bytes value = trim((struct bytes){sign + 1, line.len - at - 1});

    for (size_t i = 0; i < c->key_count; i++) {
        const struct conf_key *k = &c->keys[i];
        if (!same(name, k->name) || !same(c->section, k->section))
            continue;
        if (c->given[i])
            return bad(c, "given twice:", name, "each key once");
        c->given[i] = true;
        return take_value(c, k, value);
    }
    return bad(c, "unknown key", name,
        "a key of this file's table (--print-config lists them)");
}

static enum status take_line(struct conf *c, struct bytes line)
{
    if (line.len > LIMIT_CONF_LINE)
        return bad(c, "line too long", (struct bytes){0}, "at most 4096 bytes");
    line = trim(line);
    if (line.len == 0 || line.at[0] == '#')
        return OK;
    return line.at[0] == '[' ? take_section(c, line) : take_pair(c, line);
}

static enum status take_lines(struct conf *c, struct bytes text)
{
    while (text.len > 0) {
        const uint8_t *end = memchr(text.at, '\n', text.len);
        struct bytes line = {text.at, end ? (size_t)(end - text.at) : text.len};
        size_t used = line.len + (end != NULL);

        c->err->line++;
        if (!utf8_valid(line) || memchr(line.at, 0, line.len)
            || memchr(line.at, '\r', line.len))
            return bad(c, "not plain text", (struct bytes){0},
                "UTF-8, lines ended by a line feed");
        TRY(take_line(c, line));
        text = (struct bytes){text.at + used, text.len - used};
    }
    return OK;
}

static enum status take_presets(struct conf *c)
{
    for (size_t i = 0; i < c->key_count; i++) {
        if (c->given[i])
            continue;
        const struct conf_key *k = &c->keys[i];
        if (!k->preset) {
            c->err->line = 0;
            return bad(c, "missing:", text_of(k->name), k->help);
        }
        enum status s = take_value(c, k, text_of(k->preset));
        assert(s == OK); /* the table's own words must satisfy the table */
        (void)s;
    }
    return OK;
}

static enum status parse_into(struct bytes text, const struct conf_key *keys,
    size_t key_count, uint8_t *scratch, struct conf_error *err)
{
    struct conf c = {.keys = keys, .key_count = key_count, .out = scratch, .err = err};

    *err = (struct conf_error){0};
    if (text.len > LIMIT_CONF_FILE)
        return bad(&c, "file too long", (struct bytes){0}, "at most 65536 bytes");
    TRY(take_lines(&c, text));
    return take_presets(&c);
}

enum status conf_parse(struct bytes text, const struct conf_key *keys, size_t key_count,
    void *out, size_t out_len, struct conf_error *err)
{
    uint8_t scratch[CONF_OUT_MAX];

    assert(key_count <= KEYS_MAX && out_len <= sizeof scratch);
    memcpy(scratch, out, out_len);
    enum status s = parse_into(text, keys, key_count, scratch, err);
    if (s == OK)
        memcpy(out, scratch, out_len);
    wipe(scratch, out_len); /* a bundle carries a secret */
    return s;
}
