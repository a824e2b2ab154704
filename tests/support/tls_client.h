/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tls client: an OpenSSL client on loopback for the tests of the three roles that face a network.
 * Every wait has a bound, so that a test that fails ends.
 */
#pragma once

#include "tests/support/check.h"
#include "tests/support/pki.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct tls_client {
    SSL_CTX *ctx;
    SSL *ssl;
    int fd;
};

struct tls_client_wish {
    uint16_t port;
    uint32_t bound_ms; /* of each read; 0: 5 s */
    int room;          /* bytes that the kernel keeps unread; 0: its own choice */
    int most_version;  /* 0: the highest there is */
    const struct pki_key *key; /* NULL: no certificate */
    char *groups; /* as OpenSSL's macro will have it; NULL: its own choice */
};

static inline int tcp_open(uint16_t port, uint32_t bound_ms, int room)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval bound = {bound_ms / 1000, (suseconds_t)(bound_ms % 1000) * 1000};
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (room > 0)
        CHECK(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room) == 0);
    CHECK(connect(fd, (struct sockaddr *)&at, sizeof at) == 0);
    CHECK(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound) == 0);
    CHECK(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0);
    return fd;
}

/* c->ssl is ready to be told more before it shakes hands. */
static inline void tls_client_dial(
    struct tls_client *c, const struct tls_client_wish *w)
{
    *c = (struct tls_client){.ctx = SSL_CTX_new(TLS_client_method()),
        .fd = tcp_open(w->port, w->bound_ms ? w->bound_ms : 5000, w->room)};
    if (w->most_version)
        CHECK(SSL_CTX_set_max_proto_version(c->ctx, w->most_version) == 1);
    if (w->groups)
        CHECK(SSL_CTX_set1_groups_list(c->ctx, w->groups) == 1);
    if (w->key) {
        CHECK(SSL_CTX_use_certificate(c->ctx, w->key->cert) == 1);
        CHECK(SSL_CTX_use_PrivateKey(c->ctx, w->key->key) == 1);
    }
    c->ssl = SSL_new(c->ctx);
    SSL_set_fd(c->ssl, c->fd);
}

/* True when the client believes that the handshake is done: it proves little. */
static inline bool tls_client_shake(struct tls_client *c)
{
    bool good = SSL_connect(c->ssl) == 1;
    ERR_clear_error();
    return good;
}

static inline void tls_client_close(struct tls_client *c)
{
    SSL_free(c->ssl);
    SSL_CTX_free(c->ctx);
    close(c->fd);
    ERR_clear_error();
}

/* Until the other thread has come so far; a bound, not a wait. */
static inline bool reaches(_Atomic unsigned *count, unsigned want)
{
    struct timespec moment = {0, 1000000};
    for (int i = 0; i < 5000 && *count < want; i++)
        nanosleep(&moment, NULL);
    return *count >= want;
}
