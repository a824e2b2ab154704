/* SPDX-License-Identifier: Apache-2.0 */
/* pack: a review with all that it was made of, to be given away. */
#include "review/main/packed.h"
#include "review/pack/inspect.h"
#include "review/pack/shown.h"
#include "review/pack/verdicts.h"
#include "review/pack/weigh.h"
#include "review/render/clause.h"

#include <openssl/sha.h>
#include <string.h>
#include <unistd.h>

static const char read_me[] =
    "This is an evidence pack of holdfast-review: what a program found and did not find in the\n"
    "documents of a project. It is no statement of conformity.\n"
    "\n"
    "report/index.html     the report, for people; report/review.json and matrix.csv for programs\n"
    "documents/            what was reviewed, unless it was left out\n"
    "configuration/        how it was reviewed\n"
    "statement.dsse.json   digests of all this, the verdicts, and who signed them\n"
    "\n"
    "To check it: holdfast-review verify PACK --key PUB.pem. That compares every file with the\n"
    "statement, checks the signature, reviews the documents once more and compares.\n"
    "\n"
    "To check it without holdfast-review: statement.dsse.json is a DSSE envelope. Decode its\n"
    "payload from base64 to a file P: an in-toto statement with the SHA-256 of each file. What is\n"
    "signed, by Ed25519, are these bytes: \"DSSEv1 28 application/vnd.in-toto+json \", the length of\n"
    "P in decimal digits, a blank, and P. With them in a file S and sig, decoded, in a file G:\n"
    "openssl pkeyutl -verify -pubin -inkey PUB.pem -rawin -in S -sigfile G\n"
    "\n"
    "Where the list of signatures is empty nobody has signed: then anybody can have written this.\n";

#define READ_ME "README.txt"
#define STAY    "documents that stay as they are while they are packed"

struct packing {
    struct arena *a;
    struct list files; /* struct pack_file */
    struct statement statement;
    struct list subjects, configuration, unread;
    uint64_t size;
};

static int refuse(struct bytes name, const char *what, const char *expected)
{
    struct arena *a = arena_new();
    struct bytes shown = shown_text(a, name);
    int code = cli_error(EXIT_ENVIRONMENT, (const char *)shown.at, 0, what, expected);
    arena_free(a);
    return code;
}

static struct bytes named(struct arena *a, const char *folder, struct bytes path)
{
    return arena_print(a, "%s%.*s", folder, (int)path.len, (const char *)path.at);
}

static struct statement_file *state(
    struct list *to, struct bytes name, struct bytes content)
{
    struct statement_file *f = list_add(to);
    f->name = name;
    SHA256(content.at, content.len, f->digest);
    return f;
}

static void put(struct packing *p, struct bytes name, struct bytes content)
{
    struct pack_file f = {name, content};
    *(struct pack_file *)list_add(&p->files) = f;
    p->size += pack_size(&f, 1);
}

static bool was_read(const struct document *d)
{
    static const uint8_t none[sizeof d->digest] = {0};
    return memcmp(d->digest, none, sizeof none) != 0;
}

static void add_unread(
    struct packing *p, const struct run *r, uint32_t doc, bool too_large)
{
    *(struct statement_unread *)list_add(&p->unread) =
        (struct statement_unread){r->corpus.docs[doc].path, r->corpus.docs[doc].size,
            r->tree.files[doc].link ? UNREAD_LINK
                : too_large         ? UNREAD_LARGE
                                    : UNREAD_OTHER};
}

/* Of each document whether it was found too large. */
static const bool *too_large(struct arena *a, const struct corpus *c)
{
    bool *large = arena_take(a, c->doc_count);
    for (uint32_t i = 0; i < c->note_count; i++)
        if (c->notes[i].kind == NOTE_TOO_LARGE && c->notes[i].doc < c->doc_count)
            large[c->notes[i].doc] = true;
    return large;
}

/* The bytes that were reviewed, read once more. */
static int add_content(
    struct packing *p, const struct run *r, uint32_t doc, struct bytes name)
{
    const struct document *d = &r->corpus.docs[doc];
    uint8_t digest[SHA256_DIGEST_LENGTH];
    struct bytes content = {0};
    int fd = r->tree.open(r->tree.ctx, doc);
    bool good = fd >= 0 && run_read_whole(p->a, fd, (size_t)d->size, &content);
    if (fd >= 0)
        close(fd);
    if (good)
        SHA256(content.at, content.len, digest);
    if (!good || memcmp(digest, d->digest, sizeof digest) != 0)
        return refuse(d->path, "has changed since it was reviewed", STAY);
    put(p, name, content);
    return EXIT_DONE;
}

static int add_document(
    struct packing *p, const struct run *r, uint32_t doc, bool with_content)
{
    const struct document *d = &r->corpus.docs[doc];
    struct bytes name = named(p->a, STATEMENT_DOCS, d->path);
    const char *fault = pack_name_fault(name);
    if (fault)
        return refuse(d->path, fault,
            "a name that is the same everywhere: rename it, or name it in leave_out");
    struct statement_file *f = list_add(&p->subjects);
    f->name = name;
    f->changed_s = d->changed_s;
    memcpy(f->digest, d->digest, sizeof f->digest);
    if (!with_content)
        return EXIT_DONE;
    if (p->size + d->size > PACK_BYTES_MAX || p->files.count >= PACK_FILES_MAX)
        return cli_error(EXIT_ENVIRONMENT, NULL, 0,
            "the documents are more than a pack holds",
            "at most 65,000 files and 256 MiB, or --without-documents");
    return add_content(p, r, doc, name);
}

static int add_documents(struct packing *p, const struct run *r, bool with_content)
{
    const bool *large = too_large(p->a, &r->corpus);
    p->statement.documents = with_content;
    for (uint32_t i = 0; i < r->corpus.doc_count; i++) {
        int code = EXIT_DONE;
        if (large[i] && r->corpus.docs[i].size <= READ_DOCUMENT_MAX)
            code = refuse(r->corpus.docs[i].path, "has grown while it was read", STAY);
        else if (!was_read(&r->corpus.docs[i]))
            add_unread(p, r, i, large[i]);
        else
            code = add_document(p, r, i, with_content);
        if (code != EXIT_DONE)
            return code;
    }
    return EXIT_DONE;
}

static void add_subject(struct packing *p, struct bytes name, struct bytes content)
{
    state(&p->subjects, name, content);
    put(p, name, content);
}

static int add_report(struct packing *p, const struct report *report)
{
    struct list files = packed_report(p->a, report);
    for (uint32_t i = 0; i < files.count; i++) {
        const struct pack_file *f = LIST_AT(&files, struct pack_file, i);
        add_subject(p, f->name, f->content);
    }
    bool none = files.count == 0;
    list_free(&files);
    return none ? cli_error(EXIT_ENVIRONMENT, NULL, 0, "the report has too many pages",
               "at most 4,096 files")
                : EXIT_DONE;
}

static void add_inputs(struct packing *p, const struct run *r)
{
    struct list builtin = packed_builtin(p->a);
    for (uint32_t i = 0; i < builtin.count; i++)
        *(struct statement_file *)list_add(&p->configuration) =
            *LIST_AT(&builtin, struct statement_file, i);
    list_free(&builtin);
    for (uint32_t i = 0; i < r->inputs.count; i++) {
        const struct run_input *in = LIST_AT(&r->inputs, struct run_input, i);
        struct bytes name = named(p->a, STATEMENT_INPUTS, in->name);
        state(&p->configuration, name, in->text);
        put(p, name, in->text);
    }
}

static struct bytes clauses_of(struct arena *a, const struct report *r)
{
    struct bytes all = TEXT("");
    for (uint32_t i = 0; i < r->clause_count; i++) {
        struct bytes id = r->clauses[i].clause->id;
        all = arena_print(a, "%s%s%.*s", (const char *)all.at, i ? "," : "",
            (int)id.len, (const char *)id.at);
    }
    return all;
}

/* What was reviewed, how, and with which verdicts; EXIT_DONE, or one line was written. */
static int gather(struct packing *p, const struct run *r, const struct pack_ask *ask)
{
    struct report report = report_of(r);
    struct statement *s = &p->statement;
    uint8_t least;
    int code = add_documents(p, r, !ask->without_documents);
    if (code == EXIT_DONE)
        code = add_report(p, &report);
    if (code != EXIT_DONE)
        return code;
    add_inputs(p, r);
    add_subject(p, TEXT(READ_ME), text_of(read_me));
    run_threshold(text_of(ask->fail_on), &least);
    verdicts_of(p->a, &report, least, s);
    s->version = TEXT(HOLDFAST_VERSION);
    s->product = r->product;
    s->revision = r->revision;
    s->fail_on = text_of(ask->fail_on);
    s->clauses = clauses_of(p->a, &report);
    s->as_of_s = r->rules.as_of_s;
    s->subjects = list_keep(&p->subjects, p->a, &s->subject_count);
    s->configuration = list_keep(&p->configuration, p->a, &s->configuration_count);
    s->unread = list_keep(&p->unread, p->a, &s->unread_count);
    statement_sort(s);
    return EXIT_DONE;
}

static int write_pack(struct packing *p, const struct pack_ask *ask)
{
    struct dsse *d = arena_take(p->a, sizeof *d);
    struct statement again;
    struct bytes why;
    d->type = TEXT(STATEMENT_TYPE);
    d->payload = statement_write(p->a, &p->statement);
    /* A name that is no UTF-8, of the folder or a link: nobody could read it again. */
    if (statement_parse(p->a, d->payload, &again, &why) != OK)
        return cli_error(EXIT_ENVIRONMENT, NULL, 0, (const char *)why.at, NULL);
    int code = ask->key ? packed_sign(p->a, ask->key, d) : EXIT_DONE;
    if (code != EXIT_DONE)
        return code;
    put(p, TEXT(STATEMENT_FILE), dsse_write(p->a, d));
    if (p->size > PACK_BYTES_MAX || p->files.count > PACK_FILES_MAX)
        return cli_error(EXIT_ENVIRONMENT, NULL, 0,
            "report and documents are more than a pack holds",
            "at most 65,000 files and 256 MiB, or --without-documents");
    code = (int)packed_write(p->a, ask->output, p->files.at, (uint32_t)p->files.count);
    if (code != EXIT_DONE)
        return code;
    const struct statement *s = &p->statement;
    printf("packed    %u documents%s, %u not readable, in %s\n", statement_documents(s),
        s->documents ? "" : " by digest only", s->unread_count, ask->output);
    printf("result    %s: %u failed, %u warned, %u passed, with --fail-on %s\n",
        statement_result(s), statement_outcomes(s, VERDICT_FAILED),
        statement_outcomes(s, VERDICT_WARNED), statement_outcomes(s, VERDICT_PASSED),
        ask->fail_on);
    packed_say_signed(p->a, d);
    return EXIT_DONE;
}

enum exit_code verb_pack(const struct run *r, const struct pack_ask *ask)
{
    struct packing p = {.a = r->a,
        .files = LIST_OF(struct pack_file),
        .subjects = LIST_OF(struct statement_file),
        .configuration = LIST_OF(struct statement_file),
        .unread = LIST_OF(struct statement_unread)};
    int code = r->corpus.unit_count ? gather(&p, r, ask)
                                    : cli_error(EXIT_ENVIRONMENT, NULL, 0,
                                        "nothing could be read", "documents to pack");
    if (code == EXIT_DONE)
        code = write_pack(&p, ask);
    list_free(&p.files);
    list_free(&p.subjects);
    list_free(&p.configuration);
    list_free(&p.unread);
    return (enum exit_code)code;
}
