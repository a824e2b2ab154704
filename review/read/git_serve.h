/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Git_serve: what runs inside the git child, and what both ends of its socket say.
 */
#pragma once

#include "review/read/git_child.h"

enum git_wish { GIT_BLOB, GIT_BLOB_AT, GIT_DATES };

struct git_request {
    uint8_t wish;    /* enum git_wish */
    uint32_t number; /* of the file in the listing */
    int64_t at_s;    /* GIT_BLOB_AT: not newer than; GIT_DATES: not older than */
};

struct git_answer {
    uint8_t good;             /* 1: a descriptor comes along */
    struct content_name name; /* SHA-1 leaves the last bytes 0 */
    char why[200];
};

struct git_job {
    enum git_task task;
    const char *repository; /* the folder ".git", or what it points to */
    const char *lead;       /* of the reviewed folder in the repository: "" or "a/b/" */
    const char *revision;   /* NULL: HEAD */
};

void *git_load(void); /* before the child is confined: reads libraries */
_Noreturn void git_serve(int talk, void *functions, const struct git_job *job);
