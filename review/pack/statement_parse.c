/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of the form are expected one after the other; whatever could be spelled in a second
 * way (escapes, numbers, lists that follow from others) is found at the end, where the statement
 * is written again and compared.
 */
#include "core/base/hex.h"
#include "core/base/utf8.h"
#include "review/pack/pack.h"
#include "review/pack/statement.h"
#include "review/pack/statement_form.h"

#include <string.h>

struct parsing {
    struct arena *a;
    struct bytes rest;
    uint32_t line;
    const char *expected; /* the first thing that was not there */
};

static bool wrong(struct parsing *p, const char *expected)
{
    if (!p->expected)
        p->expected = expected;
    return false;
}

static void pass(struct parsing *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p->line += p->rest.at[i] == '\n';
    p->rest = text_from(p->rest, n);
}

static bool next_is(struct parsing *p, const char *words)
{
    struct bytes w = text_of(words);
    if (p->expected || !text_starts(p->rest, w))
        return false;
    pass(p, w.len);
    return true;
}

static void take(struct parsing *p, const char *words)
{
    if (!next_is(p, words))
        wrong(p, words);
}

static size_t string_len(struct parsing *p)
{
    size_t n = 1;
    if (p->expected || !text_starts(p->rest, TEXT("\"")))
        return wrong(p, "a string");
    while (n < p->rest.len && p->rest.at[n] != '"' && p->rest.at[n] >= ' ')
        n += p->rest.at[n] == '\\' ? 2 : 1;
    if (n >= p->rest.len || p->rest.at[n] != '"')
        return wrong(p, "the end of a string, on its line");
    return n + 1;
}

/* Behind a backslash; only what out_json() writes. */
static size_t escape(struct parsing *p, struct bytes at, uint8_t *to)
{
    static const char from[] = "\"\\nt", into[] = "\"\\\n\t";
    const char *known = at.at[0] ? strchr(from, at.at[0]) : NULL;
    if (known) {
        *to = (uint8_t)into[known - from];
        return 1;
    }
    if (!text_starts(at, TEXT("u00")) || at.len < 5
        || hex_parse((struct bytes){at.at + 3, 2}, (struct room){to, 1}) != OK)
        return wrong(p, "an escape as statements have them");
    return 5;
}

static void take_string(struct parsing *p, const char *lead, struct bytes *out)
{
    take(p, lead);
    size_t len = string_len(p), n = 0;
    if (!len)
        return;
    struct bytes in = {p->rest.at + 1, len - 2};
    uint8_t *to = arena_take(p->a, in.len + 1);
    while (in.len && !p->expected) {
        size_t used = 1;
        if (in.at[0] == '\\')
            used += escape(p, text_from(in, 1), &to[n]);
        else
            to[n] = in.at[0];
        n++;
        in = text_from(in, used);
    }
    *out = (struct bytes){to, n};
    if (!utf8_valid(*out))
        wrong(p, "UTF-8");
    pass(p, len);
}

static uint64_t digits(struct parsing *p)
{
    uint64_t value = 0;
    size_t n = 0;
    for (; n < p->rest.len && p->rest.at[n] >= '0' && p->rest.at[n] <= '9'; n++)
        if (__builtin_mul_overflow(value, 10, &value)
            || __builtin_add_overflow(value, p->rest.at[n] - (unsigned)'0', &value)) {
            wrong(p, "a smaller number");
            return 0;
        }
    if (!n)
        wrong(p, "a number");
    p->rest = text_from(p->rest, n);
    return value;
}

static uint64_t take_number(struct parsing *p, const char *lead)
{
    take(p, lead);
    return digits(p);
}

static int64_t take_time(struct parsing *p, const char *lead)
{
    take(p, lead);
    bool negative = next_is(p, "-");
    uint64_t value = digits(p);
    if (value > INT64_MAX) {
        wrong(p, "a smaller number");
        return 0;
    }
    return negative ? -(int64_t)value : (int64_t)value;
}

static uint8_t take_word(
    struct parsing *p, const char *lead, const char *(*name)(uint8_t), uint8_t count)
{
    struct bytes word = {0};
    take_string(p, lead, &word);
    for (uint8_t i = 0; i < count; i++)
        if (text_same(word, text_of(name(i))))
            return i;
    wrong(p, "a word that statements have here");
    return 0;
}

/* The next row of a list, zeroed; NULL: the list is over, or something is wrong. */
static void *next_row(struct parsing *p, struct list *l, const char *lead)
{
    bool more = l->count ? next_is(p, FORM_NEXT) : true;
    if (!more)
        return NULL;
    if (!next_is(p, lead)) {
        if (l->count)
            wrong(p, lead);
        return NULL;
    }
    return list_add(l);
}

static void take_files(struct parsing *p, struct list *l)
{
    for (struct statement_file *f; (f = next_row(p, l, FORM_ROW)) != NULL;) {
        struct bytes hex = {0};
        take_string(p, "", &f->name);
        take_string(p, FORM_DIGEST, &hex);
        if (!p->expected && hex_parse(hex, ROOM_OF(f->digest)) != OK)
            wrong(p, "64 hexadecimal digits in lower case");
        take(p, "}");
        if (!p->expected && pack_name_fault(f->name))
            wrong(p, "a name that may stand in a pack");
        if (statement_is_document(f->name)) {
            f->changed_s = take_time(p, FORM_CHANGED);
            take(p, "}");
        }
        take(p, FORM_ROW_END);
    }
}

/* What these lists hold follows from the verdicts. */
static void take_names(struct parsing *p, const char *lead)
{
    take(p, lead);
    for (bool first = true; !p->expected; first = false) {
        struct bytes name = {0};
        if (!first && !next_is(p, FORM_NEXT))
            return;
        if (first && !text_starts(p->rest, TEXT("\n\"")))
            return;
        take_string(p, "\n", &name);
    }
}

static const char *name_of_unread(uint8_t i)
{
    return unread_name((enum unread)i);
}

static const char *name_of_verdict(uint8_t i)
{
    return verdict_name((enum outcome_kind)i);
}

static void take_unread(struct parsing *p, struct list *l)
{
    for (struct statement_unread *u; (u = next_row(p, l, FORM_PATH)) != NULL;) {
        take_string(p, "", &u->path);
        u->why = take_word(p, FORM_WHY, name_of_unread, UNREAD_KINDS);
        u->size = take_number(p, FORM_BYTES);
        take(p, FORM_ROW_END);
    }
}

static void take_verdicts(struct parsing *p, struct list *l)
{
    for (struct statement_verdict *v; (v = next_row(p, l, FORM_OUTCOME)) != NULL;) {
        v->outcome = take_word(p, "", name_of_verdict, VERDICT_KINDS);
        take_string(p, FORM_KIND, &v->kind);
        take_string(p, FORM_ID, &v->id);
        take_string(p, FORM_STATE, &v->state);
        take_string(p, FORM_SUBJECT, &v->subject);
        take_string(p, FORM_SAYS, &v->says);
        take_string(p, FORM_PLACE, &v->place);
        take(p, FORM_ROW_END);
    }
}

/* False: a form that is not ours. */
static bool take_own(struct parsing *p, struct statement *s)
{
    take(p, FORM_OWN);
    if (!p->expected && !next_is(p, FORM_NUMBER))
        return false;
    take_string(p, FORM_VERSION, &s->version);
    take_string(p, FORM_PRODUCT, &s->product);
    take_string(p, FORM_REVISION, &s->revision);
    s->as_of_s = take_time(p, FORM_AS_OF);
    take_string(p, FORM_FAIL_ON, &s->fail_on);
    take_string(p, FORM_CLAUSES, &s->clauses);
    take(p, FORM_DOCUMENTS);
    s->documents = next_is(p, FORM_INCLUDED);
    if (!s->documents)
        take(p, FORM_LEFT_OUT);
    return true;
}

struct lists {
    struct list subjects, configuration, unread, verdicts;
};

/* False: a form that is not ours. */
static bool take_all(struct parsing *p, struct statement *s, struct lists *l)
{
    struct bytes result = {0};
    take(p, FORM_SUBJECTS);
    take_files(p, &l->subjects);
    take_string(p, FORM_PREDICATE, &result);
    take(p, FORM_CONFIGURATION);
    take_files(p, &l->configuration);
    take_names(p, FORM_PASSED);
    take_names(p, FORM_WARNED);
    take_names(p, FORM_FAILED);
    if (!take_own(p, s))
        return false;
    take(p, FORM_UNREAD);
    take_unread(p, &l->unread);
    take(p, FORM_VERDICTS);
    take_verdicts(p, &l->verdicts);
    take(p, FORM_END);
    if (!p->expected && p->rest.len)
        wrong(p, "nothing behind the statement");
    return true;
}

enum status statement_parse(
    struct arena *a, struct bytes text, struct statement *out, struct bytes *why)
{
    struct parsing p = {.a = a, .rest = text, .line = 1};
    struct statement got = {0};
    struct lists lists = {LIST_OF(struct statement_file),
        LIST_OF(struct statement_file), LIST_OF(struct statement_unread),
        LIST_OF(struct statement_verdict)};
    bool ours = take_all(&p, &got, &lists);
    got.subjects = list_keep(&lists.subjects, a, &got.subject_count);
    got.configuration = list_keep(&lists.configuration, a, &got.configuration_count);
    got.unread = list_keep(&lists.unread, a, &got.unread_count);
    got.verdicts = list_keep(&lists.verdicts, a, &got.verdict_count);
    if (!ours) {
        *why = arena_print(a,
            "the statement has a form that this version does not know: "
            "expected a newer holdfast-review");
        return REFUSED;
    }
    if (p.expected) {
        while (*p.expected == '\n' || *p.expected == ',')
            p.expected++;
        *why = arena_print(a,
            "line %u of the statement: not as statements are: expected %s", p.line,
            p.expected);
        return MALFORMED;
    }
    if (!statement_sorted(&got)) {
        *why = arena_print(a,
            "the statement is out of order or names something twice: "
            "expected rows in order of their bytes");
        return MALFORMED;
    }
    if (!text_same(statement_write(a, &got), text)) {
        *why = arena_print(a,
            "the statement is not spelled as this program spells it: "
            "expected its one form");
        return MALFORMED;
    }
    *out = got;
    return OK;
}
