/* SPDX-License-Identifier: Apache-2.0 */
#include "device/net/dial.h"

#include "host/tls.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* Req: HF-LINK-005 "Nothing but pinned TLS 1.3 shall leave the device, whatever answers." */
enum status dial_start(struct dial *d, const struct dial_plan *plan)
{
    static const int on = 1;

    *d = (struct dial){.plan = plan, .fd = -1};
    d->fd = socket(plan->to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (d->fd < 0)
        return BROKEN;
    setsockopt(d->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(d->fd, (const struct sockaddr *)&plan->to, plan->to_len) != 0
        && errno != EINPROGRESS)
        return BROKEN;
    d->ssl = SSL_new(plan->ctx);
    if (d->ssl == NULL || SSL_set_fd(d->ssl, d->fd) != 1)
        return BROKEN;
    SSL_set_connect_state(d->ssl);
    TRY(tls_set_name(d->ssl, plan->name));
    return tls_set_time(d->ssl, plan->clock_known, plan->now_utc_s, plan->bound_utc_s);
}

/* What OpenSSL wants next, or false if it is over. */
static bool wants(const struct dial *d, int result, uint32_t *events)
{
    switch (SSL_get_error(d->ssl, result)) {
    case SSL_ERROR_WANT_READ: *events = EPOLLIN; return true;
    case SSL_ERROR_WANT_WRITE: *events = EPOLLOUT; return true;
    default: return false;
    }
}

static bool right_protocol(const struct dial *d)
{
    const unsigned char *alpn = NULL;
    unsigned len = 0;

    if (d->plan->alpn == NULL)
        return true;
    SSL_get0_alpn_selected(d->ssl, &alpn, &len);
    return len == strlen(d->plan->alpn) && memcmp(alpn, d->plan->alpn, len) == 0;
}

static bool connected(const struct dial *d, bool *pending)
{
    struct sockaddr_storage peer;
    socklen_t len = sizeof peer;
    int err = 0;
    socklen_t err_len = sizeof err;

    *pending = false;
    if (getpeername(d->fd, (struct sockaddr *)&peer, &len) == 0)
        return true;
    *pending = getsockopt(d->fd, SOL_SOCKET, SO_ERROR, &err, &err_len) == 0 && err == 0;
    return false;
}

enum status dial_go_on(struct dial *d, uint32_t *events)
{
    bool pending = false;

    if (!connected(d, &pending)) {
        *events = EPOLLOUT;
        return pending ? AGAIN : BROKEN;
    }
    ERR_clear_error();
    int r = SSL_do_handshake(d->ssl);
    if (r != 1 && wants(d, r, events))
        return AGAIN;
    if (r != 1)
        return SSL_get_error(d->ssl, r) == SSL_ERROR_SSL ? REFUSED : BROKEN;
    if (SSL_get_verify_result(d->ssl) != X509_V_OK || !right_protocol(d))
        return REFUSED;
    d->secured = true;
    *events = EPOLLIN;
    return OK;
}

enum status dial_write(struct dial *d, struct bytes from, size_t *len, uint32_t *events)
{
    assert(d->secured && from.len > 0 && from.len <= INT_MAX);
    ERR_clear_error();
    int n = SSL_write(d->ssl, from.at, (int)from.len);

    if (n <= 0)
        return wants(d, n, events) ? AGAIN : BROKEN;
    *len = (size_t)n;
    return OK;
}

enum status dial_read(struct dial *d, struct room into, size_t *len, uint32_t *events)
{
    assert(d->secured && into.cap > 0 && into.cap <= INT_MAX);
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
        SSL_shutdown(d->ssl); /* said once, not waited for */
    SSL_free(d->ssl);
    if (d->fd >= 0)
        close(d->fd);
    *d = (struct dial){.fd = -1};
    ERR_clear_error();
}
