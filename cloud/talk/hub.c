/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/talk/hub.h"

#include "host/talk_parse.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { DIAL_MIN_MS = 50, DIAL_MAX_MS = 2000 };

struct parcel { /* a datagram that fills */
    struct parcel *next;
    size_t count, len;
    uint8_t bytes[TALK_DATAGRAM];
};

struct port {
    struct hub *hub;
    struct hub_port is;
    int fd; /* listening; -1 when dialled */
    uint64_t delay_ms;
};

struct peer {
    struct peer *next;
    struct port *port;
    uint64_t number;
    uid_t uid; /* who came to us */
    int fd;    /* -1: gone, waits to be freed */
    struct parcel *first, *last;
    size_t queued; /* messages */
    bool blocked;  /* it does not read: a writable descriptor wakes us */
};

struct hub {
    struct loop *loop;
    struct log *log;
    struct port ports[HUB_PORTS];
    size_t port_count, peer_count, waiting;
    uint64_t numbers;
    struct peer *peers;
    bool flushing; /* at the end of this round */
    uint8_t buffer[TALK_DATAGRAM];
};

static void dial(void *ctx);

/* It held keys, passwords or tokens, perhaps. */
static void drop_first(struct peer *p)
{
    struct parcel *gone = p->first;

    p->first = gone->next;
    if (!p->first)
        p->last = NULL;
    p->queued -= gone->count;
    p->port->hub->waiting -= gone->count;
    wipe(gone->bytes, gone->len);
    free(gone);
}

static enum status post_first(const struct peer *p)
{
    return talk_post(p->fd, (struct bytes){p->first->bytes, p->first->len});
}

static void drop_queue(struct peer *p)
{
    while (p->first)
        drop_first(p);
}

static void reap(void *ctx)
{
    struct hub *h = ctx;
    for (struct peer **at = &h->peers; *at;) {
        struct peer *p = *at;
        if (p->fd >= 0) {
            at = &p->next;
            continue;
        }
        *at = p->next;
        free(p);
    }
}

static void dial_later(struct port *port)
{
    if (loop_after(port->hub->loop, port->delay_ms, dial, port) != OK)
        abort(); /* a role that can never reach its peer again must be restarted */
    port->delay_ms =
        port->delay_ms * 2 > DIAL_MAX_MS ? DIAL_MAX_MS : port->delay_ms * 2;
}

static void drop(struct peer *p)
{
    struct hub *h = p->port->hub;
    if (p->fd < 0)
        return;
    loop_forget(h->loop, p->fd);
    close(p->fd);
    p->fd = -1;
    drop_queue(p);
    h->peer_count--;
    if (p->port->is.gone)
        p->port->is.gone(p->port->is.ctx, p->number);
    if (p->port->fd < 0)
        dial_later(p->port);
    if (loop_after(h->loop, 0, reap, h) != OK)
        abort();
}

static void block(struct peer *p, bool blocked)
{
    if (p->blocked == blocked)
        return;
    p->blocked = blocked;
    if (loop_change(p->port->hub->loop, p->fd, blocked ? EPOLLIN | EPOLLOUT : EPOLLIN)
        != OK)
        drop(p);
}

static void flush(struct peer *p)
{
    while (p->first) {
        enum status s = post_first(p);
        if (s == AGAIN) {
            block(p, true);
            return;
        }
        if (s != OK) {
            drop(p);
            return;
        }
        drop_first(p);
    }
    block(p, false);
}

/* Which socket it was, as an administrator knows it: role and door, the end of its path. */
static const char *socket_of(const struct port *port)
{
    const char *end = port->is.path + strlen(port->is.path);

    for (int slashes = 0; end > port->is.path; end--)
        if (end[-1] == '/' && ++slashes == 2)
            break;
    return end;
}

static void flush_all(void *ctx)
{
    struct hub *h = ctx;

    h->flushing = false;
    for (struct peer *p = h->peers; p; p = p->next)
        if (p->fd >= 0 && !p->blocked)
            flush(p);
}

/* One datagram: for what else is there the loop comes again. */
static void read_peer(struct peer *p)
{
    struct hub *h = p->port->hub;
    size_t count;
    const struct talk_door *doors = doors_heard(p->port->is.end, &count);
    struct bytes all = {0}, left, body;
    uint16_t door = 0;

    enum status s = talk_read(p->fd, ROOM_OF(h->buffer), &all);
    if (s == AGAIN)
        return;
    for (left = all; s == OK && left.len > 0 && p->fd >= 0;) {
        door = 0; /* of what no table knows */
        s = talk_parse(&left, doors, count, &door, &body);
        if (s == OK)
            s = p->port->is.heard(p->port->is.ctx, p->number, door, body);
    }
    wipe(h->buffer, all.len);
    if (s == OK)
        return;
    if (s != BROKEN)
        LOG(h->log, LOG_REFUSE, REASON_TALK_MALFORMED, F_WORD("at", socket_of(p->port)),
            F_NUM("door", door));
    drop(p);
}

static void on_peer(void *ctx, int fd, uint32_t events)
{
    struct peer *p = ctx;
    (void)fd;
    if (p->fd >= 0 && (events & EPOLLOUT))
        flush(p);
    if (p->fd >= 0 && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
        read_peer(p);
}

static void adopt(struct port *port, int fd, uid_t uid)
{
    struct hub *h = port->hub;
    struct peer *p = h->peer_count < HUB_PEERS ? calloc(1, sizeof *p) : NULL;

    if (!p || loop_watch(h->loop, fd, EPOLLIN, on_peer, p) != OK) {
        free(p);
        close(fd);
        if (port->fd < 0)
            dial_later(port);
        return;
    }
    *p = (struct peer){
        .next = h->peers, .port = port, .number = ++h->numbers, .uid = uid, .fd = fd};
    h->peers = p;
    h->peer_count++;
    port->delay_ms = DIAL_MIN_MS;
    if (port->is.up)
        port->is.up(port->is.ctx, p->number);
}

static void on_listen(void *ctx, int listen_fd, uint32_t events)
{
    struct port *port = ctx;
    int fd = -1;
    uid_t uid = 0;
    (void)events;

    enum status s =
        talk_accept(listen_fd, port->is.uids, port->is.uid_count, &fd, &uid);
    if (s == OK)
        adopt(port, fd, uid);
    else if (s == REFUSED)
        LOG(port->hub->log, LOG_REFUSE, REASON_TALK_PEER, F_WORD("at", socket_of(port)),
            F_NUM("uid", uid));
}

static void dial(void *ctx)
{
    struct port *port = ctx;
    int fd = -1;
    if (talk_connect(port->is.path, &fd) == OK)
        adopt(port, fd, 0);
    else
        dial_later(port);
}

enum status hub_new(struct hub **out, struct loop *loop, struct log *log)
{
    struct hub *h = calloc(1, sizeof *h);
    if (!h)
        return BROKEN;
    h->loop = loop;
    h->log = log;
    *out = h;
    return OK;
}

void hub_free(struct hub *h)
{
    if (!h)
        return;
    flush_all(h); /* last words */
    for (struct peer *p = h->peers, *next; p; p = next) {
        next = p->next;
        if (p->fd >= 0) {
            while (p->first && post_first(p) == OK) /* last words */
                drop_first(p);
            loop_forget(h->loop, p->fd);
            close(p->fd);
            drop_queue(p);
        }
        free(p);
    }
    for (size_t i = 0; i < h->port_count; i++) {
        if (h->ports[i].fd >= 0) {
            loop_forget(h->loop, h->ports[i].fd);
            close(h->ports[i].fd);
        }
        loop_cancel(h->loop, dial, &h->ports[i]);
    }
    loop_cancel(h->loop, reap, h);
    loop_cancel(h->loop, flush_all, h);
    free(h);
}

static struct port *new_port(struct hub *h, const struct hub_port *is, size_t *number)
{
    assert(h->port_count < HUB_PORTS && is->uid_count <= HUB_UIDS);
    *number = h->port_count;
    struct port *port = &h->ports[h->port_count++];
    *port = (struct port){.hub = h, .is = *is, .fd = -1, .delay_ms = DIAL_MIN_MS};
    return port;
}

enum status hub_listen(struct hub *h, const struct hub_port *is, size_t *number)
{
    int fd = -1;
    TRY(talk_listen(is->path, &fd));
    struct port *port = new_port(h, is, number);
    port->fd = fd;
    return loop_watch(h->loop, fd, EPOLLIN, on_listen, port);
}

enum status hub_dial(struct hub *h, const struct hub_port *is, size_t *number)
{
    struct port *port = new_port(h, is, number);
    return loop_after(h->loop, 0, dial, port);
}

static bool put_in(struct peer *p, uint16_t door, struct bytes body)
{
    return p->last
        && talk_put(ROOM_OF(p->last->bytes), &p->last->len, door, body) == OK;
}

static bool enqueue(struct peer *p, uint16_t door, struct bytes body)
{
    if (p->queued == HUB_QUEUE)
        return false;
    if (!put_in(p, door, body)) {
        struct parcel *more = malloc(sizeof *more);
        if (!more)
            return false;
        more->next = NULL;
        more->count = more->len = 0;
        *(p->last ? &p->last->next : &p->first) = more;
        p->last = more;
        if (!put_in(p, door, body))
            return false;
    }
    p->last->count++;
    p->queued++;
    p->port->hub->waiting++;
    return true;
}

/* What is said in one round of the loop goes together, when the round has heard everybody. */
static bool flush_soon(struct hub *h)
{
    if (!h->flushing)
        h->flushing = loop_after(h->loop, 0, flush_all, h) == OK;
    return h->flushing;
}

static enum status send_to(struct peer *p, uint16_t door, struct bytes body)
{
    if (enqueue(p, door, body) && flush_soon(p->port->hub))
        return OK;
    drop(p);
    return REFUSED;
}

enum status hub_send(struct hub *h, uint64_t number, uint16_t door, struct bytes body)
{
    for (struct peer *p = h->peers; p; p = p->next)
        if (p->number == number && p->fd >= 0)
            return send_to(p, door, body);
    return REFUSED;
}

void hub_send_all(struct hub *h, size_t port, uint16_t door, struct bytes body)
{
    for (struct peer *p = h->peers; p; p = p->next)
        if (p->port == &h->ports[port] && p->fd >= 0)
            (void)send_to(p, door, body);
}

enum status hub_uid(const struct hub *h, uint64_t number, uint64_t *uid)
{
    for (const struct peer *p = h->peers; p; p = p->next)
        if (p->number == number && p->port->fd >= 0) {
            *uid = p->uid;
            return OK;
        }
    return REFUSED;
}

size_t hub_waiting(const struct hub *h)
{
    return h->waiting;
}
