/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tree: the files under review, from a folder or from one commit of a git repository.
 *
 * Read-only in both cases. Symbolic links are listed and not followed; `.git`, and what
 * .gitignore names, is left out (a folder without git is read whole); order is by path bytes.
 */
#pragma once

#include "core/base/status.h"
#include "review/read/unit.h"

struct tree_file {
    struct bytes path;
    uint64_t size;
    int64_t changed_s; /* commit time of the last change of this path, else mtime */
    bool link;
};

struct tree {
    void *ctx;
    struct tree_file *files;
    uint32_t count;
    /* A descriptor on the file's bytes, read-only, to be closed by the caller; -1: unreadable. */
    int (*open)(void *ctx, uint32_t file);
    void (*close)(void *ctx);
};

struct tree_pick {
    const char *root;             /* folder, or one file */
    const char *const *leave_out; /* path patterns from the configuration, NULL-ended */
};

/* REFUSED: no such folder; *why is the one line. */
MUST_USE enum status tree_open_folder(
    struct arena *a, const struct tree_pick *pick, struct tree *out, struct bytes *why);
/* `revision` as git names it; the repository that holds `pick->root`. */
MUST_USE enum status tree_open_commit(struct arena *a, const struct tree_pick *pick,
    const char *revision, struct tree *out, struct bytes *why);
