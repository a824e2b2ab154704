/* SPDX-License-Identifier: Apache-2.0 */
/* The doors of view: each but sign-in looks at the person's session first. */
#include "cloud/store/process.h"

#include "cloud/store/events.h"
#include "cloud/store/look.h"

#include <string.h>

static void send_signed_in(
    struct store_process *p, uint64_t peer, const struct door_signed_in *answer)
{
    uint8_t body[64];
    store_send(p, peer, DOOR_SIGNED_IN, door_signed_in_build(answer, ROOM_OF(body)));
    wipe(body, sizeof body);
}

static void delayed(struct store_process *p, uint64_t peer, uint32_t retry_after_s)
{
    struct door_signed_in answer = {.status = AGAIN, .retry_after_s = retry_after_s};
    if (db_begin(&p->store.db) == OK)
        (void)!event_add(&p->store, LOG_REFUSE, REASON_AUTH_THROTTLED, NULL, NULL);
    send_signed_in(p, peer, &answer);
}

static enum status sign_in(struct store_process *p, uint64_t peer, struct bytes body)
{
    struct door_sign_in ask;
    struct worker_job job;
    uint32_t retry_after_s = 1;

    TRY(door_sign_in_parse(body, &ask));
    enum status s = people_check(&p->people, &ask, &job, &retry_after_s);
    wipe(&ask, sizeof ask);
    if (s == OK) {
        job.tag[0] = peer;
        job.tag[2] = DOOR_SIGN_IN;
        if (worker_put(p->worker, &job) == FULL)
            s = AGAIN;
        wipe(&job, sizeof job);
    }
    if (s == AGAIN)
        delayed(p, peer, retry_after_s);
    else if (s != OK)
        send_signed_in(p, peer, &(struct door_signed_in){.status = BROKEN});
    return OK;
}

static void finish_sign_in(struct store_process *p, const struct worker_job *job)
{
    struct door_signed_in answer = {.status = BROKEN};

    if (store_begin_alone(p) == OK) {
        answer.status = people_signed_in(&p->people, job, &answer.token);
        /* A refusal is committed too: its event must stay. */
        enum status s =
            store_end_alone(p, answer.status == REFUSED ? OK : answer.status);
        if (s != OK)
            answer.status = s;
    }
    send_signed_in(p, job->tag[0], &answer);
    wipe(&answer, sizeof answer);
}

static void finish_user_add(struct store_process *p, const struct worker_job *job)
{
    enum status s = store_begin_alone(p);
    if (s == OK)
        s = store_end_alone(p, people_add(&p->people, job));
    store_send_done(p, job->tag[0], s);
}

void store_worker_done(void *ctx, int fd, uint32_t events)
{
    struct store_process *p = ctx;
    struct worker_job job;
    (void)fd, (void)events;

    while (worker_take(p->worker, &job) == OK) {
        if (job.tag[2] == DOOR_SIGN_IN)
            finish_sign_in(p, &job);
        else
            finish_user_add(p, &job);
        wipe(&job, sizeof job);
    }
}

static enum status session(struct store_process *p, const struct session_token *token)
{
    TRY(db_begin(&p->store.db));
    return people_session(&p->people, token);
}

static enum status sign_out(struct store_process *p, uint64_t peer, struct bytes body)
{
    struct session_token token;
    TRY(door_token_parse(body, &token));
    enum status s = store_begin_alone(p);
    if (s == OK)
        s = store_end_alone(p, people_sign_out(&p->people, &token));
    store_send_done(p, peer, s);
    return OK;
}

static enum status devices(struct store_process *p, uint64_t peer, struct bytes body)
{
    struct door_devices ask;
    struct door_device_list list = {0};

    TRY(door_devices_parse(body, &ask));
    enum status s = session(p, &ask.token);
    if (s == OK)
        s = look_devices(&p->store, ask.from, &list);
    if (s != OK)
        memset(&list, 0, sizeof list);
    list.status = s;
    store_send(
        p, peer, DOOR_DEVICE_LIST, door_device_list_build(&list, ROOM_OF(p->out)));
    return OK;
}

static enum status trend(struct store_process *p, uint64_t peer, struct bytes body)
{
    struct door_span ask;
    struct door_trend_points points = {0};

    TRY(door_trend_parse(body, &ask));
    enum status s = session(p, &ask.token);
    if (s == OK)
        s = look_trend(&p->store, &ask, &points);
    if (s != OK)
        points.count = 0;
    points.status = s;
    store_send(
        p, peer, DOOR_TREND_POINTS, door_trend_points_build(&points, ROOM_OF(p->out)));
    return OK;
}

static enum status gaps(struct store_process *p, uint64_t peer, struct bytes body)
{
    struct door_span ask;
    struct door_gap_list list = {0};

    TRY(door_gaps_parse(body, &ask));
    enum status s = session(p, &ask.token);
    if (s == OK)
        s = look_gaps(&p->store, &ask, &list);
    if (s != OK)
        list.count = 0;
    list.status = s;
    store_send(p, peer, DOOR_GAP_LIST, door_gap_list_build(&list, ROOM_OF(p->out)));
    return OK;
}

enum status store_from_view(void *ctx, uint64_t peer, uint16_t door, struct bytes body)
{
    /* clang-format off */
    static const struct {
        enum door door;
        enum status (*answer)(struct store_process *, uint64_t, struct bytes);
    } rows[] = {
        {DOOR_SIGN_IN,  sign_in },
        {DOOR_SIGN_OUT, sign_out},
        {DOOR_DEVICES,  devices },
        {DOOR_TREND,    trend   },
        {DOOR_GAPS,     gaps    },
    };
    /* clang-format on */
    struct store_process *p = ctx;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].door == door) {
            enum status s = rows[i].answer(p, peer, body);
            store_arm(p);
            return s;
        }
    return REFUSED;
}
