/* SPDX-License-Identifier: Apache-2.0 */
/* The doors of the command line; who may knock is decided by the socket (root, store's user). */
#include "cloud/store/process.h"

#include "cloud/store/devices.h"
#include "cloud/store/look.h"
#include "cloud/store/tickets.h"

#include <stdio.h>
#include <string.h>

/* In a transaction of its own; what it came to is the answer. */
static enum status on_bytes(struct store_process *p, uint64_t peer, struct bytes body,
    enum status (*act)(struct store *, struct bytes))
{
    enum status s = store_begin_alone(p);
    if (s == OK)
        s = store_end_alone(p, act(&p->store, body));
    store_send_done(p, peer, s);
    return OK;
}

static enum status on_device(struct store_process *p, uint64_t peer, struct bytes body,
    enum status (*act)(struct store *, const struct device_id *))
{
    struct device_id device;

    TRY(door_device_id_parse(body, &device));
    enum status s = store_begin_alone(p);
    if (s == OK)
        s = store_end_alone(p, act(&p->store, &device));
    store_send_done(p, peer, s);
    return OK;
}

static enum status add_device(struct store_process *p, uint64_t peer, struct bytes body)
{
    struct door_device_new ask;
    struct door_device_made made = {0};
    uint8_t out[32];

    TRY(door_device_new_parse(body, &ask));
    made.status = store_begin_alone(p);
    if (made.status == OK)
        made.status = store_end_alone(p, device_new(&p->store, ask.label, &made.kid));
    store_send(p, peer, DOOR_DEVICE_MADE, door_device_made_build(&made, ROOM_OF(out)));
    return OK;
}

static enum status say_pins(struct store_process *p, uint64_t peer)
{
    store_send(
        p, peer, DOOR_PINS_ARE, (struct bytes){p->store.pins, p->store.pins_len});
    return OK;
}

/* The row first; only then is anybody told, and only then is it answered. */
static enum status revoke(struct store_process *p, uint64_t peer, struct bytes body)
{
    struct device_id device;

    TRY(door_device_id_parse(body, &device));
    enum status s = store_begin_alone(p);
    if (s == OK)
        s = store_end_alone(p, device_revoke(&p->store, &device));
    if (s == OK)
        store_bury(p, &device);
    store_send_done(p, peer, s);
    return OK;
}

static enum status add_user(struct store_process *p, uint64_t peer, struct bytes body)
{
    struct door_sign_in ask;
    struct worker_job job = {.tag = {peer, 0, DOOR_USER_ADD}};

    TRY(door_sign_in_parse(body, &ask));
    snprintf(job.name, sizeof job.name, "%s", ask.name);
    snprintf(job.password, sizeof job.password, "%s", ask.password);
    wipe(&ask, sizeof ask);
    enum status s = p->store.entropy->fill(p->store.entropy->board, ROOM_OF(job.salt));
    if (s == OK)
        s = worker_put(p->worker, &job);
    wipe(&job, sizeof job);
    if (s != OK)
        store_send_done(p, peer, s);
    return OK;
}

static enum status remove_user(
    struct store_process *p, uint64_t peer, struct bytes body)
{
    struct door_user_remove ask;

    TRY(door_user_remove_parse(body, &ask));
    enum status s = store_begin_alone(p);
    if (s == OK)
        s = store_end_alone(p, people_remove(&p->people, &ask));
    store_send_done(p, peer, s);
    return OK;
}

static enum status configure(struct store_process *p, uint64_t peer, struct bytes body)
{
    struct door_config_set ask;

    TRY(door_config_set_parse(body, &ask));
    enum status s = store_begin_alone(p);
    if (s == OK)
        s = store_end_alone(p, device_configure(&p->store, &ask));
    store_send_done(p, peer, s);
    return OK;
}

static enum status add_release(
    struct store_process *p, uint64_t peer, struct bytes body)
{
    struct release_act act = store_act_of(p, peer);
    enum status s = store_begin_alone(p);

    if (s == OK)
        s = store_end_act(p, release_add(&p->store, body, &act), &act);
    if (s == OK)
        store_trim_bundles(p);
    store_send_done(p, peer, s);
    return OK;
}

static enum status roll_release(
    struct store_process *p, uint64_t peer, struct bytes body)
{
    struct door_release_roll ask;
    struct release_act act = store_act_of(p, peer);

    TRY(door_release_roll_parse(body, &ask));
    enum status s = store_begin_alone(p);
    if (s == OK)
        s = store_end_act(p, release_roll(&p->store, &ask, &act), &act);
    store_send_done(p, peer, s);
    return OK;
}

static enum status end_class(struct store_process *p, uint64_t peer, struct bytes body)
{
    struct door_class_end ask;
    struct door_class_ended ended = {0};
    struct release_act act = store_act_of(p, peer);
    uint8_t out[64];

    TRY(door_class_end_parse(body, &ask));
    enum status s = store_begin_alone(p);
    if (s == OK)
        s = store_end_act(p, release_end(&p->store, &ask, &act, &ended), &act);
    if (s == OK)
        store_trim_bundles(p);
    ended.status = s;
    ended.reason = act.reason;
    store_send(p, peer, DOOR_CLASS_ENDED, door_class_ended_build(&ended, ROOM_OF(out)));
    return OK;
}

enum { TEXT_ROOM = 16384 };

static void send_text(struct store_process *p, uint64_t peer, enum status s,
    uint64_t next, struct bytes text)
{
    struct door_text t = {.status = s, .next_cursor = s == OK ? next : 0};
    if (s == OK)
        t.text = text;
    store_send(p, peer, DOOR_TEXT, door_text_build(&t, ROOM_OF(p->out)));
}

/* All that answer with text. The group is committed first, so that what is listed is stored. */
static enum status text(
    struct store_process *p, uint64_t peer, enum door door, struct bytes body)
{
    uint8_t mem[TEXT_ROOM];
    struct room room = ROOM_OF(mem);
    struct door_list ask = {0};
    struct device_id device;
    size_t len = 0;
    uint64_t next = 0;

    enum status s = group_commit(p->group);
    if (door == DOOR_LIST_BATCHES || door == DOOR_LIST_LOGS)
        TRY(door_list_batches_parse(body, &ask));
    else if (door == DOOR_LIST_DEVICES || door == DOOR_LIST_EVENTS
        || door == DOOR_LIST_USERS || door == DOOR_LIST_RELEASES
        || door == DOOR_LIST_OFFERS)
        TRY(door_list_parse(body, &ask));
    else if (door == DOOR_CONTENT || door == DOOR_RECEIPT)
        TRY(door_device_id_parse(body, &device));
    if (s == OK && door == DOOR_RECEIPT)
        s = look_receipt(&p->store, &device, room, &len);
    else if (s == OK && door == DOOR_STATUS)
        s = look_status(&p->store, room, &len);
    else if (s == OK && door == DOOR_LIST_DEVICES)
        s = look_list_devices(&p->store, ask.cursor, room, &len, &next);
    else if (s == OK && door == DOOR_LIST_BATCHES)
        s = look_list_batches(&p->store, &ask, room, &len, &next);
    else if (s == OK && door == DOOR_LIST_LOGS)
        s = look_list_logs(&p->store, &ask, room, &len, &next);
    else if (s == OK && door == DOOR_LIST_RELEASES)
        s = look_list_releases(&p->store, ask.cursor, room, &len, &next);
    else if (s == OK && door == DOOR_LIST_OFFERS)
        s = look_list_offers(&p->store, ask.cursor, room, &len, &next);
    else if (s == OK && door == DOOR_LIST_USERS)
        s = look_list_users(&p->store, ask.cursor, room, &len, &next);
    else if (s == OK && door == DOOR_LIST_EVENTS)
        s = look_list_events(&p->store, ask.cursor, room, &len, &next);
    else if (s == OK)
        s = look_content(&p->store, &device, room, &len);
    send_text(p, peer, s, next, (struct bytes){mem, len});
    return OK;
}

enum status store_from_admin(void *ctx, uint64_t peer, uint16_t door, struct bytes body)
{
    struct store_process *p = ctx;
    enum status s = REFUSED;

    switch (door) {
    case DOOR_DEVICE_NEW: s = add_device(p, peer, body); break;
    case DOOR_DEVICE_REVOKE: s = revoke(p, peer, body); break;
    case DOOR_DEVICE_DROP: s = on_device(p, peer, body, device_drop); break;
    case DOOR_DEVICE_END: s = on_device(p, peer, body, device_end); break;
    case DOOR_PINS_PUBLISH: s = on_bytes(p, peer, body, pins_publish); break;
    case DOOR_PINS: s = say_pins(p, peer); break;
    case DOOR_DEVICE_RENEW: s = on_device(p, peer, body, device_renew); break;
    case DOOR_DEVICE_CLEAR: s = on_device(p, peer, body, device_clear); break;
    case DOOR_USER_ADD: s = add_user(p, peer, body); break;
    case DOOR_USER_REMOVE: s = remove_user(p, peer, body); break;
    case DOOR_RELEASE_ADD: s = add_release(p, peer, body); break;
    case DOOR_TICKET_SEND: s = on_bytes(p, peer, body, ticket_send); break;
    case DOOR_BUNDLE_PUT: s = store_put_bundle(p, peer, body); break;
    case DOOR_BUNDLE_KEEP: s = store_keep_bundle(p, peer, body); break;
    case DOOR_RELEASE_ROLL: s = roll_release(p, peer, body); break;
    case DOOR_CLASS_END: s = end_class(p, peer, body); break;
    case DOOR_CONFIG_SET: s = configure(p, peer, body); break;
    case DOOR_RECEIPT:
    case DOOR_STATUS:
    case DOOR_LIST_DEVICES:
    case DOOR_LIST_BATCHES:
    case DOOR_LIST_EVENTS:
    case DOOR_LIST_USERS:
    case DOOR_LIST_RELEASES:
    case DOOR_LIST_OFFERS:
    case DOOR_LIST_LOGS:
    case DOOR_CONTENT: s = text(p, peer, (enum door)door, body); break;
    }
    store_arm(p);
    return s;
}
