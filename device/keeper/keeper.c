/* SPDX-License-Identifier: Apache-2.0 */
#include "device/keeper/keeper.h"

#include "core/outbox/outbox.h"
#include "core/update/machine.h"
#include "core/update/update_limits.h"
#include "device/board/board_clock.h"
#include "device/board/button.h"
#include "device/board/tally.h"
#include "device/keeper/desk.h"
#include "device/keeper/ending.h"
#include "device/keeper/identity.h"
#include "device/keeper/renewal.h"
#include "device/keeper/store.h"
#include "device/talk/hear.h"
#include "device/talk/messages.h"
#include "device/talk/place.h"
#include "device/trust/trust_agent.h"
#include "device/trust/trust_file.h"
#include "host/cli.h"
#include "host/crypto.h"
#include "host/keyfile.h"
#include "wire/event.h"
#include "wire/release.h"

#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
    TICK_MS = 20,
    STATE_EVERY_MS = 200,
    WANT_EVERY_MS = 1000,
    ENDING_PATIENCE_MS =
        600000,            /* device time: what is held is sent first, if it can be */
    FLIGHT_MAX_MS = 90000, /* longer than courier waits for an answer */
    PEOPLE = 4,            /* status connections at once */
    AT_ONCE = 256,         /* readings taken before anyone else is heard */
    FROM_COURIER = 8,      /* messages of courier taken at once */
    FAULT_AGAIN_MS = 5000, /* storage failed: start anew after this */
    HOLD_MIN_MS = 2000,    /* device time: after an answer that did not count */
    HOLD_MAX_ANSWER_MS = 60000,
    READS_MS = 5000, /* device time: a reading comes each second */
    SENSOR_FAULT_BITS =
        1u << 1 | 1u << 14, /* 150604: sensor or equipment malfunction */
    KEYS_MS = 50, /* until the keys in a TPM are asked for again, doubling to: */
    KEYS_MAX_MS = 2000,
    KEYS_PATIENCE_MS = 3000, /* agent may start later than we do */
};

struct keeper {
    struct role_env *env;
    struct log *log;
    struct loop *loop;
    struct role_lock lock;
    struct board_clock clock;
    struct host_crypto *crypto;
    struct trust_agent agent;
    struct sealed_record sealed;
    bool waiting;     /* enrolled, and the keys in the TPM could not be reached yet */
    bool keys_missed; /* ... which has been said */
    uint64_t keys_since_ms, keys_due_ms, keys_delay_ms;
    char folder[PLACE_MAX], identity_path[PLACE_MAX], renewal_path[PLACE_MAX];
    struct renewal renewal;
    bool next_asked, cert_told, pair_ready; /* of courier, in this renewal */
    uint32_t renew_to; /* as the answer just heard says; 0: it does not */
    size_t m2_len;
    uint8_t m2[RENEWAL_ANSWER_MAX];
    uint32_t pins_version; /* in force at courier; 0: the bundle's */
    size_t pins_len;       /* of the answer just heard; 0: none */
    uint8_t pins[LIMIT_PIN_SET];
    bool ending; /* told to, and not done yet */
    bool
        closed; /* the last batch is sealed: what is measured from here on is shown, not kept */
    uint64_t ending_since_ms;
    struct end_order order;
    size_t receipt_len; /* 0: the device has not ended */
    bool receipt_said;  /* the cloud answered it */
    uint8_t receipt[256];
    char receipt_path[PLACE_MAX], wrap_path[PLACE_MAX], enrolment_path[PLACE_MAX];
    struct store store;
    bool store_open;
    struct outbox outbox;
    struct desk desk;  /* service tickets */
    bool sealing;      /* outbox is there: enrolled, keys and storage good */
    bool flash_failed; /* outbox has told of it: only a new start knows what was kept */
    bool lost_full;    /* unacknowledged readings were overwritten in this run */
    bool not_accepted;
    uint32_t fault; /* enum view_note: why not sealing */
    struct kid kid; /* zero unless enrolled */
    bool enrolled;

    int measure_listen, courier_listen, people_listen, updater_listen, signal_fd;
    int measure_fd, courier_fd, updater_fd;
    uint64_t read_ms,
        value_ms;      /* device time: the newest reading; with a value or alarm */
    bool sensor_fault; /* as the newest reading says */
    uint64_t signs_due_ms;
    int people_fds[PEOPLE];
    enum link_word link;

    uint64_t taken; /* readings that measure handed over */
    uint32_t lost_before;
    bool heard;    /* a reading was taken since keeper's start */
    uint64_t next; /* number that is expected next; a higher one tells of a loss */
    uint64_t
        settled; /* readings below need not be said again; outbox may know of more */
    uint64_t settled_said;
    struct tally *mine; /* what the device's run must know when this keeper is gone */
    bool ended;

    bool in_flight;
    uint64_t flight_ms;     /* when it began, unaccelerated */
    uint64_t want_again_ms; /* WANT was said: not again before this, or ASK */
    struct nonce nonce;
    uint64_t hold_ms, hold_until_ms;
    uint64_t state_due_ms;

    uint8_t talk[TALK_HEAD_LEN + LIMIT_TALK_BODY];
    uint8_t envelope[LIMIT_ENVELOPE];
    uint8_t body[LIMIT_TALK_BODY];
};

static uint64_t mono(const struct keeper *k)
{
    return k->clock.port.mono_ms(k->clock.port.board);
}

static void drop(struct keeper *k, int *fd)
{
    if (*fd < 0)
        return;
    loop_forget(k->loop, *fd);
    close(*fd);
    *fd = -1;
}

/* --- what the outbox tells: log lines, and what measure may forget --- */

static void log_batch(struct keeper *k, enum log_level level, enum reason reason,
    const struct outbox_told *t)
{
    LOG(k->log, level, reason, F_DEV(&k->kid.device), F_NUM("n", t->count),
        F_HEX("epoch", t->epoch.b, sizeof t->epoch.b), F_NUM("seq", t->seq),
        F_HEX("digest", t->digest.b, sizeof t->digest.b));
}

static void sealed(struct keeper *k, const struct outbox_told *t)
{
    LOG(k->log, LOG_INFO, REASON_BATCH_SEALED, F_DEV(&k->kid.device),
        F_NUM("n", t->count), F_HEX("epoch", t->epoch.b, sizeof t->epoch.b),
        F_NUM("seq", t->seq), F_HEX("digest", t->digest.b, sizeof t->digest.b),
        F_HEX("content", t->content.b, sizeof t->content.b));
    k->mine->watchdog = k->mine->flash = false;
    k->mine->batches++; /* after the line: who counts lines never finds fewer */
}

static void simple(struct keeper *k, enum log_level level, enum reason reason,
    const struct outbox_told *t)
{
    LOG(k->log, level, reason, F_DEV(&k->kid.device), F_NUM("n", t->count));
}

static void told(void *ctx, const struct outbox_told *t)
{
    struct keeper *k = ctx;

    switch (t->note) {
    case OUTBOX_SEALED: sealed(k, t); break;
    case OUTBOX_ACKNOWLEDGED:
        log_batch(k, LOG_INFO, REASON_BATCH_ACKNOWLEDGED, t);
        break;
    case OUTBOX_SET_ASIDE: log_batch(k, LOG_WARN, REASON_BATCH_SET_ASIDE, t); break;
    case OUTBOX_LOST:
        k->lost_full = true;
        k->mine->lost = true;
        log_batch(k, LOG_WARN, REASON_BATCH_LOST, t);
        break;
    case OUTBOX_ANSWER_REFUSED: simple(k, LOG_REFUSE, REASON_ANSWER_REFUSED, t); break;
    case OUTBOX_ANSWER_SCHEMA: simple(k, LOG_REFUSE, REASON_ANSWER_SCHEMA, t); break;
    case OUTBOX_CONFIG_TAKEN: simple(k, LOG_INFO, REASON_CONFIG_TAKEN, t); break;
    case OUTBOX_CONFIG_REFUSED: simple(k, LOG_REFUSE, REASON_CONFIG_REFUSED, t); break;
    case OUTBOX_CLOCK_SET: simple(k, LOG_INFO, REASON_CLOCK_SET, t); break;
    case OUTBOX_CLOCK_STEPPED: simple(k, LOG_WARN, REASON_CLOCK_STEPPED, t); break;
    case OUTBOX_STORE_RESTORED: simple(k, LOG_WARN, REASON_STORE_RESTORED, t); break;
    case OUTBOX_FLASH_FAULT:
        k->flash_failed = k->mine->flash = true;
        simple(k, LOG_FAULT, REASON_FLASH_FAULT, t);
        break;
    case OUTBOX_RENEWAL: /* acted upon when the answer has been taken */
        k->renew_to = t->count;
        k->m2_len = t->m2.len;
        if (t->m2.len > 0)
            memcpy(k->m2, t->m2.at, t->m2.len);
        break;
    case OUTBOX_ENDING: /* acted upon when the answer has been taken */
        if (!k->ending)
            k->ending_since_ms = mono(k);
        k->ending = true;
        memcpy(k->order.b, t->m2.at, sizeof k->order.b);
        break;
    case OUTBOX_PINS: /* courier's business; it knows the signer */
        k->pins_len = t->m2.len;
        memcpy(k->pins, t->m2.at, t->m2.len);
        break;
    case OUTBOX_CLOSED: simple(k, LOG_WARN, REASON_KEY_CLOSED, t); break;
    case OUTBOX_FOREIGN: simple(k, LOG_WARN, REASON_BATCH_FOREIGN, t); break;
    case OUTBOX_LOG_SEALED: log_batch(k, LOG_INFO, REASON_SERVICE_LOG_SEALED, t); break;
    case OUTBOX_LOG_ACKNOWLEDGED:
        log_batch(k, LOG_INFO, REASON_SERVICE_LOG_ACKNOWLEDGED, t);
        break;
    }
}

/* --- state, for measure's screen and for people --- */

static uint32_t link_notes(const struct keeper *k)
{
    switch (k->link) {
    case LINK_NONE:
    case LINK_OPEN: return 0;
    case LINK_NO_NETWORK: return VIEW_NO_NETWORK;
    case LINK_NOT_TRUSTED: return VIEW_NOT_TRUSTED;
    case LINK_KEY_FAULT: return VIEW_KEY_FAULT;
    case LINK_CONFIG: return VIEW_CONFIG;
    case LINK_NOT_ATTESTED: return VIEW_NOT_ACCEPTED;
    case LINK_WORDS: break;
    }
    return VIEW_NO_NETWORK;
}

static uint32_t notes(const struct keeper *k, const struct outbox_state *o)
{
    uint32_t n = k->fault | link_notes(k);

    n |= k->env->config_fault ? VIEW_CONFIG : 0u;
    n |= k->courier_fd < 0 ? VIEW_NO_NETWORK : 0u;
    n |= o->flash_broken ? VIEW_STORE_FAULT : 0u;
    n |= o->fill_permille >= THIN_PERMILLE ? VIEW_STORE_80 : 0u;
    n |= k->lost_full ? VIEW_STORE_FULL : 0u;
    n |= k->not_accepted ? VIEW_NOT_ACCEPTED : 0u;
    return n;
}

/* With the code that a person has to say: for the screen alone. */
static void fill_service(const struct keeper *k, struct view_ticket *t)
{
    const struct service *s = &k->desk.service;

    *t = (struct view_ticket){.state = VIEW_NO_SERVICE};
    if (!k->sealing || s->state == SERVICE_CLOSED)
        return;
    if (s->state == SERVICE_OPEN)
        t->until_utc_ms = s->ticket.not_after_s * UINT64_C(1000);
    else if (!k->desk.has_button && !presence_code_shown(&k->desk.code, &t->code))
        return;
    t->state = s->state == SERVICE_OPEN ? VIEW_SERVICE_OPEN
        : k->desk.has_button            ? VIEW_SERVICE_PRESS
                                        : VIEW_SERVICE_ASKS;
    memcpy(t->holder, s->ticket.holder, sizeof s->ticket.holder);
}

static void fill_state(struct keeper *k, struct said_state *s)
{
    struct outbox_state o = {0};

    if (k->sealing)
        outbox_state(&k->outbox, &o);
    *s = (struct said_state){.tpm = k->env->tpm,
        .enrolled = k->enrolled,
        .device = k->enrolled ? k->kid.device : (struct device_id){{0}},
        .synchronised = o.synchronised,
        .ended = k->ended,
        .delivered =
            k->sealing && k->ended && o.batches_held == 0 && o.readings_held == 0,
        .reduced = k->env->reduced,
        .notes = notes(k, &o),
        .clock = (uint8_t)o.clock,
        .has_utc = o.has_utc,
        .utc_ms = o.has_utc ? o.utc_ms : 0,
        .taken = k->taken,
        .readings = k->sealing ? o.readings : k->taken,
        .readings_lost = o.readings_lost,
        .readings_held = o.readings_held,
        .batches_sealed = o.batches_sealed,
        .batches_acknowledged = o.batches_acknowledged,
        .batches_set_aside = o.batches_set_aside,
        .batches_held = o.batches_held,
        .oldest_held_age_ms = o.oldest_held_age_ms,
        .answer_age_ms = o.answered ? o.answer_age_ms : 0,
        .fill_permille = o.fill_permille,
        .config_version = o.config.version,
        .lost_before = k->lost_before,
        .content = o.content};
    if (k->sealing)
        s->epoch = k->outbox.sealer.epoch;
    k->desk.notes = s->notes;
    fill_service(k, &s->service);
}

/* --- measure's door --- */

static void tell_measure(struct keeper *k, enum message what, struct bytes body)
{
    /* AGAIN: measure does not read. It will: what it missed is said again or does not matter. */
    if (k->measure_fd >= 0 && talk_send(k->measure_fd, (uint16_t)what, body) == BROKEN)
        drop(k, &k->measure_fd);
}

static void tell_kept(struct keeper *k)
{
    uint8_t b[8];

    if (k->sealing && outbox_settled(&k->outbox) > k->settled)
        k->settled = outbox_settled(&k->outbox);
    if (k->settled == k->settled_said || k->measure_fd < 0)
        return;
    struct bytes body = number_build(k->settled, ROOM_OF(b));
    if (talk_send(k->measure_fd, SAY_KEPT, body) == OK)
        k->settled_said = k->settled;
}

/*
 * measure still has what was not sealed, and a new start opens anew. Until then nothing more is
 * written: the new keeper gets again what this one has counted as lost.
 */
static void broken(struct keeper *k)
{
    if (!k->flash_failed)
        LOG(k->log, LOG_FAULT, REASON_FLASH_FAULT, F_NUM("n", k->taken));
    k->mine->flash = true;
    k->sealing = false;
    k->in_flight = false;
    k->desk.outbox = NULL;
    k->fault |= VIEW_STORE_FAULT;
    loop_stop(k->loop);
}

/*
 * Req: HF-FLASH-001 "nothing is sent, no answer counts and no key changes until keeper has started anew"
 */
static bool flash_holds(struct keeper *k)
{
    if (k->sealing && k->flash_failed)
        broken(k);
    return !k->flash_failed;
}

/* Made by measure, and in nobody's memory any more: both were started again, or it had no room. */
static void readings_missing(struct keeper *k, uint64_t number)
{
    uint64_t gap = number - k->next;
    uint32_t count = gap < UINT32_MAX ? (uint32_t)gap : UINT32_MAX;

    LOG(k->log, LOG_WARN, REASON_MEASURE_DROPPED, F_NUM("n", count));
    k->lost_before += count;
    k->mine->lost = true;
    k->next = number;
    if (k->sealing && outbox_missing(&k->outbox, count, number) != OK)
        broken(k);
}

static void take_reading(struct keeper *k, const struct said_reading *in)
{
    struct reading r = {.number = in->number,
        .mono_ms = in->mono_ms,
        .has_utc = in->has_utc,
        .utc_ms = in->utc_ms,
        .spo2 = in->spo2,
        .pulse = in->pulse,
        .pi = in->pi,
        .status = in->status,
        .quality = in->quality,
        .alarm = in->alarm,
        .test_data = in->test_data};

    if (in->number < k->next)
        return; /* said again by a measure that had to knock again */
    if (in->number > k->next)
        readings_missing(k, in->number);
    k->read_ms = mono(k);
    k->sensor_fault = (in->status & SENSOR_FAULT_BITS) != 0;
    if (in->alarm || in->spo2.set || in->pulse.set)
        k->value_ms = k->read_ms;
    k->heard = true;
    k->next = in->number + 1;
    k->taken++;
    k->ended = false;
    if (k->sealing && !k->closed) {
        if (outbox_take(&k->outbox, &r) != OK)
            broken(k);
    } else if ((k->fault & VIEW_STORE_FAULT) == 0 && !k->waiting) {
        k->settled = k->next; /* it can never be sealed: measure need not keep it */
    }
}

static void end_of_recording(struct keeper *k, uint64_t number)
{
    if (number > k->next)
        readings_missing(k, number);
    k->ended = true;
    if (k->sealing && outbox_close_batch(&k->outbox) != OK)
        broken(k);
}

/* measure is there, or there again. What it knows to be settled is where a new keeper begins. */
static void hello(struct keeper *k, uint64_t settled)
{
    k->settled_said = 0; /* to be said again */
    if (k->sealing && outbox_settled(&k->outbox) > settled)
        settled = outbox_settled(
            &k->outbox); /* sealed by a keeper that did not live to say so */
    if (!k->heard)
        k->next = k->settled = settled;
}

static enum status take_from_measure(struct keeper *k, uint16_t what, struct bytes body)
{
    struct said_reading reading;
    uint64_t number = 0;

    if (what == SAY_READING) {
        TRY(reading_parse(body, &reading));
        take_reading(k, &reading);
    } else {
        TRY(number_parse(body, &number));
        if (what == SAY_HELLO)
            hello(k, number);
        else
            end_of_recording(k, number);
    }
    return OK;
}

/* One message; false when there is none, or when measure is gone. */
static bool on_measure_more(struct keeper *k)
{
    size_t doors = 0;
    const struct talk_door *table = messages_heard(KEEPER_OF_MEASURE, &doors);
    uint16_t what = 0;
    struct bytes body;

    enum status s =
        talk_recv(k->measure_fd, table, doors, ROOM_OF(k->talk), &what, &body);
    if (s == OK)
        s = take_from_measure(k, what, body);
    if (s == MALFORMED)
        LOG(k->log, LOG_REFUSE, REASON_TALK_MALFORMED, F_WORD("from", "measure"));
    if (s != OK && s != AGAIN)
        drop(k, &k->measure_fd);
    return s == OK;
}

static void on_measure(void *ctx, int fd, uint32_t events)
{
    struct keeper *k = ctx;

    (void)fd;
    (void)events;
    for (int i = 0; i < AT_ONCE && k->measure_fd >= 0 && on_measure_more(k); i++)
        ;
    tell_kept(k);
}

static void on_measure_knock(void *ctx, int fd, uint32_t events)
{
    struct keeper *k = ctx;
    int new = -1;

    (void)events;
    enum status s = talk_accept(fd, &k->env->uids[ROLE_MEASURE], 1, &new, NULL);
    if (s == REFUSED)
        LOG(k->log, LOG_REFUSE, REASON_TALK_PEER, F_WORD("door", "measure"));
    if (s != OK)
        return;
    while (
        k->measure_fd >= 0 && on_measure_more(k)) /* all that the old one said, first */
        ;
    drop(k, &k->measure_fd);
    if (loop_watch(k->loop, new, EPOLLIN, on_measure, k) != OK) {
        close(new);
        return;
    }
    k->measure_fd = new;
}

/* --- courier's door --- */

static void forget_flight(struct keeper *k)
{
    if (k->in_flight && k->sealing)
        outbox_unanswered(&k->outbox, &k->nonce);
    k->in_flight = false;
}

static void drop_courier(struct keeper *k)
{
    drop(k, &k->courier_fd);
    forget_flight(k);
    k->want_again_ms = 0;
    k->link = LINK_NONE;
    k->next_asked = k->cert_told = k->pair_ready = false;
}

static void tell_courier(struct keeper *k, enum message what, struct bytes body)
{
    if (k->courier_fd >= 0 && talk_send(k->courier_fd, (uint16_t)what, body) != OK)
        drop_courier(k);
}

static bool may_send(const struct keeper *k)
{
    return (k->sealing || k->receipt_len > 0) && !k->in_flight
        && mono(k) >= k->hold_until_ms;
}

static void want(struct keeper *k)
{
    struct outbox_state o = {0};

    if (k->courier_fd < 0 || !may_send(k) || board_clock_now_ms() < k->want_again_ms)
        return;
    if (k->sealing)
        outbox_state(&k->outbox, &o);
    if (k->receipt_said || (k->receipt_len == 0 && o.batches_held == 0))
        return;
    k->want_again_ms = board_clock_now_ms() + WANT_EVERY_MS;
    tell_courier(k, SAY_WANT, (struct bytes){0});
}

static enum status next_envelope(struct keeper *k, size_t *len)
{
    const struct entropy *e = host_entropy_port();

    if (k->receipt_len == 0)
        return outbox_next(&k->outbox, ROOM_OF(k->envelope), len, &k->nonce);
    if (k->receipt_said)
        return AGAIN;
    memcpy(k->envelope, k->receipt, k->receipt_len);
    *len = k->receipt_len;
    return e->fill(e->board, ROOM_OF(k->nonce.b));
}

static void offer(struct keeper *k)
{
    size_t len = 0;

    k->want_again_ms = 0;

    if (!may_send(k) || next_envelope(k, &len) != OK) {
        tell_courier(k, SAY_NOTHING, (struct bytes){0});
        return;
    }
    k->in_flight = true;
    k->flight_ms = board_clock_now_ms();
    tell_courier(k, SAY_OFFER,
        offer_build(&k->nonce, (struct bytes){k->envelope, len}, ROOM_OF(k->body)));
}

/* Not counted: perhaps the cloud is upset, perhaps it lies. Ask again later and later. */
static void hold(struct keeper *k)
{
    k->hold_ms = k->hold_ms == 0 ? HOLD_MIN_MS : k->hold_ms * 2;
    if (k->hold_ms > HOLD_MAX_ANSWER_MS)
        k->hold_ms = HOLD_MAX_ANSWER_MS;
    k->hold_until_ms = mono(k) + k->hold_ms;
}

/* With each answer: what is offered now, or that nothing is. */
static void tell_release(struct keeper *k)
{
    if (k->updater_fd >= 0
        && talk_send(k->updater_fd, SAY_RELEASE, outbox_peek_release(&k->outbox))
            == BROKEN)
        drop(k, &k->updater_fd);
}

static void counted(struct keeper *k)
{
    struct outbox_state o;
    uint8_t b[8];

    k->hold_ms = 0;
    k->hold_until_ms = 0;
    k->not_accepted = false;
    outbox_state(&k->outbox, &o);
    if (o.has_utc)
        tell_courier(k, SAY_TIME, utc_build(o.utc_ms, ROOM_OF(b)));
}

/* --- renewal of the keys --- */

struct held_trust { /* for the time of one act */
    struct trust_file file;
    struct renewal_place place;
};

static enum status hold_trust(struct keeper *k, struct held_trust *t)
{
    const char *why = NULL;

    t->place = (struct renewal_place){.identity = k->identity_path,
        .record = k->renewal_path,
        .owner = k->env->uids[ROLE_KEEPER],
        .group = k->env->gids[ROLE_KEEPER],
        .crypto = host_crypto_port(k->crypto),
        .entropy = host_entropy_port()};
    if (k->env->tpm) {
        trust_agent_again(&k->agent);
        t->place.trust = &k->agent.port;
        return OK;
    }
    t->place.trust = &t->file.port;
    return trust_file_open(&t->file, TRUST_WRAP, k->folder, t->place.owner,
        t->place.crypto, t->place.entropy, &why);
}

static void let_go(struct keeper *k, struct held_trust *t)
{
    if (k->env->tpm)
        trust_agent_close(&k->agent);
    else
        trust_file_close(&t->file);
}

static void say_renewal(
    struct keeper *k, enum log_level level, enum reason reason, enum status s)
{
    LOG(k->log, level, reason, F_DEV(&k->kid.device),
        F_NUM("generation", k->kid.generation + 1), F_WORD("status", status_name(s)));
}

/* What an earlier run has begun; a record that cannot be read is begun anew. */
static void recall_renewal(struct keeper *k)
{
    struct held_trust t;

    enum status s = hold_trust(k, &t);
    if (s == OK)
        s = renewal_open(&k->renewal, &t.place, &k->kid);
    let_go(k, &t);
    if (s != OK)
        say_renewal(k, LOG_FAULT, REASON_RENEW_REFUSED, s);
    if (k->renewal.begun)
        outbox_renew(&k->outbox, k->renewal.record.m1);
}

/* courier says which TLS key is to be certified. */
static void begin_renewal(struct keeper *k, const uint8_t point[P256_PUBLIC_LEN])
{
    struct held_trust t;

    if (!k->next_asked || k->renewal.begun || !k->sealing)
        return;
    enum status s = hold_trust(k, &t);
    if (s == OK)
        s = renewal_begin(&k->renewal, &t.place, &k->kid, point);
    let_go(k, &t);
    if (s == OK)
        outbox_renew(&k->outbox, k->renewal.record.m1);
    else
        say_renewal(k, LOG_FAULT, REASON_RENEW_REFUSED, s);
    k->next_asked = s == OK; /* else with the next answer */
}

/* The sealed answer that was just taken asks for new keys, or has the M2 for them. */
static void renew(struct keeper *k)
{
    struct bytes cert;

    if (k->renew_to == 0)
        return;
    if (k->renew_to != k->kid.generation + 1) {
        say_renewal(k, LOG_REFUSE, REASON_RENEW_REFUSED, REFUSED);
    } else if (!k->renewal.begun) {
        k->next_asked = true;
        tell_courier(k, SAY_NEXT_KEY, (struct bytes){0}); /* again, if it had none */
    } else if (k->m2_len > 0
        && !k->pair_ready) { /* again, if courier did not keep it */
        enum status s = renewal_check(&k->renewal, host_crypto_port(k->crypto),
            (struct bytes){k->m2, k->m2_len}, &cert);
        say_renewal(k, s == OK ? LOG_INFO : LOG_REFUSE,
            s == OK ? REASON_RENEW_AGREED : REASON_RENEW_REFUSED, s);
        k->cert_told = s == OK;
        if (s == OK)
            tell_courier(k, SAY_CERT, cert);
    }
}

/*
 * courier has its new pair, and nothing waits for an answer under the old keys: the new ones are
 * in use from here on. Readings that no batch holds yet go into the first one under them.
 */
static void change_keys(struct keeper *k)
{
    struct held_trust t;
    struct identity_record id;

    if (!k->pair_ready || !k->sealing || k->in_flight || outbox_rest(&k->outbox) != OK)
        return;
    enum status s = hold_trust(k, &t);
    bool tried = s == OK;
    if (tried)
        s = renewal_use(&k->renewal, &t.place, &id);
    let_go(k, &t);
    if (tried && s == BROKEN) { /* a new start sees which keys they are */
        broken(k);
        return;
    }
    say_renewal(k, s == OK ? LOG_INFO : LOG_FAULT,
        s == OK ? REASON_RENEW_USED : REASON_RENEW_REFUSED, s);
    k->next_asked = k->cert_told = k->pair_ready =
        false; /* else with the next answer */
    if (s != OK)
        return;
    struct outbox_identity to = {
        .kid = id.kid, .k_up = id.up, .k_down = id.down, .cloud = id.cloud};
    k->kid = id.kid;
    if (outbox_change_keys(&k->outbox, &to) != OK)
        broken(k);
    wipe(&to, sizeof to);
    wipe(&id, sizeof id);
}

/* --- the end of the device --- */

static struct ending_place ending_of(struct keeper *k)
{
    return (struct ending_place){.receipt = k->receipt_path,
        .secrets = {k->wrap_path, k->identity_path, k->renewal_path, k->enrolment_path},
        .flash = k->store_open ? &k->store.file.port : NULL,
        .owner = k->env->uids[ROLE_KEEPER],
        .group = k->env->gids[ROLE_KEEPER]};
}

/* Req: HF-END-001 "No key, and no batch that is kept, outlives the order to end" */
static void erase_all(struct keeper *k)
{
    struct ending_place p = ending_of(k);

    k->sealing = k->ending = false;
    k->desk.outbox = NULL;
    wipe(&k->outbox, sizeof k->outbox);
    wipe(&k->renewal, sizeof k->renewal);
    enum status s = ending_erase(&p);
    if (!k->store_open)
        s = BROKEN; /* the journal is not erased */
    k->enrolled = false;
    k->fault = VIEW_DECOMMISSIONED | (s == OK ? 0u : (uint32_t)VIEW_STORE_FAULT);
    k->settled = k->next; /* nothing is ever sealed again: measure need not keep it */
    LOG(k->log, s == OK ? LOG_WARN : LOG_FAULT, REASON_KEYS_ERASED,
        F_DEV(&k->kid.device), F_WORD("part", "keeper"),
        F_WORD("status", status_name(s)));
}

/* What is held goes first, if it can: then the receipt is kept, and only then the keys go. */
static void end_device(struct keeper *k)
{
    struct ending_place p = ending_of(k);

    if (!k->ending || !k->sealing || k->in_flight)
        return;
    bool late = mono(k) - k->ending_since_ms > ENDING_PATIENCE_MS;
    if (!k->closed && outbox_close_batch(&k->outbox) != OK) {
        broken(k);
        return;
    }
    k->closed = true;
    enum status rest = outbox_rest(&k->outbox);
    if (!flash_holds(k) || (rest != OK && !late))
        return;
    enum status s =
        outbox_receipt(&k->outbox, &k->order, ROOM_OF(k->receipt), &k->receipt_len);
    if (s == OK)
        s = ending_begin(&p, (struct bytes){k->receipt, k->receipt_len});
    if (s == BROKEN) /* is it there? */
        s = ending_begun(&p, ROOM_OF(k->receipt), &k->receipt_len);
    if (s != OK && s != AGAIN) {
        k->receipt_len = 0;
        broken(k); /* nothing is sealed any more before a new start sees which it is */
        return;
    }
    if (s != OK) {
        k->receipt_len = 0; /* nothing was erased; the next answer asks again */
        k->ending = k->closed = false;
        LOG(k->log, LOG_FAULT, REASON_FLASH_FAULT, F_WORD("status", status_name(s)));
        return;
    }
    erase_all(k);
    if ((k->fault & VIEW_STORE_FAULT) != 0
        && loop_stop_after(k->loop, FAULT_AGAIN_MS) != OK)
        loop_stop(k->loop);
}

/* No key is left to open an answer with. 403: the cloud has it, and its own keys are gone too. Who
 * lies here gains that courier's key goes before the receipt is heard; it stays on flash. */
static void receipt_answered(struct keeper *k, uint16_t http_status)
{
    k->in_flight = false;
    k->receipt_said = http_status == 200 || http_status == 403;
    if (k->receipt_said)
        tell_courier(k, SAY_ERASE, (struct bytes){0});
    else
        hold(k);
}

static void take_reply(struct keeper *k, const struct said_reply *r, struct bytes body)
{
    if (!k->in_flight || !ct_equal(r->nonce.b, k->nonce.b, sizeof k->nonce.b))
        return; /* nothing of ours: it can change nothing */
    if (k->receipt_len > 0) {
        receipt_answered(k, r->http_status);
        return;
    }
    k->renew_to = 0;
    k->pins_len = 0;
    enum status s = outbox_answer(&k->outbox, &k->nonce, body);
    if (!flash_holds(k))
        return; /* it comes again: whoever starts next offers the batch again */
    if (s == OK) {
        k->in_flight = false;
        tell_release(k);
        desk_carry(&k->desk, outbox_peek_ticket(&k->outbox));
        counted(k);
        renew(k);
        if (k->pins_len > 0)
            tell_courier(k, SAY_PINS, (struct bytes){k->pins, k->pins_len});
    } else {
        forget_flight(k);
        k->not_accepted = r->http_status < 429 || r->http_status == 431;
        hold(k);
    }
    tell_kept(k);
    want(k);
}

static enum status take_from_courier(struct keeper *k, uint16_t what, struct bytes body)
{
    struct said_reply reply;
    struct bytes rest;
    struct nonce nonce;
    uint8_t point[P256_PUBLIC_LEN];
    uint64_t number = 0;

    if (what == SAY_ASK) {
        offer(k);
    } else if (what == SAY_REPLY) {
        TRY(reply_parse(body, &reply, &rest));
        take_reply(k, &reply, rest);
    } else if (what == SAY_LINK) {
        TRY(link_parse(body, &k->link));
    } else if (what == SAY_NEXT_PUBLIC) {
        TRY(point_parse(body, point));
        begin_renewal(k, point);
    } else if (what == SAY_CERT_KEPT) {
        k->pair_ready = k->cert_told;
    } else if (what == SAY_PINS_IN_FORCE) {
        TRY(number_parse(body, &number));
        k->pins_version = (uint32_t)number;
        if (k->sealing)
            outbox_pins(&k->outbox, k->pins_version);
    } else if (what == SAY_PINS_REFUSED) {
        if (k->sealing)
            outbox_event(&k->outbox, EVENT_PINS_REFUSED);
    } else {
        TRY(nonce_parse(body, &nonce));
        if (k->in_flight && ct_equal(nonce.b, k->nonce.b, sizeof nonce.b))
            forget_flight(k);
    }
    return OK;
}

static void on_courier(void *ctx, int fd, uint32_t events)
{
    struct keeper *k = ctx;
    size_t doors = 0;
    const struct talk_door *table = messages_heard(KEEPER_OF_COURIER, &doors);

    (void)events;
    for (int i = 0; i < FROM_COURIER && k->courier_fd == fd; i++) {
        uint16_t what = 0;
        struct bytes body;
        enum status s = talk_recv(fd, table, doors, ROOM_OF(k->talk), &what, &body);
        if (s == OK)
            s = take_from_courier(k, what, body);
        if (s == AGAIN)
            return;
        if (s == MALFORMED)
            LOG(k->log, LOG_REFUSE, REASON_TALK_MALFORMED, F_WORD("from", "courier"));
        if (s != OK && k->courier_fd == fd)
            drop_courier(k);
    }
}

static void on_courier_knock(void *ctx, int fd, uint32_t events)
{
    struct keeper *k = ctx;
    int new = -1;

    (void)events;
    enum status s = talk_accept(fd, &k->env->uids[ROLE_COURIER], 1, &new, NULL);
    if (s == REFUSED)
        LOG(k->log, LOG_REFUSE, REASON_TALK_PEER, F_WORD("door", "courier"));
    if (s != OK)
        return;
    drop_courier(k);
    if (loop_watch(k->loop, new, EPOLLIN, on_courier, k) != OK) {
        close(new);
        return;
    }
    k->courier_fd = new;
    want(k);
}

/* --- updater's door --- */

static void take_event(struct keeper *k, const struct said_event *e)
{
    if (k->sealing && e->has_about)
        outbox_event_about(&k->outbox, e->code, e->about);
    else if (k->sealing)
        outbox_event(&k->outbox, e->code);
}

static enum status take_from_updater(struct keeper *k, uint16_t what, struct bytes body)
{
    struct said_event event;
    uint8_t word = 0;

    if (what == SAY_UPDATE_STATE)
        return word_parse(body, 0, UPDATE_STATES, &word);
    TRY(event_parse(body, &event));
    take_event(k, &event);
    return OK;
}

static void on_updater(void *ctx, int fd, uint32_t events)
{
    struct keeper *k = ctx;
    uint16_t what = 0;
    struct bytes body;

    (void)events;
    enum status s = hear_one(fd, KEEPER_OF_UPDATER, ROOM_OF(k->talk), &what, &body);
    if (s == OK)
        s = take_from_updater(k, what, body);
    if (hear_ends(s, k->log, "updater"))
        drop(k, &k->updater_fd);
}

static void on_updater_knock(void *ctx, int fd, uint32_t events)
{
    struct keeper *k = ctx;
    int new = -1;

    (void)events;
    enum status s = talk_accept(fd, &k->env->uids[ROLE_UPDATER], 1, &new, NULL);
    if (s == REFUSED)
        LOG(k->log, LOG_REFUSE, REASON_TALK_PEER, F_WORD("door", "updater"));
    if (s != OK)
        return;
    drop(k, &k->updater_fd);
    if (loop_watch(k->loop, new, EPOLLIN, on_updater, k) != OK) {
        close(new);
        return;
    }
    k->updater_fd = new;
}

/* What a release on trial is judged by, and whether a restart would hurt anybody. */
static uint8_t signs(const struct keeper *k)
{
    struct outbox_state o = {0};
    uint64_t now = mono(k);
    bool reads = k->read_ms != 0 && now - k->read_ms < READS_MS;

    if (k->sealing)
        outbox_state(&k->outbox, &o);
    return (uint8_t)((reads ? SIGN_MEASURES : 0u)
        | (reads && !k->sensor_fault ? SIGN_SENSOR : 0u)
        | (o.answered ? SIGN_ANSWERED : 0u)
        | (now - k->value_ms >= UPDATE_QUIET_MS ? SIGN_QUIET : 0u));
}

static void say_signs(struct keeper *k)
{
    uint8_t b[1];

    if (k->updater_fd >= 0
        && talk_send(k->updater_fd, SAY_SIGNS, signs_build(signs(k), ROOM_OF(b)))
            == BROKEN)
        drop(k, &k->updater_fd);
}

/* --- the board's button --- */

static void on_button(void *ctx, int fd, uint32_t events)
{
    struct keeper *k = ctx;
    unsigned presses = 0;

    (void)events;
    enum status s = button_read(fd, &presses);
    if (s == OK)
        desk_press(&k->desk); /* many that came at once are one */
    if (s == OK || s == AGAIN)
        return;
    LOG(k->log, LOG_FAULT, REASON_BUTTON_LOST, F_NUM("n", 1));
    loop_forget(k->loop, fd);
    close(fd);
}

/* Before the role locks itself in. Without it nobody can be present: measuring needs none. */
static void open_button(struct keeper *k)
{
    int fd = -1;

    if (k->env->button == NULL || k->env->button[0] == '\0')
        return;
    k->desk.has_button =
        true; /* also when it is lost: a code would have nobody who could say it */
    if (button_open(k->env->button, &fd) == OK
        && loop_watch(k->loop, fd, EPOLLIN, on_button, k) == OK)
        return;
    if (fd >= 0)
        close(fd);
    LOG(k->log, LOG_FAULT, REASON_BUTTON_LOST, F_NUM("n", 0));
}

/* --- people's door: status and supervisor --- */

static int *person_of(struct keeper *k, int fd)
{
    for (int i = 0; i < PEOPLE; i++)
        if (k->people_fds[i] == fd)
            return &k->people_fds[i];
    return NULL;
}

static enum status answer_person(
    struct keeper *k, int fd, uint16_t what, struct bytes body)
{
    struct said_state state;
    uint8_t room[2];
    uint32_t code;

    if (what == SAY_TICKET)
        return talk_send(
            fd, SAY_SERVICE, service_build(desk_offer(&k->desk, body), ROOM_OF(room)));
    if (what == SAY_CODE) {
        TRY(code_parse(body, &code));
        return talk_send(
            fd, SAY_SERVICE, service_build(desk_answer(&k->desk, code), ROOM_OF(room)));
    }
    fill_state(k, &state);
    state.service.code = 0; /* who asks here need not stand before the screen */
    return talk_send(fd, SAY_STATE, state_build(&state, ROOM_OF(k->body)));
}

static void on_person(void *ctx, int fd, uint32_t events)
{
    struct keeper *k = ctx;
    int *person = person_of(k, fd);
    size_t doors = 0;
    const struct talk_door *table = messages_heard(KEEPER_OF_PEOPLE, &doors);
    uint16_t what = 0;
    struct bytes body;

    (void)events;
    if (person == NULL)
        return;
    enum status s = talk_recv(fd, table, doors, ROOM_OF(k->talk), &what, &body);
    if (s == AGAIN)
        return;
    if (s == OK)
        s = answer_person(k, fd, what, body);
    if (s != OK)
        drop(k, person);
}

static void on_person_knock(void *ctx, int fd, uint32_t events)
{
    struct keeper *k = ctx;
    const uid_t may[] = {0, k->env->uids[ROLE_KEEPER]};
    int new = -1;
    int *place = person_of(k, -1);

    (void)events;
    enum status s = talk_accept(fd, may, 2, &new, NULL);
    if (s == REFUSED)
        LOG(k->log, LOG_REFUSE, REASON_TALK_PEER, F_WORD("door", "status"));
    if (s != OK)
        return;
    if (place == NULL || loop_watch(k->loop, new, EPOLLIN, on_person, k) != OK) {
        close(new);
        return;
    }
    *place = new;
}

/* --- keys and storage --- */

static void key_fault(struct keeper *k, const char *file, const char *why)
{
    LOG(k->log, LOG_REFUSE, REASON_KEY_FILE, F_WORD("file", file), F_WORD("why", why));
    k->fault |= VIEW_KEY_FAULT;
}

static void disk_fault(struct keeper *k, enum status s)
{
    LOG(k->log, LOG_FAULT, REASON_FLASH_FAULT, F_WORD("status", status_name(s)));
    k->fault |= VIEW_STORE_FAULT;
    k->mine->flash = true;
}

/* Req: HF-FLASH-002 "no keys run that a cut of power could take back" */
static enum status load_identity(struct keeper *k)
{
    char path[PLACE_MAX];
    const char *why = NULL;

    TRY(place_of(k->env->root, PLACE_IDENTITY, path));
    enum status s = identity_load(path, k->env->uids[ROLE_KEEPER], &k->sealed, &why);
    if (s == OK && keyfile_settle(path) != OK) {
        disk_fault(k, BROKEN); /* what is seen may be gone tomorrow */
        return BROKEN;
    }
    if (s == AGAIN)
        k->fault |= VIEW_NOT_ENROLLED;
    else if (s != OK)
        key_fault(k, "identity", why);
    return s;
}

static enum status open_by_file(struct keeper *k, struct identity_record *out)
{
    char folder[PLACE_MAX];
    struct trust_file trust;
    const char *why = NULL;

    TRY(place_of(k->env->root, PLACE_KEEPER, folder));
    enum status s =
        trust_file_open(&trust, TRUST_WRAP, folder, k->env->uids[ROLE_KEEPER],
            host_crypto_port(k->crypto), host_entropy_port(), &why);
    if (s == OK)
        s = identity_open(&k->sealed, &trust.port, out, &why);
    trust_file_close(&trust);
    if (s != OK)
        key_fault(k, "identity", why);
    return s;
}

static enum status open_store(struct keeper *k)
{
    char path[PLACE_MAX];

    TRY(place_of(k->env->root, PLACE_JOURNAL, path));
    enum status s = store_open(&k->store, path, k->env->journal_bytes);
    k->store_open = s == OK;
    if (s != OK)
        disk_fault(k, s);
    return s;
}

static void start_outbox(struct keeper *k, const struct identity_record *id)
{
    struct outbox_ports ports = {.clock = &k->clock.port,
        .crypto = host_crypto_port(k->crypto),
        .entropy = host_entropy_port(),
        .journal = &k->store.journal,
        .slots = &k->store.slots,
        .tpm = k->env->tpm,
        .run = k->mine->run};
    struct outbox_identity identity = {
        .kid = id->kid, .k_up = id->up, .k_down = id->down, .cloud = id->cloud};

    memcpy(ports.algorithm, k->env->algorithm, sizeof ports.algorithm);
    enum status s =
        outbox_init(&k->outbox, &ports, &identity, (struct outbox_ear){k, told});
    wipe(&identity, sizeof identity);
    k->fault |= s == OK ? 0u : (uint32_t)VIEW_STORE_FAULT; /* told already */
    k->sealing = s == OK;
}

/* In the first batch of each epoch, so that the first answer offers what fits.
 * Req: HF-UPD-021 "A device shall say of which class of releases it is in the first batch of each run" */
static void say_class(struct keeper *k)
{
    uint8_t mark[EVENT_ABOUT_LEN];

    if (k->env->product == NULL)
        return;
    release_class_mark(k->env->product, mark);
    outbox_event_about(&k->outbox, EVENT_CLASS, mark);
}

static void begin_sealing(struct keeper *k, struct identity_record *id)
{
    k->enrolled = true;
    k->kid = id->kid;
    start_outbox(k, id);
    if (k->sealing) {
        k->desk.journal_damaged = journal_damaged(&k->store.journal);
        desk_open(&k->desk, &k->outbox, host_crypto_port(k->crypto),
            host_entropy_port(), &id->service, &id->kid.device);
    }
    wipe(id, sizeof *id);
    if (k->sealing) {
        outbox_pins(&k->outbox, k->pins_version);
        recall_renewal(k);
        /* Req: HF-IMG-007, HF-FLASH-003: said by each keeper, until a batch holds it. */
        if (k->mine->watchdog)
            outbox_event(&k->outbox, EVENT_WATCHDOG);
        if (k->mine->flash)
            outbox_event(&k->outbox, EVENT_FLASH_FAULT);
        say_class(k);
    }
}

/* Readings that came meanwhile were heard by nobody who could seal them: measure still has them,
 * and says them again to who lets it knock anew. */
static void keys_found(struct keeper *k, struct identity_record *id)
{
    if (k->keys_missed)
        LOG(k->log, LOG_INFO, REASON_TRUST_REGAINED, F_WORD("part", "wrap"));
    k->waiting = k->keys_missed = false;
    k->fault &= ~(uint32_t)VIEW_KEY_FAULT;
    trust_agent_close(&k->agent);
    drop(k, &k->measure_fd);
    k->heard = k->ended = false;
    k->taken = 0;
    k->lost_before = 0;
    k->next = k->settled = k->settled_said = 0;
    begin_sealing(k, id);
    if ((k->fault & VIEW_STORE_FAULT) != 0)
        loop_stop(k->loop);
}

static void keys_missing(struct keeper *k)
{
    bool answered = k->agent.fd >= 0;
    uint64_t now = board_clock_now_ms();

    k->keys_due_ms = now + k->keys_delay_ms;
    k->keys_delay_ms =
        k->keys_delay_ms * 2 > KEYS_MAX_MS ? KEYS_MAX_MS : k->keys_delay_ms * 2;
    if (k->keys_missed || (!answered && now - k->keys_since_ms < KEYS_PATIENCE_MS))
        return;
    k->keys_missed = true;
    k->fault |= VIEW_KEY_FAULT;
    LOG(k->log, LOG_FAULT, REASON_TRUST_LOST, F_WORD("part", "wrap"));
}

/* Req: HF-TPM-002 "Where a TPM is configured and does not serve, the device shall go on
 * measuring, send nothing, say so, and use no other keys." */
static void find_keys(struct keeper *k)
{
    struct identity_record id;
    const char *why = NULL;

    if (!k->waiting || board_clock_now_ms() < k->keys_due_ms)
        return;
    trust_agent_again(&k->agent);
    enum status s = identity_open(&k->sealed, &k->agent.port, &id, &why);
    if (s == OK) {
        keys_found(k, &id);
    } else if (s == DAMAGED) {
        k->waiting = false;
        key_fault(k, "identity", why);
    } else {
        keys_missing(k);
    }
}

/* A device that has ended stays so: whatever a cut of power left is erased now. Where it cannot be said
 * whether it has, it neither erases nor seals. */
static bool has_ended(struct keeper *k)
{
    struct ending_place p = ending_of(k);
    struct envelope e;

    enum status s = ending_begun(&p, ROOM_OF(k->receipt), &k->receipt_len);
    if (s != OK) {
        k->receipt_len = 0;
        if (s != AGAIN)
            disk_fault(k, s);
        return s != AGAIN;
    }
    if (envelope_parse(ENVELOPE_RECEIPT, (struct bytes){k->receipt, k->receipt_len}, &e)
        == OK)
        k->kid = e.kid;
    (void)!open_store(k);
    erase_all(k);
    return true;
}

static void open_all(struct keeper *k)
{
    struct identity_record id;

    if (has_ended(k))
        return;

    if (k->env->config_fault || load_identity(k) != OK)
        return;
    if (k->env->tpm) {
        k->waiting = trust_agent_init(
                         &k->agent, TRUST_WRAP, k->env->root, k->env->uids[ROLE_AGENT])
                == OK
            && open_store(k) == OK;
        k->keys_since_ms = board_clock_now_ms();
        k->keys_delay_ms = KEYS_MS;
    } else if (open_by_file(k, &id) == OK && open_store(k) == OK) {
        begin_sealing(k, &id);
    }
}

/* --- time passes --- */

static void say_state(struct keeper *k)
{
    struct said_state state;

    fill_state(k, &state);
    tell_measure(k, SAY_STATE, state_build(&state, ROOM_OF(k->body)));
    /* Again and again: one may not get through, and a measure that starts anew knows of none. */
    if (k->env->batches > 0 && k->mine->batches >= k->env->batches)
        tell_measure(k, SAY_STOP, (struct bytes){0});
}

static void tick(void *ctx)
{
    struct keeper *k = ctx;
    uint64_t now = board_clock_now_ms();

    if (k->in_flight && now - k->flight_ms > FLIGHT_MAX_MS)
        forget_flight(k); /* courier is silent: its silence must not last for ever */
    find_keys(k);
    k->desk.link = (uint32_t)k->link;
    (void)flash_holds(k);
    if (k->sealing && desk_tick(&k->desk))
        role_try_forbidden(&k->lock); /* comes with the second log */
    end_device(k);
    change_keys(k);
    want(k);
    tell_kept(k);
    if (now >= k->signs_due_ms) {
        k->signs_due_ms = now + STATE_EVERY_MS;
        say_signs(k);
    }
    if (now >= k->state_due_ms) {
        k->state_due_ms = now + STATE_EVERY_MS;
        say_state(k);
    }
    if (loop_after(k->loop, TICK_MS, tick, k) != OK)
        loop_stop(k->loop);
}

/* An orderly stop: what measure said, then what is open, onto stable storage. */
static void on_signal(void *ctx, int fd, uint32_t events)
{
    struct keeper *k = ctx;
    struct signalfd_siginfo info;

    (void)events;
    if (read(fd, &info, sizeof info) != (ssize_t)sizeof info)
        return;
    while (k->measure_fd >= 0 && on_measure_more(k))
        ;
    if (k->sealing)
        (void)!outbox_close_batch(&k->outbox); /* what fails is told */
    loop_stop(k->loop);
}

/* --- start --- */

static enum status listen_at(
    struct keeper *k, enum place place, loop_fd_fn *fn, int *fd)
{
    char path[PLACE_MAX];

    TRY(place_of(k->env->root, place, path));
    TRY(talk_listen(path, fd));
    return loop_watch(k->loop, *fd, EPOLLIN, fn, k);
}

static enum status watch_signal(struct keeper *k)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
        return BROKEN;
    k->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    return k->signal_fd < 0 ? BROKEN
                            : loop_watch(k->loop, k->signal_fd, EPOLLIN, on_signal, k);
}

static enum status open_doors(struct keeper *k)
{
    TRY(listen_at(k, PLACE_DOOR_MEASURE, on_measure_knock, &k->measure_listen));
    TRY(listen_at(k, PLACE_DOOR_COURIER, on_courier_knock, &k->courier_listen));
    TRY(listen_at(k, PLACE_DOOR_UPDATER, on_updater_knock, &k->updater_listen));
    TRY(listen_at(k, PLACE_DOOR_STATUS, on_person_knock, &k->people_listen));
    return watch_signal(k);
}

int keeper_main(struct role_env *env)
{
    static struct keeper k;
    const struct confine_path own = {
        k.folder, CONFINE_READ | CONFINE_WRITE}; /* a renewal replaces the identity */
    const struct confine_plan plan = {.role = "keeper",
        .user = role_user(ROLE_KEEPER),
        .paths = &own,
        .path_count = 1,
        .rights = CONFINE_UNIX | CONFINE_FILES};

    k.env = env;
    k.log = env->log;
    k.measure_fd = k.courier_fd = k.updater_fd = -1;
    for (int i = 0; i < PEOPLE; i++)
        k.people_fds[i] = -1;
    board_clock_init(&k.clock, env->start_ms, env->speed);
    desk_init(&k.desk, k.log, &k.clock.port);
    k.log->ear = (struct log_ear){&k.desk, desk_hear};
    k.value_ms =
        mono(&k); /* who starts anew does not know: as if somebody were measured */
    char path[PLACE_MAX];
    if (place_of(env->root, PLACE_KEEPER, k.folder) != OK
        || place_of(env->root, PLACE_IDENTITY, k.identity_path) != OK
        || place_of(env->root, PLACE_RENEWAL, k.renewal_path) != OK
        || place_of(env->root, PLACE_ENROLMENT, k.enrolment_path) != OK
        || place_of(env->root, PLACE_WRAP, k.wrap_path) != OK
        || place_of(env->root, PLACE_RECEIPT, k.receipt_path) != OK
        || place_of(env->root, PLACE_SETTLED, path) != OK
        || tally_open(path, &k.mine) != OK)
        return EXIT_ENVIRONMENT;
    if (loop_new(&k.loop) != OK || host_crypto_new(&k.crypto) != OK)
        return EXIT_INTERNAL;
    open_button(&k);
    open_all(&k);
    if (open_doors(&k) != OK)
        return EXIT_ENVIRONMENT;
    if (role_lock(&k.lock, env, k.loop, ROLE_KEEPER, &plan) != OK)
        return EXIT_ENVIRONMENT;
    if ((k.fault & VIEW_STORE_FAULT) != 0
        && loop_stop_after(k.loop, FAULT_AGAIN_MS) != OK)
        return EXIT_INTERNAL;
    tick(&k);
    enum status s = loop_run(k.loop);
    wipe(&k.outbox, sizeof k.outbox);
    wipe(&k.renewal, sizeof k.renewal);
    return s == OK ? EXIT_DONE : EXIT_INTERNAL;
}
