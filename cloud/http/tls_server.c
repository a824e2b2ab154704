/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/http/tls_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    SWEEP_MS = 250,
    ACCEPTS_AT_ONCE = 16,
    STEPS_AT_ONCE = 4,
    LINGER_MS = 2000,
    LAST_WORD_MS = 10000, /* for a close_notify that finds the kernel's buffer full */
    LINGER_BYTES = 65536,
};

enum status tls_server_listen(const char *address, uint16_t *port, bool shared, int *fd)
{
    struct sockaddr_storage at = {0};
    struct sockaddr_in *v4 = (struct sockaddr_in *)&at;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&at;
    socklen_t len;
    int on = 1;

    if (inet_pton(AF_INET, address, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(*port);
        len = sizeof *v4;
    } else if (inet_pton(AF_INET6, address, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(*port);
        len = sizeof *v6;
    } else {
        return REFUSED;
    }
    int s = socket(at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s < 0)
        return BROKEN;
    if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0
        || (shared && setsockopt(s, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0)
        || bind(s, (struct sockaddr *)&at, len) != 0 || listen(s, 1024) != 0
        || getsockname(s, (struct sockaddr *)&at, &len) != 0) {
        (void)close(s);
        return BROKEN;
    }
    *port = ntohs(at.ss_family == AF_INET ? v4->sin_port : v6->sin6_port);
    *fd = s;
    return OK;
}

static void unlink_conn(struct tls_conn *c)
{
    struct tls_server *s = c->server;
    *(c->older ? &c->older->newer : &s->first) = c->newer;
    *(c->newer ? &c->newer->older : &s->last) = c->older;
    if (c->open)
        s->open_count--;
    else
        s->handshake_count--;
}

static void leave_line(struct tls_conn *c)
{
    struct tls_server *s = c->server;
    struct tls_conn *before = NULL;

    for (struct tls_conn *at = s->step; at && at != c; at = at->step_next)
        before = at;
    *(before ? &before->step_next : &s->step) = c->step_next;
    if (s->step_last == c)
        s->step_last = before;
    c->step_next = NULL;
    c->steps = false;
}

static void wipe_free(uint8_t *b, size_t n)
{
    if (b)
        explicit_bzero(b, n);
    free(b);
}

void tls_conn_close(struct tls_conn *c)
{
    struct tls_server *s = c->server;

    if (s->at == c)
        s->at = NULL;
    if (c->steps)
        leave_line(c);
    loop_forget(s->loop, c->fd);
    unlink_conn(c);
    if (c->open)
        s->owner.closed(s->owner.ctx, c);
    SSL_free(c->ssl);
    (void)close(c->fd);
    wipe_free(c->in, c->in_most);
    wipe_free(c->out, c->out_len);
    free(c);
}

/* Bytes that the library holds already make no descriptor readable: a writable one wakes us. */
static bool holds_more(const struct tls_conn *c, bool reads)
{
    return reads && c->open && SSL_pending(c->ssl) > 0;
}

static uint32_t wanted(const struct tls_conn *c)
{
    bool full = c->in_len == c->server->limits.in_cap;
    bool reads = c->lingers || !(c->stopped || full || c->ending);
    bool writes = c->ending || c->out_len > c->out_at || SSL_want_write(c->ssl);
    return (reads ? (uint32_t)EPOLLIN : 0u)
        | (c->ending ? 0u : (uint32_t)EPOLLRDHUP) /* who leaves is not waited for */
        | (!c->lingers && (writes || holds_more(c, reads)) ? (uint32_t)EPOLLOUT : 0u);
}

static void arm(struct tls_conn *c, uint32_t events)
{
    if (events != c->armed && loop_change(c->server->loop, c->fd, events) != OK)
        c->eof = true;
    c->armed = events;
}

/* To hear no more is told to the kernel only once more has come: most often none does. */
static void want(struct tls_conn *c)
{
    uint32_t events = wanted(c);

    if ((events | (uint32_t)EPOLLIN) != c->armed)
        arm(c, events);
}

static void came_unasked(struct tls_conn *c)
{
    c->early = true;
    arm(c, wanted(c));
}

/* All is said. Closing with bytes unread would make the kernel throw the answer away. */
static void linger(struct tls_conn *c)
{
    (void)shutdown(c->fd, SHUT_WR);
    c->lingers = true;
    tls_conn_deadline(c, LINGER_MS);
    want(c);
}

/* The close_notify, without which a reader must take the answer for cut off. false: no room yet. */
static bool say_end(struct tls_conn *c)
{
    ERR_clear_error();
    int n = SSL_shutdown(c->ssl);
    bool waits = n < 0 && SSL_get_error(c->ssl, n) == SSL_ERROR_WANT_WRITE;
    ERR_clear_error();
    if (waits && !c->end_waits)
        tls_conn_deadline(c, LAST_WORD_MS);
    c->end_waits = waits;
    return !waits;
}

static void read_away(struct tls_conn *c)
{
    uint8_t nowhere[4096];
    ssize_t n;

    while ((n = read(c->fd, nowhere, sizeof nowhere)) > 0
        && (c->lingered += (size_t)n) <= LINGER_BYTES)
        ;
    if (n >= 0 || errno != EAGAIN)
        tls_conn_close(c);
}

/* false: nothing more is to be done with it now. */
static bool flush(struct tls_conn *c)
{
    while (c->out_at < c->out_len) {
        ERR_clear_error();
        int n = SSL_write(c->ssl, c->out + c->out_at, (int)(c->out_len - c->out_at));
        if (n <= 0) {
            int e = SSL_get_error(c->ssl, n);
            if (e == SSL_ERROR_WANT_WRITE || e == SSL_ERROR_WANT_READ)
                return true;
            tls_conn_close(c);
            return false;
        }
        c->out_at += (size_t)n;
    }
    wipe_free(c->out, c->out_len);
    c->out = NULL;
    c->out_at = c->out_len = 0;
    if (!c->ending || !say_end(c))
        return true;
    linger(c);
    return false;
}

/* Bytes into c->in; false: nothing came or there is an end. */
static bool fill(struct tls_conn *c)
{
    struct tls_server *s = c->server;
    bool got = false;

    if (!c->in && !(c->in = malloc(s->limits.in_cap))) {
        c->eof = true;
        return false;
    }
    while (c->in_len < s->limits.in_cap) {
        ERR_clear_error();
        int n =
            SSL_read(c->ssl, c->in + c->in_len, (int)(s->limits.in_cap - c->in_len));
        if (n <= 0) {
            int e = SSL_get_error(c->ssl, n);
            c->eof = c->eof || (e != SSL_ERROR_WANT_READ && e != SSL_ERROR_WANT_WRITE);
            break;
        }
        c->in_len += (size_t)n;
        c->in_most = c->in_len > c->in_most ? c->in_len : c->in_most;
        got = true;
        if (SSL_pending(c->ssl) == 0) /* what the kernel holds wakes us again */
            break;
    }
    return got;
}

static void failed(struct tls_server *s, enum reason reason, uint64_t detail)
{
    LOG(s->log, LOG_REFUSE, reason, F_NUM("library", detail));
    if (s->owner.failed)
        s->owner.failed(s->owner.ctx, reason);
}

static bool said_something(const struct tls_conn *c)
{
    return BIO_number_read(SSL_get_rbio(c->ssl)) > 0;
}

/* false: gone */
static bool shake(struct tls_conn *c)
{
    struct tls_server *s = c->server;

    ERR_clear_error();
    int n = SSL_do_handshake(c->ssl);
    if (n == 1) {
        c->open = true;
        s->handshake_count--;
        s->open_count++;
        tls_conn_deadline(c, 0);
        c->answered_ms = loop_now_ms();
        s->owner.opened(s->owner.ctx, c);
        return s->at == c;
    }
    int e = SSL_get_error(c->ssl, n);
    if (e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE) {
        want(c);
        return true;
    }
    uint64_t detail = (uint64_t)ERR_GET_REASON(ERR_peek_last_error());
    bool said = said_something(c);
    ERR_clear_error();
    tls_conn_close(c);
    if (said)
        failed(s, REASON_TLS_HANDSHAKE, detail);
    return false;
}

static void serve(struct tls_conn *c, bool broken)
{
    struct tls_server *s = c->server;
    size_t waiting = c->out_len - c->out_at;

    if (!flush(c))
        return;
    if (waiting > 0 && c->out_len == 0 && !c->ending && s->owner.drained) {
        s->owner.drained(s->owner.ctx, c);
        if (s->at != c)
            return;
    }
    if (!c->stopped && !c->ending && fill(c)) {
        s->owner.heard(s->owner.ctx, c);
        if (s->at != c)
            return;
    }
    if (c->in && c->in_len == 0) { /* an idle connection holds no buffer */
        wipe_free(c->in, c->in_most);
        c->in = NULL;
        c->in_most = 0;
    }
    if (c->eof || broken)
        tls_conn_close(c);
    else
        want(c);
}

static void take_steps(void *ctx);

static void step_soon(struct tls_server *s)
{
    if (s->stepping)
        return;
    s->stepping = true;
    if (loop_after(s->loop, 0, take_steps, s) != OK)
        loop_stop(s->loop);
}

/* A timer of no delay: the loop has served every descriptor before it comes. */
static void take_steps(void *ctx)
{
    struct tls_server *s = ctx;

    s->stepping = false;
    for (int i = 0; i < STEPS_AT_ONCE && s->step; i++) {
        struct tls_conn *c = s->step;
        leave_line(c);
        s->at = c;
        if (shake(c) && c->open)
            serve(c, false);
    }
    if (s->step)
        step_soon(s);
}

static void line_up(struct tls_conn *c)
{
    struct tls_server *s = c->server;

    if (c->steps)
        return;
    arm(c, 0);
    if (c->eof) {
        tls_conn_close(c);
        return;
    }
    c->steps = true;
    *(s->step_last ? &s->step_last->step_next : &s->step) = c;
    s->step_last = c;
    step_soon(s);
}

/* Then its end is not seen by reading, and would wake us for ever. */
static bool cannot_read(const struct tls_conn *c)
{
    return c->stopped || c->in_len == c->server->limits.in_cap;
}

static void on_conn(void *ctx, int fd, uint32_t events)
{
    struct tls_conn *c = ctx;
    (void)fd;

    c->server->at = c;
    if (c->open && (events & (uint32_t)EPOLLIN & ~wanted(c)) != 0)
        came_unasked(c);
    if (c->lingers)
        read_away(c);
    else if (!c->open)
        line_up(c);
    else
        serve(c,
            (events & ((uint32_t)EPOLLERR | (uint32_t)EPOLLHUP)) != 0
                || ((events & (uint32_t)EPOLLRDHUP) != 0 && cannot_read(c)));
}

static void drop_oldest_handshake(struct tls_server *s)
{
    for (struct tls_conn *c = s->first; c; c = c->newer) {
        if (c->open)
            continue;
        tls_conn_close(c);
        failed(s, REASON_CONN_LIMIT, 0);
        return;
    }
}

/* false: everybody who is there was answered a moment ago. */
static bool make_room(struct tls_server *s)
{
    struct tls_conn *quiet = NULL;

    for (struct tls_conn *c = s->first; c; c = c->newer)
        if (c->open && (!quiet || c->answered_ms < quiet->answered_ms))
            quiet = c;
    if (!quiet || s->limits.quiet_ms == 0
        || loop_now_ms() - quiet->answered_ms < s->limits.quiet_ms)
        return false;
    tls_conn_close(quiet);
    failed(s, REASON_CONN_LIMIT, 0);
    return true;
}

static void adopt(struct tls_server *s, int fd)
{
    int on = 1;
    struct tls_conn *c = NULL;

    if (s->open_count >= s->limits.connections && !make_room(s)) {
        (void)close(fd);
        failed(s, REASON_CONN_LIMIT, 0);
        return;
    }
    if (s->handshake_count >= s->limits.handshakes)
        drop_oldest_handshake(s);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    c = calloc(1, sizeof *c);
    SSL *ssl = c ? SSL_new(s->ctx) : NULL;
    if (!ssl || SSL_set_fd(ssl, fd) != 1
        || loop_watch(s->loop, fd, (uint32_t)EPOLLIN, on_conn, c) != OK) {
        SSL_free(ssl);
        free(c);
        (void)close(fd);
        return;
    }
    SSL_set_accept_state(ssl);
    *c = (struct tls_conn){
        .server = s, .fd = fd, .ssl = ssl, .armed = EPOLLIN, .older = s->last};
    *(s->last ? &s->last->newer : &s->first) = c;
    s->last = c;
    s->handshake_count++;
    tls_conn_deadline(c, s->limits.handshake_ms);
}

static void on_accept(void *ctx, int fd, uint32_t events)
{
    struct tls_server *s = ctx;
    (void)events;

    for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
        int peer = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (peer < 0)
            return;
        adopt(s, peer);
    }
}

static void expire(struct tls_conn *c)
{
    struct tls_server *s = c->server;
    bool was_open = c->open, said = said_something(c);

    s->at = c;
    c->deadline_ms = 0;
    if (c->open && !c->ending && s->owner.expired) {
        s->owner.expired(s->owner.ctx, c);
        if (s->at != c || c->deadline_ms != 0)
            return;
    }
    tls_conn_close(c);
    if (!was_open && said)
        failed(s, REASON_TLS_TIMEOUT, 0);
}

static void sweep(void *ctx)
{
    struct tls_server *s = ctx;
    uint64_t now = loop_now_ms();

    for (struct tls_conn *c = s->first, *next; c; c = next) {
        next = c->newer;
        if (c->deadline_ms != 0 && now >= c->deadline_ms)
            expire(c);
    }
    if (loop_after(s->loop, SWEEP_MS, sweep, s) != OK)
        loop_stop(s->loop);
}

enum status tls_server_start(struct tls_server *s, struct loop *loop, struct log *log,
    SSL_CTX *ctx, int fd, struct tls_limits limits, struct tls_owner owner)
{
    *s = (struct tls_server){.loop = loop,
        .log = log,
        .ctx = ctx,
        .owner = owner,
        .limits = limits,
        .fd = fd};
    TRY(loop_watch(loop, fd, (uint32_t)EPOLLIN, on_accept, s));
    return loop_after(loop, SWEEP_MS, sweep, s);
}

void tls_server_stop(struct tls_server *s)
{
    if (!s->loop)
        return;
    loop_cancel(s->loop, sweep, s);
    loop_cancel(s->loop, take_steps, s);
    loop_forget(s->loop, s->fd);
    (void)close(s->fd);
    while (s->first)
        tls_conn_close(s->first);
    SSL_CTX_free(s->ctx);
    s->loop = NULL;
}

void tls_server_pause(struct tls_server *s, bool paused)
{
    if (loop_change(s->loop, s->fd, paused ? 0u : (uint32_t)EPOLLIN) != OK)
        loop_stop(s->loop);
}

size_t tls_conn_room(const struct tls_conn *c)
{
    return c->ending ? 0 : c->server->limits.out_cap - (c->out_len - c->out_at);
}

/* What the kernel takes at once need not wait in a buffer. An error shows at the next flush. */
static size_t send_now(struct tls_conn *c, struct bytes b)
{
    size_t sent = 0;

    if (c->out || b.len == 0 || c->server->owner.drained)
        return 0;
    ERR_clear_error();
    return SSL_write_ex(c->ssl, b.at, b.len, &sent) == 1 ? sent : 0;
}

enum status tls_conn_send(struct tls_conn *c, struct bytes b)
{
    if (b.len > tls_conn_room(c))
        return FULL;
    c->answered_ms = loop_now_ms();
    size_t sent = send_now(c, b);
    if (sent == b.len) {
        want(c);
        return OK;
    }
    b = (struct bytes){b.at + sent, b.len - sent};
    if (!c->out && !(c->out = malloc(c->server->limits.out_cap)))
        return BROKEN;
    if (c->out_at > 0) {
        memmove(c->out, c->out + c->out_at, c->out_len - c->out_at);
        c->out_len -= c->out_at;
        c->out_at = 0;
    }
    if (b.len > 0)
        memcpy(c->out + c->out_len, b.at, b.len);
    c->out_len += b.len;
    want(c);
    return OK;
}

void tls_conn_consume(struct tls_conn *c, size_t n)
{
    memmove(c->in, c->in + n, c->in_len - n);
    c->in_len -= n;
    want(c);
}

void tls_conn_stop(struct tls_conn *c, bool stopped)
{
    c->early = c->early && !stopped;
    c->stopped = stopped;
    want(c);
}

void tls_conn_deadline(struct tls_conn *c, uint64_t from_now_ms)
{
    c->deadline_ms = from_now_ms ? loop_now_ms() + from_now_ms : 0;
}

void tls_conn_end(struct tls_conn *c)
{
    c->ending = true;
    tls_conn_deadline(c, LINGER_MS);
    want(c);
}
