/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fetcher: courier's part in carrying a bundle: the door to updater, and when which piece is asked.
 *
 * One piece at a time, only on a line that stands and is idle, so that a batch waits for one piece
 * at most, and for FETCH_PATIENCE_MS at most: then the line is given up for it. Nothing that comes
 * of a fetch makes the line wait.
 *
 * Not here: the line (courier.c), what the bytes are worth (updater).
 */
#pragma once

#include "device/net/http.h"
#include "device/talk/messages.h"
#include "device/talk/role.h"
#include "host/log.h"
#include "host/loop.h"

enum {
    FETCH_GAP_MS = 25,        /* between two pieces */
    FETCH_PATIENCE_MS = 2000, /* a piece under way, when a batch waits */
    FETCH_ANSWER_MS = 10000,  /* ... when none does */
    FETCH_LATER_MS = 2000,    /* the cloud asked for patience, or the line ended */
    FETCH_AGAIN_MS = 60000,   /* it said no; twice as long each time, up to */
    FETCH_AGAIN_MAX_MS = 900000
};

struct fetcher { /* fields belong to fetcher.c */
    struct loop *loop;
    struct log *log;
    uid_t updater;
    int listen_fd, fd; /* -1: none */
    bool wanted, asked;
    struct said_fetch wish, under_way;
    uint64_t due_ms, asked_ms, pause_ms;
    loop_timer_fn *pump; /* courier's: may a piece be asked for now? */
    void *ctx;
    uint8_t talk[TALK_DATAGRAM];
};

/* Before confinement. */
MUST_USE enum status fetcher_listen(struct fetcher *f, const struct role_env *env,
    struct loop *loop, loop_timer_fn *pump, void *ctx);
/* The pump is called again when there may be something to do. */
void fetcher_arm(struct fetcher *f);
/* A piece is wanted, its time has come, and none is under way. */
bool fetcher_due(const struct fetcher *f, uint64_t now_ms);
/* It is under way for longer than it may be. */
bool fetcher_stalls(const struct fetcher *f, uint64_t now_ms, bool batch_waits);
/* The request for it, which is under way from now on. FULL: no room. */
MUST_USE enum status fetcher_ask(
    struct fetcher *f, const char *host, struct room out, size_t *len);
void fetcher_answered(struct fetcher *f, const struct http_answer *a);
/* The line ended. stalled: because of a piece. */
void fetcher_line_lost(struct fetcher *f, bool stalled);
