/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/attester.h"

#include "cloud/attest/why.h"
#include "cloud/store/device_state.h"
#include "cloud/store/devices.h"
#include "cloud/store/events.h"
#include "core/seal/kid.h"
#include "wire/attest.h"

#include <stdlib.h>
#include <string.h>

struct waiting {
    bool used;
    uint64_t gate;
    struct door_attest head;
    struct kid kid;
    size_t len;
    uint8_t said[ATTEST_QUOTE_MAX];
};

struct attester {
    struct store *s;
    struct attester_ports ports;
    struct waiting waiting[ATTESTER_WAITING];
};

/* One request under way. */
struct job {
    struct attester *a;
    uint64_t gate;
    const struct door_attest *head;
    struct attest_place at;
    struct kid kid;
    char before[16]; /* the last word on the row */
};

enum status attester_new(
    struct attester **out, struct store *s, const struct attester_ports *ports)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return BROKEN;
    (*out)->s = s;
    (*out)->ports = *ports;
    return OK;
}

void attester_free(struct attester *a)
{
    free(a);
}

static void answer(const struct job *j, uint16_t http_status, struct bytes asked)
{
    struct door_attested head = {j->head->ticket, http_status};
    j->a->ports.answer(j->a->ports.ctx, j->gate, &head, asked);
}

static void later(const struct job *j)
{
    answer(j, 503, (struct bytes){0});
}

static void refuse(const struct job *j, enum reason reason)
{
    struct store *s = j->a->s;

    if (event_add(s, LOG_REFUSE, reason, &j->head->peer, NULL) == OK)
        answer(j, 403, (struct bytes){0});
    else
        later(j);
}

/* By its word: the row, the event; this connection is not attested, whatever it was. */
static void refuse_quote(const struct job *j, const char *word)
{
    attested_set(j->a->s->attested, &j->at, ATTEST_NONE);
    if (device_note_attest(j->a->s, &j->kid.device, word, NULL) == OK)
        refuse(j, attest_reason(word));
    else
        later(j);
}

/* Said as an event when it is new: a device connects again and again. */
static void accept(const struct job *j, bool too_old, uint32_t version)
{
    struct store *s = j->a->s;
    const char *word = too_old ? "version" : "accepted";
    enum reason reason = too_old ? REASON_ATTEST_VERSION : REASON_ATTEST_ACCEPTED;
    bool is_new = strcmp(j->before, word) != 0;

    if (device_note_attest(s, &j->kid.device, word, &version) != OK
        || (is_new
            && event_add(
                   s, too_old ? LOG_REFUSE : LOG_INFO, reason, &j->head->peer, NULL)
                != OK)) {
        later(j);
        return;
    }
    attested_set(s->attested, &j->at, too_old ? ATTEST_TOO_OLD : ATTEST_GOOD);
    answer(j, 204, (struct bytes){0});
}

/* Req: HF-TPM-011 "A connection shall count as attested only for a quote over its own nonce and channel" */
static void judge(
    const struct job *j, const struct attest_quote *q, const struct attest_key *key)
{
    struct store *s = j->a->s;
    const struct attest_evidence e = {q->said, q->signature};
    const struct attest_fresh said = {q->nonce, q->channel};
    struct attest_fresh ours = {.channel = j->head->channel};
    uint32_t version = 0;
    const char *why = "nonce";

    enum status st = REFUSED;
    if (attested_take_nonce(s->attested, &j->at, store_mono_ms(s), &ours.nonce))
        st = attest_quoted(key, &e, &said, &ours, &s->boots, &version, &why);
    if (st == OK)
        accept(j, false, version);
    else if (st == REFUSED && strcmp(why, "version") == 0)
        accept(j, true, version);
    else if (st == REFUSED)
        refuse_quote(j, why);
    else
        later(j);
}

static void ask(const struct job *j)
{
    struct store *s = j->a->s;
    struct attest_ask ask = {.registers = s->boots.registers};
    uint8_t body[ATTEST_ASK_LEN];

    if (s->entropy->fill(s->entropy->board, ROOM_OF(ask.nonce.b)) != OK) {
        later(j);
        return;
    }
    attested_ask(s->attested, &j->at, &ask.nonce, store_mono_ms(s));
    attest_ask_build(&ask, body);
    answer(j, 200, BYTES_OF(body));
}

/* Until keys has said which key attests. */
static void wait_for_key(const struct job *j, struct bytes said)
{
    struct waiting *place = NULL;
    size_t each = 0;

    for (size_t i = 0; i < ATTESTER_WAITING; i++) {
        struct waiting *w = &j->a->waiting[i];
        each += w->used && kid_equal(&w->kid, &j->kid);
        if (!w->used)
            place = w;
    }
    if (!place || each >= ATTESTER_WAITING_EACH
        || !j->a->ports.ask(j->a->ports.ctx, &j->kid)) {
        later(j);
        return;
    }
    *place = (struct waiting){.used = true,
        .gate = j->gate,
        .head = *j->head,
        .kid = j->kid,
        .len = said.len};
    memcpy(place->said, said.at, said.len);
}

static void take_quote(const struct job *j, struct bytes said)
{
    const struct cached_device *d = key_cache_find(j->a->s->cache, &j->kid);
    struct attest_quote q;

    if (attest_quote_parse(said, &q) != OK)
        refuse_quote(j, "structure");
    else if (d && d->has_attest)
        judge(j, &q, &d->attest);
    else
        wait_for_key(j, said);
}

static enum status load(struct job *j, enum device_state *state)
{
    sqlite3_stmt *q = db_use(&j->a->s->db, DB_DEVICE);

    db_bind_blob(q, 1, j->head->peer.b, DEVICE_ID_LEN);
    TRY(db_row(q));
    *state = (enum device_state)db_u64(q, 1);
    j->kid =
        (struct kid){.device = j->head->peer, .generation = (uint32_t)db_u64(q, 2)};
    db_text(q, 23, j->before, sizeof j->before);
    db_done(q);
    return OK;
}

/* false: it was answered. */
static bool begin(
    struct job *j, struct attester *a, uint64_t gate, const struct door_attest *head)
{
    enum device_state state = DEVICE_REVOKED;

    *j = (struct job){
        .a = a, .gate = gate, .head = head, .at = {gate, head->connection, head->peer}};
    if (!a->s->require_tpm) {
        answer(j, 204, (struct bytes){0});
        return false;
    }
    enum status st = db_begin(&a->s->db) == OK ? load(j, &state) : BROKEN;
    if (st == BROKEN)
        later(j);
    else if (memcmp(&head->peer, &head->path, sizeof head->peer) != 0)
        refuse(j, REASON_AUTHZ_PEER);
    else if (st != OK || !device_may_send(state))
        refuse(j, REASON_AUTHZ_STATE);
    else
        return true;
    return false;
}

void attester_take(struct attester *a, uint64_t gate, const struct door_attest *head,
    struct bytes said)
{
    struct job j;

    if (!begin(&j, a, gate, head))
        return;
    if (said.len == 0)
        ask(&j);
    else
        take_quote(&j, said);
}

void attester_key(
    struct attester *a, const struct kid *kid, const struct door_attest_key *key)
{
    if (key->found) {
        struct cached_device *d = key_cache_claim(a->s->cache, kid);
        memcpy(d->attest.name.b, key->name, sizeof d->attest.name.b);
        memcpy(d->attest.point, key->point, sizeof d->attest.point);
        d->has_attest = true;
    }
    for (size_t i = 0; i < ATTESTER_WAITING; i++) {
        struct waiting w = a->waiting[i];
        struct job j;
        if (!w.used || !kid_equal(&w.kid, kid))
            continue;
        a->waiting[i].used = false;
        if (!begin(&j, a, w.gate, &w.head))
            continue;
        if (key->found)
            take_quote(&j, (struct bytes){w.said, w.len});
        else
            refuse_quote(&j, "unknown");
    }
}

void attester_keys_gone(struct attester *a)
{
    for (size_t i = 0; i < ATTESTER_WAITING; i++) {
        struct waiting *w = &a->waiting[i];
        struct job j = {.a = a, .gate = w->gate, .head = &w->head};
        if (w->used)
            later(&j);
        w->used = false;
    }
}
