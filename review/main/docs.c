/* SPDX-License-Identifier: Apache-2.0 */
/* Documents that are named one by one, behind those of a folder or by themselves. */
#include "review/main/run.h"

/* Several trees as one; documents keep their order. */
struct joined {
    const struct tree *trees;
    uint32_t count;
};

static const struct tree *tree_with(const struct joined *j, uint32_t *file)
{
    const struct tree *t = j->trees;
    for (; *file >= t->count; t++)
        *file -= t->count;
    return t;
}

static int open_joined(void *ctx, uint32_t file)
{
    const struct tree *t = tree_with(ctx, &file);
    return t->open(t->ctx, file);
}

static void close_joined(void *ctx)
{
    const struct joined *j = ctx;
    for (uint32_t i = 0; i < j->count; i++)
        if (j->trees[i].close)
            j->trees[i].close(j->trees[i].ctx);
}

static void join(
    struct arena *a, const struct tree *trees, uint32_t count, struct tree *out)
{
    struct joined *j = arena_take(a, sizeof *j);
    *j = (struct joined){trees, count};
    *out = (struct tree){.ctx = j,
        .open = open_joined,
        .close = close_joined,
        .commit = trees[0].commit,
        .commits = trees[0].commits}; /* only a folder has any, and it stands first */
    for (uint32_t i = 0; i < count; i++)
        out->count += trees[i].count;
    out->files = arena_take(a, out->count * sizeof *out->files);
    uint32_t n = 0;
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < trees[i].count; k++)
            out->files[n++] = trees[i].files[k];
}

/* The tree of `path`, if there is one, and behind it the files that are judged. */
enum status run_open_docs(struct run *r, const struct run_ask *ask, struct bytes *why)
{
    uint32_t with_path = r->tree.count ? 1 : 0;
    struct tree *trees = arena_take(r->a, (ask->doc_count + 1) * sizeof *trees);
    r->first_doc = r->tree.count;
    r->chosen = true;
    if (with_path)
        trees[0] = r->tree;
    enum status s = OK;
    uint32_t n = with_path;
    for (uint32_t i = 0; i < ask->doc_count && s == OK; i++) {
        struct tree_pick pick = {.root = ask->docs[i]};
        s = tree_open_folder(r->a, &pick, &trees[n], why);
        n += s == OK;
    }
    join(r->a, trees, n, &r->tree);
    return s;
}
