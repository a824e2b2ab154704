/* SPDX-License-Identifier: Apache-2.0 */
#include "review/pack/weigh.h"

#include "core/base/base64.h"
#include "review/pack/shown.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

static enum status refuse(
    struct arena *a, struct bytes *why, const char *what, const char *expected)
{
    *why = arena_print(a, "%s: expected %s", what, expected);
    return REFUSED;
}

static enum status refuse_file(struct arena *a, struct bytes *why, struct bytes name,
    const char *what, const char *expected)
{
    *why = arena_print(a, "\"%s\" %s: expected %s",
        (const char *)shown_text(a, name).at, what, expected);
    return REFUSED;
}

/* The envelope's words are for whoever signed, the statement's for us. */
static enum status weigh_envelope(struct arena *a, const struct dsse *d,
    const struct sign_key *key, struct weighed *out, struct bytes *why)
{
    if (!text_same(d->type, TEXT(STATEMENT_TYPE)))
        return refuse(
            a, why, "the payload is of another type", "payloadType " STATEMENT_TYPE);
    if (!key)
        return OK;
    if (!d->signature_count)
        return refuse(a, why, "nobody has signed the pack", "a signature by this key");
    struct bytes message = dsse_signed(a, d->type, d->payload);
    for (uint32_t i = 0; i < d->signature_count; i++)
        out->signatures_by_key +=
            sign_key_verifies(key, message, d->signatures[i].signature);
    if (!out->signatures_by_key)
        return refuse(a, why,
            "no signature of the pack is by this key over this statement",
            "one at least");
    return OK;
}

static enum status weigh_statement(
    struct arena *a, const struct dsse *d, const struct statement *s, struct bytes *why)
{
    if (statement_sorted(s) && text_same(statement_write(a, s), d->payload))
        return OK;
    return refuse(a, why, "the statement is not what was read in it", "its one form");
}

static bool take_slice(
    struct bytes archive, const struct said_file *f, struct bytes *out)
{
    if (f->at > archive.len || f->len > archive.len - f->at)
        return false;
    *out = text_upto(text_from(archive, (size_t)f->at), (size_t)f->len);
    return true;
}

static enum status take_files(struct arena *a, struct bytes archive,
    const struct pack_said *said, struct weighed *out, struct bytes *why)
{
    out->files = arena_take(a, said->file_count * sizeof *out->files);
    out->file_count = said->file_count;
    for (uint32_t i = 0; i < said->file_count; i++) {
        out->files[i].name = said->files[i].name;
        if (!take_slice(archive, &said->files[i], &out->files[i].content))
            return refuse(
                a, why, "a file of the archive lies outside of it", "it inside");
    }
    return OK;
}

static bool same_digest(struct bytes content, const uint8_t digest[STATEMENT_DIGEST])
{
    uint8_t is[SHA256_DIGEST_LENGTH];
    SHA256(content.at, content.len, is);
    return memcmp(is, digest, sizeof is) == 0;
}

/* Walks two sorted rows, files and what the statement names, side by side. */
struct walk {
    struct arena *a;
    const struct weighed *w;
    struct bytes *why;
    uint32_t next; /* file */
    bool own;      /* the envelope has gone by */
};

/* The envelope names itself nowhere. */
static void pass_own(struct walk *k)
{
    bool own = k->next < k->w->file_count
        && text_same(k->w->files[k->next].name, TEXT(STATEMENT_FILE));
    k->next += own;
    k->own = k->own || own;
}

static enum status named(struct walk *k, const struct statement_file *f, bool may_miss)
{
    const struct pack_file *file =
        k->next < k->w->file_count ? &k->w->files[k->next] : NULL;
    int order = file ? text_order(file->name, f->name) : 1;
    if (order < 0)
        return refuse_file(
            k->a, k->why, file->name, "is in the pack", "a statement that names it");
    if (order > 0 && may_miss)
        return OK;
    if (order > 0)
        return refuse_file(
            k->a, k->why, f->name, "is named and not there", "it in the pack");
    k->next++;
    if (may_miss)
        return refuse_file(k->a, k->why, f->name, "is in the pack",
            "documents to be left out, as said");
    if (!same_digest(file->content, f->digest))
        return refuse_file(k->a, k->why, f->name, "has other bytes than were stated",
            "the same SHA-256");
    return OK;
}

static int by_name(const void *a, const void *b)
{
    return text_order(((const struct statement_file *)a)->name,
        ((const struct statement_file *)b)->name);
}

/* All names that the statement says are in the pack, sorted; the envelope's own with no digest. */
static enum status weigh_names(struct arena *a, const struct statement *s,
    const struct weighed *w, struct bytes *why)
{
    struct walk k = {a, w, why, 0, false};
    struct statement_file *all = arena_take(
        a, ((size_t)s->subject_count + s->configuration_count) * sizeof *all);
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->subject_count; i++)
        all[n++] = s->subjects[i];
    for (uint32_t i = 0; i < s->configuration_count; i++)
        if (!text_starts(s->configuration[i].name, TEXT(STATEMENT_BUILTIN)))
            all[n++] = s->configuration[i];
    if (n)
        qsort(all, n, sizeof *all, by_name);
    for (uint32_t i = 0; i < n; i++) {
        pass_own(&k);
        TRY(named(&k, &all[i], !s->documents && statement_is_document(all[i].name)));
    }
    pass_own(&k);
    if (k.next < w->file_count)
        return refuse_file(a, why, w->files[k.next].name, "is in the pack",
            "a statement that names it");
    return k.own ? OK : refuse(a, why, "no statement in the archive", STATEMENT_FILE);
}

struct bytes weighed_file(const struct weighed *w, struct bytes name)
{
    for (uint32_t i = 0; i < w->file_count; i++)
        if (text_same(w->files[i].name, name))
            return w->files[i].content;
    return (struct bytes){0};
}

/* Whether the payload stands in the envelope's text, in one alphabet of base64 or the other. */
static bool stands_in(struct arena *a, struct bytes payload, struct bytes envelope)
{
    size_t len = base64_len(payload.len);
    struct room coded = {arena_take(a, len + 1), len + 1};
    base64_of(payload, coded);
    struct bytes text = {coded.at, len};
    if (text_find(envelope, text) < envelope.len)
        return true;
    for (size_t i = 0; i < len; i++)
        coded.at[i] = coded.at[i] == '+' ? '-' : coded.at[i] == '/' ? '_' : coded.at[i];
    return text_find(envelope, text) < envelope.len;
}

enum status weigh(struct arena *a, struct bytes archive, const struct pack_said *said,
    const struct sign_key *key, struct weighed *out, struct bytes *why)
{
    struct weighed got = {.envelope = &said->envelope, .statement = &said->statement};
    TRY(weigh_envelope(a, &said->envelope, key, &got, why));
    TRY(weigh_statement(a, &said->envelope, &said->statement, why));
    TRY(take_files(a, archive, said, &got, why));
    TRY(weigh_names(a, &said->statement, &got, why));
    if (!stands_in(a, said->envelope.payload, weighed_file(&got, TEXT(STATEMENT_FILE))))
        return refuse(a, why, "the payload that was read is not in the envelope",
            "it as it stands");
    if (!pack_is(a, archive, got.files, got.file_count))
        return refuse(a, why,
            "the archive is not, byte for byte, a pack of these files",
            "nothing else in it");
    *out = got;
    return OK;
}
