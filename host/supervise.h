/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Supervise: start each role as fork + exec of this very program with --role NAME, keep it alive.
 *
 * Each role inherits: stderr, SIGPIPE ignored, and descriptor 3, a pipe on which it says "ready" (with its bound
 * ports) and then beats. Nothing else is inherited. A role that ends is started again after
 * 50 ms doubling to 2 s; a role whose heartbeat is older than its bound is killed by id and started
 * again. The supervisor ends its roles when it gets SIGTERM, SIGINT, or its own run is over.
 */
#pragma once

#include "core/base/status.h"
#include "host/log.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    SUPERVISE_ROLES = 16,
    SUPERVISE_ARGS = 32,
    SUPERVISE_FD = 3,
    SUPERVISE_PORTS = 4
};

struct role_spec {
    const char *name;                 /* --role NAME */
    const char *args[SUPERVISE_ARGS]; /* further arguments, NULL-ended */
    uint32_t beat_ms; /* 0: no heartbeat expected; else killed when older */
    bool end_with;    /* when it exits with 0 the whole program is done */
    bool keep_stdout; /* a terminal screen draws there; else /dev/null */
};

struct role_ready {                  /* what a role says on descriptor 3, once */
    uint16_t ports[SUPERVISE_PORTS]; /* bound TCP ports, 0: none */
};

struct role_state {
    pid_t pid;
    bool ready;
    uint32_t starts;
    struct role_ready said;
    int last_exit;
};

struct supervisor;
/*
 * Every role is started; returns when all have said ready once, or BROKEN after 10 s. REFUSED: a
 * role ended with EXIT_USAGE or EXIT_ENVIRONMENT before it was ready, having said why in one
 * line, or a signal asked for the end. Unless OK, nothing runs any more.
 * From here to supervise_end() SIGTERM, SIGINT and SIGCHLD are the supervisor's.
 */
MUST_USE enum status supervise_start(struct supervisor **out,
    const struct role_spec *specs, size_t count, struct log *log);
/* Serve until stop is asked for, an end_with role is done, or for_ms (0: no limit) is over.
 * tick, if given, is called about every 100 ms; returning false ends. */
MUST_USE enum status supervise_run(
    struct supervisor *s, uint64_t for_ms, bool (*tick)(void *ctx), void *ctx);
const struct role_state *supervise_state(const struct supervisor *s, size_t role);
/* SIGTERM to each, in reverse order, each given a moment to go; SIGKILL after 2 s, by pid. */
void supervise_end(struct supervisor *s);

/* In a role: */
MUST_USE enum status role_ready(const struct role_ready *ready);
void role_beat(void); /* non-blocking */
