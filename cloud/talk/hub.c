/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/talk/hub.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { DIAL_MIN_MS = 50, DIAL_MAX_MS = 2000, READ_BURST = 64, SECRETS_MAX = 512 };

struct message {
    struct message *next;
    uint16_t door;
    size_t len;
    uint8_t body[];
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
    int fd; /* -1: gone, waits to be freed */
    struct message *first, **last;
    size_t queued;
};

struct hub {
    struct loop *loop;
    struct log *log;
    struct port ports[HUB_PORTS];
    size_t port_count, peer_count, waiting;
    uint64_t numbers;
    struct peer *peers;
    uint8_t buffer[TALK_HEAD_LEN + LIMIT_TALK_BODY];
};

static void dial(void *ctx);

/* Keys, passwords, tokens and secrets travel in short bodies only; a long one is sealed bytes,
 * M2, or what a person may see anyway. */
static void wipe_body(uint8_t *at, size_t len)
{
    if (len <= SECRETS_MAX)
        wipe(at, len);
}

static void drop_queue(struct peer *p)
{
    while (p->first) {
        struct message *m = p->first;
        p->first = m->next;
        wipe_body(m->body, m->len);
        free(m);
        p->port->hub->waiting--;
    }
    p->last = &p->first;
    p->queued = 0;
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

static void flush(struct peer *p)
{
    struct hub *h = p->port->hub;
    while (p->first) {
        struct message *m = p->first;
        enum status s = talk_send(p->fd, m->door, (struct bytes){m->body, m->len});
        if (s == AGAIN)
            return;
        if (s != OK) {
            drop(p);
            return;
        }
        p->first = m->next;
        if (!p->first)
            p->last = &p->first;
        p->queued--;
        h->waiting--;
        wipe_body(m->body, m->len);
        free(m);
    }
    if (loop_change(h->loop, p->fd, EPOLLIN) != OK)
        drop(p);
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

static void read_peer(struct peer *p)
{
    struct hub *h = p->port->hub;
    size_t count;
    const struct talk_door *doors = doors_heard(p->port->is.end, &count);

    for (int i = 0; i < READ_BURST && p->fd >= 0; i++) {
        uint16_t door = 0;
        struct bytes body = {0};
        enum status s =
            talk_recv(p->fd, doors, count, ROOM_OF(h->buffer), &door, &body);
        if (s == AGAIN)
            return;
        if (s == OK) {
            s = p->port->is.heard(p->port->is.ctx, p->number, door, body);
            wipe_body(h->buffer, TALK_HEAD_LEN + body.len);
        }
        if (s == OK)
            continue;
        if (s != BROKEN)
            LOG(h->log, LOG_REFUSE, REASON_TALK_MALFORMED,
                F_WORD("at", socket_of(p->port)), F_NUM("door", door));
        drop(p);
    }
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

static void adopt(struct port *port, int fd)
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
    *p =
        (struct peer){.next = h->peers, .port = port, .number = ++h->numbers, .fd = fd};
    p->last = &p->first;
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
        adopt(port, fd);
    else if (s == REFUSED)
        LOG(port->hub->log, LOG_REFUSE, REASON_TALK_PEER, F_WORD("at", socket_of(port)),
            F_NUM("uid", uid));
}

static void dial(void *ctx)
{
    struct port *port = ctx;
    int fd = -1;
    if (talk_connect(port->is.path, &fd) == OK)
        adopt(port, fd);
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
    for (struct peer *p = h->peers, *next; p; p = next) {
        next = p->next;
        if (p->fd >= 0) {
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

static void enqueue(struct peer *p, uint16_t door, struct bytes body)
{
    struct hub *h = p->port->hub;
    struct message *m = p->queued < HUB_QUEUE ? malloc(sizeof *m + body.len) : NULL;

    if (!m || loop_change(h->loop, p->fd, EPOLLIN | EPOLLOUT) != OK) {
        free(m);
        drop(p);
        return;
    }
    m->next = NULL;
    m->door = door;
    m->len = body.len;
    if (body.len)
        memcpy(m->body, body.at, body.len);
    *p->last = m;
    p->last = &m->next;
    p->queued++;
    h->waiting++;
}

static enum status send_to(struct peer *p, uint16_t door, struct bytes body)
{
    enum status s = p->first ? AGAIN : talk_send(p->fd, door, body);
    if (s == AGAIN)
        enqueue(p, door, body);
    else if (s != OK)
        drop(p);
    return p->fd >= 0 ? OK : REFUSED;
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

size_t hub_waiting(const struct hub *h)
{
    return h->waiting;
}
