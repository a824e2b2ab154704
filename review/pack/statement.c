/* SPDX-License-Identifier: Apache-2.0 */
#include "review/pack/statement.h"

#include "core/base/hex.h"
#include "review/base/printed.h"
#include "review/pack/statement_form.h"
#include "review/render/out.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

static const char *const unread_names[] = {"link", "too large", "unreadable"};
static const char *const verdict_names[] = {"passed", "warned", "failed"};
static_assert(
    sizeof unread_names / sizeof unread_names[0] == UNREAD_KINDS, "a name each");
static_assert(
    sizeof verdict_names / sizeof verdict_names[0] == VERDICT_KINDS, "a name each");

const char *unread_name(enum unread u)
{
    return unread_names[u];
}

const char *verdict_name(enum outcome_kind k)
{
    return verdict_names[k];
}

uint32_t statement_outcomes(const struct statement *s, enum outcome_kind k)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->verdict_count; i++)
        n += s->verdicts[i].outcome == k;
    return n;
}

const char *statement_result(const struct statement *s)
{
    return statement_outcomes(s, VERDICT_FAILED) ? "FAILED"
        : statement_outcomes(s, VERDICT_WARNED)  ? "WARNED"
                                                 : "PASSED";
}

bool statement_is_document(struct bytes name)
{
    return text_starts(name, TEXT(STATEMENT_DOCS));
}

uint32_t statement_documents(const struct statement *s)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->subject_count; i++)
        n += statement_is_document(s->subjects[i].name);
    return n;
}

static int by_name(const void *a, const void *b)
{
    return text_order(((const struct statement_file *)a)->name,
        ((const struct statement_file *)b)->name);
}

static int by_path(const void *a, const void *b)
{
    return text_order(((const struct statement_unread *)a)->path,
        ((const struct statement_unread *)b)->path);
}

static int by_verdict(const void *a, const void *b)
{
    const struct statement_verdict *x = a, *y = b;
    const struct bytes of_x[] = {x->kind, x->id, x->state, x->subject, x->says,
        x->place},
                       of_y[] = {
                           y->kind, y->id, y->state, y->subject, y->says, y->place};
    int order = 0;
    for (size_t i = 0; i < sizeof of_x / sizeof of_x[0] && !order; i++)
        order = text_order(of_x[i], of_y[i]);
    return order ? order : (x->outcome > y->outcome) - (x->outcome < y->outcome);
}

static void sort(
    void *rows, uint32_t count, size_t each, int (*order)(const void *, const void *))
{
    if (count)
        qsort(rows, count, each, order);
}

void statement_sort(struct statement *s)
{
    sort(s->subjects, s->subject_count, sizeof *s->subjects, by_name);
    sort(s->configuration, s->configuration_count, sizeof *s->configuration, by_name);
    sort(s->unread, s->unread_count, sizeof *s->unread, by_path);
    sort(s->verdicts, s->verdict_count, sizeof *s->verdicts, by_verdict);
}

/* `least` 1: no two are the same. */
static bool sorted(const void *rows, uint32_t count, size_t each,
    int (*order)(const void *, const void *), int least)
{
    const uint8_t *at = rows;
    for (uint32_t i = 1; i < count; i++)
        if (order(at + i * each, at + (i - 1) * each) < least)
            return false;
    return true;
}

bool statement_sorted(const struct statement *s)
{
    return sorted(s->subjects, s->subject_count, sizeof *s->subjects, by_name, 1)
        && sorted(s->configuration, s->configuration_count, sizeof *s->configuration,
            by_name, 1)
        && sorted(s->unread, s->unread_count, sizeof *s->unread, by_path, 1)
        && sorted(s->verdicts, s->verdict_count, sizeof *s->verdicts, by_verdict, 0);
}

/* `lead` is what stands before the value. */
static void text(FILE *out, const char *lead, struct bytes value)
{
    out_words(out, lead);
    out_json(out, value);
}

static void digest(FILE *out, const uint8_t value[STATEMENT_DIGEST])
{
    uint8_t hex[2 * STATEMENT_DIGEST + 1];
    hex_of((struct bytes){value, STATEMENT_DIGEST}, ROOM_OF(hex));
    text(out, FORM_DIGEST, text_of((const char *)hex));
    out_words(out, "}");
}

static void files(FILE *out, const struct statement_file *at, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        out_words(out, i ? FORM_NEXT : "");
        text(out, FORM_ROW, at[i].name);
        digest(out, at[i].digest);
        if (statement_is_document(at[i].name))
            fprintf(out, FORM_CHANGED "%" PRId64 "}", at[i].changed_s);
        out_words(out, FORM_ROW_END);
    }
}

static void names(
    struct arena *a, FILE *out, const struct statement *s, enum outcome_kind outcome)
{
    bool first = true;
    for (uint32_t i = 0; i < s->verdict_count; i++) {
        const struct statement_verdict *v = &s->verdicts[i];
        if (v->outcome != outcome)
            continue;
        text(out, first ? "\n" : ",\n",
            arena_print(a, "%.*s %.*s", (int)v->kind.len, (const char *)v->kind.at,
                (int)v->id.len, (const char *)v->id.at));
        first = false;
    }
}

static void own(FILE *out, const struct statement *s)
{
    out_words(out, FORM_OWN FORM_NUMBER);
    text(out, FORM_VERSION, s->version);
    text(out, FORM_PRODUCT, s->product);
    text(out, FORM_REVISION, s->revision);
    fprintf(out, FORM_AS_OF "%" PRId64, s->as_of_s);
    text(out, FORM_FAIL_ON, s->fail_on);
    text(out, FORM_CLAUSES, s->clauses);
    out_words(out,
        s->documents ? FORM_DOCUMENTS FORM_INCLUDED : FORM_DOCUMENTS FORM_LEFT_OUT);
}

static void unread(FILE *out, const struct statement *s)
{
    for (uint32_t i = 0; i < s->unread_count; i++) {
        out_words(out, i ? FORM_NEXT : "");
        text(out, FORM_PATH, s->unread[i].path);
        text(out, FORM_WHY, text_of(unread_name((enum unread)s->unread[i].why)));
        out_words(out, FORM_BYTES);
        out_number(out, s->unread[i].size);
        out_words(out, FORM_ROW_END);
    }
}

static void verdicts(FILE *out, const struct statement *s)
{
    for (uint32_t i = 0; i < s->verdict_count; i++) {
        const struct statement_verdict *v = &s->verdicts[i];
        out_words(out, i ? FORM_NEXT : "");
        text(out, FORM_OUTCOME, text_of(verdict_name((enum outcome_kind)v->outcome)));
        text(out, FORM_KIND, v->kind);
        text(out, FORM_ID, v->id);
        text(out, FORM_STATE, v->state);
        text(out, FORM_SUBJECT, v->subject);
        text(out, FORM_SAYS, v->says);
        text(out, FORM_PLACE, v->place);
        out_words(out, FORM_ROW_END);
    }
}

struct bytes statement_write(struct arena *a, const struct statement *s)
{
    struct printed p;
    printed_begin(&p);
    out_words(p.out, FORM_SUBJECTS);
    files(p.out, s->subjects, s->subject_count);
    text(p.out, FORM_PREDICATE, text_of(statement_result(s)));
    out_words(p.out, FORM_CONFIGURATION);
    files(p.out, s->configuration, s->configuration_count);
    out_words(p.out, FORM_PASSED);
    names(a, p.out, s, VERDICT_PASSED);
    out_words(p.out, FORM_WARNED);
    names(a, p.out, s, VERDICT_WARNED);
    out_words(p.out, FORM_FAILED);
    names(a, p.out, s, VERDICT_FAILED);
    own(p.out, s);
    out_words(p.out, FORM_UNREAD);
    unread(p.out, s);
    out_words(p.out, FORM_VERDICTS);
    verdicts(p.out, s);
    out_words(p.out, FORM_END);
    return printed_end(&p, a);
}
