/* SPDX-License-Identifier: Apache-2.0 */
#include "review/pack/weigh.h"

#include "review/pack/inspect.h"
#include "review/pack/verdicts.h"
#include "tests/support/check.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <unistd.h>

enum { FILES = 8 };

/* A pack that can be made again after something in it was changed. */
struct making {
    struct arena *a;
    struct statement statement;
    struct pack_file files[FILES];
    uint32_t count;
    struct dsse envelope;
};

static struct statement_file file_of(const char *name, struct bytes content)
{
    struct statement_file f = {.name = text_of(name), .changed_s = 1768000000};
    SHA256(content.at, content.len, f.digest);
    return f;
}

static void add(struct making *m, struct statement_file *to, uint32_t *count,
    const char *name, const char *content)
{
    to[(*count)++] = file_of(name, text_of(content));
    m->files[m->count++] = (struct pack_file){text_of(name), text_of(content)};
}

static struct making sample(struct arena *a)
{
    struct making m = {.a = a};
    struct statement *s = &m.statement;
    *s = (struct statement){.version = TEXT("0.1.0"),
        .product = TEXT("p"),
        .revision = TEXT(""),
        .fail_on = TEXT("major"),
        .as_of_s = 1768000000,
        .documents = true};
    s->subjects = arena_take(a, 4 * sizeof *s->subjects);
    s->configuration = arena_take(a, 2 * sizeof *s->configuration);
    add(&m, s->subjects, &s->subject_count, "documents/a.md", "# A\n");
    add(&m, s->subjects, &s->subject_count, "documents/b/c.md", "# C\n");
    add(&m, s->subjects, &s->subject_count, "report/review.json", "{}\n");
    s->subjects[2].changed_s = 0;
    add(&m, s->configuration, &s->configuration_count, "configuration/x.conf",
        "a = 1\n");
    s->configuration[s->configuration_count++] =
        file_of("builtin/rubric.yaml", TEXT("of the program"));
    return m;
}

/* The envelope over the statement as it is now. */
static void seal(struct making *m, const struct sign_key *key)
{
    static const struct bytes id = {(const uint8_t *)"hint", 4};
    statement_sort(&m->statement);
    m->envelope = (struct dsse){
        .type = TEXT(STATEMENT_TYPE), .payload = statement_write(m->a, &m->statement)};
    if (!key)
        return;
    uint8_t *at = arena_take(m->a, SIGN_KEY_SIGNATURE);
    sign_key_sign(key, dsse_signed(m->a, m->envelope.type, m->envelope.payload), at);
    m->envelope.signatures[m->envelope.signature_count++] =
        (struct dsse_signature){id, {at, SIGN_KEY_SIGNATURE}};
}

static bool keep(void *ctx, struct bytes piece)
{
    growing_add(ctx, piece);
    return true;
}

static struct bytes packed(struct making *m)
{
    struct growing g = {0};
    struct pack_file files[FILES + 1];
    memcpy(files, m->files, m->count * sizeof *files);
    files[m->count] =
        (struct pack_file){TEXT(STATEMENT_FILE), dsse_write(m->a, &m->envelope)};
    pack_sort(files, m->count + 1);
    CHECK(pack_write(m->a, files, m->count + 1, &(struct pack_sink){&g, keep}));
    struct bytes archive = arena_copy(m->a, growing_bytes(&g));
    growing_free(&g);
    return archive;
}

struct keys {
    char folder[32], path[64], pub[72];
    struct sign_key *private_half, *public_half;
};

static struct keys keys_new(void)
{
    struct keys k = {.folder = "/tmp/weighXXXXXX"};
    const char *why = "";
    CHECK(mkdtemp(k.folder) != NULL);
    snprintf(k.path, sizeof k.path, "%s/k", k.folder);
    snprintf(k.pub, sizeof k.pub, "%s.pub", k.path);
    CHECK(sign_key_make(k.path, &why) == OK);
    CHECK(sign_key_open_private(k.path, &k.private_half, &why) == OK);
    CHECK(sign_key_open_public(k.pub, &k.public_half, &why) == OK);
    return k;
}

static void keys_end(struct keys *k)
{
    sign_key_free(k->private_half);
    sign_key_free(k->public_half);
    unlink(k->path);
    unlink(k->pub);
    rmdir(k->folder);
}

/* "" where it weighs what was said, else why not. */
static const char *why_not(struct arena *a, struct bytes archive,
    const struct pack_said *said, const struct sign_key *key)
{
    struct weighed w;
    struct bytes why = TEXT("");
    enum status s = weigh(a, archive, said, key, &w, &why);
    CHECK((s == OK) == (why.len == 0));
    return (const char *)why.at;
}

static const char *why_not_pack(struct making *m, const struct sign_key *key)
{
    struct bytes archive = packed(m);
    struct pack_said said;
    inspect_here(m->a, archive, &said);
    return said.refusal.len ? (const char *)said.refusal.at
                            : why_not(m->a, archive, &said, key);
}

static void test_a_pack_that_is_as_stated_weighs(void)
{
    struct arena *a = arena_new();
    struct keys k = keys_new();
    struct making m = sample(a);
    seal(&m, k.private_half);
    CHECK(!why_not_pack(&m, k.public_half)[0]);
    CHECK(!why_not_pack(&m, NULL)[0]);
    m.statement.documents = false;
    m.files[0] = m.files[2];
    m.files[1] = m.files[3];
    m.count = 2;
    seal(&m, k.private_half);
    CHECK(!why_not_pack(&m, k.public_half)[0]);
    keys_end(&k);
    arena_free(a);
}

struct change {
    const char *what;
    void (*make)(struct making *m);
    const char *says;
};

static void swap_two(struct making *m)
{
    struct bytes first = m->files[0].content;
    m->files[0].content = m->files[1].content;
    m->files[1].content = first;
}
static void change_a_document(struct making *m)
{
    m->files[0].content = TEXT("# B\n");
}
static void change_the_report(struct making *m)
{
    m->files[2].content = TEXT("[]\n");
}
static void change_the_configuration(struct making *m)
{
    m->files[3].content = TEXT("a = 2\n");
}
static void add_a_file(struct making *m)
{
    m->files[m->count++] = (struct pack_file){TEXT("documents/new.md"), TEXT("")};
}
static void add_a_last_file(struct making *m)
{
    m->files[m->count++] = (struct pack_file){TEXT("zzz"), TEXT("")};
}
static void drop_a_document(struct making *m)
{
    m->files[1] = m->files[--m->count];
}
static void rename_a_document(struct making *m)
{
    m->files[0].name = TEXT("documents/A.md");
}
static void strip_signatures(struct making *m)
{
    m->envelope.signature_count = 0;
}
static void change_the_type(struct making *m)
{
    m->envelope.type = TEXT("application/vnd.in-toto.test-result+json");
}
static void flip_the_signature(struct making *m)
{
    uint8_t *at = (uint8_t *)(uintptr_t)m->envelope.signatures[0].signature.at;
    at[9] ^= 1;
}
static void shorten_the_signature(struct making *m)
{
    m->envelope.signatures[0].signature.len--;
}
static void change_a_verdict(struct making *m)
{
    struct dsse was = m->envelope;
    m->statement.fail_on = TEXT("never");
    seal(m, NULL);
    m->envelope.signature_count = was.signature_count;
    memcpy(m->envelope.signatures, was.signatures, sizeof was.signatures);
}
static void sign_by_another(struct making *m)
{
    struct keys other = keys_new();
    seal(m, other.private_half);
    keys_end(&other);
}
static void spell_otherwise(struct making *m)
{
    struct bytes p = m->envelope.payload;
    m->envelope.payload =
        arena_print(m->a, "{ %.*s", (int)p.len - 1, (const char *)p.at + 1);
}

static void test_each_change_of_a_signed_pack_is_refused_by_its_name(void)
{
    static const struct change rows[] = {
        {"two documents swapped", swap_two, "\"documents/a.md\" has other bytes"},
        {"a document changed", change_a_document, "\"documents/a.md\" has other bytes"},
        {"the report changed", change_the_report,
            "\"report/review.json\" has other bytes"},
        {"the configuration changed", change_the_configuration,
            "\"configuration/x.conf\" has other bytes"},
        {"a file more", add_a_file, "\"documents/new.md\" is in the pack"},
        {"a file more, the last one", add_a_last_file, "\"zzz\" is in the pack"},
        {"a document gone", drop_a_document, "is named and not there"},
        {"a document with another name", rename_a_document, "is in the pack"},
        {"no signature", strip_signatures, "nobody has signed"},
        {"another payload type", change_the_type, "another type"},
        {"one bit of the signature", flip_the_signature, "no signature of the pack"},
        {"a short signature", shorten_the_signature, "no signature of the pack"},
        {"a statement under the old signature", change_a_verdict,
            "no signature of the pack"},
        {"signed by another key", sign_by_another, "no signature of the pack"},
        {"another spelling", spell_otherwise, "not as statements are"},
    };
    struct keys k = keys_new();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *a = arena_new();
        struct making m = sample(a);
        seal(&m, k.private_half);
        rows[i].make(&m);
        const char *why = why_not_pack(&m, k.public_half);
        if (!strstr(why, rows[i].says))
            printf("# %s: %s\n", rows[i].what, why);
        CHECK(strstr(why, rows[i].says) && strstr(why, ": expected "));
        arena_free(a);
    }
    keys_end(&k);
}

static void test_one_signature_of_several_is_enough(void)
{
    struct arena *a = arena_new();
    struct keys k = keys_new();
    struct making m = sample(a);
    struct weighed w;
    struct pack_said said;
    struct bytes why;
    seal(&m, k.private_half);
    struct dsse_signature ours = m.envelope.signatures[0];
    uint8_t other[SIGN_KEY_SIGNATURE] = {1};
    m.envelope.signatures[0] = (struct dsse_signature){TEXT("x"), BYTES_OF(other)};
    for (m.envelope.signature_count = 1; m.envelope.signature_count < 60;
         m.envelope.signature_count++)
        m.envelope.signatures[m.envelope.signature_count] = m.envelope.signatures[0];
    CHECK(strstr(why_not_pack(&m, k.public_half), "no signature of the pack"));
    m.envelope.signatures[59] = ours;
    struct bytes archive = packed(&m);
    inspect_here(a, archive, &said);
    CHECK(weigh(a, archive, &said, k.public_half, &w, &why) == OK);
    CHECK(w.signatures_by_key == 1 && w.file_count == 5);
    CHECK(text_same(weighed_file(&w, TEXT("documents/b/c.md")), TEXT("# C\n")));
    CHECK(!weighed_file(&w, TEXT("documents/b")).at);
    keys_end(&k);
    arena_free(a);
}

static void test_a_document_that_was_to_be_left_out_is_refused(void)
{
    struct arena *a = arena_new();
    struct making m = sample(a);
    m.statement.documents = false;
    seal(&m, NULL);
    CHECK(strstr(why_not_pack(&m, NULL), "documents to be left out"));
    arena_free(a);
}

/* What a child might say that the pack has taken over; the archive is another one. */
static void lie_other_files(struct pack_said *s, const struct pack_said *of_good)
{
    s->files = of_good->files;
    s->file_count = of_good->file_count;
}
static void lie_other_statement(struct pack_said *s, const struct pack_said *of_good)
{
    s->statement = of_good->statement;
}
static void lie_other_envelope(struct pack_said *s, const struct pack_said *of_good)
{
    s->envelope = of_good->envelope;
}
static void lie_all_but_files(struct pack_said *s, const struct pack_said *of_good)
{
    s->envelope = of_good->envelope;
    s->statement = of_good->statement;
}
static void lie_all(struct pack_said *s, const struct pack_said *of_good)
{
    *s = *of_good;
}
static void lie_outside(struct pack_said *s, const struct pack_said *of_good)
{
    (void)of_good;
    s->files[0].at = UINT64_MAX;
}
static void lie_beyond(struct pack_said *s, const struct pack_said *of_good)
{
    (void)of_good;
    s->files[s->file_count - 1].len = UINT64_MAX - 100;
}
static void lie_fewer(struct pack_said *s, const struct pack_said *of_good)
{
    (void)of_good;
    s->file_count = 0;
}

static void test_a_child_that_lies_makes_nothing_good(void)
{
    static const struct {
        const char *what;
        void (*make)(struct pack_said *s, const struct pack_said *of_good);
    } lies[] = {
        {"the files of the good pack", lie_other_files},
        {"the statement of the good pack", lie_other_statement},
        {"the envelope of the good pack", lie_other_envelope},
        {"envelope and statement of the good pack", lie_all_but_files},
        {"all of the good pack", lie_all},
        {"a file outside of the archive", lie_outside},
        {"a file that ends outside of the archive", lie_beyond},
        {"no files", lie_fewer},
    };
    struct keys k = keys_new();
    for (int with_key = 0; with_key < 2; with_key++)
        for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
            struct arena *a = arena_new();
            struct making good = sample(a), bad = sample(a);
            struct pack_said of_good, said;
            const struct sign_key *key = with_key ? k.public_half : NULL;
            seal(&good, k.private_half);
            struct bytes archive = packed(&good);
            inspect_here(a, archive, &of_good);
            CHECK(!why_not(a, archive, &of_good, key)[0]);

            seal(&bad, k.private_half);
            bad.files[0].content = TEXT("# X\n");
            if (!with_key) { /* nothing signed: everything in it is of one author */
                bad.statement.subjects[0] = file_of("documents/a.md", TEXT("# X\n"));
                seal(&bad, NULL);
            }
            archive = packed(&bad);
            inspect_here(a, archive, &said);
            lies[i].make(&said, &of_good);
            bool refused = why_not(a, archive, &said, key)[0];
            if (!refused)
                printf("# %s, %s key\n", lies[i].what, key ? "with" : "without");
            CHECK(refused);
            arena_free(a);
        }
    keys_end(&k);
}

/* The archive is good; the child tells of another statement about the same files. */
static void test_a_child_that_tells_of_better_verdicts_is_not_believed(void)
{
    struct keys k = keys_new();
    for (int with_key = 0; with_key < 2; with_key++) {
        struct arena *a = arena_new();
        struct making m = sample(a), better = sample(a);
        struct pack_said said, of_better;
        const struct sign_key *key = with_key ? k.public_half : NULL;
        seal(&m, with_key ? k.private_half : NULL);
        better.statement.fail_on = TEXT("never");
        seal(&better, NULL);
        struct bytes archive = packed(&m);
        inspect_here(a, packed(&better), &of_better);

        inspect_here(a, archive, &said);
        CHECK(!why_not(a, archive, &said, key)[0]);
        said.statement = of_better.statement;
        CHECK(strstr(why_not(a, archive, &said, key), "not what was read in it"));

        inspect_here(a, archive, &said);
        said.statement = of_better.statement;
        said.envelope.payload = of_better.envelope.payload;
        CHECK(strstr(why_not(a, archive, &said, key),
            with_key ? "no signature of the pack" : "is not in the envelope"));

        inspect_here(a, archive, &said);
        said.envelope.type = TEXT("text/plain");
        CHECK(strstr(why_not(a, archive, &said, key), "another type"));
        arena_free(a);
    }
    keys_end(&k);
}

static void test_each_difference_between_verdicts_is_named_once(void)
{
    static struct statement_verdict before[] = {
        {VERDICT_FAILED, {(const uint8_t *)"finding", 7}, {(const uint8_t *)"A", 1},
            {(const uint8_t *)"major", 5}, {0}, {0}, {0}},
        {VERDICT_FAILED, {(const uint8_t *)"finding", 7}, {(const uint8_t *)"B", 1},
            {(const uint8_t *)"major", 5}, {0}, {0}, {0}},
        {VERDICT_PASSED, {(const uint8_t *)"rule", 4}, {(const uint8_t *)"A", 1}, {0},
            {0}, {0}, {0}},
    };
    struct statement_verdict after[3];
    memcpy(after, before, sizeof before);
    struct statement one = {.verdicts = before, .verdict_count = 3},
                     two = {.verdicts = after, .verdict_count = 3};
    struct list none = verdicts_compare(&one, &two);
    CHECK(none.count == 0);
    after[0].id = TEXT("0");
    after[1].state = TEXT("minor");
    struct list d = verdicts_compare(&one, &two);
    CHECK(d.count == 3);
    const struct verdict_difference *at = d.at;
    CHECK(at[0].change == VERDICT_ADDED && at[0].after == &after[0] && !at[0].before);
    CHECK(
        at[1].change == VERDICT_REMOVED && at[1].before == &before[0] && !at[1].after);
    CHECK(at[2].change == VERDICT_CHANGED && at[2].before == &before[1]
        && at[2].after == &after[1]);
    list_free(&d);
    two.verdict_count = 0;
    d = verdicts_compare(&one, &two);
    CHECK(d.count == 3);
    list_free(&d);
}

MAIN(TEST(test_a_pack_that_is_as_stated_weighs),
    TEST(test_each_change_of_a_signed_pack_is_refused_by_its_name),
    TEST(test_one_signature_of_several_is_enough),
    TEST(test_a_document_that_was_to_be_left_out_is_refused),
    TEST(test_a_child_that_lies_makes_nothing_good),
    TEST(test_a_child_that_tells_of_better_verdicts_is_not_believed),
    TEST(test_each_difference_between_verdicts_is_named_once))
