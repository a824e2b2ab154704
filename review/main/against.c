/* SPDX-License-Identifier: Apache-2.0 */
#include "review/main/against.h"

#include "review/main/packed.h"
#include "review/pack/shown.h"

#include <errno.h>
#include <openssl/evp.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 65536 };

struct comparing {
    struct arena *a;
    uint32_t differ;
};

static bool feed(EVP_MD_CTX *c, int fd)
{
    uint8_t piece[PIECE];
    for (;;) {
        ssize_t n = read(fd, piece, sizeof piece);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0;
        EVP_DigestUpdate(c, piece, (size_t)n);
    }
}

/* False: it cannot be read. */
static bool is_as_stated(
    const struct tree *t, uint32_t file, const struct statement_file *f)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    int fd = t->files[file].link ? -1 : t->open(t->ctx, file);
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    bool good = fd >= 0 && c && EVP_DigestInit_ex(c, EVP_sha256(), NULL) == 1
        && feed(c, fd) && EVP_DigestFinal_ex(c, digest, &len) == 1
        && len == STATEMENT_DIGEST;
    EVP_MD_CTX_free(c);
    if (fd >= 0)
        close(fd);
    return good && memcmp(digest, f->digest, STATEMENT_DIGEST) == 0;
}

static void say_changed(struct comparing *v, const char *how, struct bytes path)
{
    if (v->differ++ < AGAINST_NAMED)
        printf("%-9s %s\n", how, (const char *)shown_text(v->a, path).at);
}

static const struct table *unread_of(struct arena *a, const struct statement *s)
{
    struct table *paths = table_new(a, s->unread_count);
    for (uint32_t i = 0; i < s->unread_count; i++)
        table_put(paths, s->unread[i].path, i);
    return paths;
}

static void say_new(struct comparing *v, const struct table *unread, struct bytes path)
{
    if (table_get(unread, path) == TABLE_NONE)
        say_changed(v, "new", path);
}

/* Two rows in order of paths, side by side. */
static void compare(
    struct comparing *v, const struct statement *s, const struct tree *t)
{
    const struct table *unread = unread_of(v->a, s);
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->subject_count; i++) {
        const struct statement_file *f = &s->subjects[i];
        if (!statement_is_document(f->name))
            continue;
        struct bytes path = text_from(f->name, sizeof STATEMENT_DOCS - 1);
        for (; n < t->count && text_order(t->files[n].path, path) < 0; n++)
            say_new(v, unread, t->files[n].path);
        if (n == t->count || text_order(t->files[n].path, path) > 0)
            say_changed(v, "gone", path);
        else if (!is_as_stated(t, n++, f))
            say_changed(v, "changed", path);
    }
    for (; n < t->count; n++)
        say_new(v, unread, t->files[n].path);
    if (v->differ > AGAINST_NAMED)
        printf("          and %u more\n", v->differ - AGAINST_NAMED);
}

enum exit_code against_open(struct arena *a, const struct weighed *w,
    const char *folder, const char *pack, struct against *out)
{
    struct rules rules;
    struct bytes why = {0};
    struct bytes conf = weighed_file(w, TEXT(STATEMENT_INPUTS RUN_CONFIG));
    rules_default(&rules);
    if (conf.at && rules_parse(a, TEXT(RUN_CONFIG), conf, &rules, &why) != OK)
        return (enum exit_code)cli_error(
            EXIT_INTERNAL, pack, 0, (const char *)shown_text(a, why).at, NULL);
    struct tree_pick pick = {
        .root = folder, .leave_out = rules.leave_out, .take_in = rules.take_in};
    if (tree_open_folder(a, &pick, &out->tree, &why) != OK)
        return (enum exit_code)cli_error(
            EXIT_ENVIRONMENT, NULL, 0, (const char *)why.at, NULL);
    packed_leave_out(a, &out->tree, folder, pack);
    struct comparing c = {a, 0};
    compare(&c, w->statement, &out->tree);
    out->differ = c.differ;
    printf("against   %s: %u of %u documents differ\n", folder, c.differ,
        statement_documents(w->statement));
    return EXIT_DONE;
}

void against_end(struct against *g)
{
    if (g->tree.close)
        g->tree.close(g->tree.ctx);
    *g = (struct against){0};
}
