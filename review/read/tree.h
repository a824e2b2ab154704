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
    int64_t changed_s;   /* not before: mtime, or the time of a commit that has it so */
    uint32_t changed_ns; /* of an mtime: what is beyond whole seconds */
    uint32_t number;   /* among the files of the tree's commits, from 1; 0: not there */
    bool as_committed; /* it has the bytes that the newest of them has */
    bool link;
};

struct commits; /* that lie behind a tree: one confined child (git_child.h) */

struct tree {
    void *ctx;
    struct tree_file *files;
    uint32_t count;
    /* A descriptor on the file's bytes, read-only, to be closed by the caller; -1: unreadable. */
    int (*open)(void *ctx, uint32_t file);
    void (*close)(void *ctx);
    struct bytes commit;     /* its id in hexadecimal, or empty: no commit */
    struct commits *commits; /* NULL: none are known */
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
 * For a folder in a git work tree: `tree` gets its commits, and every file that is as it was
 * committed the time of HEAD. No history is walked.
 */
MUST_USE enum status tree_follow_git(struct arena *a, const struct tree_pick *pick,
    struct tree *tree, struct bytes *why);
/*
 * changed_s of every file that is as it was committed becomes the time of the last commit that
 * brought it into the line of first parents (of at most 5,000; of HEAD where none of them did), or some time before `since_s`
 * where none since then did: what it costs are the commits since then. REFUSED: it stays.
 */
MUST_USE enum status tree_date(struct arena *a, struct tree *tree, int64_t since_s);
/* Names a content: two files of one repository with one name hold the same bytes. */
struct content_name {
    uint8_t b[32];
};
/* As `open`: the file in the newest commit that is not newer than `at_s`; -1: it was not there. */
int tree_open_at(
    const struct tree *tree, uint32_t file, int64_t at_s, struct content_name *name);

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
