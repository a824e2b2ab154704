/* SPDX-License-Identifier: Apache-2.0 */
/* A whole people on loopback between OpenSSL clients and a stand-in for view. */
#include "cloud/people/people.h"

#include "host/tls.h"
#include "tests/support/tls_client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/un.h>

static const int64_t YEAR_2100 = 4102444800;

struct scene {
    struct pki_key ca, server;
    struct loop *loop;
    struct log log;
    struct people people;
    char folder[64], socket[96];
    int view; /* the stand-in listens */
    int orders[2];
    uint16_t port;
    pthread_t thread;
};

static void on_order(void *ctx, int fd, uint32_t events)
{
    struct scene *s = ctx;
    (void)fd, (void)events;
    loop_stop(s->loop);
}

static void *run(void *ctx)
{
    struct scene *s = ctx;
    CHECK(loop_run(s->loop) == OK);
    return NULL;
}

static void view_opens(struct scene *s)
{
    struct timeval bound = {5, 0};
    struct sockaddr_un a = {.sun_family = AF_UNIX};

    snprintf(a.sun_path, sizeof a.sun_path, "%s", s->socket);
    s->view = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(setsockopt(s->view, SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound) == 0);
    CHECK(bind(s->view, (struct sockaddr *)&a, sizeof a) == 0);
    CHECK(listen(s->view, 300) == 0);
}

static void start(struct scene *s, uint32_t connections, uint32_t quiet_ms)
{
    struct tls_key_pem own = {pki_cert(&s->server), pki_private(&s->server)};
    struct tls_limits limits = people_limits();
    SSL_CTX *ctx = NULL;
    int fd = -1, small = 4096;

    limits.connections = connections;
    limits.quiet_ms = quiet_ms;
    s->people.log = &s->log;
    s->people.loop = s->loop;
    s->people.view = s->socket;
    CHECK(tls_server(&ctx, own, false, (struct bytes){0}, "http/1.1") == OK);
    CHECK(tls_server_listen("127.0.0.1", &s->port, false, &fd) == OK);
    /* What waits for a browser shall wait in people, not in the kernel. */
    CHECK(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small) == 0);
    CHECK(tls_server_start(&s->people.tls, s->loop, &s->log, ctx, fd, limits,
              people_owner(&s->people))
        == OK);
}

static void scene_open_with(struct scene *s, uint32_t connections, uint32_t quiet_ms)
{
    struct pki_wish server = {
        "server", "DNS:cloud.example", "serverAuth", 1000, YEAR_2100};

    *s = (struct scene){0};
    signal(SIGPIPE, SIG_IGN);
    pki_authority(&s->ca, "server authority");
    pki_issue(&s->server, &s->ca, &server);
    snprintf(s->folder, sizeof s->folder, "/tmp/holdfast-people-XXXXXX");
    CHECK(mkdtemp(s->folder) != NULL);
    snprintf(s->socket, sizeof s->socket, "%s/http", s->folder);
    log_open(&s->log, open("/dev/null", O_WRONLY | O_CLOEXEC), "people", true);
    CHECK(pipe(s->orders) == 0 && loop_new(&s->loop) == OK);
    CHECK(loop_watch(s->loop, s->orders[0], EPOLLIN, on_order, s) == OK);
    view_opens(s);
    start(s, connections, quiet_ms);
    CHECK(pthread_create(&s->thread, NULL, run, s) == 0);
}

static void scene_open(struct scene *s)
{
    scene_open_with(s, PEOPLE_CONNECTIONS, PEOPLE_QUIET_MS);
}

static void scene_close(struct scene *s)
{
    CHECK(write(s->orders[1], "q", 1) == 1);
    pthread_join(s->thread, NULL);
    tls_server_stop(&s->people.tls);
    loop_forget(s->loop, s->orders[0]);
    loop_free(s->loop);
    close(s->view);
    unlink(s->socket);
    rmdir(s->folder);
    close(s->log.fd);
    close(s->orders[0]);
    close(s->orders[1]);
    pki_free(&s->ca);
    pki_free(&s->server);
}

static bool client_open(struct tls_client *c, struct scene *s, int version)
{
    /* So little room makes TCP wait for its probe of a closed window, which grows to many
     * seconds on a busy machine: the bound only ends a test that has failed. */
    struct tls_client_wish w = {
        .port = s->port, .bound_ms = 30000, .room = 4096, .most_version = version};
    tls_client_dial(c, &w);
    return tls_client_shake(c);
}

/* The people's connection to the stand-in. */
static int view_accepts(struct scene *s)
{
    struct timeval bound = {5, 0};
    int fd = accept4(s->view, NULL, NULL, SOCK_CLOEXEC);
    CHECK(fd >= 0);
    CHECK(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound) == 0);
    return fd;
}

static uint8_t nth(size_t i)
{
    return (uint8_t)(i * 31 + i / 251);
}

/* View says up to `most` bytes, as many as are taken, then closes. */
static size_t view_says_and_closes(int fd, size_t most)
{
    static uint8_t b[4096];
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    size_t said = 0;

    while (said < most && poll(&p, 1, 300) == 1) {
        size_t n = most - said < sizeof b ? most - said : sizeof b;
        for (size_t i = 0; i < n; i++)
            b[i] = nth(said + i);
        ssize_t sent = send(fd, b, n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0)
            said += (size_t)sent;
    }
    close(fd);
    return said;
}

/* How many bytes come, in the right order, until the end. */
static size_t hear_all(struct tls_client *c)
{
    static uint8_t b[4096];
    size_t got = 0;
    int n;

    while ((n = SSL_read(c->ssl, b, sizeof b)) > 0)
        for (int i = 0; i < n; i++, got++)
            if (b[i] != nth(got))
                return 0;
    CHECK(SSL_get_error(c->ssl, n) == SSL_ERROR_ZERO_RETURN);
    ERR_clear_error();
    return got;
}

static void test_bytes_pass_both_ways_as_they_are(void)
{
    static const char request[] = "any bytes: people reads no \x00 HTTP";
    struct scene s;
    struct tls_client c;
    char got[64] = {0};

    scene_open(&s);
    CHECK(client_open(&c, &s, TLS1_3_VERSION));
    int view = view_accepts(&s);
    CHECK(SSL_write(c.ssl, request, sizeof request) == sizeof request);
    CHECK(recv(view, got, sizeof got, 0) == sizeof request
        && memcmp(got, request, sizeof request) == 0);
    CHECK(view_says_and_closes(view, 100) == 100 && hear_all(&c) == 100);
    tls_client_close(&c);
    scene_close(&s);
}

static void test_view_closing_with_every_buffer_full_loses_no_byte(void)
{
    struct scene s;
    struct tls_client c;

    scene_open(&s);
    CHECK(client_open(&c, &s, TLS1_3_VERSION));
    size_t said = view_says_and_closes(view_accepts(&s), SIZE_MAX);
    CHECK(said > PEOPLE_BUFFER);
    size_t heard = hear_all(&c);
    if (heard != said)
        printf("# %zu of %zu\n", heard, said);
    CHECK(heard == said);
    tls_client_close(&c);
    scene_close(&s);
}

/* Longer than the linger that follows the last byte: until then nothing may hurry. */
static void test_a_browser_that_pauses_still_gets_the_last_bytes(void)
{
    struct scene s;
    struct tls_client c;

    scene_open(&s);
    CHECK(client_open(&c, &s, TLS1_3_VERSION));
    CHECK(view_says_and_closes(view_accepts(&s), 50000) == 50000);
    CHECK(poll(NULL, 0, 2600) == 0);
    CHECK(hear_all(&c) == 50000);
    tls_client_close(&c);
    scene_close(&s);
}

static void test_a_request_after_views_end_does_not_cost_the_answer(void)
{
    struct scene s;
    struct tls_client c;

    scene_open(&s);
    CHECK(client_open(&c, &s, TLS1_3_VERSION));
    size_t said = view_says_and_closes(view_accepts(&s), SIZE_MAX);
    CHECK(SSL_write(c.ssl, "GET / HTTP/1.1\r\n\r\n", 18) == 18);
    CHECK(poll(NULL, 0, 50) == 0);
    CHECK(hear_all(&c) == said);
    tls_client_close(&c);
    scene_close(&s);
}

static void test_a_view_that_does_not_read_stops_the_browser(void)
{
    static const char b[4096];
    struct scene s;
    struct tls_client c;
    size_t sent = 0;
    int n = 1;

    scene_open(&s);
    CHECK(client_open(&c, &s, TLS1_3_VERSION));
    int view = view_accepts(&s);
    CHECK(fcntl(c.fd, F_SETFL, O_NONBLOCK) == 0);
    struct pollfd p = {.fd = c.fd, .events = POLLOUT};
    while (sent < 64u * 1024 * 1024 && poll(&p, 1, 300) == 1) {
        n = SSL_write(c.ssl, b, sizeof b);
        sent += n > 0 ? (size_t)n : 0;
    }
    CHECK(sent > PEOPLE_BUFFER && sent < 64u * 1024 * 1024);
    ERR_clear_error();
    close(view);
    tls_client_close(&c);
    scene_close(&s);
}

static bool nobody_came(struct scene *s)
{
    struct pollfd p = {.fd = s->view, .events = POLLIN};
    return poll(&p, 1, 50) == 0;
}

static void test_nothing_but_tls_1_3_comes_in(void)
{
    static const char plain[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    struct scene s;
    struct tls_client c;

    scene_open(&s);
    CHECK(!client_open(&c, &s, TLS1_2_VERSION));
    tls_client_close(&c);
    char got[256];
    int fd = tcp_open(s.port, 5000, 0);
    CHECK(send(fd, plain, sizeof plain - 1, 0) == sizeof plain - 1);
    ssize_t n;
    while ((n = recv(fd, got, sizeof got, 0)) > 0)
        CHECK(memchr(got, '1', (size_t)n) == NULL); /* an alert, no HTTP */
    CHECK(n == 0 || errno == ECONNRESET);
    close(fd);
    CHECK(nobody_came(&s));
    scene_close(&s);
}

static void test_without_view_a_browser_is_closed_and_not_kept_waiting(void)
{
    struct scene s;
    struct tls_client c;
    uint8_t b[16];

    scene_open(&s);
    unlink(s.socket);
    if (client_open(&c, &s, TLS1_3_VERSION))
        CHECK(SSL_read(c.ssl, b, sizeof b) <= 0 && errno != EAGAIN);
    ERR_clear_error();
    tls_client_close(&c);
    scene_close(&s);
}

static void test_connections_end_at_their_limit(void)
{
    struct scene s;
    struct tls_client c[3];
    uint8_t b[16];
    int view[2];

    scene_open_with(&s, 2, PEOPLE_QUIET_MS);
    for (int i = 0; i < 2; i++) {
        CHECK(client_open(&c[i], &s, TLS1_3_VERSION));
        view[i] = view_accepts(&s);
    }
    CHECK(!client_open(&c[2], &s, TLS1_3_VERSION)
        || SSL_read(c[2].ssl, b, sizeof b) <= 0);
    tls_client_close(&c[2]);
    CHECK(nobody_came(&s));
    tls_client_close(&c[0]);
    CHECK(recv(view[0], b, sizeof b, 0) == 0); /* the place is free again */
    CHECK(client_open(&c[2], &s, TLS1_3_VERSION));
    close(view_accepts(&s));
    for (int i = 0; i < 2; i++)
        close(view[i]);
    tls_client_close(&c[1]);
    tls_client_close(&c[2]);
    scene_close(&s);
}

/* Attack: strangers take all places and say a little now and then. */
static void test_idle_strangers_make_room_and_who_is_answered_stays(void)
{
    struct scene s;
    struct tls_client c[3];
    uint8_t b[16];
    int view[3];

    scene_open_with(&s, 2, 100);
    for (int i = 0; i < 2; i++) {
        CHECK(client_open(&c[i], &s, TLS1_3_VERSION));
        view[i] = view_accepts(&s);
    }
    CHECK(poll(NULL, 0, 120) == 0);
    CHECK(send(view[0], "a", 1, MSG_NOSIGNAL) == 1 && SSL_read(c[0].ssl, b, 1) == 1);
    CHECK(SSL_write(c[1].ssl, "G", 1) == 1 && recv(view[1], b, 1, 0) == 1);
    CHECK(client_open(&c[2], &s, TLS1_3_VERSION));
    view[2] = view_accepts(&s);
    CHECK(SSL_read(c[1].ssl, b, sizeof b) <= 0);
    CHECK(SSL_write(c[0].ssl, "b", 1) == 1 && recv(view[0], b, 1, 0) == 1);
    CHECK(SSL_write(c[2].ssl, "c", 1) == 1 && recv(view[2], b, 1, 0) == 1);
    for (int i = 0; i < 3; i++) {
        close(view[i]);
        tls_client_close(&c[i]);
    }
    scene_close(&s);
}

MAIN(TEST(test_bytes_pass_both_ways_as_they_are),
    TEST(test_view_closing_with_every_buffer_full_loses_no_byte),
    TEST(test_a_browser_that_pauses_still_gets_the_last_bytes),
    TEST(test_a_request_after_views_end_does_not_cost_the_answer),
    TEST(test_a_view_that_does_not_read_stops_the_browser),
    TEST(test_nothing_but_tls_1_3_comes_in),
    TEST(test_without_view_a_browser_is_closed_and_not_kept_waiting),
    TEST(test_connections_end_at_their_limit),
    TEST(test_idle_strangers_make_room_and_who_is_answered_stays))
