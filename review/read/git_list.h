/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Git_list: the files of a commit or of an index, as the git child writes them down.
 *
 * In the order of a commit's tree or of an index. Little-endian: the id of the commit (20 bytes),
 * then { changed_s s64, seen_ns s64, size u64, link u8, path length u16, path } for each
 * file; its place is its number. The child reads a foreign repository, so a path is checked:
 * relative, no empty, "." or ".." part, no NUL.
 */
#pragma once

#include "core/base/status.h"
#include "review/base/text.h"

enum { GIT_NEVER_SEEN = -1 };

struct git_file {
    struct bytes path; /* borrowed from the list */
    uint64_t size;
    int64_t changed_s; /* of the last commit that changed it */
    int64_t seen_ns;   /* mtime that the index remembers, below a second too if it does;
                          GIT_NEVER_SEEN: the file is not as in HEAD; 0 in a commit */
    bool link;         /* a symbolic link or another repository */
};

enum { GIT_ID = 20 }; /* bytes */

struct git_list {
    struct list files; /* struct git_file; to list_free() */
    uint8_t commit[GIT_ID];
};

/* What a file that points to a repository says ("gitdir: ../x" with front "gitdir: "). */
struct bytes git_pointer_parse(struct bytes in, struct bytes front);
MUST_USE enum status git_list_parse(struct bytes in, struct git_list *out);
