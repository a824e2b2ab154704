/* SPDX-License-Identifier: Apache-2.0 */
/* A whole enrol on loopback between OpenSSL clients and a stand-in for keys. */
#include "cloud/enrol/enrol.h"

#include "host/tls.h"
#include "tests/support/tls_client.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>

static const int64_t YEAR_2100 = 4102444800;
static const char m2[] = "this stands for thirty-two bytes of MAC and a certificate";

struct keys_like { /* in enrol's thread */
    struct hub *hub;
    uint64_t enrol;
    _Atomic unsigned asked, looked;
    _Atomic bool open, refuses, holds;
    uint8_t last[LIMIT_ENROL_TPM];
    size_t last_len;
};

struct scene {
    struct pki_key ca, server;
    struct loop *loop;
    struct log log;
    struct hub *hub;
    struct enrol enrol;
    struct keys_like keys;
    char folder[64], socket[96];
    int orders[2];
    uint16_t port;
    pthread_t thread;
};

static void say_enrolled(struct keys_like *k)
{
    uint8_t out[1 + ENROL_M2_MAX];
    struct door_enrolled answer = {
        .ok = !k->refuses, .m2 = {(const uint8_t *)m2, k->refuses ? 0 : sizeof m2 - 1}};
    (void)!hub_send(
        k->hub, k->enrol, DOOR_ENROLLED, door_enrolled_build(&answer, ROOM_OF(out)));
}

static enum status keys_heard(
    void *ctx, uint64_t peer, uint16_t door, struct bytes body)
{
    struct keys_like *k = ctx;
    uint8_t out[1];

    k->enrol = peer;
    if (door == DOOR_ENROL_OPEN) {
        k->looked++;
        (void)!hub_send(
            k->hub, peer, DOOR_DONE, door_done_build(k->open, ROOM_OF(out)));
        return OK;
    }
    CHECK(door == DOOR_ENROL && body.len <= sizeof k->last);
    memcpy(k->last, body.at, body.len);
    k->last_len = body.len;
    k->asked++;
    if (!k->holds)
        say_enrolled(k);
    return OK;
}

/* 'q': stop; 'g': keys goes away */
static void on_order(void *ctx, int fd, uint32_t events)
{
    struct scene *s = ctx;
    char c = 0;
    (void)events;

    if (read(fd, &c, 1) == 1 && c == 'q')
        loop_stop(s->loop);
    if (c == 'g') {
        hub_free(s->keys.hub);
        s->keys.hub = NULL;
        unlink(s->socket);
    }
}

static void order(struct scene *s, char c)
{
    CHECK(write(s->orders[1], &c, 1) == 1);
}

static void *run(void *ctx)
{
    struct scene *s = ctx;
    CHECK(loop_run(s->loop) == OK);
    return NULL;
}

static void start(struct scene *s)
{
    struct tls_key_pem own = {pki_cert(&s->server), pki_private(&s->server)};
    struct hub_port here = {.path = s->socket,
        .end = KEYS_FROM_ENROL,
        .uids = {getuid()},
        .uid_count = 1,
        .heard = keys_heard,
        .ctx = &s->keys};
    struct hub_port there = {.path = s->socket,
        .end = ENROL_FROM_KEYS,
        .heard = enrol_heard_keys,
        .up = enrol_keys_up,
        .gone = enrol_keys_gone,
        .ctx = &s->enrol};
    SSL_CTX *ctx = NULL;
    size_t number;
    int fd = -1;

    CHECK(hub_new(&s->keys.hub, s->loop, &s->log) == OK);
    CHECK(hub_listen(s->keys.hub, &here, &number) == OK);
    CHECK(hub_dial(s->hub, &there, &number) == OK);
    CHECK(tls_server(&ctx, own, false, (struct bytes){0}, "holdfast/1") == OK);
    CHECK(tls_server_listen("127.0.0.1", &s->port, false, &fd) == OK);
    CHECK(tls_server_start(&s->enrol.tls, s->loop, &s->log, ctx, fd, enrol_limits(),
              enrol_owner(&s->enrol))
        == OK);
    CHECK(enrol_start(&s->enrol) == OK);
}

static void scene_open(struct scene *s, bool invited)
{
    struct pki_wish server = {
        "server", "DNS:cloud.example", "serverAuth", 1000, YEAR_2100};

    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    *s = (struct scene){.keys.open = invited};
    signal(SIGPIPE, SIG_IGN);
    pki_authority(&s->ca, "server authority");
    pki_issue(&s->server, &s->ca, &server);
    snprintf(s->folder, sizeof s->folder, "/tmp/holdfast-enrol-XXXXXX");
    CHECK(mkdtemp(s->folder) != NULL);
    snprintf(s->socket, sizeof s->socket, "%s/keys", s->folder);
    log_open(&s->log, null, "enrol", true);
    CHECK(pipe(s->orders) == 0 && loop_new(&s->loop) == OK);
    CHECK(hub_new(&s->hub, s->loop, &s->log) == OK);
    CHECK(loop_watch(s->loop, s->orders[0], EPOLLIN, on_order, s) == OK);
    enrol_init(&s->enrol, &s->log, s->loop, s->hub);
    start(s);
    CHECK(pthread_create(&s->thread, NULL, run, s) == 0);
}

static void scene_close(struct scene *s)
{
    order(s, 'q');
    pthread_join(s->thread, NULL);
    enrol_stop(&s->enrol);
    tls_server_stop(&s->enrol.tls);
    hub_free(s->hub);
    hub_free(s->keys.hub);
    loop_forget(s->loop, s->orders[0]);
    loop_free(s->loop);
    unlink(s->socket);
    rmdir(s->folder);
    close(s->log.fd);
    close(s->orders[0]);
    close(s->orders[1]);
    pki_free(&s->ca);
    pki_free(&s->server);
}

static bool client_open(struct tls_client *c, struct scene *s, uint32_t bound_ms)
{
    struct tls_client_wish w = {.port = s->port, .bound_ms = bound_ms};
    tls_client_dial(c, &w);
    return tls_client_shake(c);
}

/* Everything until the peer closes; the status, 0: none. */
static int client_ask(
    struct tls_client *c, const char *text, size_t len, char *out, size_t cap)
{
    size_t got = 0;
    int n;

    if (len > 0)
        (void)!SSL_write(c->ssl, text, (int)len);
    while (got + 1 < cap && (n = SSL_read(c->ssl, out + got, (int)(cap - got - 1))) > 0)
        got += (size_t)n;
    out[got] = 0;
    ERR_clear_error();
    return strncmp(out, "HTTP/1.1 ", 9) == 0 ? atoi(out + 9) : 0;
}

static size_t m1_request(char *out, size_t cap, uint8_t fill)
{
    int n = snprintf(out, cap,
        "POST /v1/enrol HTTP/1.1\r\nHost: cloud.example\r\nContent-Length: 134\r\n\r\n");
    memset(out + n, fill, ENROL_M1_LEN);
    return (size_t)n + ENROL_M1_LEN;
}

static int enrol_once(struct scene *s, uint8_t fill, char *answer, size_t cap)
{
    struct tls_client c;
    char text[512];

    CHECK(client_open(&c, s, 5000));
    int status = client_ask(&c, text, m1_request(text, sizeof text, fill), answer, cap);
    tls_client_close(&c);
    return status;
}

static void test_m1_goes_to_keys_unchanged_and_m2_comes_back(void)
{
    struct scene s;
    char answer[2048];

    scene_open(&s, true);
    for (uint8_t fill = 1; fill <= 3; fill++) {
        CHECK(enrol_once(&s, fill, answer, sizeof answer) == 200);
        CHECK(strstr(answer, m2) != NULL);
        CHECK(s.keys.last[0] == fill && s.keys.last[ENROL_M1_LEN - 1] == fill);
    }
    CHECK(s.keys.asked == 3);
    scene_close(&s);
}

static void test_while_no_invitation_is_open_nobody_gets_as_far_as_a_handshake(void)
{
    struct scene s;
    struct tls_client early;
    char answer[2048];

    scene_open(&s, false);
    CHECK(reaches(&s.keys.looked, 2));
    CHECK(!client_open(&early, &s, 600));
    tls_client_close(&early);
    CHECK(s.keys.asked == 0);
    s.keys.open = true; /* from now on, and for who waits already */
    CHECK(enrol_once(&s, 7, answer, sizeof answer) == 200);
    s.keys.open = false;
    CHECK(reaches(&s.keys.looked, s.keys.looked + 2));
    CHECK(!client_open(&early, &s, 600));
    tls_client_close(&early);
    CHECK(s.keys.asked == 1);
    scene_close(&s);
}

static void test_what_keys_refuses_is_403_with_one_answer(void)
{
    struct scene s;
    char first[2048], answer[2048];

    scene_open(&s, true);
    s.keys.refuses = true;
    CHECK(enrol_once(&s, 1, first, sizeof first) == 403);
    CHECK(enrol_once(&s, 2, answer, sizeof answer) == 403);
    CHECK(strcmp(first, answer) == 0 && s.keys.asked == 2);
    scene_close(&s);
}

static void test_enrolment_with_a_tpm_reaches_keys_whole_up_to_its_limit(void)
{
    static char text[LIMIT_ENROL_TPM + 256];
    static const size_t lens[] = {ENROL_M1_LEN + 1, 2500, LIMIT_ENROL_TPM};
    char answer[2048];
    struct scene s;

    scene_open(&s, true);
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        struct tls_client c;
        int n = snprintf(text, sizeof text,
            "POST /v1/enrol HTTP/1.1\r\nHost: cloud.example\r\nContent-Length: %zu\r\n\r\n",
            lens[i]);
        memset(text + n, (int)(i + 1), lens[i]);
        CHECK(client_open(&c, &s, 5000));
        CHECK(client_ask(&c, text, (size_t)n + lens[i], answer, sizeof answer) == 200);
        CHECK(s.keys.last_len == lens[i] && s.keys.last[0] == i + 1
            && s.keys.last[lens[i] - 1] == i + 1);
        tls_client_close(&c);
    }
    scene_close(&s);
}

static void test_anything_but_one_request_of_134_to_8192_bytes_does_not_reach_keys(void)
{
#define HEAD "POST /v1/enrol HTTP/1.1\r\nHost: cloud.example\r\n"
    static const struct {
        const char *what, *text;
        int status;
    } cases[] = {
        {"another path",
            "POST /v1/d/x HTTP/1.1\r\nHost: a\r\nContent-Length: 134\r\n\r\n", 403},
        {"another method", "GET /v1/enrol HTTP/1.1\r\nHost: a\r\n\r\n", 405},
        {"one byte less", HEAD "Content-Length: 133\r\n\r\n", 400},
        {"one byte more than E1", HEAD "Content-Length: 8193\r\n\r\n", 400},
        {"no length", HEAD "\r\n", 400},
        {"chunked", HEAD "Transfer-Encoding: chunked\r\n\r\n", 400},
    };
    struct scene s;
    char answer[2048], text[1024];

    scene_open(&s, true);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct tls_client c;
        CHECK(client_open(&c, &s, 5000));
        int status =
            client_ask(&c, cases[i].text, strlen(cases[i].text), answer, sizeof answer);
        if (status != cases[i].status)
            printf("# %s: %d\n", cases[i].what, status);
        CHECK(status == cases[i].status);
        tls_client_close(&c);
    }
    struct tls_client two; /* a second request behind the first */
    size_t one = m1_request(text, sizeof text, 1);
    memcpy(text + one, text, one);
    CHECK(client_open(&two, &s, 5000));
    CHECK(client_ask(&two, text, 2 * one, answer, sizeof answer) == 400);
    tls_client_close(&two);
    CHECK(s.keys.asked == 0);
    scene_close(&s);
}

static void test_keys_is_asked_at_most_ten_times_a_second(void)
{
    enum { MANY = 8 };
    struct scene s;
    struct tls_client c[MANY];
    char answer[2048], text[512];

    scene_open(&s, true);
    uint64_t began = loop_now_ms();
    for (int i = 0; i < MANY; i++) {
        CHECK(client_open(&c[i], &s, 5000));
        CHECK(SSL_write(c[i].ssl, text, (int)m1_request(text, sizeof text, 9)) > 0);
    }
    for (int i = 0; i < MANY; i++) {
        CHECK(client_ask(&c[i], text, 0, answer, sizeof answer) == 200);
        tls_client_close(&c[i]);
    }
    CHECK(loop_now_ms() - began >= (MANY - 1) * ENROL_SPACING_MS);
    CHECK(s.keys.asked == MANY);
    scene_close(&s);
}

static void test_when_keys_goes_away_who_waits_is_told_503(void)
{
    struct scene s;
    struct tls_client c;
    char answer[2048], text[512];

    scene_open(&s, true);
    s.keys.holds = true;
    CHECK(client_open(&c, &s, 5000));
    CHECK(SSL_write(c.ssl, text, (int)m1_request(text, sizeof text, 1)) > 0);
    CHECK(reaches(&s.keys.asked, 1));
    order(&s, 'g');
    CHECK(client_ask(&c, text, 0, answer, sizeof answer) == 503);
    tls_client_close(&c);
    scene_close(&s);
}

MAIN(TEST(test_m1_goes_to_keys_unchanged_and_m2_comes_back),
    TEST(test_while_no_invitation_is_open_nobody_gets_as_far_as_a_handshake),
    TEST(test_what_keys_refuses_is_403_with_one_answer),
    TEST(test_enrolment_with_a_tpm_reaches_keys_whole_up_to_its_limit),
    TEST(test_anything_but_one_request_of_134_to_8192_bytes_does_not_reach_keys),
    TEST(test_keys_is_asked_at_most_ten_times_a_second),
    TEST(test_when_keys_goes_away_who_waits_is_told_503))
