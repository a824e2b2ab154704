/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a child might say that a pack has taken over: rows as the fuzzer makes them, and a good
 * row of each kind with some bytes replaced. Whatever it says does not weigh.
 */
#include "review/pack/weigh.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool held)
{
    if (!held)
        __builtin_trap();
}

static bool borrowed(struct bytes part, struct bytes whole)
{
    return !part.len
        || (part.at >= whole.at && part.at + part.len <= whole.at + whole.len);
}

static void look(struct arena *a, struct bytes written)
{
    static const uint8_t archive[64] = {'P', 'K'};
    struct pack_said s;
    struct weighed w;
    struct bytes why = {0};
    if (said_parse(a, written, &s) != OK)
        return;
    for (uint32_t i = 0; i < s.file_count; i++)
        must(borrowed(s.files[i].name, written));
    for (uint32_t i = 0; i < s.statement.verdict_count; i++)
        must(borrowed(s.statement.verdicts[i].place, written)
            && s.statement.verdicts[i].outcome < VERDICT_KINDS);
    must(s.envelope.signature_count <= DSSE_SIGNATURES_MAX);
    must(borrowed(s.refusal, written) && borrowed(s.envelope.payload, written));
    must(weigh(a, BYTES_OF(archive), &s, NULL, &w, &why) == REFUSED && why.len);
}

static void say(struct growing *to)
{
    struct statement_file file = {TEXT("documents/a"), {1}, -1};
    struct statement_unread unread = {TEXT("b"), 5, UNREAD_LINK};
    struct statement_verdict verdict = {VERDICT_WARNED, TEXT("finding"), TEXT("A-1"),
        TEXT("minor"), TEXT("s"), TEXT("t"), TEXT("u")};
    struct said_file in_archive = {TEXT("documents/a"), 1, 2};
    const struct pack_said s = {.files = &in_archive,
        .file_count = 1,
        .envelope = {.type = TEXT(STATEMENT_TYPE),
            .payload = TEXT("{}"),
            .signatures = {{TEXT("k"), TEXT("s")}},
            .signature_count = 1},
        .statement = {.version = TEXT("1"),
            .product = TEXT("p"),
            .revision = TEXT("r"),
            .fail_on = TEXT("major"),
            .clauses = TEXT("x:1"),
            .documents = true,
            .subjects = &file,
            .subject_count = 1,
            .configuration = &file,
            .configuration_count = 1,
            .unread = &unread,
            .unread_count = 1,
            .verdicts = &verdict,
            .verdict_count = 1}};
    said_write(&s, to);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct growing g = {0};
    look(a, (struct bytes){data, size});
    say(&g);
    for (size_t i = 0; i + 1 < size; i += 2)
        g.at[data[i] % g.len] = data[i + 1];
    look(a, growing_bytes(&g));
    growing_free(&g);
    arena_free(a);
    return 0;
}
