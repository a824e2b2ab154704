/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/process.h"

#include "cloud/store/device_state.h"
#include "cloud/store/devices.h"
#include "cloud/store/enrol_said.h"
#include "cloud/store/events.h"

#include <stdio.h>
#include <string.h>

enum { COMMIT_MS = 4 };
_Static_assert((int)COMMIT_MS <= (int)LIMIT_GROUP_COMMIT_MS, "within the stated bound");

void store_send(
    struct store_process *p, uint64_t peer, enum door door, struct bytes body)
{
    (void)!hub_send(p->hub, peer, (uint16_t)door, body); /* who left needs no answer */
}

void store_send_done(struct store_process *p, uint64_t peer, enum status s)
{
    uint8_t body[1];
    store_send(p, peer, DOOR_DONE, door_done_build((uint8_t)s, ROOM_OF(body)));
}

void store_answer(
    void *ctx, uint64_t peer, const struct door_ingested *head, struct bytes sealed)
{
    struct store_process *p = ctx;
    uint8_t body[LIMIT_ANSWER + 512];
    store_send(
        p, peer, DOOR_INGESTED, door_ingested_build(head, sealed, ROOM_OF(body)));
}

void store_attested(
    void *ctx, uint64_t gate, const struct door_attested *head, struct bytes asked)
{
    struct store_process *p = ctx;
    uint8_t body[64];
    store_send(p, gate, DOOR_ATTESTED, door_attested_build(head, asked, ROOM_OF(body)));
}

static void commit_now(void *ctx)
{
    struct store_process *p = ctx;
    p->commit_armed = false;
    (void)!group_commit(p->group); /* on failure everybody was told */
}

void store_arm(struct store_process *p)
{
    if (p->commit_armed || !group_open(p->group))
        return;
    if (loop_after(p->loop, COMMIT_MS, commit_now, p) == OK)
        p->commit_armed = true;
    else
        commit_now(p);
}

enum status store_begin_alone(struct store_process *p)
{
    TRY(group_commit(p->group));
    return db_begin(&p->store.db);
}

enum status store_end_alone(struct store_process *p, enum status s)
{
    if (s == OK)
        return db_commit(&p->store.db);
    db_rollback(&p->store.db);
    return s;
}

struct release_act store_act_of(const struct store_process *p, uint64_t peer)
{
    struct release_act act = {0};

    (void)!hub_uid(p->hub, peer, &act.uid); /* who asks is there */
    return act;
}

enum status store_end_act(
    struct store_process *p, enum status s, const struct release_act *act)
{
    s = store_end_alone(p, s);
    if ((s == REFUSED || s == FULL) && store_begin_alone(p) == OK)
        (void)!store_end_alone(p, release_refused(&p->store, act));
    return s;
}

/* ---- keys ---- */

static struct bytes ask_body(
    enum door door, const struct kid *kid, const struct epoch *epoch, struct room out)
{
    if (door == DOOR_EPOCH_KEY)
        return door_epoch_build(&(struct door_epoch){*kid, *epoch}, out);
    if (door == DOOR_TOMBSTONE)
        return door_device_id_build(&kid->device, out);
    return door_kid_build(kid, out);
}

bool store_ask(
    void *ctx, enum door door, const struct kid *kid, const struct epoch *epoch)
{
    struct store_process *p = ctx;
    struct ask ask = {.door = door, .kid = *kid};
    uint8_t body[64];

    if (epoch)
        ask.epoch = *epoch;
    if (!p->keys_peer || !asks_put(&p->asks, &ask))
        return false;
    struct bytes b = ask_body(door, kid, epoch, ROOM_OF(body));
    return hub_send(p->hub, p->keys_peer, (uint16_t)door, b) == OK;
}

bool store_ask_attest(void *ctx, const struct kid *kid)
{
    return store_ask(ctx, DOOR_ATTEST_KEY, kid, NULL);
}

void store_first(void *ctx, const struct kid *kid)
{
    (void)store_ask(
        ctx, DOOR_FIRST_BATCH, kid, NULL); /* else at the next start of keys */
}

void store_bury(void *ctx, const struct device_id *device)
{
    struct store_process *p = ctx;
    struct kid kid = {.device = *device, .generation = 1};

    key_cache_forget(p->store.cache, device);
    hub_send_all(p->hub, p->gates, DOOR_CLOSE_DEVICE, BYTES_OF(device->b));
    (void)store_ask(p, DOOR_TOMBSTONE, &kid, NULL); /* else when keys comes up */
}

/* If keys is not there now, the device says it again with its next batch. */
void store_renew(void *ctx, const struct kid *kid, const struct door_m1 *m1)
{
    struct store_process *p = ctx;
    struct ask ask = {.door = DOOR_RENEW, .kid = {kid->device, kid->generation + 1}};

    if (p->keys_peer && asks_put(&p->asks, &ask))
        (void)!hub_send(p->hub, p->keys_peer, DOOR_RENEW, BYTES_OF(m1->b));
}

/* What keys has not confirmed yet is said again whenever it comes up. */
static void tell_untold(struct store_process *p)
{
    sqlite3_stmt *q = db_use(&p->store.db, DB_DEVICE_UNTOLD);
    while (db_row(q) == OK) {
        struct kid kid = {.generation = (uint32_t)db_u64(q, 1)};
        bool grave = db_u64(q, 2) == DEVICE_REVOKED;
        if (db_blob(q, 0, kid.device.b, DEVICE_ID_LEN)
            && !store_ask(p, grave ? DOOR_TOMBSTONE : DOOR_FIRST_BATCH, &kid, NULL))
            break;
    }
    db_done(q);
}

void store_keys_up(void *ctx, uint64_t peer)
{
    struct store_process *p = ctx;
    p->keys_peer = peer;
    p->asks.count = 0;
    tell_untold(p);
}

void store_keys_gone(void *ctx, uint64_t peer)
{
    struct store_process *p = ctx;
    (void)peer;
    p->keys_peer = 0;
    p->asks.count = 0;
    group_keys_gone(p->group);
    attester_keys_gone(p->attester);
}

static enum status told(
    struct store_process *p, const struct ask *ask, struct bytes body)
{
    uint8_t value;
    TRY(door_done_parse(body, &value));
    if (value != OK || db_begin(&p->store.db) != OK)
        return OK; /* it is asked again when keys comes up next */
    (void)!device_told(&p->store, &ask->kid.device, ask->door == DOOR_TOMBSTONE);
    store_arm(p);
    return OK;
}

static enum status renewed(
    struct store_process *p, const struct ask *ask, struct bytes body)
{
    struct door_enrolled answer;

    TRY(door_enrolled_parse(body, &answer));
    if (db_begin(&p->store.db) == OK) /* else the device says its M1 again */
        (void)!device_renewed(&p->store, &ask->kid, &answer);
    store_arm(p);
    return OK;
}

static enum status attest_key(
    struct store_process *p, const struct ask *ask, struct bytes body)
{
    struct door_attest_key key;

    TRY(door_attest_key_parse(body, &key));
    attester_key(p->attester, &ask->kid, &key);
    store_arm(p);
    return OK;
}

/* No answer to anything: keys tells it whenever it comes. */
static enum status enrol_said(struct store_process *p, struct bytes body)
{
    struct door_enrol_said v;

    TRY(door_enrol_said_parse(body, &v));
    if (db_begin(&p->store.db) != OK) {
        LOG(&p->log, LOG_REFUSE, v.reason, F_DEV(&v.device), F_WORD("event", "none"));
        return OK;
    }
    enum status s = enrol_said_take(&p->store, &v);
    store_arm(p);
    return s == REFUSED ? REFUSED : OK;
}

/* The one door by which keys may answer this ask. */
static enum door answer_of(const struct ask *ask)
{
    switch (ask->door) {
    case DOOR_EPOCH_KEY:
    case DOOR_DOWN_KEY: return DOOR_KEY;
    case DOOR_RENEW: return DOOR_ENROLLED;
    case DOOR_ATTEST_KEY: return DOOR_ATTEST_KEY_IS;
    default: return DOOR_DONE;
    }
}

enum status store_from_keys(void *ctx, uint64_t peer, uint16_t door, struct bytes body)
{
    struct store_process *p = ctx;
    struct ask ask;
    struct door_key key;
    (void)peer;

    if (door == DOOR_ENROL_SAID)
        return enrol_said(p, body);
    if (!asks_take(&p->asks, &ask))
        return REFUSED; /* an answer that nobody asked for */
    if (door != (uint16_t)answer_of(&ask))
        return REFUSED;
    if (door == DOOR_DONE)
        return told(p, &ask, body);
    if (door == DOOR_ENROLLED)
        return renewed(p, &ask, body);
    if (door == DOOR_ATTEST_KEY_IS)
        return attest_key(p, &ask, body);
    TRY(door_key_parse(body, &key));
    group_key(p->group, ask.door, &ask.kid, &ask.epoch, &key);
    wipe(&key, sizeof key);
    store_arm(p);
    return OK;
}

/* ---- gate ---- */

static enum status take_ingest(
    struct store_process *p, uint64_t peer, struct bytes body)
{
    struct door_ingest head;
    struct bytes envelope;
    TRY(door_ingest_parse(body, &head, &envelope));
    head.gate = peer;
    group_ingest(p->group, peer, &head, envelope);
    return OK;
}

static enum status take_attest(
    struct store_process *p, uint64_t peer, struct bytes body)
{
    struct door_attest head;
    struct bytes said;
    TRY(door_attest_parse(body, &head, &said));
    attester_take(p->attester, peer, &head, said);
    return OK;
}

static enum status take_event(struct store_process *p, uint64_t peer, struct bytes body)
{
    struct door_gate_event e;
    char request[24];
    (void)peer;

    TRY(door_gate_event_parse(body, &e));
    snprintf(request, sizeof request, "gate-%llu", (unsigned long long)e.request);
    if (db_begin(&p->store.db) == OK)
        (void)!event_add(
            &p->store, LOG_REFUSE, e.reason, e.has_peer ? &e.peer : NULL, request);
    return OK;
}

static enum status take_admit(struct store_process *p, uint64_t peer, struct bytes body)
{
    struct door_admit ask;
    uint8_t out[8];

    TRY(door_admit_parse(body, &ask));
    struct door_admitted answer = {
        ask.ticket, device_admit(&p->store, &ask.peer) == OK};
    /* No event here: gate reports the request that it refuses for it, so each has one. */
    store_send(p, peer, DOOR_ADMITTED, door_admitted_build(&answer, ROOM_OF(out)));
    return OK;
}

enum status store_from_gate(void *ctx, uint64_t peer, uint16_t door, struct bytes body)
{
    /* clang-format off */
    static const struct {
        enum door door;
        enum status (*take)(struct store_process *, uint64_t, struct bytes);
    } rows[] = {
        {DOOR_INGEST,     take_ingest},
        {DOOR_GATE_EVENT, take_event },
        {DOOR_ADMIT,      take_admit },
        {DOOR_PIECE,      store_take_piece},
        {DOOR_ATTEST,     take_attest},
    };
    /* clang-format on */
    struct store_process *p = ctx;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].door == door) {
            enum status s = rows[i].take(p, peer, body);
            store_arm(p);
            return s;
        }
    return REFUSED;
}
