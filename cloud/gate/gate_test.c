/* SPDX-License-Identifier: Apache-2.0 */
/* A whole gate on loopback between OpenSSL clients and a stand-in for store. */
#include "cloud/gate/gate.h"

#include "core/base/hex.h"
#include "host/tls.h"
#include "tests/support/tls_client.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>

#define NAME  "cloud.example"
#define A_ID  "01234567-89ab-4def-8123-456789abcdef"
#define B_ID  "11234567-89ab-4def-8123-456789abcdef"
#define NO_ID "21234567-89ab-4def-8123-456789abcdef"
#define NONCE "000102030405060708090a0b0c0d0e0f"

static const int64_t YEAR_2100 = 4102444800;
static const char sealed[] = "this would be a sealed answer";

/* ---- the stand-in for store, in the gate's thread ---- */

enum order {
    ORDER_STOP = 'q',
    ORDER_REVOKE = 'r',
    ORDER_RELEASE = 'e',
    ORDER_GO = 'g',
    ORDER_COME = 'c'
};

struct stand_in {
    struct hub *hub;
    size_t port;
    uint64_t gate;
    _Atomic unsigned admits, ingests, events, held, answers;
    _Atomic unsigned last_reason, last_has_peer;
    _Atomic unsigned status;     /* what an ingest is answered */
    _Atomic bool refuses, holds; /* admission: no; keep answers back */
    _Atomic bool holds_admission;
    uint32_t tickets[64];
    struct door_ingest last;
    struct door_piece last_piece;
    _Atomic unsigned pieces;
    size_t last_len;
    _Atomic unsigned attests;
    struct door_attest last_attest;
    uint8_t last_said[ATTEST_QUOTE_MAX];
    size_t last_said_len;
};

struct scene {
    struct pki_key server_ca, other_ca, device_ca;
    struct pki_key server, a, b;
    struct loop *loop;
    struct log log;
    struct hub *hub;
    struct gate *gate;
    struct stand_in store;
    struct device_id a_id, b_id;
    char folder[64], socket[96];
    int orders[2];
    uint16_t port;
    pthread_t thread;
};

static void say_ingested(struct stand_in *s, uint32_t ticket)
{
    uint8_t body[256];
    struct door_ingested head = {.ticket = ticket, .http_status = (uint16_t)s->status};
    struct bytes text = {
        (const uint8_t *)sealed, s->status == 200 ? sizeof sealed - 1 : 0};
    (void)!hub_send(s->hub, s->gate, DOOR_INGESTED,
        door_ingested_build(&head, text, ROOM_OF(body)));
    s->answers++;
}

static void say_piece(struct stand_in *s)
{
    static uint8_t piece[LIMIT_PIECE], body[LIMIT_PIECE + 8];
    struct door_ingested head = {
        .ticket = s->last_piece.ticket, .http_status = (uint16_t)s->status};
    memset(piece, 'p', sizeof piece);
    struct bytes given = {piece, s->status == 200 ? sizeof piece : 0};
    (void)!hub_send(s->hub, s->gate, DOOR_PIECE_GIVEN,
        door_ingested_build(&head, given, ROOM_OF(body)));
}

static void say_admitted(struct stand_in *s, uint32_t ticket, bool yes)
{
    uint8_t body[16];
    struct door_admitted answer = {ticket, yes};
    (void)!hub_send(
        s->hub, s->gate, DOOR_ADMITTED, door_admitted_build(&answer, ROOM_OF(body)));
}

static const uint8_t question[ATTEST_ASK_LEN] = {
    1, 'q', 'u', 'e', 's', 't', 'i', 'o', 'n'};

static void say_attested(struct stand_in *s, uint32_t ticket, bool first)
{
    uint8_t body[64];
    struct door_attested head = {.ticket = ticket,
        .http_status = s->status == 200 ? (first ? 200 : 204) : (uint16_t)s->status};
    struct bytes asked = {question, head.http_status == 200 ? sizeof question : 0};

    (void)!hub_send(s->hub, s->gate, DOOR_ATTESTED,
        door_attested_build(&head, asked, ROOM_OF(body)));
}

static enum status store_heard(
    void *ctx, uint64_t peer, uint16_t door, struct bytes body)
{
    struct stand_in *s = ctx;
    struct door_admit admit;
    struct door_gate_event event;
    struct bytes envelope;

    s->gate = peer;
    if (door == DOOR_ADMIT) {
        TRY(door_admit_parse(body, &admit));
        s->admits++;
        if (s->holds_admission)
            s->tickets[s->held++ % 64] = admit.ticket;
        else
            say_admitted(s, admit.ticket, !s->refuses);
    } else if (door == DOOR_GATE_EVENT) {
        TRY(door_gate_event_parse(body, &event));
        s->last_reason = event.reason;
        s->last_has_peer = event.has_peer;
        s->events++;
    } else if (door == DOOR_PIECE) {
        TRY(door_piece_parse(body, &s->last_piece));
        s->pieces++;
        say_piece(s);
    } else if (door == DOOR_ATTEST) {
        TRY(door_attest_parse(body, &s->last_attest, &envelope));
        s->last_said_len = envelope.len;
        if (envelope.len > 0)
            memcpy(s->last_said, envelope.at, envelope.len);
        say_attested(s, s->last_attest.ticket, envelope.len == 0);
        s->attests++;
    } else {
        TRY(door_ingest_parse(body, &s->last, &envelope));
        s->last_len = envelope.len;
        s->ingests++;
        if (s->holds)
            s->tickets[s->held++ % 64] = s->last.ticket;
        else
            say_ingested(s, s->last.ticket);
    }
    return OK;
}

static void store_come(struct scene *s)
{
    struct hub_port port = {.path = s->socket,
        .end = STORE_FROM_GATE,
        .uids = {getuid()},
        .uid_count = 1,
        .heard = store_heard,
        .ctx = &s->store};
    CHECK(hub_new(&s->store.hub, s->loop, &s->log) == OK);
    CHECK(hub_listen(s->store.hub, &port, &s->store.port) == OK);
}

static void release(struct stand_in *s)
{
    for (unsigned i = 0; i < s->held; i++)
        if (s->holds_admission)
            say_admitted(s, s->tickets[i], true);
        else
            say_ingested(s, s->tickets[i]);
    s->held = 0;
}

static void on_order(void *ctx, int fd, uint32_t events)
{
    struct scene *s = ctx;
    uint8_t body[16];
    char order = 0;
    (void)events;

    if (read(fd, &order, 1) != 1)
        return;
    if (order == ORDER_STOP)
        loop_stop(s->loop);
    if (order == ORDER_REVOKE)
        hub_send_all(s->store.hub, s->store.port, DOOR_CLOSE_DEVICE,
            door_device_id_build(&s->a_id, ROOM_OF(body)));
    if (order == ORDER_RELEASE)
        release(&s->store);
    if (order == ORDER_GO) {
        hub_free(s->store.hub);
        s->store.hub = NULL;
        unlink(s->socket);
    }
    if (order == ORDER_COME)
        store_come(s);
}

static void order(struct scene *s, enum order o)
{
    char c = (char)o;
    CHECK(write(s->orders[1], &c, 1) == 1);
}

/* ---- the scene ---- */

static void *run_gate(void *ctx)
{
    struct scene *s = ctx;
    CHECK(loop_run(s->loop) == OK);
    return NULL;
}

static void make_keys(struct scene *s)
{
    struct pki_wish server = {"server", "DNS:" NAME, "serverAuth", 1000, YEAR_2100};
    struct pki_wish a = {"a", "URI:urn:uuid:" A_ID, "clientAuth", 1000, YEAR_2100};
    struct pki_wish b = {"b", "URI:urn:uuid:" B_ID, "clientAuth", 1000, YEAR_2100};
    static const char a_id[] = A_ID, b_id[] = B_ID;

    pki_authority(&s->server_ca, "server authority");
    pki_authority(&s->other_ca, "device authority"); /* the same name, another key */
    pki_authority(&s->device_ca, "device authority");
    pki_issue(&s->server, &s->server_ca, &server);
    pki_issue(&s->a, &s->device_ca, &a);
    pki_issue(&s->b, &s->device_ca, &b);
    CHECK(uuid_parse((struct bytes){(const uint8_t *)a_id, 36}, s->a_id.b) == OK);
    CHECK(uuid_parse((struct bytes){(const uint8_t *)b_id, 36}, s->b_id.b) == OK);
}

static void start_gate(struct scene *s, struct tls_limits limits)
{
    struct tls_key_pem own = {pki_cert(&s->server), pki_private(&s->server)};
    struct hub_port to_store = {.path = s->socket,
        .end = GATE_FROM_STORE,
        .heard = gate_heard_store,
        .up = gate_store_up,
        .gone = gate_store_gone,
        .ctx = s->gate};
    SSL_CTX *ctx = NULL;
    size_t number;
    int fd = -1;

    CHECK(tls_server(&ctx, own, true, pki_cert(&s->device_ca), "holdfast/1") == OK);
    CHECK(gate_context(ctx) == OK);
    CHECK(tls_server_listen("127.0.0.1", &s->port, false, &fd) == OK);
    CHECK(hub_dial(s->hub, &to_store, &number) == OK);
    CHECK(tls_server_start(
              &s->gate->tls, s->loop, &s->log, ctx, fd, limits, gate_owner(s->gate))
        == OK);
}

static void scene_open_with(struct scene *s, struct tls_limits limits, uint32_t head_ms)
{
    *s = (struct scene){.store.status = 200};
    signal(SIGPIPE, SIG_IGN);
    make_keys(s);
    snprintf(s->folder, sizeof s->folder, "/tmp/holdfast-gate-XXXXXX");
    CHECK(mkdtemp(s->folder) != NULL);
    snprintf(s->socket, sizeof s->socket, "%s/store", s->folder);
    log_open(&s->log, open("/dev/null", O_WRONLY | O_CLOEXEC), "gate", true);
    s->gate = malloc(sizeof *s->gate);
    CHECK(pipe(s->orders) == 0 && loop_new(&s->loop) == OK);
    CHECK(hub_new(&s->hub, s->loop, &s->log) == OK);
    CHECK(loop_watch(s->loop, s->orders[0], EPOLLIN, on_order, s) == OK);
    gate_init(s->gate, &s->log, s->loop, s->hub);
    s->gate->head_ms = s->gate->body_ms = head_ms;
    store_come(s);
    start_gate(s, limits);
    CHECK(pthread_create(&s->thread, NULL, run_gate, s) == 0);
}

static void scene_open(struct scene *s)
{
    scene_open_with(s, gate_limits(), GATE_HEAD_MS);
}

static void scene_close(struct scene *s)
{
    order(s, ORDER_STOP);
    pthread_join(s->thread, NULL);
    tls_server_stop(&s->gate->tls);
    hub_free(s->hub);
    hub_free(s->store.hub);
    loop_forget(s->loop, s->orders[0]);
    loop_free(s->loop);
    free(s->gate);
    unlink(s->socket);
    rmdir(s->folder);
    close(s->log.fd);
    close(s->orders[0]);
    close(s->orders[1]);
    struct pki_key *keys[] = {
        &s->server_ca, &s->other_ca, &s->device_ca, &s->server, &s->a, &s->b};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        pki_free(keys[i]);
}

/* ---- clients ---- */

struct client {
    struct tls_client tls;
    int tickets;
};

struct wish {
    const struct pki_key *key; /* NULL: no certificate */
    int most_version;          /* 0: TLS 1.3 */
    bool no_alpn;
    char *groups;
};

static int count_ticket(SSL *ssl, SSL_SESSION *session)
{
    struct client *c = SSL_get_app_data(ssl);
    (void)session;
    c->tickets++;
    return 0;
}

static bool client_open(struct client *c, struct scene *s, struct wish w)
{
    static const uint8_t alpn[] = "\x0aholdfast/1";
    struct tls_client_wish dial = {.port = s->port,
        .most_version = w.most_version,
        .key = w.key,
        .groups = w.groups};
    char name[] = NAME;

    c->tickets = 0;
    tls_client_dial(&c->tls, &dial);
    SSL_CTX_set_session_cache_mode(c->tls.ctx, SSL_SESS_CACHE_CLIENT);
    SSL_CTX_sess_set_new_cb(c->tls.ctx, count_ticket);
    SSL_set_app_data(c->tls.ssl, c);
    CHECK(SSL_set_tlsext_host_name(c->tls.ssl, name) == 1);
    if (!w.no_alpn)
        CHECK(SSL_set_alpn_protos(c->tls.ssl, alpn, sizeof alpn - 1) == 0);
    return tls_client_shake(&c->tls);
}

static void client_close(struct client *c)
{
    tls_client_close(&c->tls);
}

static void client_say(struct client *c, const char *text, size_t len)
{
    if (len > 0)
        (void)!SSL_write(c->tls.ssl, text, (int)len);
    ERR_clear_error();
}

/* Status of one answer, whole in `out` with a NUL; 0: closed without one. */
static int client_hear(struct client *c, char *out, size_t cap)
{
    size_t len = 0;
    out[0] = 0;
    for (;;) {
        const char *end = strstr(out, "\r\n\r\n"),
                   *field = strstr(out, "Content-Length: ");
        if (end && strncmp(out, "HTTP/1.1 204 ", 13) == 0)
            break;
        if (end && field
            && len >= (size_t)(end + 4 - out) + strtoul(field + 16, NULL, 10))
            break;
        int n = SSL_read(c->tls.ssl, out + len, (int)(cap - len - 1));
        if (n <= 0)
            break;
        len += (size_t)n;
        out[len] = 0;
    }
    ERR_clear_error();
    return strncmp(out, "HTTP/1.1 ", 9) == 0 ? atoi(out + 9) : 0;
}

/* True if nothing more comes and the peer closes within the socket's bound. */
static bool client_is_closed(struct client *c)
{
    char byte;
    int n = SSL_read(c->tls.ssl, &byte, 1);
    int why = SSL_get_error(c->tls.ssl, n);
    bool timeout =
        why == SSL_ERROR_WANT_READ || (why == SSL_ERROR_SYSCALL && errno == EAGAIN);
    ERR_clear_error();
    return n <= 0 && !timeout;
}

static size_t request_of(char *out, size_t cap, const char *method, const char *path,
    const char *fields, size_t body_len, bool with_body)
{
    int n = snprintf(out, cap,
        "%s %s HTTP/1.1\r\nHost: " NAME "\r\nContent-Length: %zu\r\n"
        "Holdfast-Nonce: " NONCE "\r\n%s\r\n",
        method, path, body_len, fields);
    size_t len = (size_t)n;
    if (with_body) {
        memset(out + len, 'e', body_len);
        len += body_len;
    }
    return len;
}

static int post(
    struct client *c, const char *id, size_t body_len, char *answer, size_t cap)
{
    static char text[LIMIT_HTTP_HEAD + 2 * LIMIT_ENVELOPE];
    char path[128];
    snprintf(path, sizeof path, "/v1/d/%s/batches", id);
    client_say(
        c, text, request_of(text, sizeof text, "POST", path, "", body_len, true));
    return client_hear(c, answer, cap);
}

/* ---- claims ---- */

static void test_an_envelope_goes_to_store_and_the_sealed_answer_comes_back(void)
{
    struct scene s;
    struct client c;
    char answer[1024];

    scene_open(&s);
    CHECK(client_open(&c, &s, (struct wish){.key = &s.a}));
    for (unsigned i = 1; i <= 3; i++) {
        CHECK(post(&c, A_ID, 500 + i, answer, sizeof answer) == 200);
        CHECK(strstr(answer, "Content-Type: application/cose\r\n") != NULL);
        CHECK(strstr(answer, sealed) != NULL);
        CHECK(s.store.ingests == i && s.store.last_len == 500 + i);
    }
    CHECK(memcmp(&s.store.last.peer, &s.a_id, sizeof s.a_id) == 0);
    CHECK(memcmp(&s.store.last.path, &s.a_id, sizeof s.a_id) == 0);
    CHECK(s.store.last.nonce.b[15] == 0x0f);
    CHECK(s.store.admits == 1 && s.store.events == 0);
    CHECK(SSL_version(c.tls.ssl) == TLS1_3_VERSION && c.tickets == 0);
    client_close(&c);
    scene_close(&s);
}

static int attest(
    struct client *c, const char *id, size_t body_len, char *answer, size_t cap)
{
    static char text[LIMIT_HTTP_HEAD + LIMIT_ENVELOPE];
    int n = snprintf(text, sizeof text,
        "POST /v1/d/%s/attest HTTP/1.1\r\nHost: " NAME
        "\r\nContent-Length: %zu\r\n\r\n",
        id, body_len);

    memset(text + n, 'a', body_len);
    client_say(c, text, (size_t)n + body_len);
    return client_hear(c, answer, cap);
}

static bool same_channel(struct client *c, const struct digest *said)
{
    uint8_t own[ATTEST_CHANNEL_LEN];

    CHECK(SSL_export_keying_material(
              c->tls.ssl, own, sizeof own, "EXPORTER-holdfast-attest", 24, NULL, 0, 0)
        == 1);
    return memcmp(own, said->b, sizeof own) == 0;
}

/* Req: HF-TPM-011 "for the connection on which it was asked" */
static void test_what_a_device_attests_reaches_store_with_the_channel_of_its_connection(
    void)
{
    struct scene s;
    struct client c, d;
    char answer[1024];

    scene_open(&s);
    CHECK(client_open(&c, &s, (struct wish){.key = &s.a}));
    CHECK(client_open(&d, &s, (struct wish){.key = &s.a}));
    CHECK(attest(&c, A_ID, 0, answer, sizeof answer) == 200);
    CHECK(s.store.attests == 1 && s.store.last_said_len == 0);
    CHECK(strstr(answer, "question") != NULL);
    CHECK(attest(&c, A_ID, ATTEST_QUOTE_MAX, answer, sizeof answer) == 204);
    CHECK(s.store.last_said_len == ATTEST_QUOTE_MAX && s.store.last_said[580] == 'a');
    CHECK(same_channel(&c, &s.store.last_attest.channel));
    CHECK(!same_channel(&d, &s.store.last_attest.channel));
    CHECK(memcmp(&s.store.last_attest.peer, &s.a_id, sizeof s.a_id) == 0);
    uint64_t first = s.store.last_attest.connection;
    CHECK(post(&c, A_ID, 500, answer, sizeof answer) == 200); /* the same connection */
    CHECK(first != 0 && s.store.last.connection == first);
    CHECK(attest(&d, A_ID, 0, answer, sizeof answer) == 200);
    CHECK(s.store.last_attest.connection != first);
    CHECK(same_channel(&d, &s.store.last_attest.channel));
    CHECK(s.store.events == 0);
    client_close(&c);
    client_close(&d);
    scene_close(&s);
}

static void test_an_attestation_out_of_place_or_too_long_does_not_reach_store(void)
{
    struct scene s;
    struct client c;
    char answer[1024];

    scene_open(&s);
    CHECK(client_open(&c, &s, (struct wish){.key = &s.a}));
    CHECK(attest(&c, A_ID, ATTEST_QUOTE_MAX + 1, answer, sizeof answer) == 400);
    client_close(&c);
    CHECK(client_open(&c, &s, (struct wish){.key = &s.a}));
    CHECK(attest(&c, B_ID, 0, answer, sizeof answer) == 403);
    CHECK(reaches(&s.store.events, 2));
    client_close(&c);
    CHECK(s.store.attests == 0);
    s.store.status = 403; /* three failures close, as with batches */
    CHECK(client_open(&c, &s, (struct wish){.key = &s.a}));
    for (unsigned i = 1; i <= LIMIT_CONNECTION_FAILURES; i++)
        CHECK(attest(&c, A_ID, 1, answer, sizeof answer) == 403);
    CHECK(client_is_closed(&c));
    client_close(&c);
    scene_close(&s);
}

/* Req: HF-SEC-002 "Device and cloud shall talk over TLS 1.3 with client certificates" */
static void test_nobody_without_a_devices_certificate_reaches_store(void)
{
    struct scene s;
    struct pki_key foreign, for_servers, expired, early, two_ids, no_id;
    struct pki_wish good = {"x", "URI:urn:uuid:" A_ID, "clientAuth", 1000, YEAR_2100};
    struct pki_wish w = good;
    char p521[] = "P-521";

    scene_open(&s);
    pki_issue(&foreign, &s.other_ca, &good);
    w.eku = "serverAuth";
    pki_issue(&for_servers, &s.device_ca, &w);
    w = good;
    w.not_after_s = 2000;
    pki_issue(&expired, &s.device_ca, &w);
    w = good;
    w.not_before_s = YEAR_2100 - 1000;
    pki_issue(&early, &s.device_ca, &w);
    w = good;
    w.san = "URI:urn:uuid:" A_ID ", URI:urn:uuid:" B_ID;
    pki_issue(&two_ids, &s.device_ca, &w);
    w.san = "DNS:" NAME;
    pki_issue(&no_id, &s.device_ca, &w);
    const struct {
        const char *what;
        struct wish wish;
    } cases[] = {
        {"no certificate", {.key = NULL}},
        {"another authority", {.key = &foreign}},
        {"for servers only", {.key = &for_servers}},
        {"expired", {.key = &expired}},
        {"not yet valid", {.key = &early}},
        {"two ids", {.key = &two_ids}},
        {"no id", {.key = &no_id}},
        {"the server's own", {.key = &s.server}},
        {"TLS 1.2", {.key = &s.a, .most_version = TLS1_2_VERSION}},
        {"only P-521", {.key = &s.a, .groups = p521}},
        {"no protocol named", {.key = &s.a, .no_alpn = true}},
    };
    enum { CASES = sizeof cases / sizeof cases[0] };
    for (size_t i = 0; i < CASES; i++) {
        struct client c;
        char answer[1024];
        if (client_open(&c, &s, cases[i].wish)
            && post(&c, A_ID, 100, answer, sizeof answer) != 0) {
            printf("# %s\n", cases[i].what);
            CHECK(false);
        }
        client_close(&c);
    }
    CHECK(reaches(&s.store.events, CASES) && s.store.events == CASES);
    CHECK(s.store.admits == 0 && s.store.ingests == 0 && s.store.last_has_peer == 0);
    struct pki_key *keys[] = {
        &foreign, &for_servers, &expired, &early, &two_ids, &no_id};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        pki_free(keys[i]);
    scene_close(&s);
}

/* Req: HF-SEC-001 "a request for any other path, existing or not, shall be answered 403 with one body" */
static void test_any_other_path_is_403_with_one_answer_before_its_body_is_read(void)
{
    static const char *const paths[] = {"/v1/d/" B_ID "/batches",
        "/v1/d/" NO_ID "/batches", "/v1/d/" B_ID, "/v1/d/" B_ID "/config",
        "/v1/d/" NO_ID "/config", "/v1/enrol", "/", "/v1/d/" A_ID,
        "/v1/d/" A_ID "/config", "/v1/d/" A_ID "/batches/"};
    static const char *const methods[] = {
        "POST", "GET", "PUT", "DELETE", "PATCH", "TRACE"};
    struct scene s;
    char first[1024] = "", answer[1024], text[1024];
    unsigned asked = 0;

    scene_open(&s);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        for (size_t m = 0; m < sizeof methods / sizeof methods[0]; m++) {
            struct client c;
            CHECK(client_open(&c, &s, (struct wish){.key = &s.a}));
            /* 900 bytes are announced and none comes: it cannot have waited for them. */
            client_say(&c, text,
                request_of(text, sizeof text, methods[m], paths[i], "", 900, false));
            CHECK(client_hear(&c, answer, sizeof answer) == 403);
            if (!first[0])
                memcpy(first, answer, sizeof first);
            CHECK(strcmp(first, answer) == 0);
            CHECK(reaches(&s.store.events, ++asked) && s.store.events == asked);
            CHECK(
                s.store.last_reason == REASON_AUTHZ_PATH && s.store.last_has_peer == 1);
            client_close(&c);
        }
    CHECK(s.store.ingests == 0);
    CHECK(strstr(first, B_ID) == NULL && strstr(first, "Server:") == NULL);
    scene_close(&s);
}

static void test_each_broken_request_has_its_status_and_one_event(void)
{
#define HEAD  "POST /v1/d/" A_ID "/batches HTTP/1.1\r\n"
#define HOST  "Host: " NAME "\r\n"
#define FIELD "Holdfast-Nonce: " NONCE "\r\n"
    static const struct {
        const char *what, *text;
        int status;
    } cases[] = {
        {"method", "GET /v1/d/" A_ID "/batches HTTP/1.1\r\n" HOST "\r\n", 405},
        {"no length", HEAD HOST FIELD "\r\n", 411},
        {"too long", HEAD HOST FIELD "Content-Length: 16385\r\n\r\n", 413},
        {"vast", HEAD HOST FIELD "Content-Length: 999999999\r\n\r\n", 413},
        {"empty", HEAD HOST FIELD "Content-Length: 0\r\n\r\n", 400},
        {"type", HEAD HOST FIELD "Content-Length: 1\r\nContent-Type: text/html\r\n\r\n",
            415},
        {"other host", HEAD "Host: other.example\r\n" FIELD "Content-Length: 1\r\n\r\n",
            421},
        {"no nonce", HEAD HOST "Content-Length: 1\r\n\r\n", 400},
        {"short nonce", HEAD HOST "Holdfast-Nonce: 00\r\nContent-Length: 1\r\n\r\n",
            400},
        {"no host", HEAD FIELD "Content-Length: 1\r\n\r\n", 400},
        {"chunked", HEAD HOST FIELD "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"both",
            HEAD HOST FIELD
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400},
        {"expect", HEAD HOST FIELD "Content-Length: 1\r\nExpect: 100-continue\r\n\r\n",
            400},
        {"climbing", "POST /v1/d/" B_ID "/../" A_ID "/batches HTTP/1.1\r\n" HOST "\r\n",
            400},
        {"escaped", "POST /v1/d/%30" B_ID "/batches HTTP/1.1\r\n" HOST "\r\n", 400},
        {"plain HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", 400},
        {"rubbish", "\x16\x03\x01", 400},
    };
    struct scene s;
    char answer[1024];

    scene_open(&s);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct client c;
        CHECK(client_open(&c, &s, (struct wish){.key = &s.a}));
        client_say(&c, cases[i].text, strlen(cases[i].text));
        int status = client_hear(&c, answer, sizeof answer);
        if (status != cases[i].status)
            printf("# %s: %d\n", cases[i].what, status);
        CHECK(status == cases[i].status);
        CHECK(client_is_closed(&c));
        CHECK(reaches(&s.store.events, (unsigned)i + 1) && s.store.events == i + 1);
        client_close(&c);
    }
    CHECK(s.store.ingests == 0);
    scene_close(&s);
}

static void test_the_largest_envelope_and_head_go_through_and_one_byte_more_does_not(
    void)
{
    struct scene s;
    struct client c;
    char answer[1024];
    static char text[LIMIT_HTTP_HEAD + 64];

    scene_open(&s);
    CHECK(client_open(&c, &s, (struct wish){.key = &s.a}));
    CHECK(post(&c, A_ID, LIMIT_ENVELOPE, answer, sizeof answer) == 200);
    CHECK(s.store.last_len == LIMIT_ENVELOPE);
    CHECK(post(&c, A_ID, LIMIT_ENVELOPE + 1, answer, sizeof answer) == 413);
    client_close(&c);
    CHECK(client_open(&c, &s, (struct wish){.key = &s.a}));
    /* More than gate ever reads: the answer must arrive all the same. */
    CHECK(post(&c, A_ID, 30000, answer, sizeof answer) == 413 && client_is_closed(&c));
    client_close(&c);
    CHECK(client_open(&c, &s, (struct wish){.key = &s.a}));
    int n = snprintf(text, sizeof text, "%sHost: " NAME "\r\nX: ", HEAD);
    memset(text + n, 'x', sizeof text - (size_t)n);
    client_say(&c, text, LIMIT_HTTP_HEAD); /* no end in it */
    CHECK(client_hear(&c, answer, sizeof answer) == 431);
    client_close(&c);
    CHECK(s.store.ingests == 1);
    scene_close(&s);
}

static void test_a_second_request_before_the_first_is_answered_is_not_executed(void)
{
    struct scene s;
    struct client c;
    char answer[1024];
    static char text[4096];

    scene_open(&s);
    CHECK(client_open(&c, &s, (struct wish){.key = &s.a}));
    size_t one =
        request_of(text, sizeof text, "POST", "/v1/d/" A_ID "/batches", "", 100, true);
    memcpy(text + one, text, one);
    client_say(&c, text, 2 * one);
    CHECK(client_hear(&c, answer, sizeof answer) == 400 && client_is_closed(&c));
    CHECK(s.store.ingests == 0);
    client_close(&c);

    s.store.holds = true;
    CHECK(client_open(&c, &s, (struct wish){.key = &s.a}));
    client_say(&c, text, one);
    CHECK(reaches(&s.store.ingests, 1));
    client_say(&c, text, one); /* while store has the first */
    order(&s, ORDER_RELEASE);
    CHECK(client_hear(&c, answer, sizeof answer) == 200 && client_is_closed(&c));
    CHECK(strstr(answer, "Connection: close\r\n") != NULL);
    CHECK(s.store.ingests == 1 && reaches(&s.store.events, 2));
    client_close(&c);
    scene_close(&s);
}

/* Req: HF-SEC-006 "its open connections shall be closed within one second" */
static void test_open_connections_of_a_revoked_device_close_at_once_and_no_others(void)
{
    struct scene s;
    struct client idle, busy, other;
    char answer[1024];
    static char text[1024];

    scene_open(&s);
    CHECK(client_open(&idle, &s, (struct wish){.key = &s.a}));
    CHECK(client_open(&busy, &s, (struct wish){.key = &s.a}));
    CHECK(client_open(&other, &s, (struct wish){.key = &s.b}));
    CHECK(post(&idle, A_ID, 10, answer, sizeof answer) == 200);
    CHECK(post(&other, B_ID, 10, answer, sizeof answer) == 200);
    s.store.holds = true;
    client_say(&busy, text,
        request_of(text, sizeof text, "POST", "/v1/d/" A_ID "/batches", "", 10, true));
    CHECK(reaches(&s.store.ingests, 3));
    uint64_t began = loop_now_ms();
    order(&s, ORDER_REVOKE);
    CHECK(client_is_closed(&idle) && client_hear(&busy, answer, sizeof answer) == 0);
    CHECK(loop_now_ms() - began < 1000);
    s.store.holds = false;
    order(&s, ORDER_RELEASE); /* the answer that comes too late finds nobody */
    CHECK(post(&other, B_ID, 10, answer, sizeof answer) == 200);
    client_close(&idle);
    client_close(&busy);
    client_close(&other);
    scene_close(&s);
}

static void test_a_device_that_may_not_send_is_403_and_closed(void)
{
    struct scene s;
    struct client c;
    char answer[1024];

    scene_open(&s);
    s.store.refuses = true;
    CHECK(client_open(&c, &s, (struct wish){.key = &s.a}));
    CHECK(post(&c, A_ID, 10, answer, sizeof answer) == 403 && client_is_closed(&c));
    CHECK(s.store.ingests == 0 && reaches(&s.store.events, 1));
    CHECK(s.store.last_reason == REASON_AUTHZ_STATE);
    client_close(&c);
    scene_close(&s);
}

static void test_slow_clients_are_told_so_and_do_not_harm_a_healthy_one(void)
{
    enum { SLOW = 24 };
    struct scene s;
    struct client slow[SLOW], c;
    char answer[1024];

    scene_open_with(&s, gate_limits(), 700);
    for (int i = 0; i < SLOW; i++) {
        CHECK(client_open(&slow[i], &s, (struct wish){.key = i % 2 ? &s.a : &s.b}));
        client_say(&slow[i], HEAD HOST FIELD "Content-Length: 9\r\n\r\nbody",
            i % 3 ? 5 : sizeof HEAD HOST FIELD "Content-Length: 9\r\n\r\nbody" - 1);
    }
    CHECK(client_open(&c, &s, (struct wish){.key = &s.a}));
    uint64_t began = loop_now_ms();
    for (int i = 0; i < 5; i++)
        CHECK(post(&c, A_ID, 10, answer, sizeof answer) == 200);
    CHECK(loop_now_ms() - began < 600);
    for (int i = 0; i < SLOW; i++) {
        int status = client_hear(&slow[i], answer, sizeof answer);
        CHECK(status
            == (i % 3 == 0 && i % 2 == 0 ? 403 : 408)); /* B's came on A's path */
        client_close(&slow[i]);
    }
    CHECK(s.store.ingests == 5);
    client_close(&c);
    scene_close(&s);
}

static void test_unfinished_handshakes_make_way_oldest_first(void)
{
    enum { KNOCKS = 40 };
    struct scene s;
    struct client c;
    struct tls_limits few = gate_limits();
    int knocks[KNOCKS];
    char answer[1024], byte;

    few.handshakes = 8;
    scene_open_with(&s, few, GATE_HEAD_MS);
    for (int i = 0; i < KNOCKS; i++) {
        knocks[i] = tcp_open(s.port, 5000, 0);
        CHECK(write(knocks[i], "\x16\x03\x01", 3) == 3);
    }
    CHECK(client_open(&c, &s, (struct wish){.key = &s.a}));
    CHECK(post(&c, A_ID, 10, answer, sizeof answer) == 200);
    for (int i = 0; i < KNOCKS - 8; i++)
        CHECK(read(knocks[i], &byte, 1) <= 0 && errno != EAGAIN);
    CHECK(post(&c, A_ID, 10, answer, sizeof answer) == 200);
    for (int i = 0; i < KNOCKS; i++)
        close(knocks[i]);
    client_close(&c);
    scene_close(&s);
}

static void test_one_device_holds_only_so_many_connections_and_the_newest_is_served(
    void)
{
    struct scene s;
    static struct client c[GATE_OF_DEVICE + 1];
    char answer[1024];

    scene_open(&s);
    for (int i = 0; i <= GATE_OF_DEVICE; i++) {
        CHECK(client_open(&c[i], &s, (struct wish){.key = &s.a}));
        CHECK(post(&c[i], A_ID, 10, answer, sizeof answer) == 200);
    }
    CHECK(client_is_closed(&c[0]));
    CHECK(post(&c[1], A_ID, 10, answer, sizeof answer) == 200);
    for (int i = 0; i <= GATE_OF_DEVICE; i++)
        client_close(&c[i]);
    scene_close(&s);
}

static void test_without_store_everything_is_503_and_with_it_again_200(void)
{
    struct scene s;
    struct client c;
    char answer[1024];
    static char text[1024];
    int status = 0;

    scene_open(&s);
    s.store.holds = true;
    CHECK(client_open(&c, &s, (struct wish){.key = &s.a}));
    client_say(&c, text,
        request_of(text, sizeof text, "POST", "/v1/d/" A_ID "/batches", "", 10, true));
    CHECK(reaches(&s.store.ingests, 1));
    order(&s, ORDER_GO); /* with the envelope in its hands */
    CHECK(client_hear(&c, answer, sizeof answer) == 503);
    CHECK(strstr(answer, "Retry-After: 5\r\n") != NULL);
    client_close(&c);
    CHECK(client_open(&c, &s, (struct wish){.key = &s.a}));
    CHECK(post(&c, A_ID, 10, answer, sizeof answer) == 503);
    client_close(&c);
    s.store.holds = false;
    s.store.held = 0;
    order(&s, ORDER_COME);
    for (int i = 0; i < 200 && status != 200; i++) { /* gate dials again within 2 s */
        struct timespec moment = {0, 20000000};
        CHECK(client_open(&c, &s, (struct wish){.key = &s.a}));
        status = post(&c, A_ID, 10, answer, sizeof answer);
        client_close(&c);
        if (status != 200)
            nanosleep(&moment, NULL);
    }
    CHECK(status == 200);
    scene_close(&s);
}

/* Read without a lock, only to know when to go on. */
static bool reaches_free(const struct gate *g, uint32_t want)
{
    struct timespec moment = {0, 1000000};
    for (int i = 0; i < 5000 && *(const volatile uint32_t *)&g->free_count < want; i++)
        nanosleep(&moment, NULL);
    return g->free_count >= want;
}

static void test_a_late_admission_does_not_admit_the_next_in_the_same_place(void)
{
    struct scene s;
    struct client first, second;
    char answer[1024];
    struct timeval moment = {0, 300000};

    scene_open(&s);
    s.store.holds_admission = true;
    CHECK(client_open(&first, &s, (struct wish){.key = &s.a}));
    CHECK(reaches(&s.store.admits, 1));
    client_close(&first); /* its place is free again, its admission still to come */
    CHECK(reaches_free(s.gate, LIMIT_CONNECTIONS));
    CHECK(client_open(&second, &s, (struct wish){.key = &s.b}));
    CHECK(reaches(&s.store.admits, 2));
    s.store.held = 1; /* only the first is answered */
    order(&s, ORDER_RELEASE);
    CHECK(setsockopt(second.tls.fd, SOL_SOCKET, SO_RCVTIMEO, &moment, sizeof moment)
        == 0);
    CHECK(post(&second, B_ID, 10, answer, sizeof answer) == 0); /* still waits */
    CHECK(s.store.ingests == 0);
    client_close(&second);
    scene_close(&s);
}

#define BUNDLE "0f000000000000000000000000000000000000000000000000000000000000ab"

static int wish(struct client *c, const char *method, const char *path,
    const char *fields, char *answer, size_t cap)
{
    char text[512];
    int n = snprintf(text, sizeof text, "%s %s HTTP/1.1\r\nHost: " NAME "\r\n%s\r\n",
        method, path, fields);

    client_say(c, text, (size_t)n);
    return client_hear(c, answer, cap);
}

static void test_a_piece_is_asked_of_store_in_the_name_of_the_certificate_alone(void)
{
    static char answer[LIMIT_PIECE + 1024];
    struct scene s;
    struct client c;

    scene_open(&s);
    CHECK(client_open(&c, &s, (struct wish){.key = &s.a}));
    CHECK(wish(&c, "GET", "/v1/u/" BUNDLE "/7", "", answer, sizeof answer) == 200);
    const char *body = strstr(answer, "\r\n\r\n");
    CHECK(body != NULL && strlen(body + 4) == LIMIT_PIECE && body[4] == 'p');
    CHECK(strstr(answer, "Content-Type: application/octet-stream\r\n") != NULL);
    CHECK(memcmp(&s.store.last_piece.peer, &s.a_id, sizeof s.a_id) == 0);
    CHECK(s.store.last_piece.number == 7 && s.store.last_piece.bundle.b[31] == 0xab);
    /* The connection stays, and envelopes go on it. */
    CHECK(post(&c, A_ID, 100, answer, sizeof answer) == 200);
    s.store.status = 404;
    CHECK(wish(&c, "GET", "/v1/u/" BUNDLE "/8", "", answer, sizeof answer) == 404);
    CHECK(strstr(answer, "not offered") != NULL);
    s.store.status = 429;
    CHECK(wish(&c, "GET", "/v1/u/" BUNDLE "/8", "", answer, sizeof answer) == 429);
    CHECK(s.store.pieces == 3 && s.store.events == 0 && s.store.admits == 1);
    client_close(&c);
    scene_close(&s);
}

static void test_a_wish_for_a_piece_in_any_other_form_does_not_reach_store(void)
{
    static const struct {
        const char *what, *method, *path, *fields;
        int status;
    } rows[] = {
        {"POST", "POST", "/v1/u/" BUNDLE "/7", "", 405},
        {"a body", "GET", "/v1/u/" BUNDLE "/7", "Content-Length: 5\r\n", 413},
        {"past the limit", "GET", "/v1/u/" BUNDLE "/16384", "", 403},
        {"two zeros", "GET", "/v1/u/" BUNDLE "/00", "", 403},
        {"no number", "GET", "/v1/u/" BUNDLE "/", "", 403},
    };
    struct scene s;
    char answer[1024];

    scene_open(&s);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct client c;
        CHECK(client_open(&c, &s, (struct wish){.key = &s.a}));
        int got = wish(
            &c, rows[i].method, rows[i].path, rows[i].fields, answer, sizeof answer);
        if (got != rows[i].status)
            printf("# %s: %d\n", rows[i].what, got);
        CHECK(got == rows[i].status && client_is_closed(&c));
        CHECK(reaches(&s.store.events, (unsigned)i + 1));
        client_close(&c);
    }
    CHECK(s.store.pieces == 0 && s.store.ingests == 0);
    scene_close(&s);
}

static void test_three_failures_close_the_connection(void)
{
    struct scene s;
    struct client c;
    char answer[1024];

    scene_open(&s);
    CHECK(client_open(&c, &s, (struct wish){.key = &s.a}));
    s.store.status = 401;
    CHECK(post(&c, A_ID, 10, answer, sizeof answer) == 401);
    CHECK(post(&c, A_ID, 10, answer, sizeof answer) == 401);
    s.store.status = 200;
    CHECK(post(&c, A_ID, 10, answer, sizeof answer)
        == 200); /* no failure, and no amnesty */
    s.store.status = 401;
    CHECK(post(&c, A_ID, 10, answer, sizeof answer) == 401);
    CHECK(strstr(answer, "Connection: close\r\n") != NULL && client_is_closed(&c));
    CHECK(s.store.ingests == 4);
    client_close(&c);
    scene_close(&s);
}

MAIN(TEST(test_an_envelope_goes_to_store_and_the_sealed_answer_comes_back),
    TEST(test_what_a_device_attests_reaches_store_with_the_channel_of_its_connection),
    TEST(test_an_attestation_out_of_place_or_too_long_does_not_reach_store),
    TEST(test_nobody_without_a_devices_certificate_reaches_store),
    TEST(test_any_other_path_is_403_with_one_answer_before_its_body_is_read),
    TEST(test_each_broken_request_has_its_status_and_one_event),
    TEST(test_the_largest_envelope_and_head_go_through_and_one_byte_more_does_not),
    TEST(test_a_second_request_before_the_first_is_answered_is_not_executed),
    TEST(test_open_connections_of_a_revoked_device_close_at_once_and_no_others),
    TEST(test_a_device_that_may_not_send_is_403_and_closed),
    TEST(test_slow_clients_are_told_so_and_do_not_harm_a_healthy_one),
    TEST(test_unfinished_handshakes_make_way_oldest_first),
    TEST(test_one_device_holds_only_so_many_connections_and_the_newest_is_served),
    TEST(test_without_store_everything_is_503_and_with_it_again_200),
    TEST(test_a_late_admission_does_not_admit_the_next_in_the_same_place),
    TEST(test_a_piece_is_asked_of_store_in_the_name_of_the_certificate_alone),
    TEST(test_a_wish_for_a_piece_in_any_other_form_does_not_reach_store),
    TEST(test_three_failures_close_the_connection))
