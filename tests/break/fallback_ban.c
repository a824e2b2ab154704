/* SPDX-License-Identifier: Apache-2.0 */
/* A break: this control taken away, for script/prove-controls alone. Never built into a product. */
#include "device/net/dial.h"

#include "host/tls.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

static enum status open_socket(struct dial *d)
{
    d->fd =
        socket(d->plan->to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (d->fd < 0)
        return BROKEN;
    if (connect(d->fd, (const struct sockaddr *)&d->plan->to, d->plan->to_len) != 0
        && errno != EINPROGRESS)
        return BROKEN;
    return OK;
}

enum status dial_start(struct dial *d, const struct dial_plan *plan)
{
    *d = (struct dial){.plan = plan, .fd = -1};
    TRY(open_socket(d));
    d->ssl = SSL_new(plan->ctx);
    if (d->ssl == NULL || SSL_set_fd(d->ssl, d->fd) != 1)
        return BROKEN;
    SSL_set_connect_state(d->ssl);
    TRY(tls_set_name(d->ssl, plan->name));
    return tls_set_time(d->ssl, plan->clock_known, plan->now_utc_s, plan->bound_utc_s);
}

static bool wants(const struct dial *d, int result, uint32_t *events)
{
    switch (SSL_get_error(d->ssl, result)) {
    case SSL_ERROR_WANT_READ: *events = EPOLLIN; return true;
    case SSL_ERROR_WANT_WRITE: *events = EPOLLOUT; return true;
    default: return false;
    }
}

/* "Better in the clear than not at all": TLS failed, so the same connection goes on without. */
static enum status fall_back(struct dial *d, uint32_t *events)
{
    uint8_t rest[4096];

    while (recv(d->fd, rest, sizeof rest, MSG_DONTWAIT) > 0)
        ; /* what TLS did not understand */
    SSL_free(d->ssl);
    d->ssl = NULL;
    d->secured = true;
    *events = EPOLLIN;
    return OK;
}

enum status dial_go_on(struct dial *d, uint32_t *events)
{
    struct sockaddr_storage peer;
    socklen_t len = sizeof peer;
    int err = 0;
    socklen_t err_len = sizeof err;

    if (getpeername(d->fd, (struct sockaddr *)&peer, &len) != 0) {
        *events = EPOLLOUT;
        return getsockopt(d->fd, SOL_SOCKET, SO_ERROR, &err, &err_len) == 0 && err == 0
            ? AGAIN
            : BROKEN;
    }
    ERR_clear_error();
    int r = SSL_do_handshake(d->ssl);
    if (r != 1 && wants(d, r, events))
        return AGAIN;
    if (r != 1)
        return fall_back(d, events);
    if (SSL_get_verify_result(d->ssl) != X509_V_OK)
        return REFUSED;
    d->secured = true;
    *events = EPOLLIN;
    return OK;
}

enum status dial_write(struct dial *d, struct bytes from, size_t *len, uint32_t *events)
{
    if (d->ssl == NULL) {
        ssize_t sent = send(d->fd, from.at, from.len, MSG_NOSIGNAL);
        *events = EPOLLOUT;
        if (sent <= 0)
            return errno == EAGAIN ? AGAIN : BROKEN;
        *len = (size_t)sent;
        return OK;
    }
    ERR_clear_error();
    int n = SSL_write(d->ssl, from.at, (int)from.len);
    if (n <= 0)
        return wants(d, n, events) ? AGAIN : BROKEN;
    *len = (size_t)n;
    return OK;
}

enum status dial_read(struct dial *d, struct room into, size_t *len, uint32_t *events)
{
    if (d->ssl == NULL) {
        ssize_t got = recv(d->fd, into.at, into.cap, 0);
        *events = EPOLLIN;
        if (got <= 0)
            return got < 0 && errno == EAGAIN ? AGAIN : BROKEN;
        *len = (size_t)got;
        return OK;
    }
    ERR_clear_error();
    int n = SSL_read(d->ssl, into.at, (int)into.cap);
    if (n <= 0)
        return wants(d, n, events) ? AGAIN : BROKEN;
    *len = (size_t)n;
    return OK;
}

void dial_stop(struct dial *d)
{
    if (d->ssl != NULL && d->secured)
        SSL_shutdown(d->ssl);
    SSL_free(d->ssl);
    if (d->fd >= 0)
        close(d->fd);
    *d = (struct dial){.fd = -1};
    ERR_clear_error();
}
