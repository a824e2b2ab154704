/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/tree.h"

struct without {
    struct tree whole;
    uint32_t skipped;
};

static int open_other(void *ctx, uint32_t i)
{
    const struct without *w = ctx;
    return w->whole.open(w->whole.ctx, i < w->skipped ? i : i + 1);
}

static void close_whole(void *ctx)
{
    const struct without *w = ctx;
    w->whole.close(w->whole.ctx);
}

void tree_without(struct arena *a, struct tree *t, struct bytes path)
{
    struct without *w = arena_take(a, sizeof *w);
    struct tree_file *files = arena_take(a, t->count * sizeof *files);
    uint32_t n = 0;
    *w = (struct without){*t, t->count};
    for (uint32_t i = 0; i < t->count; i++)
        if (w->skipped == t->count && text_same(t->files[i].path, path))
            w->skipped = i;
        else
            files[n++] = t->files[i];
    if (n < t->count)
        *t = (struct tree){w, files, n, open_other, close_whole, t->commit, t->commits};
}
