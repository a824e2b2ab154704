/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tls server: connections of the cloud's three listeners, on one loop, bounded in every way.
 *
 * Unfinished handshakes are counted apart: past the limit the oldest goes first, so that who
 * knocks without ever coming in does not keep out who would. Each connection has one deadline,
 * which its owner moves; past it the connection is closed. Bytes wait in buffers of stated size;
 * a full one stops the reading, never grows; an idle connection has none.
 *
 * With all places taken, who was answered nothing for quiet_ms makes room, the longest first:
 * idle strangers keep nobody out. What comes from a peer does not count, it costs nothing.
 *
 * Of handshakes only a few steps are done before everybody else has had a turn: established
 * connections are served first. What is sent last is followed by a bounded reading-away of what
 * is still under way, so that a refusal arrives although its request was not read.
 *
 * Not here: what the bytes mean (http_parse.h, cloud/people), who may come in (cloud/gate).
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/limits.h"
#include "host/log.h"
#include "host/loop.h"

#include <openssl/ssl.h>

struct tls_conn;

struct tls_owner { /* who serves the connections; each call may close the connection */
    void *ctx;
    void (*opened)(void *ctx, struct tls_conn *c); /* the handshake is done */
    void (*heard)(void *ctx, struct tls_conn *c);  /* c->in has grown */
    void (*drained)(
        void *ctx, struct tls_conn *c); /* all that was sent has left; may be NULL */
    void (*closed)(
        void *ctx, struct tls_conn *c); /* the last call for it; only if opened */
    /* Its deadline is past: answer and end it, or leave it alone and it is closed; may be NULL. */
    void (*expired)(void *ctx, struct tls_conn *c);
    /* A handshake that came to nothing, unless the peer never said a byte; may be NULL. */
    void (*failed)(void *ctx, enum reason reason);
};

struct tls_limits {
    uint32_t connections, handshakes, handshake_ms;
    uint32_t in_cap, out_cap; /* bytes */
    uint32_t
        quiet_ms; /* full: who was answered nothing for so long makes room; 0: nobody */
};

struct tls_server { /* fields belong to tls_server.c */
    struct loop *loop;
    struct log *log;
    SSL_CTX *ctx;
    struct tls_owner owner;
    struct tls_limits limits;
    int fd;
    struct tls_conn *first, *last; /* oldest first */
    struct tls_conn *step,
        *step_last; /* handshakes that wait for a step, first come first */
    bool stepping;
    struct tls_conn *at; /* the one whose event is handled; NULL once it was closed */
    uint32_t open_count, handshake_count;
};

struct tls_conn {
    struct tls_server *server;
    struct tls_conn *older, *newer;
    struct tls_conn *step_next;
    bool steps; /* it is in the line for a step */
    int fd;
    SSL *ssl;
    bool open;      /* the handshake is done */
    bool ending;    /* flush, then close */
    bool end_waits; /* the close_notify waits for room */
    bool lingers;   /* all is said: bytes are read away until the peer closes */
    size_t lingered;
    bool stopped;   /* its owner does not want more for now */
    bool early;     /* bytes came since its owner wanted no more */
    uint32_t armed; /* events that the loop watches for */
    bool eof;
    uint64_t deadline_ms; /* loop_now_ms(); 0: none */
    uint64_t answered_ms; /* when something was last sent; at first: when it opened */
    uint8_t *in, *out;
    size_t in_len, in_most, out_at, out_len;
    void *user; /* the owner's */
};

/* Listen on address:*port (0: any, and then told). shared: with other processes of the role. */
MUST_USE enum status tls_server_listen(
    const char *address, uint16_t *port, bool shared, int *fd);
/* Takes the descriptor and the context. A sweep four times a second sees to deadlines. */
MUST_USE enum status tls_server_start(struct tls_server *s, struct loop *loop,
    struct log *log, SSL_CTX *ctx, int fd, struct tls_limits limits,
    struct tls_owner owner);
void tls_server_stop(struct tls_server *s); /* closes all */
/* Who connects while it is paused waits outside; connections that are there go on. */
void tls_server_pause(struct tls_server *s, bool paused);

/* FULL: more than out_cap would wait. */
MUST_USE enum status tls_conn_send(struct tls_conn *c, struct bytes b);
size_t tls_conn_room(const struct tls_conn *c); /* what tls_conn_send would take */
void tls_conn_consume(
    struct tls_conn *c, size_t n); /* the first n bytes of c->in are done with */
void tls_conn_stop(struct tls_conn *c, bool stopped);
void tls_conn_deadline(struct tls_conn *c, uint64_t from_now_ms); /* 0: none */
void tls_conn_end(struct tls_conn *c);   /* after what was sent has left */
void tls_conn_close(struct tls_conn *c); /* now */
