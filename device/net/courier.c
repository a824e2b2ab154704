/* SPDX-License-Identifier: Apache-2.0 */
#include "device/net/courier.h"

#include "core/uplink/uplink.h"
#include "device/board/board_clock.h"
#include "device/net/build_time.h"
#include "device/net/cloud_file.h"
#include "device/net/dial.h"
#include "device/net/fetcher.h"
#include "device/net/http.h"
#include "device/net/prove.h"
#include "device/talk/messages.h"
#include "device/talk/place.h"
#include "device/trust/pin_store.h"
#include "device/trust/tls_pair.h"
#include "device/trust/trust_agent.h"
#include "device/trust/trust_file.h"
#include "host/cli.h"
#include "host/crypto.h"
#include "host/keyfile.h"
#include "host/tls.h"
#include "wire/attest.h"

#include <assert.h>
#include <netdb.h>
#include <openssl/asn1.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
    KEEPER_AGAIN_MS = 50,
    KEEPER_AGAIN_MAX_MS = 2000,
    KEYS_AGAIN_MS = 50,
    KEYS_AGAIN_MAX_MS = 2000,
    KEYS_PATIENCE_MS = 3000, /* agent may start later than we do */
    CERT_MAX = LIMIT_CERT,
    DISK_AGAIN_MS = 5000, /* storage failed: start anew after this */
    UNPROVEN = 401,       /* on this connection */
};

static const char alpn[] = "holdfast/1";

struct courier {
    struct role_env *env;
    struct log *log;
    struct loop *loop;
    struct role_lock lock;
    struct board_clock clock;
    const struct entropy *entropy;

    struct bundle cloud;
    struct trust_file file;   /* trust: software */
    struct trust_agent agent; /* trust: tpm */
    bool waiting;             /* for the key in the TPM: nothing is dialled */
    bool key_missed;          /* ... which has been said */
    uint64_t key_since_ms, key_delay_ms;
    char folder[PLACE_MAX];
    struct tls_pair pair;
    size_t cert_len;
    uint8_t cert[CERT_MAX];
    struct host_crypto *crypto;
    struct pin_store pins;
    SSL_CTX *ctx;
    SSL_CTX *trial; /* the same with the pin set on trial; NULL: none */
    /* Version of the set on trial that this connection, and that the last answer's, was checked
     * against; 0: the one in force. */
    uint32_t on_trial, answered_on_trial;
    bool trial_failed;    /* the last connection on trial */
    enum link_word fault; /* LINK_NONE: may dial */
    bool disk_failed;     /* in the start: a new one is tried */
    bool next_failed;     /* the key to come: told */
    bool confirm_failed;  /* a set that is seen to serve is not in force; said */

    char keeper_path[PLACE_MAX];
    int keeper_fd; /* -1: not connected */
    uint64_t keeper_delay_ms;

    struct uplink uplink;
    uint64_t armed_ms; /* the due time that the timer is set for; 0: none */
    struct dial_plan plan;
    struct dial dial;
    enum link_word said; /* what keeper was told last */

    bool time_known; /* from an answer that keeper opened */
    uint64_t utc_ms, utc_at_ms;
    uint64_t bound_utc_s;
    bool reconnect; /* the clock was unset when this connection was made */

    struct prove prove; /* what this device is: while the table says so */

    bool in_hand; /* a transmission of keeper's is ours */
    struct nonce nonce;
    struct fetcher fetcher; /* a piece of a bundle, when nothing else is to be sent */
    bool stalled;           /* the line is given up because a piece does not come */
    bool ask_waits;         /* keeper is asked for a batch once the piece is here */
    size_t out_len, out_sent, in_len;
    uint8_t out[LIMIT_HTTP_HEAD + LIMIT_ENVELOPE];
    uint8_t in[HTTP_ANSWER_MAX + 1];
    uint8_t talk[TALK_HEAD_LEN + LIMIT_TALK_BODY];
    uint8_t body[LIMIT_TALK_BODY];
};

static void step(struct courier *c, enum uplink_event ev, uint32_t retry_after_s);
static void keeper_lost(struct courier *c);
static void key_lost(struct courier *c);
static void find_key(void *ctx);
static const struct trust *trust_of(const struct courier *c);
static void on_line(void *ctx, int fd, uint32_t events);

/* --- to keeper --- */

static void tell(struct courier *c, enum message what, struct bytes body)
{
    /* AGAIN cannot last: keeper reads first of all; a peer that stands still is left. */
    if (c->keeper_fd >= 0 && talk_send(c->keeper_fd, (uint16_t)what, body) != OK)
        keeper_lost(c);
}

static void say_link(struct courier *c, enum link_word word)
{
    uint8_t b[1];

    if (c->said == word)
        return;
    c->said = word;
    if (word == LINK_OPEN)
        LOG(c->log, LOG_INFO, REASON_LINK_UP, F_NUM("failures", c->uplink.failures));
    else if (word == LINK_NOT_TRUSTED)
        LOG(c->log, LOG_REFUSE, REASON_SERVER_NOT_TRUSTED,
            F_NUM("failures", c->uplink.failures));
    else if (word == LINK_NOT_ATTESTED)
        LOG(c->log, LOG_REFUSE, REASON_ATTEST_REFUSED,
            F_NUM("failures", c->uplink.failures));
    else if (word == LINK_NO_NETWORK)
        LOG(c->log, LOG_WARN, REASON_LINK_DOWN, F_NUM("failures", c->uplink.failures));
    tell(c, SAY_LINK, link_build(word, ROOM_OF(b)));
}

static void give_back(struct courier *c)
{
    uint8_t b[sizeof c->nonce.b];

    if (!c->in_hand)
        return;
    c->in_hand = false;
    tell(c, SAY_UNANSWERED, nonce_build(&c->nonce, ROOM_OF(b)));
}

/* --- the line to the cloud --- */

static void hang_up(struct courier *c)
{
    if (c->dial.fd >= 0)
        loop_forget(c->loop, c->dial.fd);
    dial_stop(&c->dial);
    fetcher_line_lost(&c->fetcher, c->stalled);
    c->stalled = c->ask_waits = false;
    give_back(c);
}

static void line_lost(struct courier *c, enum link_word word)
{
    say_link(c, word);
    step(c, UPLINK_LOST, 0);
}

static bool find_cloud(struct courier *c)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    char port[8];

    snprintf(port, sizeof port, "%u", c->cloud.port);
    if (getaddrinfo(c->cloud.address, port, &hints, &found) != 0)
        return false;
    bool fits = found->ai_addrlen <= sizeof c->plan.to;
    if (fits) {
        memcpy(&c->plan.to, found->ai_addr, found->ai_addrlen);
        c->plan.to_len = found->ai_addrlen;
    }
    freeaddrinfo(found);
    return fits;
}

static void dial_now(struct courier *c)
{
    uint64_t since_ms = board_clock_now_ms() - c->utc_at_ms;

    c->plan.clock_known = c->time_known;
    c->plan.now_utc_s = (c->utc_ms + since_ms) / 1000;
    c->plan.bound_utc_s = c->bound_utc_s;
    c->reconnect = false;
    bool tries = c->trial != NULL && !c->trial_failed;
    c->on_trial = tries ? c->pins.trial.version : 0;
    c->trial_failed = false; /* turn by turn */
    c->plan.ctx = tries ? c->trial : c->ctx;
    if (!find_cloud(c) || dial_start(&c->dial, &c->plan) != OK
        || loop_watch(c->loop, c->dial.fd, EPOLLIN | EPOLLOUT, on_line, c) != OK) {
        line_lost(c, LINK_NO_NETWORK);
        return;
    }
}

static void watch_for(struct courier *c, uint32_t events)
{
    if (loop_change(c->loop, c->dial.fd, events) != OK)
        line_lost(c, LINK_NO_NETWORK);
}

/* Req: HF-PIN-002 "the set in force stays until a sealed exchange under the new one" */
static void not_trusted(struct courier *c)
{
    if (c->on_trial == 0) {
        line_lost(c, LINK_NOT_TRUSTED);
        return;
    }
    c->trial_failed = true;
    LOG(c->log, LOG_WARN, REASON_PINS_TRIAL, F_NUM("version", c->on_trial));
    step(c, UPLINK_LOST, 0);
}

static void open_for_batches(struct courier *c)
{
    say_link(c, LINK_OPEN);
    step(c, UPLINK_SECURED, 0);
}

static void handshake(struct courier *c)
{
    uint32_t events = EPOLLIN;

    switch (dial_go_on(&c->dial, &events)) {
    case AGAIN: watch_for(c, events); break;
    case OK:
        watch_for(c, EPOLLIN);
        if (c->env->attest)
            step(c, UPLINK_PROVE, 0);
        else
            open_for_batches(c);
        break;
    case REFUSED: not_trusted(c); break;
    case FULL:
    case MALFORMED:
    case DAMAGED:
    case BROKEN: line_lost(c, LINK_NO_NETWORK); break;
    }
    if (c->agent.lost && !c->waiting)
        key_lost(c);
}

static void send_more(struct courier *c)
{
    while (c->out_sent < c->out_len) {
        uint32_t events = EPOLLOUT;
        size_t n = 0;
        struct bytes rest = {c->out + c->out_sent, c->out_len - c->out_sent};
        enum status s = dial_write(&c->dial, rest, &n, &events);
        if (s == AGAIN) {
            watch_for(c, events | EPOLLIN);
            return;
        }
        if (s != OK) {
            line_lost(c, LINK_NO_NETWORK);
            return;
        }
        c->out_sent += n;
    }
    watch_for(c, EPOLLIN);
}

/* --- what this device is, before anything else is said --- */

static void send_proof(struct courier *c, size_t len)
{
    c->in_len = 0;
    c->out_len = len;
    c->out_sent = 0;
    send_more(c);
}

static void begin_proof(struct courier *c)
{
    size_t len = 0;

    c->prove = (struct prove){
        .trust = trust_of(c), .device = &c->cloud.kid.device, .host = c->cloud.name};
    bool good = SSL_export_keying_material(c->dial.ssl, c->prove.channel.b,
                    sizeof c->prove.channel.b, ATTEST_EXPORTER,
                    sizeof ATTEST_EXPORTER - 1, NULL, 0, 0)
            == 1
        && prove_begin(&c->prove, ROOM_OF(c->out), &len) == OK;
    if (good)
        send_proof(c, len);
    else
        line_lost(c, LINK_NO_NETWORK);
}

static void not_now(struct courier *c, const struct http_answer *a)
{
    LOG(c->log, LOG_WARN, REASON_SERVER_REFUSED, F_NUM("http", a->status),
        F_NUM("retry_after_s", a->retry_after_s));
    step(c, UPLINK_DENIED, a->retry_after_s);
}

/* Req: HF-TPM-014 "on a connection whose proof the cloud has not taken it shall send nothing" */
static void proof_answered(struct courier *c, const struct http_answer *a)
{
    size_t len = 0;

    switch (prove_answered(&c->prove, a, ROOM_OF(c->out), &len)) {
    case OK:
        c->in_len = 0;
        if (a->keep)
            open_for_batches(c);
        else
            line_lost(c, LINK_NO_NETWORK);
        break;
    case AGAIN: send_proof(c, len); break;
    case REFUSED:
        say_link(c, LINK_NOT_ATTESTED);
        step(c, UPLINK_DENIED, a->retry_after_s);
        break;
    case FULL:
    case MALFORMED:
    case DAMAGED: not_now(c, a); break;
    case BROKEN: step(c, UPLINK_LOST, 0); break; /* agent says why */
    }
    if (c->agent.lost && !c->waiting)
        key_lost(c);
}

/* 409 and 422 come with a sealed verdict: a good answer, though not a welcome one. */
static bool served(uint16_t status)
{
    return status == 200 || status == 409 || status == 422;
}

/* The store has forgotten what this connection proved: the next one proves it again, and sends what is given back now. */
static bool unproven(struct courier *c, const struct http_answer *a)
{
    if (a->status != UNPROVEN || !c->env->attest)
        return false;
    not_now(c, a);
    return true;
}

static void answered(struct courier *c, const struct http_answer *a)
{
    struct said_reply reply = {c->nonce, a->status, a->retry_after_s};

    if (unproven(c, a))
        return;
    c->in_hand = false;
    c->in_len = 0;
    c->answered_on_trial = c->on_trial;
    if (!served(a->status))
        LOG(c->log, LOG_WARN, REASON_SERVER_REFUSED, F_NUM("http", a->status),
            F_NUM("retry_after_s", a->retry_after_s));
    tell(c, SAY_REPLY, reply_build(&reply, a->body, ROOM_OF(c->body)));
    if (!served(a->status))
        step(c, UPLINK_DENIED, a->retry_after_s);
    else if (!a->keep)
        step(c, UPLINK_LOST, 0);
    else
        step(c, UPLINK_REPLIED, 0);
}

/* Nothing that came of it makes the line back off. */
static void piece_answered(struct courier *c, const struct http_answer *a)
{
    bool waits = c->ask_waits;

    c->in_len = 0;
    c->ask_waits = false;
    fetcher_answered(&c->fetcher, a);
    if (!a->keep)
        step(c, UPLINK_LOST, 0);
    else if (waits)
        tell(c, SAY_ASK, (struct bytes){0});
}

static void read_more(struct courier *c)
{
    for (;;) {
        uint32_t events = EPOLLIN;
        size_t n = 0;
        struct room rest = {c->in + c->in_len, sizeof c->in - c->in_len};
        struct http_answer a;
        enum status s = dial_read(&c->dial, rest, &n, &events);
        if (s == AGAIN)
            return;
        if (s != OK) {
            c->stalled = c->fetcher.asked;
            line_lost(c, LINK_NO_NETWORK);
            return;
        }
        c->in_len += n;
        bool proving = c->uplink.state == UPLINK_PROVING;
        s = c->in_hand || c->fetcher.asked || proving
            ? http_answer_parse((struct bytes){c->in, c->in_len}, &a)
            : MALFORMED;
        if (s == OK && proving) {
            proof_answered(c, &a);
            return;
        }
        if (s == OK && !c->in_hand) {
            piece_answered(c, &a);
            return;
        }
        if (s == OK) {
            answered(c, &a);
            return;
        }
        if (s != AGAIN || c->in_len == sizeof c->in) {
            LOG(c->log, LOG_REFUSE, REASON_HTTP_MALFORMED, F_NUM("n", c->in_len));
            c->stalled = c->fetcher.asked;
            line_lost(c, LINK_NO_NETWORK);
            return;
        }
    }
}

static void on_line(void *ctx, int fd, uint32_t events)
{
    struct courier *c = ctx;

    (void)fd;
    if (!c->dial.secured) {
        handshake(c);
        return;
    }
    if ((events & EPOLLOUT) != 0 && c->out_sent < c->out_len)
        send_more(c);
    if (c->dial.secured && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
        read_more(c);
}

/* --- the table's actions --- */

static void on_timer(void *ctx)
{
    struct courier *c = ctx;
    c->armed_ms = 0;
    step(c, UPLINK_TIMER, 0);
}

/*
 * Back-off runs on the device's clock, which a replay may speed up; the cloud does not run
 * faster for that, so handshake and answer are given their time in full.
 */
static uint64_t timer_ms(const struct courier *c)
{
    uint64_t due = uplink_due_ms(&c->uplink);
    uint64_t now = c->clock.port.mono_ms(c->clock.port.board);
    bool in_full = c->uplink.state == UPLINK_DIALING
        || c->uplink.state == UPLINK_PROVING || c->uplink.state == UPLINK_BUSY;

    if (in_full)
        return due > now ? due - now : 0;
    return board_clock_until(&c->clock, due);
}

/* A timer that is set already stays: its time began when the table asked for it. */
static void set_timer(struct courier *c)
{
    uint64_t due = uplink_due_ms(&c->uplink);

    if (due == c->armed_ms)
        return;
    c->armed_ms = due;
    loop_cancel(c->loop, on_timer, c);
    if (due != 0 && loop_after(c->loop, timer_ms(c), on_timer, c) != OK)
        loop_stop(c->loop);
}

static void step(struct courier *c, enum uplink_event ev, uint32_t retry_after_s)
{
    uint64_t now = c->clock.port.mono_ms(c->clock.port.board);
    uint32_t random = 0;
    uint8_t word[4];

    if (c->entropy->fill(c->entropy->board, ROOM_OF(word)) == OK)
        memcpy(&random, word, sizeof random);
    if (ev == UPLINK_TIMER && now < uplink_due_ms(&c->uplink))
        now = uplink_due_ms(&c->uplink); /* a millisecond rounded away */
    if (ev == UPLINK_TIMER
        && (c->uplink.state == UPLINK_DIALING || c->uplink.state == UPLINK_PROVING))
        say_link(c, LINK_NO_NETWORK);
    enum uplink_action act = uplink_step(&c->uplink, ev, now, retry_after_s, random);

    set_timer(c);
    switch (act) {
    case UPLINK_NOTHING: break;
    case UPLINK_DIAL: dial_now(c); break;
    case UPLINK_ATTEST: begin_proof(c); break;
    case UPLINK_SEND:
        c->ask_waits = c->fetcher.asked; /* one request at a time */
        if (!c->ask_waits)
            tell(c, SAY_ASK, (struct bytes){0});
        break;
    case UPLINK_HANG_UP: hang_up(c); break;
    }
}

/* --- a bundle, piece by piece --- */

/* Req: HF-UPD-010 "only on a line that stands and on which nothing of telemetry waits" */
static void fetch_now(struct courier *c)
{
    if (fetcher_ask(&c->fetcher, c->cloud.name, ROOM_OF(c->out), &c->out_len) != OK)
        return;
    c->in_len = c->out_sent = 0;
    send_more(c);
}

static void fetch_on(void *ctx)
{
    struct courier *c = ctx;
    uint64_t now = board_clock_now_ms();
    bool free = c->uplink.state == UPLINK_IDLE && c->dial.secured && !c->in_hand;

    if (fetcher_stalls(&c->fetcher, now, c->ask_waits)) {
        LOG(c->log, LOG_WARN, REASON_UPDATE_FETCH, F_WORD("what", "stalled"));
        c->stalled = true;
        step(c, UPLINK_LOST, 0);
    } else if (free && fetcher_due(&c->fetcher, now)) {
        fetch_now(c);
    }
    fetcher_arm(&c->fetcher);
}

/* --- from keeper --- */

static void refuse_offer(struct courier *c, const struct nonce *nonce)
{
    uint8_t b[sizeof nonce->b];
    tell(c, SAY_UNANSWERED, nonce_build(nonce, ROOM_OF(b)));
}

static void take_offer(struct courier *c, struct bytes body)
{
    struct bytes envelope;
    struct nonce nonce;
    size_t len = 0;

    if (offer_parse(body, &nonce, &envelope) != OK)
        return;
    if (c->uplink.state != UPLINK_BUSY || c->in_hand || !c->dial.secured) {
        refuse_offer(c, &nonce); /* too late: the line went down meanwhile */
        return;
    }
    c->nonce = nonce;
    c->in_hand = true;
    c->in_len = 0;
    if (http_batch_build(&c->cloud.kid.device, c->cloud.name, &c->nonce, envelope,
            ROOM_OF(c->out), &len)
        != OK) {
        give_back(c);
        step(c, UPLINK_REPLIED, 0);
        return;
    }
    c->out_len = len;
    c->out_sent = 0;
    send_more(c);
}

static uint64_t not_before_s(const struct courier *c)
{
    X509 *cert = c->dial.ssl != NULL ? SSL_get0_peer_certificate(c->dial.ssl) : NULL;
    struct tm t;

    if (cert == NULL || ASN1_TIME_to_tm(X509_get0_notBefore(cert), &t) != 1)
        return 0;
    time_t s = timegm(&t);
    return s > 0 ? (uint64_t)s : 0;
}

static void say_pins(struct courier *c)
{
    uint8_t b[8];
    tell(c, SAY_PINS_IN_FORCE, number_build(c->pins.in_force.version, ROOM_OF(b)));
}

/* The answer that has just counted came over a connection that was checked against it. Another set may
 * be on trial by now: that one has still to be seen to serve. */
static void confirm_pins(struct courier *c)
{
    if (c->trial == NULL)
        return;
    enum status s = pin_store_confirm(&c->pins, c->answered_on_trial);
    if (s == BROKEN && !c->confirm_failed)
        LOG(c->log, LOG_FAULT, REASON_KEY_FILE, F_WORD("file", "pins"),
            F_WORD("why", status_name(s)));
    c->confirm_failed = s == BROKEN;
    if (s != OK)
        return;
    SSL_CTX_free(c->ctx);
    c->plan.ctx = c->ctx = c->trial;
    c->trial = NULL;
    c->on_trial = 0;
    LOG(c->log, LOG_INFO, REASON_PINS_IN_FORCE,
        F_NUM("version", c->pins.in_force.version));
    say_pins(c);
}

/* An answer under this server's certificate has counted: its notBefore is behind us, and once
 * the time is known a connection that was checked without it is made anew. */
static void take_time(struct courier *c, struct bytes body)
{
    uint64_t utc_ms = 0;

    if (utc_parse(body, &utc_ms) != OK)
        return;
    if (c->answered_on_trial > 0)
        confirm_pins(c);
    c->answered_on_trial = 0;
    uint64_t begun_s = not_before_s(c);
    if (begun_s > c->bound_utc_s)
        c->bound_utc_s = begun_s;
    if (!c->time_known)
        c->reconnect = true;
    c->time_known = true;
    c->utc_ms = utc_ms;
    c->utc_at_ms = board_clock_now_ms();
    if (c->reconnect && c->uplink.state == UPLINK_IDLE)
        step(c, UPLINK_STOP, 0);
}

/* --- certificate and key --- */

static void not_usable(struct courier *c, const char *file, const char *why)
{
    LOG(c->log, LOG_REFUSE, REASON_KEY_FILE, F_WORD("file", file), F_WORD("why", why));
    c->fault = LINK_KEY_FAULT;
}

static void drop_contexts(struct courier *c)
{
    SSL_CTX_free(c->ctx);
    SSL_CTX_free(c->trial);
    c->plan.ctx = c->ctx = c->trial = NULL;
}

static const struct trust *trust_of(const struct courier *c)
{
    return c->env->tpm ? &c->agent.port : &c->file.port;
}

static enum status make_context(
    const struct courier *c, const struct pin_view *pins, SSL_CTX **out)
{
    struct bytes anchors[PINS_MOST];

    for (uint8_t i = 0; i < pins->count; i++)
        anchors[i] = (struct bytes){pins->pins[i].der, pins->pins[i].len};
    SSL_CTX_free(*out);
    *out = NULL;
    return tls_client(out, (struct bytes){c->cert, c->cert_len}, trust_of(c), anchors,
        pins->count, alpn);
}

static enum status use_key(struct courier *c)
{
    enum status s = make_context(c, &c->pins.in_force, &c->ctx);
    if (s != OK)
        not_usable(c, "tls.crt", "does not belong to the key, or is no certificate");
    if (s == OK && c->pins.trial.version > 0
        && make_context(c, &c->pins.trial, &c->trial) != OK)
        c->trial = NULL;
    return s;
}

/* The certificate, and the key where it is a file. */
static enum status read_pair(struct courier *c)
{
    char path[PLACE_MAX];
    const char *why = NULL;

    TRY(place_of(c->env->root, PLACE_CERTIFICATE, path));
    enum status s =
        keyfile_read(path, c->pair.owner, ROOM_OF(c->cert), &c->cert_len, &why);
    if (s != OK) {
        not_usable(c, "tls.crt", why);
        return s;
    }
    if (c->env->tpm)
        return c->waiting ? OK : use_key(c);
    s = trust_file_open(
        &c->file, TRUST_TLS, c->folder, c->pair.owner, NULL, NULL, &why);
    if (s != OK) {
        not_usable(c, "tls.key", why);
        return s;
    }
    return use_key(c);
}

/* --- a new certificate, and a new key if it is a file --- */

static void say_next_key(struct courier *c)
{
    uint8_t point[P256_PUBLIC_LEN], b[P256_PUBLIC_LEN];

    enum status s = c->env->tpm ? c->agent.port.tls_public(c->agent.port.board, point)
                                : tls_pair_next(&c->pair, c->entropy, point);
    if (s == OK)
        tell(c, SAY_NEXT_PUBLIC, point_build(point, ROOM_OF(b)));
    else if (!c->next_failed) /* it is asked for with each answer */
        LOG(c->log, LOG_FAULT, REASON_KEY_FILE, F_WORD("file", "tls.next.key"),
            F_WORD("why", status_name(s)));
    c->next_failed = s != OK;
}

static enum status keep_cert(struct courier *c, struct bytes der)
{
    uint8_t point[P256_PUBLIC_LEN];

    if (!c->env->tpm)
        return tls_pair_install(&c->pair, der);
    TRY(c->agent.port.tls_public(c->agent.port.board, point));
    return tls_pair_certify(&c->pair, point, der);
}

/* The connection that stands was made with the old pair: the next one is with the new. */
static void take_cert(struct courier *c, struct bytes der)
{
    enum status s = keep_cert(c, der);

    if (s != OK) {
        LOG(c->log, LOG_REFUSE, REASON_KEY_FILE, F_WORD("file", "tls.crt"),
            F_WORD("why", status_name(s)));
        return;
    }
    step(c, UPLINK_STOP, 0);
    drop_contexts(c);
    if (!c->env->tpm)
        trust_file_close(&c->file);
    if (read_pair(c) != OK)
        say_link(c, c->fault);
    tell(c, SAY_CERT_KEPT, (struct bytes){0});
}

static void take_pins(struct courier *c, struct bytes signed_set)
{
    const char *why = "not kept";

    enum status s = pin_store_take(&c->pins, signed_set, &why);
    if (s == AGAIN)
        return;
    if (s == OK && make_context(c, &c->pins.trial, &c->trial) == OK)
        return;
    if (s == OK
        || s == BROKEN) { /* the set that this context is of is on trial no more */
        SSL_CTX_free(c->trial);
        c->trial = NULL;
    }
    LOG(c->log, LOG_REFUSE, REASON_PINS_REFUSED, F_WORD("why", why));
    tell(c, SAY_PINS_REFUSED, (struct bytes){0});
}

/* The receipt was heard: nothing is left to be sent, and nobody shall send in this name. */
static void erase_key(struct courier *c)
{
    static const char *const files[] = {"tls.key", "tls.next.key", "tls.crt"};
    enum status s = OK;

    step(c, UPLINK_STOP, 0);
    drop_contexts(c);
    if (!c->env->tpm)
        trust_file_close(&c->file);
    c->fault = LINK_KEY_FAULT;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[PLACE_MAX + 16];
        snprintf(path, sizeof path, "%s/%s", c->folder, files[i]);
        if (keyfile_erase(path) != OK)
            s = BROKEN;
    }
    LOG(c->log, s == OK ? LOG_WARN : LOG_FAULT, REASON_KEYS_ERASED,
        F_WORD("part", "tls"), F_WORD("status", status_name(s)));
    say_link(c, LINK_KEY_FAULT);
}

static void take_message(struct courier *c, uint16_t what, struct bytes body)
{
    if (what == SAY_WANT) {
        if (c->fault == LINK_NONE && !c->waiting)
            step(c, UPLINK_WANT, 0);
    } else if (what == SAY_OFFER) {
        take_offer(c, body);
    } else if (what == SAY_NOTHING) {
        if (c->uplink.state == UPLINK_BUSY && !c->in_hand)
            step(c, UPLINK_REPLIED, 0);
    } else if (what == SAY_TIME) {
        take_time(c, body);
    } else if (what == SAY_NEXT_KEY) {
        say_next_key(c);
    } else if (what == SAY_CERT) {
        take_cert(c, body);
    } else if (what == SAY_ERASE) {
        erase_key(c);
    } else if (what == SAY_PINS) {
        take_pins(c, body);
    }
}

static void on_keeper(void *ctx, int fd, uint32_t events)
{
    struct courier *c = ctx;
    size_t doors = 0;
    const struct talk_door *table = messages_heard(COURIER_OF_KEEPER, &doors);

    (void)events;
    for (int i = 0; i < 16 && c->keeper_fd == fd; i++) {
        uint16_t what = 0;
        struct bytes body;
        enum status s = talk_recv(fd, table, doors, ROOM_OF(c->talk), &what, &body);
        if (s == AGAIN)
            return;
        if (s != OK) {
            keeper_lost(c);
            return;
        }
        take_message(c, what, body);
    }
}

static void find_keeper(void *ctx)
{
    struct courier *c = ctx;
    int fd = -1;
    uint8_t b[1];

    enum status s = talk_connect_to(c->keeper_path, c->env->uids[ROLE_KEEPER], &fd);
    if (s == OK && loop_watch(c->loop, fd, EPOLLIN, on_keeper, c) == OK) {
        c->keeper_fd = fd;
        c->keeper_delay_ms = KEEPER_AGAIN_MS;
        tell(c, SAY_LINK, link_build(c->said, ROOM_OF(b)));
        if (c->pins.in_force.version > 0)
            say_pins(c);
        return;
    }
    if (s == OK)
        close(fd);
    if (loop_after(c->loop, c->keeper_delay_ms, find_keeper, c) != OK)
        loop_stop(c->loop);
    c->keeper_delay_ms = c->keeper_delay_ms * 2 > KEEPER_AGAIN_MAX_MS
        ? KEEPER_AGAIN_MAX_MS
        : c->keeper_delay_ms * 2;
}

/* What was in hand is a stranger's to the next keeper: the line is closed with it. */
static void keeper_lost(struct courier *c)
{
    loop_forget(c->loop, c->keeper_fd);
    close(c->keeper_fd);
    c->keeper_fd = -1;
    c->in_hand = false;
    if (c->uplink.state == UPLINK_BUSY || c->uplink.state == UPLINK_DIALING)
        step(c, UPLINK_STOP, 0);
    if (loop_after(c->loop, c->keeper_delay_ms, find_keeper, c) != OK)
        loop_stop(c->loop);
}

/* --- start --- */

static enum status open_cloud(struct courier *c)
{
    char path[PLACE_MAX];
    const char *why = NULL;

    TRY(place_of(c->env->root, PLACE_CLOUD, path));
    enum status s = cloud_file_read(path, c->env->uids[ROLE_COURIER], &c->cloud, &why);
    if (s != OK && s != AGAIN)
        not_usable(c, "cloud", why);
    return s;
}

/* --- the key in the TPM comes and goes --- */

static void key_missing(struct courier *c)
{
    bool answered = c->agent.fd >= 0;

    if (loop_after(c->loop, c->key_delay_ms, find_key, c) != OK)
        loop_stop(c->loop);
    c->key_delay_ms = c->key_delay_ms * 2 > KEYS_AGAIN_MAX_MS ? KEYS_AGAIN_MAX_MS
                                                              : c->key_delay_ms * 2;
    if (c->key_missed
        || (!answered && board_clock_now_ms() - c->key_since_ms < KEYS_PATIENCE_MS))
        return;
    c->key_missed = true;
    LOG(c->log, LOG_FAULT, REASON_TRUST_LOST, F_WORD("part", "tls"));
    say_link(c, LINK_KEY_FAULT);
}

/* Between two answers agent has nothing to say: this is its end, or the TPM's. */
static void on_agent(void *ctx, int fd, uint32_t events)
{
    (void)fd, (void)events;
    key_lost(ctx);
}

static void key_found(struct courier *c)
{
    if (use_key(c) != OK) {
        c->waiting = false; /* another key than the certificate's: no waiting helps */
        say_link(c, LINK_KEY_FAULT);
        return;
    }
    if (loop_watch(c->loop, c->agent.fd, EPOLLIN, on_agent, c) != OK) {
        loop_stop(c->loop);
        return;
    }
    c->waiting = false;
    if (!c->key_missed)
        return;
    c->key_missed = false;
    LOG(c->log, LOG_INFO, REASON_TRUST_REGAINED, F_WORD("part", "tls"));
    say_link(c, LINK_NONE);
}

static void find_key(void *ctx)
{
    struct courier *c = ctx;
    uint8_t point[P256_PUBLIC_LEN];

    trust_agent_again(&c->agent);
    if (c->agent.port.tls_public(c->agent.port.board, point) == OK)
        key_found(c);
    else
        key_missing(c);
}

/*
 * A connection that stands was made with a key that can not be asked any more: it ends. Nothing is sent
 * until the very same key is back.
 */
static void key_lost(struct courier *c)
{
    loop_forget(c->loop, c->agent.fd);
    c->waiting = true;
    step(c, UPLINK_STOP, 0);
    drop_contexts(c);
    c->key_since_ms = board_clock_now_ms();
    c->key_delay_ms = KEYS_AGAIN_MS;
    find_key(c);
}

static enum status open_keys(struct courier *c)
{
    TRY(place_of(c->env->root, PLACE_COURIER, c->folder));
    c->pair = (struct tls_pair){
        c->folder, c->env->uids[ROLE_COURIER], c->env->gids[ROLE_COURIER]};
    c->pins = (struct pin_store){.folder = c->folder,
        .owner = c->pair.owner,
        .group = c->pair.group,
        .crypto = host_crypto_port(c->crypto)};
    enum status pins = pin_store_open(&c->pins, &c->cloud);
    if (pins == BROKEN) {
        not_usable(c, "pins", status_name(pins));
        c->disk_failed = true;
        return BROKEN;
    }
    if (pins != OK) /* said; the bundle's authorities are in force */
        LOG(c->log, LOG_FAULT, REASON_KEY_FILE, F_WORD("file", "pins"),
            F_WORD("why", status_name(pins)));
    if (c->env->tpm) {
        c->waiting = true;
        TRY(trust_agent_init(
            &c->agent, TRUST_TLS, c->env->root, c->env->uids[ROLE_AGENT]));
    } else if (tls_pair_settle(&c->pair) != OK) {
        not_usable(c, "tls.key", "a renewal cannot be ended");
        c->disk_failed = true;
        return BROKEN;
    }
    return read_pair(c);
}

static void open_all(struct courier *c)
{
    if (c->env->config_fault) {
        c->fault = LINK_CONFIG;
        return;
    }
    enum status s = open_cloud(c);
    if (s == OK)
        s = open_keys(c);
    if (s != OK && c->fault == LINK_NONE)
        c->fault = LINK_NO_NETWORK; /* not enrolled: keeper knows it better */
}

static enum status confine(struct courier *c)
{
    const struct confine_path names[] = {{"/etc/resolv.conf", CONFINE_READ},
        {"/etc/hosts", CONFINE_READ}, {"/etc/nsswitch.conf", CONFINE_READ},
        {"/etc/gai.conf", CONFINE_READ}, {"/etc/host.conf", CONFINE_READ},
        {c->folder, CONFINE_READ | CONFINE_WRITE}}; /* a renewal changes its pair */
    struct confine_plan plan = {.role = "courier",
        .user = role_user(ROLE_COURIER),
        .paths = names,
        .path_count = sizeof names / sizeof names[0],
        .rights = CONFINE_UNIX | CONFINE_INET_OUT | CONFINE_FILES,
        .connect_port = c->cloud.port};

    if (c->fault != LINK_NONE) { /* it will never dial: it needs no way out */
        plan.rights = CONFINE_UNIX;
        plan.path_count = 0;
    }
    return role_lock(&c->lock, c->env, c->loop, ROLE_COURIER, &plan);
}

/* Name service libraries are loaded now: later nothing can be made executable. */
static void load_name_service(void)
{
    struct addrinfo *found = NULL;
    if (getaddrinfo("localhost", NULL, NULL, &found) == 0)
        freeaddrinfo(found);
}

int courier_main(struct role_env *env)
{
    static struct courier c;

    c = (struct courier){.env = env,
        .log = env->log,
        .keeper_fd = -1,
        .keeper_delay_ms = KEEPER_AGAIN_MS,
        .dial = {.fd = -1},
        .entropy = host_entropy_port(),
        .bound_utc_s = BUILD_UTC_S};
    board_clock_init(&c.clock, env->start_ms, env->speed);
    uplink_init(&c.uplink);
    if (loop_new(&c.loop) != OK
        || place_of(env->root, PLACE_DOOR_COURIER, c.keeper_path) != OK)
        return EXIT_ENVIRONMENT;
    if (host_crypto_new(&c.crypto) != OK)
        return EXIT_INTERNAL;
    load_name_service();
    open_all(&c);
    c.said = c.fault;
    c.plan.name = c.cloud.name;
    c.plan.alpn = alpn;
    if (fetcher_listen(&c.fetcher, env, c.loop, fetch_on, &c) != OK)
        return EXIT_ENVIRONMENT;
    if (confine(&c) != OK)
        return EXIT_ENVIRONMENT;
    if (c.disk_failed && loop_stop_after(c.loop, DISK_AGAIN_MS) != OK)
        return EXIT_INTERNAL;
    find_keeper(&c);
    c.key_since_ms = board_clock_now_ms();
    c.key_delay_ms = KEYS_AGAIN_MS;
    if (c.waiting)
        find_key(&c);
    return loop_run(c.loop) == OK ? EXIT_DONE : EXIT_INTERNAL;
}
