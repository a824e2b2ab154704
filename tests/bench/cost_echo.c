/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/cost.h"

#include "tests/support/pki.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 1024, BYTES_MAX = 20480, EVENTS = 64 };

struct peer {
    SSL *ssl;
    size_t have;
};

struct echo {
    const struct echo_plan *plan;
    SSL_CTX *ctx;
    int listener;
    uint16_t port;
    struct peer peers[MOST];
    uint8_t bytes[BYTES_MAX];
};

static SSL_CTX *profile(const struct pki_key *own)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    bool good = ctx && SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) == 1
        && SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256") == 1
        && SSL_CTX_set_num_tickets(ctx, 0) == 1;
    if (good && own)
        good = SSL_CTX_use_certificate(ctx, own->cert) == 1
            && SSL_CTX_use_PrivateKey(ctx, own->key) == 1;
    return good ? ctx : NULL;
}

/* ---- the server: as bare as it can be ---- */

static bool answer(struct echo *e, struct peer *p)
{
    int n = SSL_read(p->ssl, e->bytes, (int)(e->plan->request_len - p->have));
    if (n <= 0)
        return SSL_get_error(p->ssl, n) == SSL_ERROR_WANT_READ;
    p->have += (size_t)n;
    if (p->have < e->plan->request_len)
        return true;
    p->have = 0;
    return SSL_write(p->ssl, e->bytes, (int)e->plan->answer_len) > 0;
}

static void serve(struct echo *e)
{
    struct epoll_event events[EVENTS];
    int epoll = epoll_create1(EPOLL_CLOEXEC);

    for (unsigned i = 0; i < e->plan->connections; i++) {
        struct peer *p = &e->peers[i];
        int on = 1, fd = accept(e->listener, NULL, NULL);
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        p->ssl = SSL_new(e->ctx);
        struct epoll_event at = {.events = EPOLLIN, .data.ptr = p};
        if (fd < 0 || !p->ssl || SSL_set_fd(p->ssl, fd) != 1 || SSL_accept(p->ssl) != 1
            || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &at) != 0)
            _exit(1);
    }
    for (;;) {
        int n = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < n; i++)
            if (!answer(e, events[i].data.ptr))
                _exit(0);
    }
}

/* ---- the client: all at once, then all answers, as after a group commit ---- */

static bool dial(struct echo *e, struct peer *p)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
        .sin_port = htons(e->port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    p->ssl = SSL_new(e->ctx);
    return p->ssl && connect(fd, (struct sockaddr *)&at, sizeof at) == 0
        && setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0
        && SSL_set_fd(p->ssl, fd) == 1 && SSL_connect(p->ssl) == 1;
}

static bool take(struct echo *e, struct peer *p)
{
    for (size_t have = 0; have < e->plan->answer_len;) {
        int n = SSL_read(p->ssl, e->bytes, (int)(e->plan->answer_len - have));
        if (n <= 0)
            return false;
        have += (size_t)n;
    }
    return true;
}

static bool rounds(struct echo *e, unsigned exchanges)
{
    unsigned most = e->plan->connections;

    for (unsigned done = 0; done < exchanges; done += most) {
        for (unsigned i = 0; i < most; i++)
            if (SSL_write(e->peers[i].ssl, e->bytes, (int)e->plan->request_len) <= 0)
                return false;
        for (unsigned i = 0; i < most; i++)
            if (!take(e, &e->peers[i]))
                return false;
    }
    return true;
}

static bool measure(struct echo *e, pid_t server, uint64_t *ns)
{
    uint64_t before = 0;

    for (unsigned i = 0; i < e->plan->connections; i++)
        if (!dial(e, &e->peers[i]))
            return false;
    bool good = rounds(e, e->plan->warm_up) && cpu_ns(server, false, &before) == OK
        && rounds(e, e->plan->exchanges) && cpu_ns(server, false, ns) == OK;
    *ns -= before;
    return good;
}

static bool listen_any(struct echo *e)
{
    struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;

    e->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool good = e->listener >= 0
        && bind(e->listener, (struct sockaddr *)&at, sizeof at) == 0
        && listen(e->listener, MOST) == 0
        && getsockname(e->listener, (struct sockaddr *)&at, &len) == 0;
    e->port = ntohs(at.sin_port);
    return good;
}

static pid_t start_server(struct echo *e)
{
    struct pki_key ca, own;
    int64_t now = time(NULL);
    struct pki_wish wish = {.subject = "echo",
        .san = "DNS:echo",
        .eku = "serverAuth",
        .not_before_s = now - 60,
        .not_after_s = now + 3600};

    pki_authority(&ca, "echo authority");
    pki_issue(&own, &ca, &wish);
    pid_t pid = fork();
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        e->ctx = profile(&own);
        if (e->ctx)
            serve(e);
        _exit(1);
    }
    pki_free(&own);
    pki_free(&ca);
    return pid;
}

enum status echo_cost(const struct echo_plan *plan, uint64_t *ns)
{
    static struct echo e;

    if (plan->connections > MOST || plan->request_len > BYTES_MAX
        || plan->answer_len > BYTES_MAX)
        return REFUSED;
    e = (struct echo){.plan = plan};
    if (!listen_any(&e))
        return BROKEN;
    pid_t server = start_server(&e);
    e.ctx = profile(NULL);
    bool good = server > 0 && e.ctx && measure(&e, server, ns);
    for (unsigned i = 0; i < plan->connections; i++) {
        if (e.peers[i].ssl)
            close(SSL_get_fd(e.peers[i].ssl));
        SSL_free(e.peers[i].ssl);
    }
    SSL_CTX_free(e.ctx);
    close(e.listener);
    if (server > 0) {
        kill(server, SIGKILL);
        waitpid(server, NULL, 0);
    }
    return good ? OK : BROKEN;
}
