/* SPDX-License-Identifier: Apache-2.0 */
/* verify: is it the pack that was packed, and does a second review come to the same verdicts. */
#include "core/base/utf8.h"
#include "review/base/date.h"
#include "review/main/against.h"
#include "review/main/clause_run.h"
#include "review/main/packed.h"
#include "review/main/replay.h"
#include "review/pack/shown.h"
#include "review/pack/verdicts.h"

#include <string.h>

enum { NAMED_MAX = 20 }; /* differences that are named; the others are counted */

struct verifying {
    struct arena *a;
    const struct verify_ask *ask;
    struct inspected in;
    struct weighed w;
    struct against at_hand; /* of --against */
};

static const char *shown(struct verifying *v, struct bytes foreign)
{
    return (const char *)shown_text(v->a, foreign).at;
}

static enum exit_code open_key(const char *path, struct sign_key **key)
{
    const char *why = "";
    if (!path || sign_key_open_public(path, key, &why) == OK)
        return EXIT_DONE;
    return (enum exit_code)cli_error(
        EXIT_USAGE, path, 0, why, "a public Ed25519 key in PEM");
}

static void say_signatures(struct verifying *v)
{
    const struct dsse *d = v->w.envelope;
    if (v->ask->key)
        printf("signed    by the key in %s\n", v->ask->key);
    else if (!d->signature_count)
        puts("signed    by nobody: whoever had it can have changed it");
    for (uint32_t i = 0; !v->ask->key && i < d->signature_count; i++)
        printf("signed    by somebody who says key %s; not checked (--key PUB.pem)\n",
            shown(v, d->signatures[i].key_id));
}

static void say_pack(struct verifying *v)
{
    const struct statement *s = v->w.statement;
    char day[11];
    date_text(s->as_of_s, day);
    printf("pack      %s, SHA-256 %s\n", v->ask->pack,
        (const char *)packed_digest(v->a, v->in.archive).at);
    printf("made      by holdfast-review %s, of %s%s%s, as of %s\n",
        shown(v, s->version), shown(v, s->product), s->revision.len ? " at " : "",
        shown(v, s->revision), day);
    say_signatures(v);
    printf("whole     %u files are as stated, and there is no other\n",
        v->w.file_count - 1);
    printf("result    %s: %u failed, %u warned, %u passed, with --fail-on %s\n",
        statement_result(s), statement_outcomes(s, VERDICT_FAILED),
        statement_outcomes(s, VERDICT_WARNED), statement_outcomes(s, VERDICT_PASSED),
        shown(v, s->fail_on));
}

/* The same program with the same data; else texts may differ where verdicts do not. */
static bool same_program(struct verifying *v)
{
    const struct statement *s = v->w.statement;
    struct list builtin = packed_builtin(v->a);
    struct statement now = {
        .configuration = builtin.at, .configuration_count = (uint32_t)builtin.count};
    uint32_t n = 0;
    bool same = text_same(s->version, TEXT(HOLDFAST_VERSION));
    statement_sort(&now);
    for (uint32_t i = 0; i < s->configuration_count && same; i++) {
        const struct statement_file *f = &s->configuration[i];
        if (!text_starts(f->name, TEXT(STATEMENT_BUILTIN)))
            continue;
        same = n < now.configuration_count
            && text_same(now.configuration[n].name, f->name)
            && !memcmp(now.configuration[n].digest, f->digest, STATEMENT_DIGEST);
        n++;
    }
    same = same && n == now.configuration_count;
    list_free(&builtin);
    return same;
}

static void say_difference(struct verifying *v, const struct verdict_difference *d)
{
    static const char *const words[] = {"added", "removed", "changed"};
    const struct statement_verdict *x = d->before ? d->before : d->after;
    printf("%-9s %s %s: %s", words[d->change], shown(v, x->kind), shown(v, x->id),
        shown(v, x->state));
    if (d->change == VERDICT_CHANGED)
        printf(" was stated, %s is found", shown(v, d->after->state));
    const struct statement_verdict *y = d->after ? d->after : d->before;
    printf(
        "; %s %s (%s)\n", shown(v, y->subject), shown(v, y->says), shown(v, y->place));
}

static bool same_verdicts(struct verifying *v, const struct statement *again)
{
    struct list differ = verdicts_compare(v->w.statement, again);
    size_t n = differ.count;
    for (size_t i = 0; i < n && i < NAMED_MAX; i++)
        say_difference(v, LIST_AT(&differ, struct verdict_difference, i));
    if (n > NAMED_MAX)
        printf("          and %zu more\n", n - NAMED_MAX);
    if (n)
        printf("not verified: verdicts that differ: %zu\n", n);
    list_free(&differ);
    return n == 0;
}

static uint32_t line_of_difference(struct bytes x, struct bytes y)
{
    uint32_t line = 1;
    for (size_t i = 0; i < x.len && i < y.len && x.at[i] == y.at[i]; i++)
        line += x.at[i] == '\n';
    return line;
}

/* The files of the report, byte for byte. */
static bool same_report(struct verifying *v, const struct report *report)
{
    struct list again = packed_report(v->a, report);
    uint32_t n = 0;
    bool same = true;
    for (uint32_t i = 0; i < v->w.file_count && same; i++) {
        const struct pack_file *f = &v->w.files[i], *now = NULL;
        if (!text_starts(f->name, TEXT(PACKED_REPORT)))
            continue;
        if (n < again.count)
            now = LIST_AT(&again, struct pack_file, n);
        n++;
        same =
            now && text_same(now->name, f->name) && text_same(now->content, f->content);
        if (!same)
            printf(
                "differs   %s, line %u\nnot verified: the verdicts are the same and the "
                "report is not\n",
                shown(v, f->name),
                now ? line_of_difference(f->content, now->content) : 1);
    }
    if (same && n < again.count)
        printf("differs   %s\nnot verified: it is not in the pack\n",
            shown(v, LIST_AT(&again, struct pack_file, n)->name));
    same = same && n == again.count;
    list_free(&again);
    return same;
}

/* What was reviewed are the bytes that were stated, wherever they came from. */
static bool same_documents(struct verifying *v, const struct corpus *c)
{
    const struct statement *s = v->w.statement;
    struct table *paths = table_new(v->a, c->doc_count);
    for (uint32_t i = 0; i < c->doc_count; i++)
        table_put(paths, c->docs[i].path, i);
    for (uint32_t i = 0; i < s->subject_count; i++) {
        const struct statement_file *f = &s->subjects[i];
        if (!statement_is_document(f->name))
            continue;
        uint32_t at = table_get(paths, text_from(f->name, sizeof STATEMENT_DOCS - 1));
        if (at == TABLE_NONE || memcmp(c->docs[at].digest, f->digest, STATEMENT_DIGEST))
            return false;
    }
    return true;
}

static bool has_pdf(const struct corpus *c)
{
    uint32_t i = 0;
    while (i < c->doc_count && c->docs[i].format != FORMAT_PDF)
        i++;
    return i < c->doc_count;
}

static enum exit_code judge_again(struct verifying *v, struct run *r)
{
    const struct statement *s = v->w.statement;
    struct statement again = {0};
    struct report report = report_of(r);
    uint8_t least;
    if (!run_threshold(s->fail_on, &least))
        return (enum exit_code)cli_error(EXIT_INTERNAL, v->ask->pack, 0,
            "a threshold that does not exist", "critical, major, minor, note or never");
    if (!same_documents(v, &r->corpus))
        return (enum exit_code)cli_error(EXIT_ENVIRONMENT, v->ask->pack, 0,
            "a document could not be read as it was stated",
            "documents that stay as they are");
    verdicts_of(v->a, &report, least, &again);
    statement_sort(&again);
    bool exact = same_program(v);
    if (!exact)
        printf(
            "program   holdfast-review %s with its catalogue is another one than made the "
            "pack: verdicts are compared, not bytes\n",
            HOLDFAST_VERSION);
    if (!same_verdicts(v, &again) || (exact && !same_report(v, &report))) {
        if (has_pdf(&r->corpus))
            puts(
                "          PDF documents are read by this machine's pdftotext; another one may "
                "read them otherwise");
        return EXIT_NO;
    }
    puts("verified: same verdicts from the same documents");
    return EXIT_DONE;
}

/* The names go into a line of ours where one is not known here. */
static enum exit_code clauses_again(
    struct verifying *v, struct run *r, const struct library *l)
{
    struct bytes names = v->w.statement->clauses;
    if (!utf8_printable(names))
        return (enum exit_code)cli_error(EXIT_INTERNAL, v->ask->pack, 0,
            "the names of clauses are not printable", "ids of the catalogue");
    return run_clauses(r, l, (const char *)arena_copy(v->a, names).at, NULL);
}

static enum exit_code review_again(struct verifying *v)
{
    const struct statement *s = v->w.statement;
    bool from_hand = !s->documents && v->ask->against && !v->at_hand.differ;
    if (!s->documents && !from_hand) {
        printf("not verified: the documents are not in the pack%s\n",
            v->ask->against ? ", and those at hand are others" : " (--against PATH)");
        return v->ask->against ? EXIT_NO : EXIT_ENVIRONMENT;
    }
    struct run_given given =
        replay_given(v->a, &v->w, from_hand ? &v->at_hand.tree : NULL);
    struct run_ask ask = {.reading = v->ask->reading,
        .progress = v->ask->progress,
        .path = v->ask->pack,
        .given = &given};
    struct run r;
    struct library l = {0};
    enum exit_code code = run_review(&ask, &r);
    if (code == EXIT_DONE)
        code = run_library(&ask, &r, &l);
    if (code == EXIT_DONE)
        code = clauses_again(v, &r, &l);
    if (code == EXIT_DONE)
        code = judge_again(v, &r);
    library_free(&l);
    run_end(&r);
    return code;
}

static enum exit_code verify(struct verifying *v)
{
    say_pack(v);
    enum exit_code code = v->ask->against
        ? against_open(v->a, &v->w, v->ask->against, v->ask->pack, &v->at_hand)
        : EXIT_DONE;
    if (code == EXIT_DONE)
        code = review_again(v);
    return code == EXIT_DONE && v->at_hand.differ ? EXIT_NO : code;
}

enum exit_code verb_verify(const struct verify_ask *ask)
{
    struct verifying v = {.a = arena_new(), .ask = ask};
    struct sign_key *key = NULL;
    enum exit_code code = open_key(ask->key, &key);
    if (code == EXIT_DONE)
        code = packed_open(v.a, ask->pack, key, &v.in, &v.w);
    if (code == EXIT_DONE)
        code = verify(&v);
    against_end(&v.at_hand);
    sign_key_free(key);
    arena_free(v.a);
    return code;
}
