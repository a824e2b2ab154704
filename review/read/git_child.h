/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Git_child: libgit2 in a process of its own, which may read one repository and nothing else.
 *
 * A repository is foreign bytes, and libgit2 is a large library (Debian's brings TLS and SSH
 * along): it is loaded by dlopen() after the fork, and the child is then confined to reading
 * the folders that the repository consists of. No hook, filter or configured command runs:
 * objects are read raw, and no configuration but the repository's own is looked at.
 *
 * A listing is a memory file, read by git_list_parse.c; a blob is a memory file of its bytes.
 * Opening walks no history: who judges ages asks for them, and pays for the commits that are
 * newer than what it compares with.
 */
#pragma once

#include "core/base/status.h"
#include "review/read/tree.h"

enum {
    GIT_COMMITS_MAX = 5000, /* of history that is walked for times */
    GIT_LIST_MAX = 268435456,
};

enum git_task { GIT_LIST_COMMIT, GIT_LIST_INDEX };

struct git_child;

/*
 * The child that answers for the repository which holds `root`. *list_fd: the files of the
 * commit below `root` (GIT_LIST_COMMIT), or those of the index that HEAD has too
 * (GIT_LIST_INDEX), each with the time of that commit. REFUSED: *why is the one line.
 */
MUST_USE enum status git_child_start(struct arena *a, enum git_task task,
    const char *root, const char *revision, struct git_child **out, int *list_fd,
    struct bytes *why);
/* A descriptor on the bytes of the file with this number in the listing, or -1. */
int git_child_blob(struct git_child *c, uint32_t number);
/* The same in the newest commit of the line of first parents that is not newer than `at_s`. */
int git_child_blob_at(
    struct git_child *c, uint32_t number, int64_t at_s, struct content_name *name);
/* The listing again, in the same order: each file with the time of the commit that changed it
 * last, or some time up to `since_s` where that was before. -1: the child is gone. */
int git_child_dates(struct git_child *c, int64_t since_s);
void git_child_end(struct git_child *c);
