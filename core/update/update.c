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
    const struct update_record *r = &u->next;
    u->ear.tell(u->ear.ctx, event, r->has_release ? &r->release.bundle_digest : NULL);
}

static uint8_t other_slot(const struct update *u)
{
    return (uint8_t)(1 - u->record.active);
}

/* ---- faults: told once, then tried again with longer and longer rests ---- */

static void rest(struct update *u, uint8_t why)
{
    uint64_t longer = u->rest_ms * 2;

    if (u->fault != why)
        u->rest_ms = UPDATE_FAULT_MS;
    else
        u->rest_ms = longer > UPDATE_FAULT_MAX_MS ? UPDATE_FAULT_MAX_MS : longer;
    u->due_ms = u->now_ms + u->rest_ms;
    u->fault = why;
    u->broken = true;
}

static void fault(struct update *u, uint8_t why)
{
    if (u->fault != why)
        tell(u, why);
    rest(u, why);
}

/*
 * Req: HF-FLASH-004 "nothing of an update goes on before its record is on flash"
 * Flash wears: what is there already is not written again.
 */
static enum status keep(struct update *u)
{
    uint8_t room[UPDATE_RECORD_LEN];
    struct bytes fresh = update_record_build(&u->next, room);

    if (u->broken)
        return BROKEN;
    if (!u->kept || memcmp(u->last, room, sizeof room) != 0) {
        u->kept = slots_write(u->ports.slots, fresh) == OK;
        memcpy(u->last, room, sizeof room);
    }
    if (!u->kept) {
        fault(u, EVENT_UPDATE_RECORD);
        return BROKEN;
    }
    u->record = u->next;
    return OK;
}

/* ---- what a change of state means for the record, before it is kept ---- */

static void entered(struct update *u, enum update_state from, enum update_action act)
{
    struct update_record *r = &u->next;

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

/* An open, a raise, a return or the shutting after it that fails is tried again, not given up. */
static bool never_given_up(const struct update *u, enum update_action act)
{
    return act == UPDATE_DO_OPEN || act == UPDATE_DO_RAISE || act == UPDATE_DO_RETURN
        || (act == UPDATE_DO_SHUT && u->record.state == UPDATE_REVERTED);
}

static uint8_t fault_of(enum update_action act)
{
    return act == UPDATE_DO_RAISE ? EVENT_UPDATE_COUNTER : EVENT_UPDATE_BOOT;
}

/* False: not in the table, or not on flash: then it is owed, and nothing is done for it yet. */
static bool step(struct update *u, enum update_event e, uint8_t why)
{
    struct update_move m = {.from = u->record.state, .why = why};

    if (u->owed || !update_step(&u->next.state, e, &m.act))
        return false;
    if (why != 0 || e == UPDATE_ON_OFFER)
        u->next.why = why;
    entered(u, m.from, m.act);
    u->move = m;
    u->owed = true;
    if (keep(u) != OK)
        return false;
    u->owed = false;
    return true;
}

/* What a step that is kept has to do. True: how it went is the next event. */
static bool carry_out(struct update *u, enum update_event *e, uint8_t *why)
{
    struct update_move m = u->move;
    bool report;

    tell_step(u, m.from, m.act, m.why);
    u->want = m.act;
    enum status s = perform(u, m.act, &report);
    if (s != OK && never_given_up(u, m.act)) {
        fault(u, fault_of(m.act));
        return false;
    }
    if (s == OK && m.act == UPDATE_DO_RETURN)
        u->want = UPDATE_DO_NOTHING;
    if (s == OK && !report)
        return false;
    u->want = UPDATE_DO_NOTHING;
    *e = s == OK ? UPDATE_ON_GOOD : UPDATE_ON_BAD;
    *why = s == OK ? 0 : EVENT_UPDATE_BOOT;
    return true;
}

/* Step, keep, perform; what was performed is the next event. why: of a BAD. */
static void on(struct update *u, enum update_event e, uint8_t why)
{
    while (!u->restarting && step(u, e, why) && carry_out(u, &e, &why))
        ;
}

/* ---- the start ---- */

/* What flash holds, and so does not have to be written. */
static enum status look(struct update *u)
{
    size_t len = 0;
    enum status s = slots_read(u->ports.slots, ROOM_OF(u->last), &len);

    u->kept = s == OK && len == sizeof u->last;
    return s == OK && !u->kept ? DAMAGED : s;
}

static enum status load(struct update *u)
{
    enum status s = look(u);

    memset(&u->next, 0, sizeof u->next);
    u->next.active = u->ports.boot->running;
    if (s == OK)
        s = update_record_parse(BYTES_OF(u->last), &u->next);
    u->record = u->next;
    u->loaded = s != BROKEN;
    return s == BROKEN          ? BROKEN
        : s == OK || s == AGAIN ? OK
                                : DAMAGED; /* AGAIN: never written */
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
    u->next.untold = false;
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

    u->begun = true;
    if (new &&trial && !runs_what_was_written(u))
        on(u, UPDATE_ON_BAD, EVENT_UPDATE_OTHER);
    else if (new &&trial && u->record.boots >= UPDATE_BOOTS)
        on(u, UPDATE_ON_SPENT, 0);
    else
        on(u, new ? UPDATE_ON_NEW : UPDATE_ON_OLD, 0);
}

static enum status begin(struct update *u)
{
    enum status s = u->loaded ? OK : load(u);

    if (s == BROKEN)
        fault(u, EVENT_UPDATE_RECORD);
    else
        tell_untold(u);
    if (!u->broken)
        start(u);
    return s;
}

enum status update_open(struct update *u, const struct update_ports *ports,
    const struct update_self *self, struct update_ear ear, uint64_t now_ms)
{
    memset(u, 0, sizeof *u);
    u->ports = *ports;
    u->self = *self;
    u->ear = ear;
    u->started_ms = u->now_ms = now_ms;
    assert(ports->boot->running < BOOT_SLOTS);
    return begin(u);
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
    if (u->ports.counter->read(u->ports.counter->board, &counter) != OK) {
        rest(u, EVENT_UPDATE_COUNTER);
        return refuse(u, EVENT_UPDATE_COUNTER, &s);
    }
    uint8_t why = update_judge(&s.release, &u->self, counter, &u->record);
    if (why != 0)
        return refuse(u, why, &s);
    u->next.release = s.release;
    u->next.has_release = true;
    u->next.by_hand = by_hand;
    on(u, UPDATE_ON_OFFER, 0);
    return OK;
}

/* A step on the way to a start, of which nothing is done yet. */
static bool owes_what_can_be_stopped(const struct update *u)
{
    enum update_state s = u->record.state;
    bool started = s == UPDATE_TRIAL || s == UPDATE_HEALTHY || s == UPDATE_RAISING;

    return u->owed && !started && update_busy(u->next.state);
}

void update_withdraw(struct update *u)
{
    if (u->next.by_hand)
        return;
    if (owes_what_can_be_stopped(u)) {
        u->next = u->record;
        u->owed = false;
    }
    on(u, UPDATE_ON_WITHDRAWN, 0);
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
        update_tried(&u->next, &u->next.release.bundle_digest);
    on(u, how == 0 ? UPDATE_ON_GOOD : UPDATE_ON_BAD, how);
}

static void look_at_health(struct update *u)
{
    if (update_healthy(u->signs) && u->record.state == UPDATE_TRIAL
        && u->want == UPDATE_DO_WATCH)
        on(u, UPDATE_ON_HEALTH, 0);
}

void update_sign_seen(struct update *u, enum update_sign sign)
{
    u->signs |= sign;
    look_at_health(u);
}

/* ---- after a fault ---- */

static void once_more(struct update *u)
{
    enum update_action act = u->want;
    bool report;

    if (!never_given_up(u, act))
        return;
    if (perform(u, act, &report) != OK) {
        fault(u, fault_of(act));
        return;
    }
    u->want = UPDATE_DO_NOTHING;
    if (report)
        on(u, UPDATE_ON_GOOD, 0);
}

static void finish_owed(struct update *u)
{
    enum update_event e;
    uint8_t why;

    u->owed = false;
    if (carry_out(u, &e, &why))
        on(u, e, why);
}

static enum status flash_anew(struct update *u)
{
    TRY(u->ports.open_anew(u->ports.flash));
    return look(u) == BROKEN ? BROKEN : OK;
}

static bool counter_reads(const struct update *u)
{
    uint64_t counter = 0;
    return u->ports.counter->read(u->ports.counter->board, &counter) == OK;
}

/*
 * Flash is opened anew and read: a write that failed may be there, or not. It gets what was decided
 * before anything is done about it, and then the step goes on where it stood.
 */
static void look_again(struct update *u)
{
    u->broken = false;
    if (flash_anew(u) != OK)
        fault(u, EVENT_UPDATE_RECORD);
    else if (u->fault == EVENT_UPDATE_COUNTER && !counter_reads(u))
        fault(u, EVENT_UPDATE_COUNTER);
    else if (!u->begun)
        (void)begin(u);
    else if (keep(u) == OK && u->owed)
        finish_owed(u);
    else if (!u->broken)
        once_more(u);
    if (u->broken)
        return;
    u->fault = 0;
    look_at_health(u);
}

/* What is to be done may restart the device. */
static bool may_restart(const struct update *u)
{
    enum update_action act = u->owed ? u->move.act : u->want;

    return !u->begun || act == UPDATE_DO_TRY || act == UPDATE_DO_RESTART
        || act == UPDATE_DO_RETURN;
}

void update_tick(struct update *u, uint64_t now_ms, bool quiet)
{
    u->now_ms = now_ms;
    if (u->restarting)
        return;
    if (u->broken) {
        if (now_ms >= u->due_ms && (quiet || !may_restart(u)))
            look_again(u);
        return;
    }
    if (!quiet)
        return;
    if (u->record.state == UPDATE_TRIAL && now_ms - u->started_ms >= UPDATE_HEALTH_MS)
        on(u, UPDATE_ON_LATE, 0);
    else
        on(u, UPDATE_ON_QUIET, 0);
}
