/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Confine: a role locks itself down and can never open up again.
 *
 * Order: descriptors and files first, then confine_enter(): own user and no groups (when root),
 * no capabilities, no new privileges, not dumpable, no core, Landlock (only the listed paths;
 * no TCP bind or connect but the listed ports where the kernel knows the rule), seccomp allow-list
 * (anything else: EPERM and, for the ten forbidden kinds, never possible). There is no switch that
 * turns it off and no fallback: if a step fails the role ends (CONFINE_FAILED).
 *
 * Started without root, the user step is skipped and `reduced` says so.
 */
#pragma once

#include "core/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum confine_access {
    CONFINE_READ = 1,
    CONFINE_WRITE = 2 /* create, write, rename, unlink below */,
    CONFINE_SOCKET = 4 /* connect to unix sockets below */,
    CONFINE_RUN = 8 /* start programs below */
};

struct confine_path {
    const char *path;
    unsigned access;
};

enum confine_right { /* groups of system calls beyond read, write, poll, clock, memory, exit */
    CONFINE_UNIX = 1u << 0,     /* socket/connect/accept of AF_UNIX */
    CONFINE_INET_OUT = 1u << 1, /* socket/connect of AF_INET, AF_INET6; getaddrinfo */
    CONFINE_INET_IN = 1u << 2,  /* accept on descriptors opened before; setsockopt */
    CONFINE_FILES = 1u << 3, /* openat, fstat, fsync, rename, unlink below the paths */
    CONFINE_THREADS = 1u << 4, /* clone of threads, futex */
};

struct confine_plan {
    const char *role;
    const char *user; /* holdfast-<role> */
    const struct confine_path *paths;
    size_t path_count;
    unsigned rights; /* enum confine_right */
    uint16_t
        connect_port; /* the only TCP port that may be connected to; 0: any if INET_OUT */
};

/* The user's ids, looked up before confinement; REFUSED when root and the user does not exist. */
MUST_USE enum status confine_user(
    const char *user, unsigned *uid, unsigned *gid, bool *reduced);
/* From here on this process leaves no core dump, and no other of its user may trace it; a program
 * that it starts leaves no core dump either. For every process, confined or not: command lines
 * and the supervisor hold secrets too, for a moment. */
MUST_USE bool confine_no_core(void);
/* BROKEN: something did not take; the caller must end at once. */
MUST_USE enum status confine_enter(
    const struct confine_plan *plan, const char **what_failed);

/* Ten forbidden acts, tried by a role on itself (--self-test-confinement): writes one line per
 * act and returns how many succeeded; 0 is the only good answer. Used by tests and selftest. */
int confine_try_forbidden(int out_fd, const char *sister_socket, int sister_pid);

/* The same for a role that others may try at the same time: nine acts at once, then from the loop until the sister has
 * turned us away. Who waited for it without serving would wait for a sister that waits for us. */
struct loop;
typedef void confine_tried_fn(void *ctx, int succeeded);
struct confine_try {
    struct loop *loop; /* NULL: not under way */
    int out_fd, fd, succeeded;
    confine_tried_fn *done;
    void *ctx;
};
/* OK: done has been called or will be, once; t is lent until then or until confine_try_end(). */
MUST_USE enum status confine_try_begin(struct confine_try *t, struct loop *loop,
    int out_fd, const char *sister_socket, int sister_pid, confine_tried_fn *done,
    void *ctx);
void confine_try_end(struct confine_try *t); /* before the loop is freed */
