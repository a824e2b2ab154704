/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Git_serve: what runs inside the git child, and what both ends of its socket say.
 */
#pragma once

#include "review/read/git_child.h"

struct git_answer {
    uint8_t good; /* 1: a descriptor comes along */
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
