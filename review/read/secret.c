/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/secret.h"

#include "core/base/sha256.h"

#include <math.h>
#include <string.h>

enum {
    FINDS_MAX = 1000,   /* of one document */
    LITERAL_MAX = 4096, /* bytes */
    NEAR = 1000,        /* bytes around a find in which a waiver is looked for */
    NAME_BACK = 160,    /* bytes before a literal in which its name may stand */
    NAME_WORDS = 12,
    ARRAY_LEAST = 16,    /* bytes of a key written as numbers */
    KEY_BLOCK_LEAST = 48 /* base64 characters of a private key */
};

enum alphabet { UPPER, ALNUM, WORD, WORD_DOT, HEX, BASE64, ANY };

static const struct shape {
    const char *name, *front;
    size_t front_len;
    enum alphabet alphabet;
    size_t least, most;
    unsigned entropy;
} shapes[] = {
#define SHAPE(name, front, alphabet, least, most, entropy) \
    {name, front, sizeof(front) - 1, alphabet, least, most, entropy},
#include "review/read/secret_rules.def"
#undef SHAPE
};

static const struct assigned {
    const char *name, *words;
    enum alphabet alphabet;
    size_t least, most;
    unsigned entropy;
    bool mixed;
} assigned[] = {
#define ASSIGNED(name, words, alphabet, least, most, entropy, mixed) \
    {name, words, alphabet, least, most, entropy, mixed},
#include "review/read/secret_rules.def"
#undef ASSIGNED
};

static const char *const placeholders[] = {
#define PLACEHOLDER(text) text,
#include "review/read/secret_rules.def"
#undef PLACEHOLDER
};

static const char *const wholes[] = {
#define WHOLE(text) text,
#include "review/read/secret_rules.def"
#undef WHOLE
};

static const char *const harmless[] = {
#define HARMLESS(word) word,
#include "review/read/secret_rules.def"
#undef HARMLESS
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

struct scan {
    struct emit *out;
    struct bytes text;
    size_t line_at, line_end, before_at; /* offsets: this line, and the one above it */
    uint32_t line, finds;
    bool line_done;                /* its assignments were looked at */
    size_t found_at[8], found_end; /* literals of this line that are told already */
    unsigned found;
};

static bool is_alnum(uint8_t c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool in_alphabet(uint8_t c, enum alphabet a)
{
    switch (a) {
    case UPPER: return is_digit(c) || (c >= 'A' && c <= 'Z');
    case ALNUM: return is_alnum(c);
    case WORD: return is_alnum(c) || c == '_' || c == '-';
    case WORD_DOT:
        return is_alnum(c) || c == '_' || c == '-' || c == '.' || c == '/' || c == '+'
            || c == '=';
    case HEX: return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
    case BASE64:
        return is_alnum(c) || c == '+' || c == '/' || c == '=' || c == '_' || c == '-';
    case ANY: return c > ' ' && c != 0x7F;
    }
    return false;
}

static unsigned entropy_of(struct bytes text)
{
    size_t counts[256] = {0};
    double sum = 0;
    for (size_t i = 0; i < text.len; i++)
        counts[text.at[i]]++;
    for (size_t i = 0; i < 256; i++)
        if (counts[i]) {
            double p = (double)counts[i] / (double)text.len;
            sum -= p * log2(p);
        }
    return (unsigned)(sum * 1000);
}

/* Every character its predecessor plus the same step: 0123456789abcdef, aaaaaaaa. */
static bool is_run(struct bytes text)
{
    size_t steady = 0;
    for (size_t i = 2; i < text.len; i++)
        steady += (uint8_t)(text.at[i] - text.at[i - 1])
            == (uint8_t)(text.at[i - 1] - text.at[i - 2]);
    return text.len > 2 && steady * 4 >= (text.len - 2) * 3;
}

/* Two runs of one step, one character of each in turn, over half of the text: a1b2c3d4e5f6. */
static bool is_plaited(struct bytes text)
{
    size_t steady = 2, longest = 0;
    for (size_t i = 2; i < text.len; i++) {
        steady = text.at[i] == text.at[i - 2] + 1 ? steady + 1 : 2;
        longest = steady > longest ? steady : longest;
    }
    return longest >= 8 && longest * 2 >= text.len;
}

static bool is_placeholder(struct bytes text)
{
    for (size_t i = 0; i < COUNT(placeholders); i++)
        if (text_find_word(text, text_of(placeholders[i])) < text.len)
            return true;
    for (size_t i = 0; i < COUNT(wholes); i++)
        if (text_same_word(text, text_of(wholes[i])))
            return true;
    /* A stored verifier ("$argon2id$...") and a path open nothing by themselves. */
    bool other =
        text.len && (text.at[0] == '$' || text.at[0] == '/' || text.at[0] == '.');
    return other || is_run(text) || is_plaited(text);
}

static bool has_mix(struct bytes text)
{
    bool letter = false, digit = false;
    for (size_t i = 0; i < text.len; i++) {
        digit = digit || is_digit(text.at[i]);
        letter = letter || (is_alnum(text.at[i]) && !is_digit(text.at[i]));
    }
    return letter && digit;
}

static struct bytes waiver_in(struct bytes near)
{
    struct bytes mark = TEXT("holdfast-review: not a secret,");
    size_t at = text_find(near, mark);
    if (at == near.len)
        return (struct bytes){0};
    struct bytes why = text_from(near, at + mark.len);
    why = text_trim(text_upto(why, text_find(why, TEXT("\n"))));
    if (text_ends(why, TEXT("*/")))
        why.len -= 2;
    else if (text_ends(why, TEXT("-->")))
        why.len -= 3;
    return text_trim(why);
}

static struct bytes waiver_near(const struct scan *s, size_t at)
{
    size_t from = s->line_at + NEAR < at ? at - NEAR : s->before_at;
    size_t to = s->line_end - at > NEAR ? at + NEAR : s->line_end;
    return waiver_in((struct bytes){s->text.at + from, to - from});
}

static void say_find(struct scan *s, const char *rule, struct bytes name,
    struct bytes literal, size_t at)
{
    static const char digit[] = "0123456789abcdef";
    for (unsigned i = 0; i < s->found && i < COUNT(s->found_at); i++)
        if (s->found_at[i] == at)
            return;
    s->found_at[s->found++ % COUNT(s->found_at)] = at;
    if (s->finds++ == FINDS_MAX)
        emit_note(s->out, NOTE_TOO_MUCH, s->line, 0, TEXT("possible secrets"));
    if (s->finds > FINDS_MAX)
        return;
    struct sha256 sum;
    struct digest d;
    uint8_t hex[16];
    sha256_start(&sum);
    sha256_more(&sum, literal);
    sha256_peek(&sum, &d);
    for (size_t i = 0; i < 8; i++) {
        hex[i * 2] = (uint8_t)digit[d.b[i] >> 4];
        hex[i * 2 + 1] = (uint8_t)digit[d.b[i] & 15];
    }
    struct bytes why = waiver_near(s, at);
    emit_begin(s->out, UNIT_TAG, 0, s->line, 0);
    emit_text(s->out, text_of(rule));
    if (name.len) {
        emit_text(s->out, TEXT(" in "));
        emit_text(s->out, name);
    }
    emit_field(s->out, TEXT("secret"), text_of(rule), s->line);
    emit_field(s->out, TEXT("fingerprint"), BYTES_OF(hex), s->line);
    if (name.len)
        emit_field(s->out, TEXT("name"), name, s->line);
    if (why.len)
        emit_field(s->out, TEXT("waived"), why, s->line);
    emit_end(s->out);
}

/* A name in words: apiKey, api_key and API-KEY are "api", "key". */
struct words {
    struct bytes at[NAME_WORDS];
    size_t count;
};

static bool is_upper(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}

static struct words words_of(struct bytes name)
{
    struct words w = {.count = 0};
    size_t from = 0;
    for (size_t i = 0; i <= name.len && w.count < NAME_WORDS; i++) {
        bool edge = i == name.len || !is_alnum(name.at[i]);
        bool hump =
            !edge && i > from && is_upper(name.at[i]) && !is_upper(name.at[i - 1]);
        if (!edge && !hump)
            continue;
        if (i > from)
            w.at[w.count++] = (struct bytes){name.at + from, i - from};
        from = hump ? i : i + 1;
    }
    return w;
}

/* Short words must be there whole; of longer ones, the end is enough (mypassword). */
static bool word_is(struct bytes word, struct bytes wanted)
{
    enum { LONG = 5 };
    if (wanted.len >= LONG && word.len > wanted.len)
        word = text_from(word, word.len - wanted.len);
    return text_same_word(word, wanted);
}

/* How many words a row takes that stands there; 0: it does not. */
static size_t row_at(const struct words *w, size_t i, struct bytes row)
{
    size_t from = i;
    while (row.len) {
        size_t end = text_find(row, TEXT(" "));
        if (i == w->count || !word_is(w->at[i++], text_upto(row, end)))
            return 0;
        row = text_from(row, end + 1);
    }
    return i - from;
}

/* Whether one of the rows stands in the name; `last`: at its end. */
static bool words_match(const struct words *w, const char *rows, bool last)
{
    struct bytes left = text_of(rows);
    while (left.len) {
        size_t end = text_find(left, TEXT("|")), taken;
        for (size_t i = 0; i < w->count; i++)
            if ((taken = row_at(w, i, text_upto(left, end))) != 0
                && (!last || i + taken == w->count))
                return true;
        left = text_from(left, end + 1);
    }
    return false;
}

static bool is_harmless(const struct words *w)
{
    for (size_t i = 0; i < COUNT(harmless); i++)
        if (words_match(w, harmless[i], true))
            return true;
    for (size_t i = 0; i < w->count; i++)
        if (text_same_word(w->at[i], TEXT("public"))
            || text_same_word(w->at[i], TEXT("pub")))
            return true;
    return false;
}

static bool fits(const struct assigned *r, struct bytes literal)
{
    if (literal.len < r->least || literal.len > r->most)
        return false;
    for (size_t i = 0; i < literal.len; i++)
        if (!in_alphabet(literal.at[i], r->alphabet))
            return false;
    return (!r->mixed || has_mix(literal)) && entropy_of(literal) >= r->entropy;
}

/* challengePassword, given to CHALLENGE_PASSWORD, is a name and not what it names. */
static bool same_letters(struct bytes a, struct bytes b)
{
    size_t i = 0, j = 0;
    for (;;) {
        while (i < a.len && !is_alnum(a.at[i]))
            i++;
        while (j < b.len && !is_alnum(b.at[j]))
            j++;
        if (i == a.len || j == b.len)
            return i == a.len && j == b.len;
        if (!text_same_word(
                (struct bytes){a.at + i++, 1}, (struct bytes){b.at + j++, 1}))
            return false;
    }
}

/*
 * The rule that a literal breaks when it is given to this name, or NULL. In words of a sentence
 * the credential is named last: "the admin password", and not "password hashing".
 */
static const char *rule_of(struct bytes name, struct bytes literal)
{
    struct words w = words_of(name);
    bool sentence = text_find(name, TEXT(" ")) < name.len;
    /* Few literals fit; the names of all others need not be compared. */
    for (size_t i = 0; i < COUNT(assigned); i++)
        if (fits(&assigned[i], literal) && words_match(&w, assigned[i].words, sentence)
            && !is_harmless(&w) && !same_letters(literal, name)
            && !is_placeholder(literal))
            return assigned[i].name;
    return NULL;
}

static bool name_byte(uint8_t c)
{
    return is_alnum(c) || c == '_' || c == '-';
}

static struct bytes without_emphasis(struct bytes text)
{
    while (text.len && memchr("*`", text.at[0], 2))
        text = text_from(text, 1);
    while (text.len && memchr("*`", text.at[text.len - 1], 2))
        text.len--;
    return text_trim(text);
}

/* The last words of a text with nothing but blanks between, no more than a name may have. */
static struct bytes last_words(struct bytes text)
{
    enum { SENTENCE_WORDS = 3 };
    text = without_emphasis(text_trim(text));
    size_t i = text.len;
    for (int words = 0; words < SENTENCE_WORDS; words++) {
        size_t end = i;
        while (i > 0 && text.at[i - 1] == ' ')
            i--;
        size_t word = i;
        while (i > 0 && name_byte(text.at[i - 1]))
            i--;
        if (i == word) {
            i = end;
            break;
        }
    }
    return text_from(text, i);
}

/* Each identifier of what stands before an assignment: a type may stand beside the name. Then
 * the last of them together: "Wifi password". */
static void judge_literal(
    struct scan *s, struct bytes before, struct bytes literal, size_t at)
{
    size_t i = before.len;
    while (i > 0) {
        while (i > 0 && !name_byte(before.at[i - 1]))
            i--;
        size_t end = i;
        while (i > 0 && name_byte(before.at[i - 1]))
            i--;
        struct bytes name = {before.at + i, end - i};
        const char *rule = name.len ? rule_of(name, literal) : NULL;
        if (rule) {
            say_find(s, rule, name, literal, at);
            return;
        }
    }
    struct bytes name = last_words(before);
    const char *rule = name.len ? rule_of(name, literal) : NULL;
    if (rule)
        say_find(s, rule, name, literal, at);
}

/*
 * What stands between the start of a statement or argument and the sign of assignment, or
 * empty: the literal at `at` is given to nothing.
 */
static struct bytes assigned_before(const struct scan *s, size_t at)
{
    size_t low = at > s->line_at + NAME_BACK ? at - NAME_BACK : s->line_at;
    const uint8_t *t = s->text.at;
    size_t i = at;
    for (int letters = 0; i > low && letters < 2 && is_alnum(t[i - 1]); letters++)
        i--; /* b"", u8"", r"" */
    if (i > low && is_alnum(t[i - 1]))
        return (struct bytes){0};
    while (i > low && memchr(" \t*", t[i - 1], 3))
        i--; /* "**Password:** `...`" */
    if (i > low && t[i - 1] == '>' && i - 1 > low && t[i - 2] == '=')
        i--; /* => */
    if (i == low)
        return (struct bytes){0};
    struct bytes define = text_trim((struct bytes){t + s->line_at, i - s->line_at});
    if (text_starts(define, TEXT("#define ")))
        return text_from(define, 8);
    if (t[i - 1] != '=' && t[i - 1] != ':')
        return (struct bytes){0};
    bool compared = t[i - 1] == '=' && i - 1 > low && memchr("=!<>", t[i - 2], 4);
    if (compared)
        return (struct bytes){0};
    size_t end = i - 1, from = end;
    while (from > low && !memchr(",;{(", t[from - 1], 4))
        from--;
    return (struct bytes){t + from, end - from};
}

static bool plain_value(struct bytes v)
{
    for (size_t i = 0; i < v.len; i++)
        if (!is_alnum(v.at[i]) && !memchr("+/=_@!%^*~-.#?", v.at[i], 14))
            return false;
    return v.len >= 8 && has_mix(v);
}

/* A row of a list, a quote, a comment or a shell's script, without what says so. */
static struct bytes without_mark(struct bytes row)
{
    static const char *const marks[] = {
        "export ", "- ", "* ", "+ ", "> ", "# ", "// ", "/* ", "** ", "; "};
    row = text_trim(row);
    for (size_t i = 0; i < COUNT(marks); i++)
        if (text_starts(row, text_of(marks[i])))
            return text_trim(text_from(row, strlen(marks[i])));
    size_t n = 0;
    while (n < row.len && n < 3 && is_digit(row.at[n]))
        n++;
    bool counted = n > 0 && text_starts(text_from(row, n), TEXT(". "));
    return counted ? text_trim(text_from(row, n + 2)) : row;
}

/* NAME=value and `name: value` of configuration files, and "Name of it: value" of prose. */
static void judge_bare(struct scan *s, struct bytes row)
{
    row = without_emphasis(without_mark(row));
    size_t n = 0;
    while (n < row.len && (name_byte(row.at[n]) || memchr(". *`", row.at[n], 4)))
        n++;
    struct bytes name = without_emphasis(text_trim(text_upto(row, n)));
    struct bytes rest = text_from(row, n);
    if (!name.len || !rest.len || (rest.at[0] != '=' && rest.at[0] != ':'))
        return;
    struct bytes value = text_trim(text_from(rest, 1));
    size_t comment = text_find(value, TEXT(" #"));
    value = without_emphasis(text_trim(text_upto(value, comment)));
    const char *rule = plain_value(value) ? rule_of(name, value) : NULL;
    if (rule)
        say_find(s, rule, name, value, (size_t)(value.at - s->text.at));
}

static void judge_quoted(struct scan *s)
{
    const uint8_t *t = s->text.at;
    bool none[256] = {false}; /* no second one of this quote on the line */
    for (size_t i = s->line_at; i < s->line_end; i++) {
        uint8_t q = t[i];
        if ((q != '"' && q != '\'' && q != '`') || none[q])
            continue;
        size_t end = i + 1;
        while (end < s->line_end && t[end] != q)
            end += t[end] == '\\' ? 2 : 1;
        if (end >= s->line_end) {
            none[q] = true;
            continue;
        }
        struct bytes literal = {t + i + 1, end - i - 1};
        if (literal.len && literal.len <= LITERAL_MAX)
            judge_literal(s, assigned_before(s, i), literal, i + 1);
        if (literal.len && literal.len <= LITERAL_MAX)
            judge_bare(s, literal); /* "NAME=value" as an argument, or in `code` */
        i = end;
    }
}

/* One number of a row of bytes; false where none stands. */
static bool take_number(const uint8_t **at, const uint8_t *end, uint8_t *out)
{
    unsigned value = 0, digits = 0;
    bool hex = end - *at > 2 && (*at)[0] == '0' && ((*at)[1] | 0x20) == 'x';
    *at += hex ? 2 : 0;
    for (; *at < end && digits < 4 && in_alphabet(**at, hex ? HEX : ALNUM);
         ++*at, digits++) {
        uint8_t c = **at;
        if (!hex && !is_digit(c))
            return false;
        unsigned digit = is_digit(c) ? c - (unsigned)'0' : (c | 0x20u) - 'a' + 10u;
        value = value * (hex ? 16 : 10) + digit;
    }
    *out = (uint8_t)value;
    return digits > 0 && value < 256;
}

static bool between_numbers(uint8_t c)
{
    return c == ' ' || c == ',' || c == '\n' || c == '\t' || c == '\r';
}

/* `key[] = {0x5a, ...}`: firmware keeps its keys as rows of bytes. */
static void judge_array(struct scan *s)
{
    struct bytes row = {s->text.at + s->line_at, s->line_end - s->line_at};
    row = text_upto(row, NAME_BACK);
    size_t open = text_find(row, TEXT("{")), equals = text_find(row, TEXT("="));
    if (open == row.len || equals > open
        || text_trim(text_upto(text_from(row, equals + 1), open - equals - 1)).len)
        return;
    uint8_t bytes[LITERAL_MAX];
    size_t count = 0;
    const uint8_t *at = row.at + open + 1, *end = s->text.at + s->text.len;
    while (count < sizeof bytes) {
        while (at < end && between_numbers(*at))
            at++;
        if (at == end || *at == '}' || !take_number(&at, end, &bytes[count]))
            break;
        count++;
    }
    struct bytes key = {bytes, count};
    if (at == end || *at != '}' || count < ARRAY_LEAST || is_run(key)
        || entropy_of(key) < 3000)
        return;
    for (size_t i = equals; i > 0;) {
        while (i > 0 && !name_byte(row.at[i - 1]))
            i--;
        size_t stop = i;
        while (i > 0 && name_byte(row.at[i - 1]))
            i--;
        struct bytes name = {row.at + i, stop - i};
        struct words w = words_of(name);
        if (words_match(&w, "key|secret|psk|token", false) && !is_harmless(&w)) {
            say_find(s, "key-array", name, key, s->line_at + open);
            return;
        }
    }
}

static void judge_line(struct scan *s)
{
    if (s->line_done)
        return;
    s->line_done = true;
    judge_quoted(s);
    struct bytes row = {s->text.at + s->line_at, s->line_end - s->line_at};
    judge_bare(s, text_upto(row, LITERAL_MAX));
    judge_array(s);
}

static void judge_shape(struct scan *s, const struct shape *r, size_t at)
{
    struct bytes here = text_from(s->text, at);
    size_t n = r->front_len, most = r->front_len + r->most;
    while (n < here.len && n <= most && in_alphabet(here.at[n], r->alphabet))
        n++;
    struct bytes literal = text_upto(here, n);
    bool sized = n >= r->front_len + r->least && n <= most;
    if (sized && entropy_of(literal) >= r->entropy && !is_placeholder(literal))
        say_find(s, r->name, (struct bytes){0}, literal, at);
}

static void judge_shapes(struct scan *s, size_t at)
{
    const uint8_t *here = s->text.at + at;
    size_t left = s->text.len - at;
    for (size_t i = 0; i < COUNT(shapes); i++) {
        const struct shape *r = &shapes[i];
        if (left > r->front_len && here[0] == (uint8_t)r->front[0]
            && here[1] == (uint8_t)r->front[1]
            && memcmp(here, r->front, r->front_len) == 0)
            judge_shape(s, r, at);
    }
}

/* The base64 of a key block, however it is quoted; its length, and the digest of its characters. */
static void judge_block(struct scan *s, size_t at)
{
    struct bytes here = text_upto(text_from(s->text, at), 65536);
    struct bytes head = text_upto(here, 64);
    size_t kind = text_find(head, TEXT("PRIVATE KEY"));
    size_t close = kind + text_find(text_from(head, kind + 11), TEXT("-----")) + 16;
    if (kind == head.len || close > head.len)
        return;
    here = text_from(here, close);
    struct bytes first = text_trim(text_upto(here, 32));
    if (text_starts(first, TEXT("Proc-Type:"))) {
        size_t blank = text_find(here, TEXT("\n\n"));
        here = text_from(here, blank);
    }
    uint8_t kept[8192];
    size_t count = 0;
    for (size_t i = 0; i < here.len && count < sizeof kept; i++) {
        uint8_t c = here.at[i];
        bool escaped = c == '\\' && i + 1 < here.len;
        if (escaped)
            i++;
        else if (c != '-' && in_alphabet(c, BASE64))
            kept[count++] = c;
        else if (!memchr(" \t\r\n\"',", c, 7))
            break;
    }
    struct bytes literal = {kept, count};
    if (count >= KEY_BLOCK_LEAST && entropy_of(literal) >= 3500)
        say_find(s, "private-key", (struct bytes){0}, literal, at);
}

/* At "://": user and password before the host. */
static void judge_url(struct scan *s, size_t at)
{
    const uint8_t *t = s->text.at;
    size_t user = at + 3, i = user;
    while (i < s->line_end && i < user + 256
        && (is_alnum(t[i]) || memchr("._-+%~", t[i], 6)))
        i++;
    if (i == user || i >= s->line_end || t[i] != ':')
        return;
    size_t from = ++i;
    while (i < s->line_end && i < from + 256 && in_alphabet(t[i], ANY)
        && !memchr("/@\"'<>`", t[i], 7))
        i++;
    struct bytes literal = {t + from, i - from};
    bool host = i + 1 < s->line_end && t[i] == '@' && is_alnum(t[i + 1]);
    if (host && literal.len >= 3 && !is_placeholder(literal)
        && !text_same_word(literal, TEXT("password"))
        && !text_same_word(literal, TEXT("pass")))
        say_find(s, "url-password", (struct bytes){t + user, from - 1 - user}, literal,
            from);
}

enum trigger { T_LINE = 1, T_WORD = 2, T_SHAPE = 4, T_BLOCK = 8, T_URL = 16 };

/* What may begin with a byte and the one behind it: bits of enum trigger. Two of them let most
 * of a text pass. */
struct triggers {
    uint8_t first[256], second[256];
};

static void arm(
    struct triggers *t, enum trigger bit, const char *first, const char *second)
{
    for (const char *c = first; *c; c++)
        t->first[(uint8_t)*c] |= (uint8_t)bit;
    for (const char *c = second; *c; c++)
        t->second[(uint8_t)*c] |= (uint8_t)bit;
}

static struct triggers make_triggers(void)
{
    struct triggers t = {{0}, {0}};
    arm(&t, T_WORD, "pstkPSTK", "aeoswAEOSW");
    for (size_t i = 0; i < COUNT(shapes); i++) {
        t.first[(uint8_t)shapes[i].front[0]] |= T_SHAPE;
        t.second[(uint8_t)shapes[i].front[1]] |= T_SHAPE;
    }
    arm(&t, T_BLOCK, "-", "-");
    arm(&t, T_URL, ":", "/");
    arm(&t, T_LINE, "\n", "");
    for (size_t i = 0; i < sizeof t.second; i++)
        t.second[i] |= T_LINE;
    return t;
}

/* Does one of the words begin here that the rows of ASSIGNED hold? */
static bool word_starts(struct bytes here)
{
    if (here.len < 3)
        return false;
    uint32_t front =
        (here.at[0] | 0x20u) << 16 | (here.at[1] | 0x20u) << 8 | (here.at[2] | 0x20u);
    switch (front) {
    case 'p' << 16 | 's' << 8 | 'k':
    case 'p' << 16 | 'w' << 8 | 'd':
    case 'k' << 16 | 'e' << 8 | 'y': return true;
    case 'p' << 16 | 'a' << 8 | 's':
        return text_same_word(text_upto(here, 4), TEXT("pass"));
    case 's' << 16 | 'e' << 8 | 'c':
        return text_same_word(text_upto(here, 6), TEXT("secret"));
    case 't' << 16 | 'o' << 8 | 'k':
        return text_same_word(text_upto(here, 5), TEXT("token"));
    default: return false;
    }
}

static void next_line(struct scan *s, size_t at)
{
    s->before_at = s->line_at;
    s->line_at = at;
    const uint8_t *end =
        at < s->text.len ? memchr(s->text.at + at, '\n', s->text.len - at) : NULL;
    s->line_end = end ? (size_t)(end - s->text.at) : s->text.len;
    s->line++;
    s->line_done = false;
    s->found = 0;
}

void secret_scan(struct bytes text, struct emit *out)
{
    struct triggers t = make_triggers();
    struct scan s = {.out = out, .text = text};
    next_line(&s, 0);
    s.before_at = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t next = i + 1 < text.len ? text.at[i + 1] : 0;
        uint8_t on = t.first[text.at[i]] & t.second[next];
        if (!on)
            continue;
        if (on & T_LINE)
            next_line(&s, i + 1);
        if (on & T_WORD && !s.line_done && word_starts(text_from(text, i)))
            judge_line(&s);
        if (on & T_SHAPE && (i == 0 || !in_alphabet(text.at[i - 1], WORD)))
            judge_shapes(&s, i);
        if (on & T_BLOCK && text_starts(text_from(text, i), TEXT("-----BEGIN ")))
            judge_block(&s, i);
        if (on & T_URL && text_starts(text_from(text, i), TEXT("://")))
            judge_url(&s, i);
    }
}
