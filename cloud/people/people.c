/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/people/people.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct relay {
    struct people *people;
    struct tls_conn *conn;
    int fd;    /* to view; -1: not open */
    bool over; /* view has closed; what it left in the socket is read as room comes */
};

static int dial_view(const char *path)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof to.sun_path)
        return -1;
    memcpy(to.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

static void hang_up(struct relay *r)
{
    if (r->fd < 0)
        return;
    if (!r->over)
        loop_forget(r->people->loop, r->fd);
    (void)close(r->fd);
    r->fd = -1;
}

/* After what view said has left, however slowly the browser takes it. */
static void end(struct relay *r)
{
    hang_up(r);
    tls_conn_end(r->conn);
    tls_conn_deadline(r->conn, PEOPLE_IDLE_MS);
}

/* What each side may be waited for now. */
static void wait_for_both(struct relay *r)
{
    uint32_t events = (tls_conn_room(r->conn) > 0 ? (uint32_t)EPOLLIN : 0u)
        | (r->conn->in_len > 0 ? (uint32_t)EPOLLOUT : 0u);
    if (r->fd >= 0 && !r->over && loop_change(r->people->loop, r->fd, events) != OK)
        end(r);
}

/* Browser to view. */
static void pass_on(struct relay *r)
{
    while (r->fd >= 0 && r->conn->in_len > 0) {
        ssize_t n = send(r->fd, r->conn->in, r->conn->in_len, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN)
            break;
        /* View listens no more; what it said before is still to be read. */
        tls_conn_consume(r->conn, n > 0 ? (size_t)n : r->conn->in_len);
    }
    wait_for_both(r);
}

/* View to browser. */
static void pass_back(struct relay *r)
{
    uint8_t b[16384];
    size_t room = tls_conn_room(r->conn);

    ssize_t n = recv(r->fd, b, room < sizeof b ? room : sizeof b, 0);
    if (n < 0 && errno == EAGAIN && !r->over)
        return;
    if (n <= 0 || tls_conn_send(r->conn, (struct bytes){b, (size_t)n}) != OK) {
        end(r);
        return;
    }
    tls_conn_deadline(r->conn, PEOPLE_IDLE_MS);
}

/* View has closed: its last bytes wait in the socket, which would wake us for ever. */
static void take_the_rest(struct relay *r)
{
    if (!r->over)
        loop_forget(r->people->loop, r->fd);
    r->over = true;
    while (r->fd >= 0 && tls_conn_room(r->conn) > 0)
        pass_back(r);
}

static void on_view(void *ctx, int fd, uint32_t events)
{
    struct relay *r = ctx;
    (void)fd;

    if (events & (uint32_t)EPOLLOUT)
        pass_on(r);
    if (events & (uint32_t)(EPOLLHUP | EPOLLERR))
        take_the_rest(r);
    else if (events & (uint32_t)EPOLLIN && tls_conn_room(r->conn) > 0)
        pass_back(r);
    wait_for_both(r);
}

static void opened(void *ctx, struct tls_conn *conn)
{
    struct people *p = ctx;
    struct relay *r = calloc(1, sizeof *r);
    int fd = r ? dial_view(p->view) : -1;

    conn->user = NULL;
    if (fd < 0 || loop_watch(p->loop, fd, (uint32_t)EPOLLIN, on_view, r) != OK) {
        if (fd >= 0)
            (void)close(fd);
        free(r);
        tls_conn_close(conn);
        return;
    }
    *r = (struct relay){.people = p, .conn = conn, .fd = fd};
    conn->user = r;
    tls_conn_deadline(conn, PEOPLE_IDLE_MS);
}

static void heard(void *ctx, struct tls_conn *conn)
{
    (void)ctx;
    tls_conn_deadline(conn, PEOPLE_IDLE_MS);
    pass_on(conn->user);
}

static void drained(void *ctx, struct tls_conn *conn)
{
    struct relay *r = conn->user;
    (void)ctx;
    if (r->over && r->fd >= 0)
        take_the_rest(r);
    wait_for_both(r);
}

static void closed(void *ctx, struct tls_conn *conn)
{
    (void)ctx;
    struct relay *r = conn->user;
    if (!r)
        return;
    hang_up(r);
    free(r);
}

struct tls_owner people_owner(struct people *p)
{
    return (struct tls_owner){.ctx = p,
        .opened = opened,
        .heard = heard,
        .drained = drained,
        .closed = closed};
}

struct tls_limits people_limits(void)
{
    return (struct tls_limits){.connections = PEOPLE_CONNECTIONS,
        .handshakes = 64,
        .handshake_ms = LIMIT_HANDSHAKE_MS,
        .in_cap = PEOPLE_BUFFER,
        .out_cap = PEOPLE_BUFFER,
        .quiet_ms = PEOPLE_QUIET_MS};
}
