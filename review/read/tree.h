/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tree: the files under review, from a folder or from one commit of a git repository.
 *
 * Read-only in both cases. Symbolic links are listed and not followed; `.git`, and what
 * .gitignore names, is left out of a folder (one without git is read whole); order is by path
 * bytes. What cannot be read is listed too: a folder by its path with '/' behind.
 */
#pragma once

#include "core/base/status.h"
#include "review/read/unit.h"

struct tree_file {
    struct bytes path;
    uint64_t size;
    int64_t
        changed_s; /* of a commit: time of the last change of this path; else mtime */
    bool link;
};

struct tree {
    void *ctx;
    struct tree_file *files;
    uint32_t count;
    /* A descriptor on the file's bytes, read-only, to be closed by the caller; -1: unreadable. */
    int (*open)(void *ctx, uint32_t file);
    void (*close)(void *ctx);
    struct bytes commit; /* its id in hexadecimal, or empty: no commit */
};

struct tree_pick {
    const char *root;             /* folder, or one file */
    const char *const *leave_out; /* path patterns from the configuration, NULL-ended */
    const char *const
        *take_in; /* folders that are read although .gitignore names them */
};

/* REFUSED: no such folder; *why is the one line. */
MUST_USE enum status tree_open_folder(
    struct arena *a, const struct tree_pick *pick, struct tree *out, struct bytes *why);
/* `revision` as git names it; the repository that holds `pick->root`. */
MUST_USE enum status tree_open_commit(struct arena *a, const struct tree_pick *pick,
    const char *revision, struct tree *out, struct bytes *why);
/*
 * For a folder in a git work tree: changed_s of every file that is as it was committed becomes
 * the time of the last commit that changed it (of at most 5,000; of HEAD where none of them
 * did). Costs a walk of the history, so only who judges ages asks for it.
 */
MUST_USE enum status tree_date_by_git(struct arena *a, const struct tree_pick *pick,
    struct tree *tree, struct bytes *why);
/* The tree goes on without the file of this path, if there is one. */
void tree_without(struct arena *a, struct tree *t, struct bytes path);

/* A descriptor on these bytes, as a tree's open() gives one; -1: none is to be had. */
int tree_descriptor(struct bytes content);
struct tree_held {
    struct bytes path, content;
};
/* Files that are in memory, in order of their paths; they outlive the tree. */
void tree_of_memory(
    struct arena *a, struct tree_held *files, uint32_t count, struct tree *out);
