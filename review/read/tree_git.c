/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A commit as a tree, and the times of commits for a folder. git itself is in git_child.c.
 */
#include "core/base/hex.h"
#include "review/read/git_child.h"
#include "review/read/git_list.h"
#include "review/read/ignore.h"
#include "review/read/tree.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct commits {
    struct git_child *child;
    struct tree under; /* a folder; without `open`: the files of a commit */
};

static enum status take_list(
    struct arena *a, int fd, struct git_list *out, struct bytes *why)
{
    struct stat st;
    enum status s = MALFORMED;
    if (fstat(fd, &st) == 0 && st.st_size <= GIT_LIST_MAX) {
        size_t size = (size_t)st.st_size;
        uint8_t *at = arena_take(a, size);
        if (pread(fd, at, size, 0) == (ssize_t)size)
            s = git_list_parse((struct bytes){at, size}, out);
    }
    close(fd);
    if (s != OK)
        *why = arena_print(a, "the list of files of the repository is not well formed");
    return s == OK ? OK : REFUSED;
}

static int by_path(const void *a, const void *b)
{
    return text_order(
        ((const struct tree_file *)a)->path, ((const struct tree_file *)b)->path);
}

static int open_file(void *ctx, uint32_t i)
{
    const struct commits *c = ctx;
    if (c->under.open)
        return c->under.open(c->under.ctx, i);
    const struct tree_file *f = &c->under.files[i];
    return f->link ? -1 : git_child_blob(c->child, f->number - 1);
}

static void close_all(void *ctx)
{
    const struct commits *c = ctx;
    git_child_end(c->child);
    if (c->under.close)
        c->under.close(c->under.ctx);
}

static void hand_out(struct arena *a, struct git_child *child, struct tree *t)
{
    struct commits *c = arena_take(a, sizeof *c);
    *c = (struct commits){child, *t};
    *t = (struct tree){c, t->files, t->count, open_file, close_all, t->commit, c};
}

static void take_commit(struct arena *a, const struct git_list *l,
    const struct ignore *leave_out, struct tree *out)
{
    struct tree_file *files = arena_take(a, l->files.count * sizeof *files);
    uint8_t *id = arena_take(a, 2 * GIT_ID + 1);
    uint32_t n = 0;

    for (uint32_t i = 0; i < l->files.count; i++) {
        const struct git_file *f = LIST_AT(&l->files, struct git_file, i);
        if (!ignore_names_below(leave_out, f->path))
            files[n++] = (struct tree_file){.path = arena_copy(a, f->path),
                .size = f->size,
                .changed_s = f->changed_s,
                .number = i + 1,
                .as_committed = true,
                .link = f->link};
    }
    if (n)
        qsort(files, n, sizeof *files, by_path);
    hex_of(BYTES_OF(l->commit), (struct room){id, 2 * GIT_ID + 1});
    *out = (struct tree){.files = files, .count = n, .commit = {id, 2 * GIT_ID}};
}

enum status tree_open_commit(struct arena *a, const struct tree_pick *pick,
    const char *revision, struct tree *out, struct bytes *why)
{
    struct git_child *child = NULL;
    struct git_list l;
    int fd = -1;

    TRY(git_child_start(a, GIT_LIST_COMMIT, pick->root, revision, &child, &fd, why));
    enum status s = take_list(a, fd, &l, why);
    if (s != OK) {
        git_child_end(child);
        return s;
    }
    take_commit(a, &l, ignore_from(a, pick->leave_out), out);
    hand_out(a, child, out);
    list_free(&l.files);
    return OK;
}

/* The index keeps sizes and seconds in 32 bits; some programs leave out what is below those. */
static bool not_touched(const struct git_file *as, const struct tree_file *is)
{
    int64_t seen_s = as->seen_ns / 1000000000, below_ns = as->seen_ns % 1000000000;
    return as->seen_ns != GIT_NEVER_SEEN && (uint32_t)as->size == (uint32_t)is->size
        && (uint32_t)seen_s == (uint32_t)is->changed_s
        && (below_ns == 0 || below_ns == is->changed_ns);
}

/* A file that is as it was committed has the time of the commit; any other keeps its own. */
static void take_index(struct arena *a, const struct git_list *l, struct tree *tree)
{
    struct table *known = table_new(a, l->files.count);
    for (uint32_t i = 0; i < l->files.count; i++)
        table_put(known, LIST_AT(&l->files, struct git_file, i)->path, i);
    for (uint32_t i = 0; i < tree->count; i++) {
        struct tree_file *f = &tree->files[i];
        uint32_t at = table_get(known, f->path);
        if (at == TABLE_NONE)
            continue;
        const struct git_file *as = LIST_AT(&l->files, struct git_file, at);
        f->number = at + 1;
        f->as_committed = not_touched(as, f);
        if (f->as_committed)
            f->changed_s = as->changed_s;
    }
}

enum status tree_follow_git(
    struct arena *a, const struct tree_pick *pick, struct tree *tree, struct bytes *why)
{
    struct git_child *child = NULL;
    struct git_list l;
    int fd = -1;

    TRY(git_child_start(a, GIT_LIST_INDEX, pick->root, NULL, &child, &fd, why));
    enum status s = take_list(a, fd, &l, why);
    if (s != OK) {
        git_child_end(child);
        return s;
    }
    take_index(a, &l, tree);
    hand_out(a, child, tree);
    list_free(&l.files);
    return OK;
}

enum status tree_date(struct arena *a, struct tree *tree, int64_t since_s)
{
    struct git_list l;
    struct bytes why = {0};
    int fd = tree->commits ? git_child_dates(tree->commits->child, since_s) : -1;

    if (fd < 0)
        return REFUSED;
    TRY(take_list(a, fd, &l, &why));
    for (uint32_t i = 0; i < tree->count; i++) {
        struct tree_file *f = &tree->files[i];
        if (f->as_committed && f->number <= l.files.count)
            f->changed_s = LIST_AT(&l.files, struct git_file, f->number - 1)->changed_s;
    }
    list_free(&l.files);
    return OK;
}

int tree_open_at(
    const struct tree *tree, uint32_t file, int64_t at_s, struct content_name *name)
{
    uint32_t number = tree->files[file].number;
    if (!tree->commits || !number)
        return -1;
    return git_child_blob_at(tree->commits->child, number - 1, at_s, name);
}
