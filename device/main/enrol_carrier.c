/* SPDX-License-Identifier: Apache-2.0 */
#include "device/main/enrol.h"

#include "core/base/reader.h"
#include "device/net/build_time.h"
#include "device/net/dial.h"
#include "device/net/http.h"
#include "device/talk/role.h"
#include "host/confine.h"
#include "host/tls.h"
#include "wire/enrol.h"

#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
    BODY_MAX = LIMIT_ENROL_TPM,
    INPUT_MAX = 2 + BODY_MAX + 8192,
    REQUEST_MAX = LIMIT_HTTP_HEAD + BODY_MAX,
    WAIT_MS = 15000
};

struct carrier {
    uint8_t input[INPUT_MAX], request[REQUEST_MAX], answer[HTTP_ANSWER_MAX];
    size_t input_len, request_len, answer_len;
    struct bytes body;
    struct bundle cloud;
    struct dial_plan plan;
    struct dial dial;
};

static bool read_input(struct carrier *c)
{
    ssize_t n;

    while (c->input_len < sizeof c->input
        && (n = read(
                STDIN_FILENO, c->input + c->input_len, sizeof c->input - c->input_len))
            > 0)
        c->input_len += (size_t)n;
    struct reader r = reader_over((struct bytes){c->input, c->input_len});
    size_t len = take_u16(&r);
    c->body = take(&r, len);
    struct conf_error err;
    return !r.short_of && len > 0 && len <= BODY_MAX
        && bundle_parse(r.left, &c->cloud, &err) == OK;
}

static bool find(struct carrier *c)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    char port[8];

    snprintf(port, sizeof port, "%u", c->cloud.enrol_port);
    if (getaddrinfo(c->cloud.address, port, &hints, &found) != 0)
        return false;
    memcpy(&c->plan.to, found->ai_addr, found->ai_addrlen);
    c->plan.to_len = found->ai_addrlen;
    freeaddrinfo(found);
    return true;
}

static bool wait_for(const struct dial *d, uint32_t events)
{
    struct pollfd p = {
        .fd = d->fd, .events = (short)((events & EPOLLOUT) != 0 ? POLLOUT : POLLIN)};
    return poll(&p, 1, WAIT_MS) == 1;
}

static enum status secure(struct carrier *c)
{
    uint32_t events = EPOLLOUT;
    enum status s = dial_start(&c->dial, &c->plan);

    while (s == OK && (s = dial_go_on(&c->dial, &events)) == AGAIN)
        s = wait_for(&c->dial, events) ? OK : BROKEN;
    return s;
}

static enum status send_all(struct carrier *c)
{
    for (size_t sent = 0; sent < c->request_len;) {
        uint32_t events = EPOLLOUT;
        size_t n = 0;
        struct bytes rest = {c->request + sent, c->request_len - sent};
        enum status s = dial_write(&c->dial, rest, &n, &events);
        if (s != OK && (s != AGAIN || !wait_for(&c->dial, events)))
            return BROKEN;
        sent += n;
    }
    return OK;
}

static enum status read_answer(struct carrier *c, struct http_answer *a)
{
    enum status s = AGAIN;

    while (s == AGAIN && c->answer_len < sizeof c->answer) {
        uint32_t events = EPOLLIN;
        size_t n = 0;
        struct room rest = {
            c->answer + c->answer_len, sizeof c->answer - c->answer_len};
        s = dial_read(&c->dial, rest, &n, &events);
        if (s == AGAIN && !wait_for(&c->dial, events))
            return BROKEN;
        if (s == AGAIN)
            continue;
        if (s != OK)
            return BROKEN;
        c->answer_len += n;
        s = http_answer_parse((struct bytes){c->answer, c->answer_len}, a);
    }
    return s;
}

static enum status prepare(struct carrier *c)
{
    struct bytes anchors[2] = {{c->cloud.ca_active.at, c->cloud.ca_active.len},
        {c->cloud.ca_backup.at, c->cloud.ca_backup.len}};

    c->plan.name = c->cloud.name;
    c->plan.bound_utc_s = BUILD_UTC_S;
    TRY(tls_client_plain(&c->plan.ctx, anchors, 2, NULL));
    return http_enrol_build(
        c->cloud.name, c->body, ROOM_OF(c->request), &c->request_len);
}

static enum status lock_down(const struct carrier *c)
{
    static const struct confine_path names[] = {{"/etc/resolv.conf", CONFINE_READ},
        {"/etc/hosts", CONFINE_READ}, {"/etc/nsswitch.conf", CONFINE_READ},
        {"/etc/gai.conf", CONFINE_READ}, {"/etc/host.conf", CONFINE_READ}};
    struct confine_plan plan = {.role = "enrol",
        .user = role_user(ROLE_COURIER),
        .paths = names,
        .path_count = sizeof names / sizeof names[0],
        .rights = CONFINE_INET_OUT | CONFINE_FILES,
        .connect_port = c->cloud.enrol_port};
    struct addrinfo *found = NULL;
    const char *what = NULL;

    if (getaddrinfo("localhost", NULL, NULL, &found)
        == 0) /* loads what must be loaded */
        freeaddrinfo(found);
    return confine_enter(&plan, &what);
}

static int exchange(struct carrier *c)
{
    struct http_answer a;

    if (!find(c))
        return EXIT_ENVIRONMENT;
    enum status s = secure(c);
    if (s != OK)
        return s == REFUSED ? EXIT_NO : EXIT_ENVIRONMENT;
    if (send_all(c) != OK || read_answer(c, &a) != OK)
        return EXIT_ENVIRONMENT;
    if (a.status != 200)
        return EXIT_NO;
    return write(STDOUT_FILENO, a.body.at, a.body.len) == (ssize_t)a.body.len
        ? EXIT_DONE
        : EXIT_ENVIRONMENT;
}

int enrol_carrier_main(void)
{
    static struct carrier c;

    c.dial.fd = -1;
    if (!read_input(&c) || prepare(&c) != OK || lock_down(&c) != OK)
        return EXIT_INTERNAL;
    int code = exchange(&c);
    dial_stop(&c.dial);
    return code;
}
