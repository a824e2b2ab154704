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

struct numbered {
    struct tree_file file;
    uint32_t number; /* in the child's listing */
};

struct commit_tree {
    struct git_child *child;
    const struct numbered *files;
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
    return text_order(((const struct numbered *)a)->file.path,
        ((const struct numbered *)b)->file.path);
}

static int commit_open(void *ctx, uint32_t i)
{
    const struct commit_tree *t = ctx;
    return t->files[i].file.link ? -1 : git_child_blob(t->child, t->files[i].number);
}

static void commit_close(void *ctx)
{
    const struct commit_tree *t = ctx;
    git_child_end(t->child);
}

static void hand_out(struct arena *a, const struct git_list *l,
    const struct ignore *leave_out, struct git_child *child, struct tree *out)
{
    struct numbered *files = arena_take(a, l->files.count * sizeof *files);
    struct tree_file *plain = arena_take(a, l->files.count * sizeof *plain);
    struct commit_tree *t = arena_take(a, sizeof *t);
    uint32_t n = 0;

    for (uint32_t i = 0; i < l->files.count; i++) {
        const struct git_file *f = LIST_AT(&l->files, struct git_file, i);
        if (ignore_names_below(leave_out, f->path))
            continue;
        files[n++] = (struct numbered){
            {arena_copy(a, f->path), f->size, f->changed_s, f->link}, i};
    }
    if (n)
        qsort(files, n, sizeof *files, by_path);
    for (uint32_t i = 0; i < n; i++)
        plain[i] = files[i].file;
    *t = (struct commit_tree){child, files};
    uint8_t *id = arena_take(a, 2 * GIT_ID + 1);
    hex_of(BYTES_OF(l->commit), (struct room){id, 2 * GIT_ID + 1});
    *out = (struct tree){t, plain, n, commit_open, commit_close, {id, 2 * GIT_ID}};
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
    hand_out(a, &l, ignore_from(a, pick->leave_out), child, out);
    list_free(&l.files);
    return OK;
}

/* A file that is as it was committed has the time of the commit; any other keeps its own. */
enum status tree_date_by_git(
    struct arena *a, const struct tree_pick *pick, struct tree *tree, struct bytes *why)
{
    struct git_child *child = NULL;
    struct git_list l;
    int fd = -1;

    TRY(git_child_start(a, GIT_LIST_INDEX, pick->root, NULL, &child, &fd, why));
    git_child_end(child);
    TRY(take_list(a, fd, &l, why));
    struct table *known = table_new(a, l.files.count);
    for (uint32_t i = 0; i < l.files.count; i++)
        table_put(known, LIST_AT(&l.files, struct git_file, i)->path, i);
    for (uint32_t i = 0; i < tree->count; i++) {
        struct tree_file *f = &tree->files[i];
        uint32_t at = table_get(known, f->path);
        if (at == TABLE_NONE)
            continue;
        const struct git_file *as = LIST_AT(&l.files, struct git_file, at);
        /* the index keeps sizes and seconds in 32 bits */
        if ((uint32_t)as->size == (uint32_t)f->size
            && (uint32_t)as->seen_s == (uint32_t)f->changed_s)
            f->changed_s = as->changed_s;
    }
    list_free(&l.files);
    return OK;
}
