/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/gate/gate.h"

#include "cloud/gate/path_rule.h"
#include "cloud/gate/revoked.h"
#include "cloud/http/http_build.h"
#include "host/tls.h"

#include <assert.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

enum {
    SLOT_BITS = 14,
    RETRY_S = 5,
    QUEUE_MOST = 768,     /* messages that wait for store, below HUB_QUEUE */
    EVENTS_WAITING = 512, /* more in the queue than that: the log alone has them */
    NAMELESS_EVENTS = 64, /* a second, of peers without a certificate of ours */
    CERTS_MAX = 4096,     /* bytes of a client's chain */
};
static_assert((int)QUEUE_MOST < (int)HUB_QUEUE, "the hub drops who overflows it");
static_assert(LIMIT_CONNECTIONS <= 1 << SLOT_BITS, "a ticket names a slot");
static_assert((int)HTTP_ANSWER_MAX <= (int)LIMIT_TALK_BODY, "one scratch for both");

enum stage {
    STAGE_ADMITTING, /* store is asked about this device; nothing is read */
    STAGE_HEAD,
    STAGE_BODY,
    STAGE_STORE,  /* an envelope is with store; nothing is read */
    STAGE_PIECE,  /* so is the wish for a piece of a bundle */
    STAGE_ATTEST, /* so is what the device attests */
    STAGE_DONE,   /* the last answer is on its way */
};

struct gate_client {
    struct gate *gate;
    struct tls_conn *conn;
    uint32_t slot,
        turn; /* a ticket is turn || slot: a late answer finds its asker or nobody */
    enum stage stage;
    bool barred;              /* the device's state does not let it send */
    enum http_of_device what; /* the request that is read */
    uint64_t connection;      /* its number, from 1, never again */
    struct device_id peer;
    struct http_head head;
    char host[sizeof((struct http_head *)0)->host]; /* the last that was ours */
    uint32_t failures;
};

static uint32_t ticket_of(const struct gate_client *c)
{
    return c->turn << SLOT_BITS | c->slot;
}

static struct gate_client *by_ticket(struct gate *g, uint32_t ticket)
{
    uint32_t slot = ticket & ((1u << SLOT_BITS) - 1);
    struct gate_client *c = slot < LIMIT_CONNECTIONS ? g->clients[slot] : NULL;
    return c && ticket_of(c) == ticket ? c : NULL;
}

/* A number for each question, so that an answer never finds who asked another. */
static void new_ticket(struct gate_client *c)
{
    c->turn = ++c->gate->turns & ((1u << (32 - SLOT_BITS)) - 1);
}

/* AGAIN: store is away, or behind. */
static enum status tell_store(struct gate *g, uint16_t door, struct bytes body)
{
    if (!g->store || hub_waiting(g->hub) >= QUEUE_MOST)
        return AGAIN;
    return hub_send(g->hub, g->store, door, body);
}

/* ---- events ---- */

/* Who has no certificate of ours can make store write only so much. */
static bool within_budget(struct gate *g, bool has_peer)
{
    uint64_t now = loop_now_ms();

    if (hub_waiting(g->hub) > EVENTS_WAITING)
        return false;
    if (has_peer)
        return true;
    if (now - g->window_ms >= 1000) {
        g->window_ms = now;
        g->window_events = 0;
    }
    return ++g->window_events <= NAMELESS_EVENTS;
}

static void tell_event(struct gate *g, enum reason reason, const struct device_id *peer)
{
    struct door_gate_event event = {
        .reason = reason, .has_peer = peer != NULL, .request = g->requests};
    uint8_t body[64];

    if (!within_budget(g, peer != NULL))
        return;
    if (peer)
        event.peer = *peer;
    (void)!tell_store(g, DOOR_GATE_EVENT, door_gate_event_build(&event, ROOM_OF(body)));
}

/* ---- answers ---- */

static void answer(struct gate_client *c, uint16_t status, uint16_t retry_after_s,
    bool close, struct bytes body)
{
    struct room out = ROOM_OF(c->gate->scratch);
    size_t len = 0;

    c->stage = close ? STAGE_DONE : STAGE_HEAD;
    if (http_answer_build(status, retry_after_s, close, body, out, &len) != OK
        || tls_conn_send(c->conn, (struct bytes){out.at, len}) != OK || close)
        tls_conn_end(c->conn);
    else
        tls_conn_deadline(c->conn, GATE_IDLE_MS);
}

/* Req: HF-SEC-001 "shall be recorded once": one line here, one event at store. */
static void refuse(struct gate_client *c, uint16_t status, enum reason reason)
{
    struct gate *g = c->gate;

    LOG(g->log, LOG_REFUSE, reason, F_DEV(&c->peer), F_NUM("req", g->requests),
        F_NUM("http", status));
    tell_event(g, reason, &c->peer);
    answer(c, status, 0, true, (struct bytes){0});
}

static void try_later(struct gate_client *c)
{
    answer(c, 503, RETRY_S, true, (struct bytes){0});
}

/* ---- one request ---- */

/* The host is one that our certificate names, and the one that TLS was told. */
static bool judge_host(const struct gate_client *c)
{
    const char *sni = SSL_get_servername(c->conn->ssl, TLSEXT_NAMETYPE_host_name);
    X509 *own = SSL_get_certificate(c->conn->ssl);

    if (!own || (sni && strcasecmp(sni, c->head.host) != 0))
        return false;
    return X509_check_host(own, c->head.host, 0, X509_CHECK_FLAG_NO_WILDCARDS, NULL)
        == 1
        || X509_check_ip_asc(own, c->head.host, 0) == 1;
}

static bool same_host(struct gate_client *c)
{
    if (c->host[0] && strcmp(c->host, c->head.host) == 0)
        return true; /* judged before, on this connection */
    if (!judge_host(c))
        return false;
    memcpy(c->host, c->head.host, sizeof c->host);
    return true;
}

/* For a piece of a bundle. Whose it is, store knows: the path names no device. */
static uint16_t judge_wish(struct gate_client *c, enum reason *why)
{
    *why = REASON_AUTHZ_STATE;
    if (c->barred)
        return 403;
    *why = REASON_HTTP_METHOD;
    if (c->head.method != HTTP_GET)
        return 405;
    *why = REASON_HTTP_MALFORMED;
    if (!same_host(c))
        return 421;
    return c->head.content_length > 0 ? 413 : 0;
}

/* What can be judged from the head, in this order; 0: go on to the body. */
static uint16_t judge_head(struct gate_client *c, enum reason *why)
{
    struct device_id path;
    struct http_piece piece;

    if (http_piece_path_parse(c->head.path, &piece) == OK)
        return judge_wish(c, why);
    *why = REASON_AUTHZ_PATH;
    if (http_device_path_parse(c->head.path, &c->what, &path) != OK
        || !path_rule_allows(&c->peer, &path))
        return 403;
    *why = REASON_AUTHZ_STATE;
    if (c->barred)
        return 403;
    *why = REASON_HTTP_METHOD;
    if (c->head.method != HTTP_POST)
        return 405;
    *why = REASON_HTTP_MALFORMED;
    if (!same_host(c))
        return 421;
    if (!c->head.has_length)
        return 411;
    if (c->head.odd_type)
        return 415;
    if (c->what == HTTP_BATCHES && (!c->head.has_nonce || c->head.content_length == 0))
        return 400;
    *why = REASON_HTTP_LIMIT;
    if (c->what == HTTP_ATTEST)
        return c->head.content_length > ATTEST_QUOTE_MAX ? 400 : 0;
    return c->head.content_length > LIMIT_ENVELOPE ? 413 : 0;
}

/* Nothing more is read until store has answered. */
static void wait_for_store(struct gate_client *c, enum stage stage, size_t read_len)
{
    c->stage = stage;
    tls_conn_consume(c->conn, read_len);
    tls_conn_stop(c->conn, true);
    tls_conn_deadline(c->conn, c->gate->store_ms);
}

static void ask_for_piece(struct gate_client *c)
{
    struct door_piece ask = {.peer = c->peer};
    struct http_piece wish;
    uint8_t body[64];

    /* A second request before the answer to the first is none of ours. */
    if (c->conn->in_len > c->head.len) {
        refuse(c, 400, REASON_HTTP_MALFORMED);
        return;
    }
    new_ticket(c);
    ask.ticket = ticket_of(c);
    if (http_piece_path_parse(c->head.path, &wish) != OK) {
        try_later(c);
        return;
    }
    ask.bundle = wish.bundle;
    ask.number = wish.number;
    if (tell_store(c->gate, DOOR_PIECE, door_piece_build(&ask, ROOM_OF(body))) != OK)
        try_later(c);
    else
        wait_for_store(c, STAGE_PIECE, c->head.len);
}

static enum status hand_batch(struct gate_client *c, struct bytes envelope)
{
    struct door_ingest ask = {.ticket = ticket_of(c),
        .peer = c->peer,
        .nonce = c->head.nonce,
        .connection = c->connection};
    struct room body = ROOM_OF(c->gate->scratch);

    TRY(http_device_path_parse(c->head.path, &c->what, &ask.path));
    return tell_store(c->gate, DOOR_INGEST, door_ingest_build(&ask, envelope, body));
}

static enum status hand_attest(struct gate_client *c, struct bytes said)
{
    struct door_attest ask = {
        .ticket = ticket_of(c), .peer = c->peer, .connection = c->connection};
    struct room body = ROOM_OF(c->gate->scratch);

    TRY(http_device_path_parse(c->head.path, &c->what, &ask.path));
    if (SSL_export_keying_material(c->conn->ssl, ask.channel.b, sizeof ask.channel.b,
            ATTEST_EXPORTER, sizeof ATTEST_EXPORTER - 1, NULL, 0, 0)
        != 1)
        return BROKEN;
    return tell_store(c->gate, DOOR_ATTEST, door_attest_build(&ask, said, body));
}

static void hand_to_store(struct gate_client *c)
{
    struct bytes body = {c->conn->in, c->head.content_length};

    new_ticket(c);
    enum status s = c->what == HTTP_ATTEST ? hand_attest(c, body) : hand_batch(c, body);
    if (s != OK) {
        try_later(c);
        return;
    }
    wait_for_store(
        c, c->what == HTTP_ATTEST ? STAGE_ATTEST : STAGE_STORE, c->head.content_length);
}

static void read_body(struct gate_client *c)
{
    if (c->conn->in_len < c->head.content_length)
        return;
    /* A second request before the answer to the first is none of ours. */
    if (c->conn->in_len > c->head.content_length)
        refuse(c, 400, REASON_HTTP_MALFORMED);
    else
        hand_to_store(c);
}

static void read_head(struct gate_client *c)
{
    struct http_refusal no;
    enum reason why;

    enum status s =
        http_head_parse((struct bytes){c->conn->in, c->conn->in_len}, &c->head, &no);
    if (s == AGAIN) {
        if (c->conn->deadline_ms == 0
            || c->conn->deadline_ms > loop_now_ms() + c->gate->head_ms)
            tls_conn_deadline(c->conn, c->gate->head_ms);
        return;
    }
    c->gate->requests++;
    if (s != OK) {
        refuse(c, no.status, no.reason);
        return;
    }
    uint16_t status = judge_head(c, &why);
    if (status != 0) {
        refuse(c, status, why);
        return;
    }
    if (c->head.method == HTTP_GET) {
        ask_for_piece(c);
        return;
    }
    tls_conn_consume(c->conn, c->head.len);
    c->stage = STAGE_BODY;
    tls_conn_deadline(c->conn, c->gate->body_ms);
    read_body(c);
}

static void heard(void *ctx, struct tls_conn *conn)
{
    struct gate_client *c = conn->user;
    (void)ctx;

    if (c->stage == STAGE_HEAD)
        read_head(c);
    else if (c->stage == STAGE_BODY)
        read_body(c);
}

/* ---- a connection's life ---- */

static bool speaks_holdfast(SSL *ssl)
{
    static const uint8_t want[] = "holdfast/1";
    const uint8_t *got = NULL;
    unsigned len = 0;

    SSL_get0_alpn_selected(ssl, &got, &len);
    return len == sizeof want - 1 && memcmp(got, want, len) == 0;
}

static void admit(struct gate_client *c)
{
    new_ticket(c);
    struct door_admit ask = {.ticket = ticket_of(c), .peer = c->peer};
    uint8_t body[32];

    if (tell_store(c->gate, DOOR_ADMIT, door_admit_build(&ask, ROOM_OF(body))) != OK) {
        try_later(c);
        return;
    }
    tls_conn_stop(c->conn, true);
    tls_conn_deadline(c->conn, c->gate->store_ms);
}

/* A device that comes back before its dead connections are known to be dead must get in. */
static void make_way(const struct gate_client *c)
{
    struct gate *g = c->gate;
    struct tls_conn *oldest = NULL;
    uint32_t count = 0;

    for (struct tls_conn *at = g->tls.last; at; at = at->older) {
        const struct gate_client *other = at->open ? at->user : NULL;
        if (!other || other == c
            || memcmp(other->peer.b, c->peer.b, sizeof c->peer.b) != 0)
            continue;
        oldest = at;
        count++;
    }
    if (count < GATE_OF_DEVICE)
        return;
    LOG(g->log, LOG_REFUSE, REASON_CONN_LIMIT, F_DEV(&c->peer), F_NUM("open", count));
    tell_event(g, REASON_CONN_LIMIT, &c->peer);
    tls_conn_close(oldest);
}

static void opened(void *ctx, struct tls_conn *conn)
{
    struct gate *g = ctx;
    struct gate_client *c = NULL;
    struct device_id peer;

    conn->user = NULL;
    if (!speaks_holdfast(conn->ssl) || tls_peer_device(conn->ssl, peer.b) != OK) {
        LOG(g->log, LOG_REFUSE, REASON_TLS_HANDSHAKE,
            F_WORD("what", "not a device of ours"));
        tls_conn_close(conn);
        tell_event(g, REASON_TLS_HANDSHAKE, NULL);
        return;
    }
    c = g->free_count > 0 ? calloc(1, sizeof *c) : NULL;
    if (!c) {
        LOG(g->log, LOG_REFUSE, REASON_CONN_LIMIT, F_DEV(&peer));
        tls_conn_close(conn);
        return;
    }
    *c = (struct gate_client){
        .gate = g, .conn = conn, .peer = peer, .connection = ++g->connections};
    c->slot = g->free_slot[--g->free_count];
    g->clients[c->slot] = c;
    conn->user = c;
    make_way(c);
    LOG(g->log, LOG_INFO, REASON_CONN_OPEN, F_DEV(&peer));
    admit(c);
}

/* Too slow in the middle of a request is a refusal; idle too long is nothing. */
static void expired(void *ctx, struct tls_conn *conn)
{
    struct gate_client *c = conn->user;
    (void)ctx;

    if (!c)
        return;
    if (c->stage == STAGE_BODY || (c->stage == STAGE_HEAD && conn->in_len > 0))
        refuse(c, 408, REASON_HTTP_TIMEOUT);
    else if (c->stage == STAGE_STORE || c->stage == STAGE_PIECE
        || c->stage == STAGE_ATTEST || c->stage == STAGE_ADMITTING)
        try_later(c);
}

static void failed(void *ctx, enum reason reason)
{
    tell_event(ctx, reason, NULL);
}

static void closed(void *ctx, struct tls_conn *conn)
{
    struct gate *g = ctx;
    struct gate_client *c = conn->user;

    if (!c)
        return;
    g->clients[c->slot] = NULL;
    g->free_slot[g->free_count++] = c->slot;
    LOG(g->log, LOG_INFO, REASON_CONN_CLOSED, F_DEV(&c->peer));
    free(c);
}

/* ---- what store says ---- */

static enum status admitted(struct gate *g, struct bytes body)
{
    struct door_admitted got;
    TRY(door_admitted_parse(body, &got));
    struct gate_client *c = by_ticket(g, got.ticket);
    if (!c || c->stage != STAGE_ADMITTING)
        return OK;
    c->barred = !got.admitted;
    c->stage = STAGE_HEAD;
    tls_conn_deadline(c->conn, GATE_IDLE_MS);
    tls_conn_stop(c->conn, false);
    return OK;
}

/* Bytes that came before we had answered: a second request, which nobody looks at. */
static bool more_came(const struct gate_client *c)
{
    uint8_t byte;

    if (!c->conn->early && c->conn->in_len == 0)
        return false;
    ERR_clear_error();
    bool came = c->conn->in_len > 0 || SSL_pending(c->conn->ssl) > 0
        || SSL_peek(c->conn->ssl, &byte, 1) > 0;
    ERR_clear_error();
    return came;
}

/* A piece is no message of ours, and goes on in a form of its own. */
static void pass_on(struct gate_client *c, const struct door_ingested *got,
    struct bytes body, bool close)
{
    struct room out = ROOM_OF(c->gate->scratch);
    size_t len = 0;

    if (c->stage != STAGE_PIECE || got->http_status != 200 || close) {
        answer(c, got->http_status, got->retry_after_s, close,
            c->stage == STAGE_PIECE ? (struct bytes){0} : body);
        return;
    }
    c->stage = STAGE_HEAD;
    if (http_piece_build(body, out, &len) != OK
        || tls_conn_send(c->conn, (struct bytes){out.at, len}) != OK)
        tls_conn_end(c->conn);
    else
        tls_conn_deadline(c->conn, GATE_IDLE_MS);
}

/* Back to the device, if it waits for an answer of this kind. */
static void give_back(struct gate *g, const struct door_ingested *got,
    struct bytes given, enum stage stage)
{
    struct gate_client *c = by_ticket(g, got->ticket);

    if (!c || c->stage != stage)
        return;
    if (got->http_status != 200 && got->http_status != 204 && got->http_status != 429
        && got->http_status != 503)
        c->failures++;
    bool more = more_came(c);
    if (more) {
        LOG(g->log, LOG_REFUSE, REASON_HTTP_MALFORMED, F_DEV(&c->peer),
            F_NUM("req", g->requests));
        tell_event(g, REASON_HTTP_MALFORMED, &c->peer);
    }
    tls_conn_stop(c->conn, false);
    pass_on(c, got, given, more || c->failures >= LIMIT_CONNECTION_FAILURES);
}

static enum status store_answered(struct gate *g, struct bytes body, enum stage stage)
{
    struct door_ingested got;
    struct bytes given;

    TRY(door_ingested_parse(body, &got, &given));
    give_back(g, &got, given, stage);
    return OK;
}

static enum status attested(struct gate *g, struct bytes body)
{
    struct door_attested got;
    struct bytes asked;

    TRY(door_attested_parse(body, &got, &asked));
    const struct door_ingested as = {.ticket = got.ticket,
        .http_status = got.http_status,
        .retry_after_s = got.http_status == 503 ? RETRY_S : 0};
    give_back(g, &as, asked, STAGE_ATTEST);
    return OK;
}

static enum status close_device(struct gate *g, struct bytes body)
{
    struct device_id revoked;

    TRY(door_device_id_parse(body, &revoked));
    for (uint32_t slot = 0; slot < LIMIT_CONNECTIONS; slot++) {
        struct gate_client *c = g->clients[slot];
        if (!c || !revoked_ends(&revoked, &c->peer))
            continue;
        LOG(g->log, LOG_REFUSE, REASON_CONN_REVOKED, F_DEV(&revoked));
        tls_conn_close(c->conn);
    }
    return OK;
}

enum status gate_heard_store(void *ctx, uint64_t peer, uint16_t door, struct bytes body)
{
    (void)peer;
    switch (door) {
    case DOOR_ADMITTED: return admitted(ctx, body);
    case DOOR_INGESTED: return store_answered(ctx, body, STAGE_STORE);
    case DOOR_PIECE_GIVEN: return store_answered(ctx, body, STAGE_PIECE);
    case DOOR_ATTESTED: return attested(ctx, body);
    case DOOR_CLOSE_DEVICE: return close_device(ctx, body);
    default: return REFUSED;
    }
}

void gate_store_up(void *ctx, uint64_t peer)
{
    ((struct gate *)ctx)->store = peer;
}

/* Who waited for store is told to come later; admission is asked anew at the next connection. */
void gate_store_gone(void *ctx, uint64_t peer)
{
    struct gate *g = ctx;
    (void)peer;

    g->store = 0;
    for (uint32_t slot = 0; slot < LIMIT_CONNECTIONS; slot++) {
        struct gate_client *c = g->clients[slot];
        if (c
            && (c->stage == STAGE_ADMITTING || c->stage == STAGE_STORE
                || c->stage == STAGE_PIECE || c->stage == STAGE_ATTEST))
            try_later(c);
    }
}

void gate_init(struct gate *g, struct log *log, struct loop *loop, struct hub *hub)
{
    *g = (struct gate){.log = log,
        .loop = loop,
        .hub = hub,
        .head_ms = GATE_HEAD_MS,
        .body_ms = GATE_BODY_MS,
        .store_ms = GATE_STORE_MS};
    for (uint32_t slot = 0; slot < LIMIT_CONNECTIONS; slot++)
        g->free_slot[g->free_count++] = LIMIT_CONNECTIONS - 1 - slot;
}

enum status gate_context(SSL_CTX *ctx)
{
    static const uint8_t context[] = "holdfast gate";

    SSL_CTX_set_verify_depth(ctx, 0); /* no authority between ours and a device */
    SSL_CTX_set_max_cert_list(ctx, CERTS_MAX);
    return SSL_CTX_set_session_id_context(ctx, context, sizeof context - 1) == 1
        ? OK
        : BROKEN;
}

struct tls_owner gate_owner(struct gate *g)
{
    return (struct tls_owner){.ctx = g,
        .opened = opened,
        .heard = heard,
        .closed = closed,
        .expired = expired,
        .failed = failed};
}

struct tls_limits gate_limits(void)
{
    return (struct tls_limits){.connections = LIMIT_CONNECTIONS,
        .handshakes = LIMIT_HANDSHAKES,
        .handshake_ms = LIMIT_HANDSHAKE_MS,
        .in_cap = LIMIT_HTTP_HEAD + LIMIT_ENVELOPE,
        .out_cap = HTTP_ANSWER_MAX};
}
