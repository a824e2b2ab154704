/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dial: connections to one address of this machine, made by a process that does nothing else.
 *
 * The process that takes bytes from the endpoint apart has no right to make a socket: it asks
 * the dialer, which knows one address and port, and is given a connection. Both are confined
 * (host/confine): no file, no program; the dialer may connect to that TCP port only.
 *
 * An endpoint is http://, an address of loopback in figures, a port, a path. There is no name to
 * be resolved, no proxy and no switch that lets another address in: documents go nowhere.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/status.h"

#include <stdbool.h>
#include <sys/socket.h>

enum { ENDPOINT_PATH_MAX = 128 };

struct endpoint {
    struct sockaddr_storage to;
    socklen_t to_len;
    uint16_t port;
    char host[64];                    /* as it stands: "127.0.0.1:8080", "[::1]:8080" */
    char path[ENDPOINT_PATH_MAX + 1]; /* "/v1", or empty */
};

/* NULL: it is one; else what was expected. Makes no socket. */
const char *endpoint_of(const char *text, struct endpoint *out);

/* Loopback itself, and no other way to write it (loopback.c). */
bool endpoint_is_here(const struct sockaddr_storage *to);

/* Both end the process with EXIT_ENVIRONMENT, after one line, where the rights do not go. */
void asker_confine(void);
/* Never returns; ends when the other end of `talk` is closed. */
_Noreturn void dialer_run(int talk, const struct endpoint *e);

/*
 * The asker: a connection, the request, and all that comes back to the end. OK: *len bytes.
 * FULL: more than the room. AGAIN: not within so many seconds. BROKEN: no connection.
 */
MUST_USE enum status dial_exchange(
    int talk, struct bytes request, unsigned seconds, struct room into, size_t *len);
