/* SPDX-License-Identifier: Apache-2.0 */
#include "review/asker/dial.h"

#include "host/cli.h"
#include "host/confine.h"
#include "review/base/handed.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* --- the endpoint --- */

static bool take_port(const char *text, size_t len, uint16_t *out)
{
    unsigned n = 0;
    if (len == 0 || len > 5 || text[0] == '0')
        return false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        n = n * 10 + (unsigned)(text[i] - '0');
    }
    *out = (uint16_t)n;
    return n <= UINT16_MAX;
}

/* An address in figures, whichever it is. */
static bool take_address(const char *text, size_t len, struct endpoint *e)
{
    struct sockaddr_in *four = (struct sockaddr_in *)(void *)&e->to;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)(void *)&e->to;
    char host[INET6_ADDRSTRLEN] = {0};
    bool brackets = len > 2 && text[0] == '[' && text[len - 1] == ']';

    if (brackets) {
        text++;
        len -= 2;
    }
    if (len >= sizeof host)
        return false;
    memcpy(host, text, len);
    if (brackets) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons(e->port);
        e->to_len = sizeof *six;
        return inet_pton(AF_INET6, host, &six->sin6_addr) == 1;
    }
    four->sin_family = AF_INET;
    four->sin_port = htons(e->port);
    e->to_len = sizeof *four;
    return inet_pton(AF_INET, host, &four->sin_addr) == 1;
}

/* A path as it is sent: nothing that a request line or a server would read as more than that. */
static bool take_path(const char *text, struct endpoint *e)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789/-._~";
    size_t len = strlen(text);
    while (len && text[len - 1] == '/')
        len--;
    if (len > ENDPOINT_PATH_MAX || strspn(text, good) < len || strstr(text, ".."))
        return false;
    memcpy(e->path, text, len);
    return true;
}

const char *endpoint_of(const char *text, struct endpoint *out)
{
    static const char scheme[] = "http://";
    struct endpoint e = {0};

    if (strncmp(text, scheme, sizeof scheme - 1) != 0)
        return "http://ADDRESS:PORT/PATH";
    text += sizeof scheme - 1;
    size_t len = strcspn(text, "/");
    const char *rest = text + len;
    size_t colon = len;
    while (colon && text[colon - 1] != ':')
        colon--;
    if (!colon || len >= sizeof e.host
        || !take_port(text + colon, len - colon, &e.port))
        return "a port from 1 to 65535 after the address";
    if (!take_address(text, colon - 1, &e) || !endpoint_is_here(&e.to))
        return "an address of loopback in figures, 127.0.0.1 or [::1]: documents go nowhere"
               " else";
    if (!take_path(rest, &e))
        return "a path of letters, figures and /-._~ of at most 128 bytes";
    memcpy(e.host, text, len);
    *out = e;
    return NULL;
}

/* --- rights --- */

/* Req: HF-SEC-033 "shall have no right to open a file or to make a socket" */
static void confine(const char *role, unsigned rights, uint16_t port)
{
    const struct confine_plan plan = {
        .role = role, .user = "nobody", .rights = rights, .connect_port = port};
    const char *what = NULL;

    if (confine_enter(&plan, &what) == OK)
        return;
    _exit(cli_error(EXIT_ENVIRONMENT, what, 0, "rights cannot be given up",
        "a kernel with Landlock and seccomp, and a user nobody"));
}

void asker_confine(void)
{
    confine("asker", 0, 0);
}

/* --- the dialer --- */

static int connected(const struct endpoint *e)
{
    int fd = socket(
        e->to.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&e->to, e->to_len) != 0
        && errno != EINPROGRESS) {
        close(fd);
        return -1;
    }
    return fd;
}

void dialer_run(int talk, const struct endpoint *e)
{
    char asked;
    confine("dialer", CONFINE_INET_OUT, e->port);
    while (read(talk, &asked, 1) == 1) {
        int fd = connected(e);
        bool gone = !handed_out(talk, (struct bytes){(const uint8_t *)"!", 1}, fd);
        if (fd >= 0)
            close(fd);
        if (gone)
            break;
    }
    _exit(EXIT_DONE);
}

/* --- the asker --- */

static int take_over(int talk)
{
    uint8_t answer;
    int fd = -1; /* no connection */

    if (send(talk, "?", 1, MSG_NOSIGNAL) == 1)
        (void)handed_in(talk, (struct room){&answer, 1}, &fd);
    return fd;
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum status wait_for(int fd, short what, int64_t end_ms)
{
    for (;;) {
        int64_t left = end_ms - now_ms();
        struct pollfd p = {.fd = fd, .events = what};
        int n = left > 0 ? poll(&p, 1, (int)left) : 0;
        if (n > 0)
            return OK;
        if (n == 0)
            return AGAIN;
        if (errno != EINTR)
            return BROKEN;
    }
}

static enum status send_all(int fd, struct bytes request, int64_t end_ms)
{
    while (request.len) {
        TRY(wait_for(fd, POLLOUT, end_ms));
        ssize_t n = send(fd, request.at, request.len, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            return BROKEN;
        if (n > 0)
            request = (struct bytes){request.at + n, request.len - (size_t)n};
    }
    return OK;
}

static enum status read_all(int fd, struct room into, int64_t end_ms, size_t *len)
{
    *len = 0;
    for (;;) {
        if (*len == into.cap)
            return FULL;
        TRY(wait_for(fd, POLLIN, end_ms));
        ssize_t n = read(fd, into.at + *len, into.cap - *len);
        if (n == 0)
            return OK;
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            return BROKEN;
        *len += n > 0 ? (size_t)n : 0;
    }
}

enum status dial_exchange(
    int talk, struct bytes request, unsigned seconds, struct room into, size_t *len)
{
    int64_t end_ms = now_ms() + (int64_t)seconds * 1000;
    int fd = take_over(talk);
    if (fd < 0)
        return BROKEN;
    enum status s = send_all(fd, request, end_ms);
    if (s == OK)
        s = read_all(fd, into, end_ms, len);
    close(fd);
    return s;
}
