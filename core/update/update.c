/* SPDX-License-Identifier: Apache-2.0 */
#include "core/update/update.h"

#include "core/update/counter_rule.h"
#include "core/update/second_key.h"
#include "wire/event.h"

#include <assert.h>
#include <string.h>

/* Of the release that is under way, or was last. */
static void tell(const struct update *u, uint8_t event)
{
    const struct update_record *r = &u->record;
    u->ear.tell(u->ear.ctx, event, r->has_release ? &r->release.bundle_digest : NULL);
}

static uint8_t other_slot(const struct update *u)
{
    return (uint8_t)(1 - u->record.active);
}

/* Flash wears: what is there already is not written again. */
static enum status keep(struct update *u)
{
    uint8_t room[UPDATE_RECORD_LEN];
    struct bytes fresh = update_record_build(&u->record, room);

    if (u->kept && memcmp(u->last, room, sizeof room) == 0)
        return OK;
    enum status s = slots_write(u->ports.slots, fresh);
    u->broken = s != OK;
    u->kept = s == OK;
    memcpy(u->last, room, sizeof room);
    return s;
}

/* ---- what a change of state means for the record, before it is kept ---- */

static void entered(struct update *u, enum update_state from, enum update_action act)
{
    struct update_record *r = &u->record;

    if (from == UPDATE_RAISING && r->state == UPDATE_CONFIRMED)
        r->active = u->ports.boot->running;
    switch (act) {
    case UPDATE_DO_ADOPT:
        r->active = u->ports.boot->running;
        r->boots = 0;
        break;
    case UPDATE_DO_TRY:
        r->boots = 0;
        /* Counted before it starts: an image that hangs cannot count itself. */
        update_tried(r, &r->release.bundle_digest);
        break;
    case UPDATE_DO_WATCH: r->boots++; break;
    case UPDATE_DO_RETURN:
        /* What is told now dies with this start; the next one tells it. */
        r->untold = u->ports.boot->running != r->active;
        break;
    case UPDATE_DO_NOTHING:
    case UPDATE_DO_CHECK:
    case UPDATE_DO_SHUT:
    case UPDATE_DO_WRITE:
    case UPDATE_DO_RESTART:
    case UPDATE_DO_OPEN:
    case UPDATE_DO_RAISE:
    case UPDATE_ACTIONS: break;
    }
}

/* ---- the actions that need no bundle ---- */

static void restart(struct update *u)
{
    u->restarting = true;
    u->ports.boot->restart(u->ports.boot->board);
}

/* To the slot that was active; the other one must not start before that. */
static enum status go_back(struct update *u)
{
    const struct boot *b = u->ports.boot;

    TRY(b->shut(b->board, other_slot(u)));
    TRY(b->open(b->board, u->record.active));
    if (b->running != u->record.active)
        restart(u);
    return OK;
}

static enum status try_it(struct update *u)
{
    const struct boot *b = u->ports.boot;

    TRY(b->trial(b->board, other_slot(u), UPDATE_BOOTS));
    restart(u);
    return OK;
}

/* report: that it is done is an event of its own. */
static enum status perform(struct update *u, enum update_action act, bool *report)
{
    const struct boot *b = u->ports.boot;

    *report = true;
    switch (act) {
    case UPDATE_DO_SHUT: return b->shut(b->board, other_slot(u));
    case UPDATE_DO_TRY: *report = false; return try_it(u);
    case UPDATE_DO_OPEN: return b->open(b->board, b->running);
    case UPDATE_DO_RAISE:
        return counter_follow(u->ports.counter, u->record.release.security_version);
    case UPDATE_DO_RETURN: *report = false; return go_back(u);
    case UPDATE_DO_RESTART: restart(u); break;
    case UPDATE_DO_NOTHING:
    case UPDATE_DO_CHECK:
    case UPDATE_DO_WRITE:
    case UPDATE_DO_WATCH:
    case UPDATE_DO_ADOPT:
    case UPDATE_ACTIONS: break;
    }
    *report = false;
    return OK;
}

/* Every trial at its start, an end when it is one; a refusal with its reason. */
static void tell_step(
    const struct update *u, enum update_state from, enum update_action act, uint8_t why)
{
    enum update_state s = u->record.state;

    if (act == UPDATE_DO_WATCH)
        tell(u, EVENT_UPDATE_TRIAL);
    if (s == UPDATE_CONFIRMED && from != s)
        tell(u, EVENT_UPDATE_CONFIRMED);
    if (s == UPDATE_REVERTED && from != s && !u->record.untold)
        tell(u, EVENT_UPDATE_REVERTED);
    if (why != 0 && !u->record.untold)
        tell(u, why);
}

/* An open, a raise or a return that fails is tried again (update_tick), not given up. */
static bool never_given_up(enum update_action act)
{
    return act == UPDATE_DO_OPEN || act == UPDATE_DO_RAISE || act == UPDATE_DO_RETURN;
}

/* Step, keep, perform; what was performed is the next event. why: of a BAD. */
static void on(struct update *u, enum update_event e, uint8_t why)
{
    while (!u->broken && !u->restarting) {
        enum update_state from = u->record.state;
        enum update_action act;
        bool report;

        if (!update_step(&u->record.state, e, &act))
            return;
        if (why != 0 || e == UPDATE_ON_OFFER)
            u->record.why = why;
        entered(u, from, act);
        if (keep(u) != OK)
            return;
        tell_step(u, from, act, why);
        u->want = act;
        enum status s = perform(u, act, &report);
        if (s != OK && never_given_up(act))
            return;
        if (s == OK && act == UPDATE_DO_RETURN)
            u->want = UPDATE_DO_NOTHING;
        if (s == OK && !report)
            return;
        u->want = UPDATE_DO_NOTHING;
        e = s == OK ? UPDATE_ON_GOOD : UPDATE_ON_BAD;
        why = s == OK ? 0 : EVENT_UPDATE_BOOT;
    }
}

/* ---- the start ---- */

static enum status load(struct update *u)
{
    uint8_t room[UPDATE_RECORD_LEN];
    size_t len = 0;
    enum status s = slots_read(u->ports.slots, ROOM_OF(room), &len);

    memset(&u->record, 0, sizeof u->record);
    u->record.active = u->ports.boot->running;
    if (s == AGAIN) /* never written */
        return OK;
    if (s == OK)
        s = update_record_parse((struct bytes){room, len}, &u->record);
    return s == BROKEN ? BROKEN : s == OK ? OK : DAMAGED;
}

static bool runs_what_was_written(const struct update *u)
{
    return memcmp(u->self.build.b, u->record.release.build.b, BUILD_ID_LEN) == 0
        && u->self.security_version == u->record.release.security_version
        && release_version_order(u->self.version, u->record.release.version) == 0;
}

/* What the last start had no time to say. */
static void tell_untold(struct update *u)
{
    if (!u->record.untold || u->ports.boot->running != u->record.active)
        return;
    u->record.untold = false;
    if (keep(u) != OK)
        return;
    tell(u, EVENT_UPDATE_REVERTED);
    if (u->record.why != 0)
        tell(u, u->record.why);
}

static void start(struct update *u)
{
    bool new = u->ports.boot->running != u->record.active,
         trial = u->record.state == UPDATE_TRIAL;

    if (new &&trial && !runs_what_was_written(u))
        on(u, UPDATE_ON_BAD, EVENT_UPDATE_OTHER);
    else if (new &&trial && u->record.boots >= UPDATE_BOOTS)
        on(u, UPDATE_ON_SPENT, 0);
    else
        on(u, new ? UPDATE_ON_NEW : UPDATE_ON_OLD, 0);
}

enum status update_open(struct update *u, const struct update_ports *ports,
    const struct update_self *self, struct update_ear ear, uint64_t now_ms)
{
    memset(u, 0, sizeof *u);
    u->ports = *ports;
    u->self = *self;
    u->ear = ear;
    u->started_ms = now_ms;
    assert(ports->boot->running < BOOT_SLOTS);
    enum status s = load(u);
    u->broken = s == BROKEN;
    if (!u->broken)
        tell_untold(u);
    start(u);
    return u->broken ? BROKEN : s;
}

/* ---- offers ---- */

static enum status refuse(
    const struct update *u, uint8_t why, const struct signed_release *s)
{
    u->ear.tell(u->ear.ctx, why, &s->release.bundle_digest);
    return REFUSED;
}

enum status update_offer(struct update *u, struct bytes statement, bool by_hand)
{
    struct signed_release s;
    uint64_t counter = 0;

    if (u->broken)
        return BROKEN;
    if (update_busy(u->record.state) || u->restarting)
        return AGAIN;
    if (release_parse(statement, &s) != OK) {
        u->ear.tell(u->ear.ctx, EVENT_UPDATE_MALFORMED, NULL);
        return MALFORMED;
    }
    if (!second_key_signed(u->ports.crypto, &u->ports.second, &s))
        return refuse(u, EVENT_UPDATE_STATEMENT, &s);
    if (u->ports.counter->read(u->ports.counter->board, &counter) != OK)
        return refuse(u, EVENT_UPDATE_COUNTER, &s);
    uint8_t why = update_judge(&s.release, &u->self, counter, &u->record);
    if (why != 0)
        return refuse(u, why, &s);
    u->record.release = s.release;
    u->record.has_release = true;
    u->record.by_hand = by_hand;
    on(u, UPDATE_ON_OFFER, 0);
    return u->broken ? BROKEN : OK;
}

void update_withdraw(struct update *u)
{
    if (u->record.by_hand)
        return;
    on(u, UPDATE_ON_WITHDRAWN, 0);
    if (!update_busy(u->record.state))
        u->want = UPDATE_DO_NOTHING;
}

/* ---- the caller's part ---- */

enum update_action update_want(const struct update *u)
{
    bool callers = u->want == UPDATE_DO_CHECK || u->want == UPDATE_DO_WRITE;
    return callers && !u->broken && !u->restarting ? u->want : UPDATE_DO_NOTHING;
}

void update_done(struct update *u, uint8_t how)
{
    bool wrote = u->want == UPDATE_DO_WRITE;

    assert(update_want(u) != UPDATE_DO_NOTHING);
    u->want = UPDATE_DO_NOTHING;
    if (how != 0 && wrote) /* the slot did not keep it: that is a try, too */
        update_tried(&u->record, &u->record.release.bundle_digest);
    on(u, how == 0 ? UPDATE_ON_GOOD : UPDATE_ON_BAD, how);
}

void update_sign_seen(struct update *u, enum update_sign sign)
{
    u->signs |= sign;
    if (update_healthy(u->signs) && u->record.state == UPDATE_TRIAL
        && u->want == UPDATE_DO_WATCH)
        on(u, UPDATE_ON_HEALTH, 0);
}

/* An open, a raise or a return that failed once. */
static void once_more(struct update *u)
{
    bool report;

    if (perform(u, u->want, &report) != OK)
        return;
    u->want = UPDATE_DO_NOTHING;
    if (report)
        on(u, UPDATE_ON_GOOD, 0);
}

void update_tick(struct update *u, uint64_t now_ms, bool quiet)
{
    if (u->broken || u->restarting)
        return;
    if (u->want == UPDATE_DO_OPEN || u->want == UPDATE_DO_RAISE)
        once_more(u);
    else if (!quiet)
        return;
    else if (u->want == UPDATE_DO_RETURN)
        once_more(u);
    else if (u->record.state == UPDATE_TRIAL
        && now_ms - u->started_ms >= UPDATE_HEALTH_MS)
        on(u, UPDATE_ON_LATE, 0);
    else
        on(u, UPDATE_ON_QUIET, 0);
}
