/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/group.h"

#include "cloud/store/events.h"
#include "core/seal/kid.h"

#include <stdlib.h>
#include <string.h>

struct pending { /* judged, not yet committed */
    uint64_t peer;
    uint32_t ticket;
    struct ingested in;
};

struct waiting { /* for a key */
    struct waiting *next;
    enum door door;
    struct kid kid;
    struct epoch epoch;
    uint64_t peer;
    struct door_ingest head;
    size_t len;
    uint8_t envelope[];
};

struct group {
    struct store *s;
    struct group_ports ports;
    struct pending pending[GROUP_MAX];
    size_t pending_count;
    struct waiting *waiting;
    size_t waiting_count;
};

enum status group_new(
    struct group **out, struct store *s, const struct group_ports *ports)
{
    struct group *g = calloc(1, sizeof *g);
    if (!g)
        return BROKEN;
    g->s = s;
    g->ports = *ports;
    *out = g;
    return OK;
}

void group_free(struct group *g)
{
    if (!g)
        return;
    for (struct waiting *w = g->waiting, *next; w; w = next) {
        next = w->next;
        free(w);
    }
    wipe(g, sizeof *g);
    free(g);
}

static void tell(struct group *g, uint64_t peer, uint32_t ticket, uint16_t http_status,
    uint16_t retry_after_s, struct bytes sealed)
{
    struct door_ingested head = {ticket, http_status, retry_after_s};
    g->ports.answer(g->ports.ctx, peer, &head, sealed);
}

static void tell_later(struct group *g, uint64_t peer, uint32_t ticket)
{
    tell(g, peer, ticket, 503, GROUP_RETRY_S, (struct bytes){0});
}

/* Req: HF-STORE-004 "A failed transaction shall acknowledge nothing." */
static void fail(struct group *g)
{
    db_rollback(&g->s->db);
    LOG(g->s->log, LOG_FAULT, REASON_DATABASE, F_NUM("n", g->pending_count),
        F_NUM("sqlite", sqlite3_extended_errcode(g->s->db.handle)));
    for (size_t i = 0; i < g->pending_count; i++)
        tell_later(g, g->pending[i].peer, g->pending[i].ticket);
    for (size_t i = 0; i < g->pending_count; i++)
        wipe(&g->pending[i].in.down, sizeof g->pending[i].in.down);
    g->pending_count = 0;
}

static void log_stored(struct group *g, const struct ingested *in)
{
    const struct verdict *v = &in->answer.verdicts[0];
    LOG(g->s->log, LOG_INFO, in->reason, F_DEV(&in->kid.device),
        F_HEX("req", in->answer.nonce.b, sizeof in->answer.nonce.b),
        F_NUM("seq", v->seq), F_HEX("epoch", v->epoch.b, sizeof v->epoch.b),
        F_HEX("digest", v->digest.b, sizeof v->digest.b));
}

static void answer_one(struct group *g, struct pending *p)
{
    uint8_t envelope[LIMIT_ANSWER + 256];
    size_t len = 0;

    if (!p->in.sealed) {
        tell(g, p->peer, p->ticket, p->in.http_status, p->in.retry_after_s,
            (struct bytes){0});
        if (p->in.ended)
            g->ports.ended(g->ports.ctx, &p->in.kid.device);
        return;
    }
    if (p->in.http_status == 200)
        log_stored(g, &p->in);
    if (ingest_seal(g->s, &p->in, ROOM_OF(envelope), &len) != OK)
        tell_later(
            g, p->peer, p->ticket); /* stored; the device asks again: "already" */
    else
        tell(
            g, p->peer, p->ticket, p->in.http_status, 0, (struct bytes){envelope, len});
    if (p->in.first)
        g->ports.first(g->ports.ctx, &p->in.kid);
    if (p->in.renews)
        g->ports.renew(g->ports.ctx, &p->in.kid, &p->in.m1);
}

enum status group_commit(struct group *g)
{
    if (!g->s->db.open_txn)
        return OK;
    if (db_commit(&g->s->db) != OK) {
        fail(g);
        return BROKEN;
    }
    size_t count = g->pending_count;
    g->pending_count = 0;
    for (size_t i = 0; i < count; i++) {
        answer_one(g, &g->pending[i]);
        wipe(&g->pending[i].in.down, sizeof g->pending[i].in.down);
    }
    return OK;
}

bool group_open(const struct group *g)
{
    return g->s->db.open_txn;
}

static bool same_wait(const struct waiting *w, enum door door, const struct kid *kid,
    const struct epoch *epoch)
{
    return w->door == door && kid_equal(&w->kid, kid)
        && (door == DOOR_DOWN_KEY || memcmp(&w->epoch, epoch, sizeof *epoch) == 0);
}

static bool room_to_wait(
    const struct group *g, const struct ingested *in, enum door door, bool *asked)
{
    size_t each = 0;
    *asked = false;
    for (const struct waiting *w = g->waiting; w; w = w->next) {
        each += memcmp(&w->kid.device, &in->kid.device, sizeof in->kid.device) == 0;
        *asked |= same_wait(w, door, &in->kid, &in->epoch);
    }
    return g->waiting_count < GROUP_WAITING && each < GROUP_WAITING_EACH;
}

static void wait_for(struct group *g, enum door door, uint64_t peer,
    const struct door_ingest *head, struct bytes envelope, const struct ingested *in)
{
    bool asked = false;
    struct waiting *w = NULL;

    if (room_to_wait(g, in, door, &asked))
        w = malloc(sizeof *w + envelope.len);
    if (!w || (!asked && !g->ports.ask(g->ports.ctx, door, &in->kid, &in->epoch))) {
        free(w);
        tell_later(g, peer, head->ticket);
        return;
    }
    *w = (struct waiting){.next = g->waiting,
        .door = door,
        .kid = in->kid,
        .epoch = in->epoch,
        .peer = peer,
        .head = *head,
        .len = envelope.len};
    memcpy(w->envelope, envelope.at, envelope.len);
    g->waiting = w;
    g->waiting_count++;
}

static void take_result(struct group *g, enum ingest_next next, uint64_t peer,
    const struct door_ingest *head, struct bytes envelope)
{
    struct pending *p = &g->pending[g->pending_count];

    switch (next) {
    case INGEST_DONE:
        p->peer = peer;
        p->ticket = head->ticket;
        g->pending_count++;
        break;
    case INGEST_ASK_EPOCH:
        wait_for(g, DOOR_EPOCH_KEY, peer, head, envelope, &p->in);
        break;
    case INGEST_ASK_DOWN:
        wait_for(g, DOOR_DOWN_KEY, peer, head, envelope, &p->in);
        break;
    case INGEST_BROKEN:
        fail(g);
        tell_later(g, peer, head->ticket);
        break;
    }
    if (g->pending_count == GROUP_MAX)
        (void)!group_commit(g);
}

static bool begin(struct group *g, uint64_t peer, const struct door_ingest *head)
{
    if (db_begin(&g->s->db) == OK)
        return true;
    fail(g);
    tell_later(g, peer, head->ticket);
    return false;
}

void group_ingest(struct group *g, uint64_t peer, const struct door_ingest *head,
    struct bytes envelope)
{
    if (!begin(g, peer, head))
        return;
    enum ingest_next next =
        ingest(g->s, head, envelope, NULL, &g->pending[g->pending_count].in);
    take_result(g, next, peer, head, envelope);
}

static void run_waiting(struct group *g, struct waiting *w, const struct door_key *key)
{
    struct bytes envelope = {w->envelope, w->len};
    enum ingest_next next;

    if (!begin(g, w->peer, &w->head))
        return;
    if (!key->found) {
        next = ingest_no_key(g->s, &w->head, &g->pending[g->pending_count].in);
    } else {
        const struct key *trial = w->door == DOOR_EPOCH_KEY ? &key->key : NULL;
        next =
            ingest(g->s, &w->head, envelope, trial, &g->pending[g->pending_count].in);
    }
    take_result(g, next, w->peer, &w->head, envelope);
}

void group_key(struct group *g, enum door door, const struct kid *kid,
    const struct epoch *epoch, const struct door_key *key)
{
    struct waiting *ready = NULL;

    if (door == DOOR_DOWN_KEY && key->found) {
        struct cached_device *d = key_cache_claim(g->s->cache, kid);
        d->down = key->key;
        d->has_down = true;
    }
    for (struct waiting **at = &g->waiting; *at;) {
        struct waiting *w = *at;
        if (!same_wait(w, door, kid, epoch)) {
            at = &w->next;
            continue;
        }
        *at = w->next;
        g->waiting_count--;
        w->next = ready; /* turns the list round: first come, first served */
        ready = w;
    }
    for (struct waiting *next; ready; ready = next) {
        next = ready->next;
        run_waiting(g, ready, key);
        free(ready);
    }
}

void group_keys_gone(struct group *g)
{
    for (struct waiting *w = g->waiting, *next; w; w = next) {
        next = w->next;
        tell_later(g, w->peer, w->head.ticket);
        free(w);
    }
    g->waiting = NULL;
    g->waiting_count = 0;
}
