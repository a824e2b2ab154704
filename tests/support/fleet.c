/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/fleet.h"

#include "core/base/hex.h"
#include "host/tls.h"
#include "tests/support/fleet_device.h"
#include "wire/message.h"

#include <errno.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { EVENTS = 64, IN_MAX = 8192 };

struct fleet {
    struct fleet_owner owner;
    int epoll;
    struct fleet_conn *conns;
};

struct fleet_conn {
    struct fleet *fleet;
    struct fleet_conn *next;
    struct fleet_device *device;
    void *user;
    int fd; /* -1: closed, is freed at the end of the step */
    SSL *ssl;
    bool open;
    const struct fleet_batch *batch; /* under way */
    struct nonce nonce;
    size_t in_len, out_len, out_at;
    uint8_t in[IN_MAX], out[LIMIT_HTTP_HEAD + LIMIT_ENVELOPE];
};

enum status fleet_new(struct fleet **out, struct fleet_owner owner)
{
    struct fleet *f = calloc(1, sizeof *f);

    if (!f)
        return BROKEN;
    f->owner = owner;
    f->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (f->epoll < 0) {
        free(f);
        return BROKEN;
    }
    *out = f;
    return OK;
}

void fleet_close(struct fleet_conn *c)
{
    if (c->fd < 0)
        return;
    SSL_free(c->ssl);
    close(c->fd);
    c->fd = -1;
}

static void reap(struct fleet *f)
{
    for (struct fleet_conn **at = &f->conns; *at;) {
        struct fleet_conn *c = *at;
        if (c->fd >= 0) {
            at = &c->next;
            continue;
        }
        *at = c->next;
        free(c);
    }
}

void fleet_free(struct fleet *f)
{
    if (!f)
        return;
    for (struct fleet_conn *c = f->conns; c; c = c->next)
        fleet_close(c);
    reap(f);
    close(f->epoll);
    free(f);
}

void *fleet_user(const struct fleet_conn *c)
{
    return c->user;
}

size_t fleet_request_len(const struct fleet_conn *c)
{
    return c->out_len;
}

static enum status watch(struct fleet_conn *c, int op, uint32_t events)
{
    struct epoll_event e = {.events = events, .data.ptr = c};
    return epoll_ctl(c->fleet->epoll, op, c->fd, &e) == 0 ? OK : BROKEN;
}

static enum status begin(struct fleet_conn *c)
{
    TRY(fleet_dial(c->device, c->device->bundle.port, false, &c->fd));
    c->ssl = SSL_new(c->device->ctx);
    if (!c->ssl || SSL_set_fd(c->ssl, c->fd) != 1)
        return BROKEN;
    SSL_set_connect_state(c->ssl);
    TRY(tls_set_name(c->ssl, c->device->bundle.name));
    return watch(c, EPOLL_CTL_ADD, EPOLLOUT);
}

enum status fleet_open(
    struct fleet *f, struct fleet_device *d, void *user, struct fleet_conn **out)
{
    struct fleet_conn *c = calloc(1, sizeof *c);

    if (!c)
        return BROKEN;
    *c = (struct fleet_conn){.fleet = f, .device = d, .user = user, .fd = -1};
    enum status s = begin(c);
    if (s != OK) {
        fleet_close(c);
        free(c);
        return s;
    }
    c->next = f->conns;
    f->conns = c;
    *out = c;
    return OK;
}

static void end(struct fleet_conn *c)
{
    fleet_close(c);
    if (c->fleet->owner.ended)
        c->fleet->owner.ended(c->fleet->owner.ctx, c);
}

/* The library asks for the one or the other; anything else is the end. */
static bool wait_on(struct fleet_conn *c, int n)
{
    int e = SSL_get_error(c->ssl, n);

    if (e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE)
        return watch(c, EPOLL_CTL_MOD, e == SSL_ERROR_WANT_READ ? EPOLLIN : EPOLLOUT)
            == OK;
    return false;
}

static void shake(struct fleet_conn *c)
{
    ERR_clear_error();
    int n = SSL_do_handshake(c->ssl);
    if (n != 1) {
        if (!wait_on(c, n))
            end(c);
        return;
    }
    c->open = true;
    if (watch(c, EPOLL_CTL_MOD, EPOLLIN) != OK)
        end(c);
    else
        c->fleet->owner.opened(c->fleet->owner.ctx, c);
}

/* late: the descriptor is watched for room */
static void push(struct fleet_conn *c, bool late)
{
    while (c->out_at < c->out_len) {
        ERR_clear_error();
        int n = SSL_write(c->ssl, c->out + c->out_at, (int)(c->out_len - c->out_at));
        if (n <= 0) {
            if (!wait_on(c, n))
                end(c);
            return;
        }
        c->out_at += (size_t)n;
    }
    if (late && watch(c, EPOLL_CTL_MOD, EPOLLIN) != OK)
        end(c);
}

enum status fleet_post(struct fleet_conn *c, const struct fleet_batch *b)
{
    const struct entropy *e = host_entropy_port();
    char id[UUID_TEXT], hex[2 * sizeof c->nonce.b + 1];

    if (c->batch || !c->open)
        return AGAIN;
    TRY(e->fill(e->board, ROOM_OF(c->nonce.b)));
    uuid_of(fleet_id(c->device)->b, id);
    hex_of(BYTES_OF(c->nonce.b), (struct room){(uint8_t *)hex, sizeof hex});
    int n = snprintf((char *)c->out, LIMIT_HTTP_HEAD,
        "POST /v1/d/%s/batches HTTP/1.1\r\nHost: %s\r\nContent-Length: %zu\r\n"
        "Holdfast-Nonce: %s\r\n\r\n",
        id, c->device->bundle.name, b->len, hex);
    if (n < 0 || n >= LIMIT_HTTP_HEAD)
        return FULL;
    memcpy(c->out + n, b->envelope, b->len);
    c->out_len = (size_t)n + b->len;
    c->out_at = c->in_len = 0;
    c->batch = b;
    push(c, false);
    return OK;
}

/* As keeper: an answer that does not open, or answers another request, counts for nothing. */
static void judge(struct fleet_conn *c, struct bytes body, struct fleet_answer *a)
{
    struct answer got;
    uint8_t plain[LIMIT_ANSWER];
    size_t len = 0;

    if (open_answer(host_crypto_port(c->device->crypto), body, &c->device->bundle.kid,
            &c->device->keys.down, ROOM_OF(plain), &len)
            != OK
        || answer_parse((struct bytes){plain, len}, &got) != OK
        || memcmp(&got.nonce, &c->nonce, sizeof got.nonce) != 0)
        return;
    for (uint8_t i = 0; i < got.verdict_count; i++) {
        const struct verdict *v = &got.verdicts[i];
        if (v->seq != c->batch->seq
            || memcmp(&v->epoch, &c->device->sealer.epoch, sizeof v->epoch) != 0
            || memcmp(&v->digest, &c->batch->digest, sizeof v->digest) != 0)
            continue;
        a->sealed = true;
        a->outcome = v->outcome;
        a->server_utc_ms = got.server_utc_ms;
    }
}

/* AGAIN: not all of an answer is here. BROKEN: the connection is over. */
static enum status take(struct fleet_conn *c, uint16_t *http_status, struct bytes *body)
{
    enum status s = AGAIN;

    while (s == AGAIN && c->in_len < IN_MAX) {
        ERR_clear_error();
        int n = SSL_read(c->ssl, c->in + c->in_len, (int)(IN_MAX - c->in_len));
        if (n <= 0)
            return wait_on(c, n) ? AGAIN : BROKEN;
        c->in_len += (size_t)n;
        s = fleet_answer_parse((struct bytes){c->in, c->in_len}, http_status, body);
    }
    return s == AGAIN ? BROKEN : s;
}

static void hear(struct fleet_conn *c)
{
    struct fleet_answer a = {0};
    struct bytes body;

    enum status s = take(c, &a.http_status, &body);
    if (s == AGAIN)
        return;
    if (s != OK || !c->batch) {
        end(c);
        return;
    }
    a.len = c->in_len;
    judge(c, body, &a);
    c->batch = NULL;
    c->in_len = 0;
    c->fleet->owner.answered(c->fleet->owner.ctx, c, &a);
}

static void serve(struct fleet_conn *c)
{
    if (!c->open)
        shake(c);
    else if (c->out_at < c->out_len)
        push(c, true);
    else
        hear(c);
}

enum status fleet_step(struct fleet *f, int wait_ms)
{
    struct epoll_event events[EVENTS];

    int n = epoll_wait(f->epoll, events, EVENTS, wait_ms);
    if (n < 0 && errno != EINTR)
        return BROKEN;
    for (int i = 0; i < n; i++) {
        struct fleet_conn *c = events[i].data.ptr;
        if (c->fd >= 0)
            serve(c);
    }
    reap(f);
    return OK;
}
