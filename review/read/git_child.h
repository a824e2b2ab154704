/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Git_child: libgit2 in a process of its own, which may read one repository and nothing else.
 *
 * A repository is foreign bytes, and libgit2 is a large library (Debian's brings TLS and SSH
 * along): it is loaded by dlopen() after the fork, and the child is then confined to reading
 * the folders that the repository consists of. No hook, filter or configured command runs:
 * objects are read raw, and no configuration but the repository's own is looked at.
 *
 * The listing is a memory file, read by git_list_parse.c; a blob is a memory file of its bytes.
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
 * commit below `root` (GIT_LIST_COMMIT), or the files of the index that are as in HEAD, with
 * their times of change (GIT_LIST_INDEX). REFUSED: *why is the one line.
 */
MUST_USE enum status git_child_start(struct arena *a, enum git_task task,
    const char *root, const char *revision, struct git_child **out, int *list_fd,
    struct bytes *why);
/* A descriptor on the bytes of the file with this number in the listing, or -1. */
int git_child_blob(struct git_child *c, uint32_t number);
void git_child_end(struct git_child *c);
