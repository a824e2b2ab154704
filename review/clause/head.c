/* SPDX-License-Identifier: Apache-2.0 */
#include "review/clause/head.h"

#include "review/base/date.h"

enum { LOOKED_AT = 30 /* units from the front of a document */ };

static bool blank(uint8_t b)
{
    return b == ' ' || b == ',' || b == ';' || b == '|' || b == '(' || b == ')'
        || b == '"' || b == '*' || b == '`';
}

/* The next piece between blanks and commas, taken off *rest. */
static struct bytes next_word(struct bytes *rest)
{
    size_t from = 0, end;
    while (from < rest->len && blank(rest->at[from]))
        from++;
    for (end = from; end < rest->len && !blank(rest->at[end]);)
        end++;
    struct bytes word = text_upto(text_from(*rest, from), end - from);
    *rest = text_from(*rest, end);
    while (word.len && (word.at[word.len - 1] == '.' || word.at[word.len - 1] == ':'))
        word.len--;
    return word;
}

static bool digit(uint8_t b)
{
    return b >= '0' && b <= '9';
}

static struct bytes day_in(struct bytes text)
{
    for (size_t i = 0; i + 10 <= text.len; i++) {
        struct bytes day = text_upto(text_from(text, i), 10);
        if (digit(day.at[0]) && date_s(day) && (i == 0 || !digit(text.at[i - 1])))
            return day;
    }
    return (struct bytes){0};
}

/* "1.3", "v2", "Rev C": a digit in it, or one capital letter. */
static struct bytes version_in(struct bytes text)
{
    for (struct bytes rest = text, word; (word = next_word(&rest)).len;) {
        bool has_digit = false;
        for (size_t i = 0; i < word.len; i++)
            has_digit |= digit(word.at[i]);
        bool letter = word.len == 1 && word.at[0] >= 'A' && word.at[0] <= 'Z';
        if ((has_digit || letter) && word.len <= 16)
            return word;
    }
    return (struct bytes){0};
}

/* Capitals, digits and hyphens, at least one of each: "ARC-012", "HF-DOC-SA" has no digit and
 * counts behind the word "document" only. */
static bool is_id(struct bytes w, bool with_digit)
{
    bool letter = false, hyphen = false, number = false;
    for (size_t i = 0; i < w.len; i++) {
        letter |= w.at[i] >= 'A' && w.at[i] <= 'Z';
        number |= digit(w.at[i]);
        hyphen |= w.at[i] == '-' || w.at[i] == '_';
        if (w.at[i] >= 'a' && w.at[i] <= 'z')
            return false;
    }
    return letter && hyphen && (number || !with_digit) && w.len >= 4 && w.len <= 32;
}

static void set(struct bytes *field, struct bytes value)
{
    if (!field->len && value.len)
        *field = text_trim(value);
}

static bool named(struct bytes name, const char *const *words)
{
    for (; *words; words++)
        if (text_same_word(name, text_of(*words)))
            return true;
    return false;
}

static void take_pair(struct head *h, struct bytes name, struct bytes value)
{
    static const char *const ids[] = {
        "id", "document", "document id", "doc", "number", "document number", NULL};
    static const char *const versions[] = {"version", "revision", "rev", "issue", NULL};
    static const char *const dates[] = {
        "date", "approved", "approved on", "effective", "release date", "status", NULL};
    static const char *const people[] = {
        "approved", "approved by", "approver", "signed by", NULL};
    if (named(name, ids)) {
        struct bytes rest = value, first = next_word(&rest);
        if (is_id(first, false))
            set(&h->id, first);
        size_t at = text_find_word(value, TEXT("version"));
        if (at < value.len)
            set(&h->version, version_in(text_from(value, at + 7)));
        set(&h->date, day_in(value));
    }
    if (named(name, versions))
        set(&h->version, version_in(value));
    if (named(name, dates))
        set(&h->date, day_in(value));
    if (named(name, people) && !digit(value.len ? value.at[0] : '0')) {
        size_t comma = text_find(value, TEXT(","));
        set(&h->approved_by, text_upto(value, comma));
    }
}

/* "version 1.3" at the front or behind a comma; "TLS version 1.3" is of something else. */
static bool opens(struct bytes text, size_t at)
{
    while (at && text.at[at - 1] == ' ')
        at--;
    return at == 0 || blank(text.at[at - 1]) || text.at[at - 1] == '.';
}

static void take_text(struct head *h, struct bytes text)
{
    size_t at = text_find_word(text, TEXT("document"));
    if (at < text.len) {
        struct bytes rest = text_from(text, at + 8), word = next_word(&rest);
        if (is_id(word, false))
            set(&h->id, word);
    }
    at = text_find_word(text, TEXT("version"));
    if (at < text.len && opens(text, at)) {
        struct bytes rest = text_from(text, at + 7), word = next_word(&rest);
        set(&h->version, version_in(word));
    }
    at = text_find_word(text, TEXT("approved"));
    if (at < text.len) {
        set(&h->date, day_in(text_from(text, at)));
        size_t by = text_find_word(text_from(text, at), TEXT("by"));
        struct bytes who = text_from(text_from(text, at), by + 2);
        if (by < text.len - at && who.len)
            set(&h->approved_by, text_upto(who, text_find(who, TEXT("."))));
    }
}

static void take_unit(struct head *h, const struct corpus *c, const struct unit *u)
{
    for (uint32_t f = 0; f < u->field_count; f++)
        take_pair(h, c->fields[u->field + f].name, c->fields[u->field + f].value);
    struct bytes left = text_upto(u->text, text_find(u->text, TEXT("|")));
    if (u->kind == UNIT_ROW && left.len < u->text.len)
        take_pair(h, text_trim(left), text_trim(text_from(u->text, left.len + 1)));
    if (u->kind == UNIT_PARAGRAPH || u->kind == UNIT_ITEM)
        take_text(h, u->text);
}

struct head head_of(const struct corpus *c, uint32_t doc)
{
    struct head h = {0};
    const struct document *d = &c->docs[doc];
    for (uint32_t i = 0; i < d->unit_count && i < LOOKED_AT; i++) {
        const struct unit *u = &c->units[d->unit + i];
        if (u->kind == UNIT_HEADING)
            set(&h.title, u->text);
        else
            take_unit(&h, c, u);
    }
    return h;
}
