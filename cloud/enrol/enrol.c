/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/enrol/enrol.h"

#include "cloud/http/http_build.h"
#include "cloud/http/http_parse.h"

#include <stdlib.h>
#include <string.h>

enum stage { STAGE_HEAD, STAGE_BODY, STAGE_READY, STAGE_ASKING, STAGE_DONE };

struct enrol_client {
    struct enrol *enrol;
    struct tls_conn *conn;
    size_t slot;
    enum stage stage;
    size_t len; /* of the body, as its head says */
    uint8_t body[LIMIT_ENROL_TPM];
};

static void answer(struct enrol_client *c, uint16_t status, struct bytes body)
{
    uint8_t out[1024 + ENROL_M2_MAX];
    size_t len = 0;

    c->stage = STAGE_DONE;
    if (http_answer_build(status, status == 503 ? 5 : 0, true, body, ROOM_OF(out), &len)
        == OK)
        (void)!tls_conn_send(c->conn, (struct bytes){out, len});
    tls_conn_end(c->conn);
}

static void refuse(struct enrol_client *c, uint16_t status, enum reason reason)
{
    LOG(c->enrol->log, LOG_REFUSE, reason, F_NUM("http", status));
    answer(c, status, (struct bytes){0});
}

static void ask_next(struct enrol *e);

static void ask_later(void *ctx)
{
    ask_next(ctx);
}

/* Ask keys about the oldest that waits; its answers bear no name, so one at a time. */
static void ask_next(struct enrol *e)
{
    uint64_t now = loop_now_ms();

    for (size_t i = 0; i < ENROL_CONNECTIONS && !e->outstanding; i++) {
        struct enrol_client *c = e->clients[i];
        if (!c || c->stage != STAGE_READY)
            continue;
        if (now < e->next_ms) {
            if (loop_after(e->loop, e->next_ms - now, ask_later, e) != OK)
                loop_stop(e->loop);
            return;
        }
        if (!e->keys
            || hub_send(e->hub, e->keys, DOOR_ENROL, (struct bytes){c->body, c->len})
                != OK) {
            answer(c, 503, (struct bytes){0});
            continue;
        }
        e->next_ms = now + ENROL_SPACING_MS;
        c->stage = STAGE_ASKING;
        e->asking = c;
        e->outstanding = true;
    }
}

static void read_body(struct enrol_client *c)
{
    if (c->conn->in_len < c->len)
        return;
    if (c->conn->in_len > c->len) {
        refuse(c, 400, REASON_HTTP_MALFORMED);
        return;
    }
    memcpy(c->body, c->conn->in, c->len);
    c->stage = STAGE_READY;
    tls_conn_stop(c->conn, true);
    ask_next(c->enrol);
}

static void read_head(struct enrol_client *c)
{
    struct http_head h;
    struct http_refusal no;

    enum status s =
        http_head_parse((struct bytes){c->conn->in, c->conn->in_len}, &h, &no);
    if (s == AGAIN)
        return;
    if (s != OK) {
        refuse(c, no.status, no.reason);
    } else if (strcmp(h.path, "/v1/enrol") != 0) {
        refuse(c, 403, REASON_AUTHZ_PATH);
    } else if (h.method != HTTP_POST) {
        refuse(c, 405, REASON_HTTP_METHOD);
    } else if (!h.has_length || h.content_length < ENROL_M1_LEN
        || h.content_length > LIMIT_ENROL_TPM) {
        refuse(c, 400, REASON_HTTP_MALFORMED); /* M1 is the shortest, E1 the longest */
    } else {
        c->len = h.content_length;
        tls_conn_consume(c->conn, h.len);
        c->stage = STAGE_BODY;
        read_body(c);
    }
}

static void heard(void *ctx, struct tls_conn *conn)
{
    struct enrol_client *c = conn->user;
    (void)ctx;

    if (c->stage == STAGE_HEAD)
        read_head(c);
    else if (c->stage == STAGE_BODY)
        read_body(c);
}

static void opened(void *ctx, struct tls_conn *conn)
{
    struct enrol *e = ctx;

    conn->user = NULL;
    for (size_t i = 0; i < ENROL_CONNECTIONS; i++) {
        if (e->clients[i])
            continue;
        struct enrol_client *c = calloc(1, sizeof *c);
        if (!c)
            break;
        *c = (struct enrol_client){.enrol = e, .conn = conn, .slot = i};
        e->clients[i] = c;
        conn->user = c;
        tls_conn_deadline(conn, ENROL_REQUEST_MS);
        return;
    }
    tls_conn_close(conn);
}

static void closed(void *ctx, struct tls_conn *conn)
{
    struct enrol *e = ctx;
    struct enrol_client *c = conn->user;

    if (!c)
        return;
    if (e->asking == c)
        e->asking = NULL;
    e->clients[c->slot] = NULL;
    free(c);
}

/* ---- open only while an invitation is ---- */

static void set_open(struct enrol *e, bool open)
{
    if (e->open != open)
        tls_server_pause(&e->tls, !open);
    e->open = open;
}

static void look(void *ctx)
{
    struct enrol *e = ctx;

    if (e->keys && !e->looking) {
        e->looking = true;
        if (hub_send(e->hub, e->keys, DOOR_ENROL_OPEN, (struct bytes){0}) != OK)
            e->looking = false;
    }
    if (loop_after(e->loop, ENROL_LOOK_MS, look, e) != OK)
        loop_stop(e->loop);
}

static enum status looked(struct enrol *e, struct bytes body)
{
    uint8_t open;

    TRY(door_done_parse(body, &open));
    if (!e->looking)
        return REFUSED; /* an answer that nobody asked for */
    e->looking = false;
    set_open(e, open == 1);
    return OK;
}

enum status enrol_heard_keys(void *ctx, uint64_t peer, uint16_t door, struct bytes body)
{
    struct enrol *e = ctx;
    struct door_enrolled got;
    (void)peer;

    if (door == DOOR_DONE)
        return looked(e, body);
    if (door != DOOR_ENROLLED || !e->outstanding)
        return REFUSED;
    TRY(door_enrolled_parse(body, &got));
    struct enrol_client *c = e->asking;
    e->asking = NULL;
    e->outstanding = false;
    if (c && got.ok)
        answer(c, 200, got.m2);
    else if (c)
        refuse(c, 403, REASON_ENROL_REFUSED);
    ask_next(e);
    return OK;
}

void enrol_keys_up(void *ctx, uint64_t peer)
{
    struct enrol *e = ctx;
    e->keys = peer;
    look(e);
}

void enrol_keys_gone(void *ctx, uint64_t peer)
{
    struct enrol *e = ctx;
    struct enrol_client *c = e->asking;
    (void)peer;

    e->keys = 0;
    e->asking = NULL;
    e->outstanding = e->looking = false;
    set_open(e, false);
    if (c)
        answer(c, 503, (struct bytes){0});
}

void enrol_init(struct enrol *e, struct log *log, struct loop *loop, struct hub *hub)
{
    *e = (struct enrol){.log = log, .loop = loop, .hub = hub};
}

enum status enrol_start(struct enrol *e)
{
    tls_server_pause(&e->tls, true);
    return loop_after(e->loop, ENROL_LOOK_MS, look, e);
}

void enrol_stop(struct enrol *e)
{
    if (!e->loop)
        return;
    loop_cancel(e->loop, look, e);
    loop_cancel(e->loop, ask_later, e);
}

struct tls_owner enrol_owner(struct enrol *e)
{
    return (struct tls_owner){
        .ctx = e, .opened = opened, .heard = heard, .closed = closed};
}

struct tls_limits enrol_limits(void)
{
    return (struct tls_limits){.connections = ENROL_CONNECTIONS,
        .handshakes = ENROL_CONNECTIONS,
        .handshake_ms = LIMIT_HANDSHAKE_MS,
        .in_cap = LIMIT_HTTP_HEAD + LIMIT_ENROL_TPM + 1,
        .out_cap = 1024 + ENROL_M2_MAX};
}
