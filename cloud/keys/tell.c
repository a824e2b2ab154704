/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/keys/tell.h"

#include "cloud/attest/why.h"

static bool within_budget(struct tell *t, uint64_t now_ms)
{
    if (now_ms - t->window_ms >= 1000) {
        t->window_ms = now_ms;
        t->in_window = 0;
    }
    return ++t->in_window <= TELL_PER_S;
}

static void log_it(struct tell *t, const struct door_enrol_said *v)
{
    enum log_level level = v->refused ? LOG_REFUSE : LOG_INFO;

    if (v->has_device)
        LOG(t->log, level, v->reason, F_DEV(&v->device));
    else
        LOG(t->log, level, v->reason, F_WORD("store", "not told"));
}

static void say(struct tell *t, uint64_t now_ms, const struct told *v, enum reason r)
{
    struct door_enrol_said said = {.reason = r,
        .refused = v->status != OK,
        .has_device = v->who->generation != 0,
        .device = v->who->device};
    uint8_t body[32];

    if (!within_budget(t, now_ms)
        || !t->store(t->ctx, door_enrol_said_build(&said, ROOM_OF(body))))
        log_it(t, &said);
}

void tell_enrol(struct tell *t, uint64_t now_ms, const struct told *v)
{
    if (v->why != NULL)
        say(t, now_ms, v, attest_reason(v->why));
    else if (v->status != OK)
        say(t, now_ms, v, REASON_ENROL_REFUSED);
    if (v->status == OK && !v->challenged)
        say(t, now_ms, v, REASON_DEVICE_ENROLLED);
}
