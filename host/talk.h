/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Talk: messages between our own processes, in SOCK_SEQPACKET datagrams: most often one in each;
 * who has many to say and to hear puts as many into one as fit (talk_put, talk_read).
 *
 * u16 version (1), u16 door, u32 length, body. Peers meet on a named socket in a folder of the
 * listening user (0711, socket 0666); the listener checks SO_PEERCRED at connect. What comes in
 * is outside bytes: an unknown door or a length outside the door's table ends the connection.
 * Nothing here waits: descriptors are non-blocking.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/limits.h"
#include "core/base/status.h"

#include <sys/types.h>

enum {
    TALK_HEAD_LEN = 8,
    TALK_VERSION = 1,
    TALK_DATAGRAM = TALK_HEAD_LEN + LIMIT_TALK_BODY
};

struct talk_door { /* a program's table of doors, by number */
    uint16_t door;
    uint32_t min_len, max_len;
    const char *name;
};

/* Replaces a stale socket of ours. BROKEN with errno. */
MUST_USE enum status talk_listen(const char *path, int *fd);
/* REFUSED: peer's uid is none of uids (the connection is closed). AGAIN: nobody there. */
MUST_USE enum status talk_accept(
    int listen_fd, const uid_t *uids, size_t uid_count, int *fd, uid_t *peer);
/* AGAIN: nobody listens (yet): come back after 50 ms .. 2 s. */
MUST_USE enum status talk_connect(const char *path, int *fd);
/* Like talk_connect, and REFUSED unless the listener runs as `uid`. */
MUST_USE enum status talk_connect_to(const char *path, uid_t uid, int *fd);
/* AGAIN: the peer does not read. BROKEN: it is gone. */
MUST_USE enum status talk_send(int fd, uint16_t door, struct bytes body);
/* A datagram of one message. Body borrows from `into` (cap >= TALK_DATAGRAM). AGAIN: nothing there.
 * MALFORMED: not in the table: close. BROKEN: peer is gone. */
MUST_USE enum status talk_recv(int fd, const struct talk_door *doors, size_t door_count,
    struct room into, uint16_t *door, struct bytes *body);

/* Adds a message to a datagram of *len bytes. FULL: there is no room for it. */
MUST_USE enum status talk_put(
    struct room datagram, size_t *len, uint16_t door, struct bytes body);
/* As talk_send(). */
MUST_USE enum status talk_post(int fd, struct bytes datagram);
/* A datagram of one message or more, for talk_parse(); else as talk_recv(). */
MUST_USE enum status talk_read(int fd, struct room into, struct bytes *datagram);
