/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hub: the talk connections of one role, all on its loop.
 *
 * A port is a named socket that is listened to, or dialled again and again (50 ms .. 2 s). Peers
 * are known by a number that is never used twice, so that a late answer finds its asker or nobody.
 * What a peer does not read waits in a bounded queue; a peer over the bound is dropped. What is
 * sent in one round of the loop goes in few datagrams at the round's end.
 *
 * Not here: what the doors mean (cloud/talk/doors.h), who may connect by file rights (cloud/main).
 */
#pragma once

#include "cloud/talk/doors.h"
#include "host/log.h"
#include "host/loop.h"

enum { HUB_PORTS = 4, HUB_UIDS = 4, HUB_QUEUE = 1024, HUB_PEERS = 64 };

struct hub; /* heap */

struct hub_port {
    const char *path;     /* kept by the caller */
    enum door_end end;    /* what is heard here */
    uid_t uids[HUB_UIDS]; /* listening: who may connect */
    size_t uid_count;
    /* OK: go on. Anything else: the peer is dropped (it broke a rule of the doors). */
    enum status (*heard)(void *ctx, uint64_t peer, uint16_t door, struct bytes body);
    void (*up)(void *ctx, uint64_t peer);   /* may be NULL */
    void (*gone)(void *ctx, uint64_t peer); /* may be NULL */
    void *ctx;
};

MUST_USE enum status hub_new(struct hub **out, struct loop *loop, struct log *log);
void hub_free(struct hub *h);
/* number: of this port, for hub_send_all. BROKEN with errno. */
MUST_USE enum status hub_listen(
    struct hub *h, const struct hub_port *port, size_t *number);
MUST_USE enum status hub_dial(
    struct hub *h, const struct hub_port *port, size_t *number);
/* OK: it will be sent while the peer is there. REFUSED: the peer is gone. */
MUST_USE enum status hub_send(
    struct hub *h, uint64_t peer, uint16_t door, struct bytes body);
void hub_send_all(struct hub *h, size_t port, uint16_t door, struct bytes body);
/* The user of a peer that came to a listening port, as the kernel told it. */
MUST_USE enum status hub_uid(const struct hub *h, uint64_t peer, uint64_t *uid);
/* Messages that wait for this peer: to stop reading more work for it. */
size_t hub_waiting(const struct hub *h);
