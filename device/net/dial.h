/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dial: the only way out of the device: pinned TLS 1.3 to the one address, or nothing.
 *
 * Control: there is no plain connection and no second try with less. Until dial_go_on() has
 * returned OK, only TCP and TLS handshake bytes have left; dial_write() before that is a bug
 * of the caller (assert).
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/status.h"

#include <openssl/ssl.h>
#include <stdbool.h>
#include <sys/socket.h>

struct dial_plan {
    SSL_CTX *ctx;     /* of host/tls: anchors, floor and own certificate are in it */
    const char *name; /* that the server's certificate must bear */
    const char *alpn; /* that the server must have chosen; NULL: none asked */
    struct sockaddr_storage to;
    socklen_t to_len;
    bool clock_known;
    uint64_t now_utc_s, bound_utc_s; /* host/tls.h, tls_set_time() */
};

struct dial {
    const struct dial_plan *plan;
    int fd; /* -1: none */
    SSL *ssl;
    bool secured;
};

/* BROKEN: no socket, no route. The plan must outlive the dial. */
MUST_USE enum status dial_start(struct dial *d, const struct dial_plan *plan);
/* OK: secured. AGAIN: wait for *events (EPOLLIN, EPOLLOUT). REFUSED: the server failed the
 * pinned check. BROKEN: no connection. */
MUST_USE enum status dial_go_on(struct dial *d, uint32_t *events);
/* As far as it goes, at least one byte: OK. AGAIN: wait for *events. BROKEN: it is over. */
MUST_USE enum status dial_write(
    struct dial *d, struct bytes from, size_t *len, uint32_t *events);
MUST_USE enum status dial_read(
    struct dial *d, struct room into, size_t *len, uint32_t *events);
void dial_stop(struct dial *d); /* fine when nothing is open */
