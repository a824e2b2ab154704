/* SPDX-License-Identifier: Apache-2.0 */
/* The oracles. Each says what it saw with world_violated(); the first one ends the run. */
#include "core/outbox/outbox_inside.h"
#include "tests/sim/world.h"

#include <stdio.h>
#include <string.h>

static void reach(struct actor *a, enum reached r)
{
    a->world->reached[r]++;
}

static bool same_bytes(const void *a, const void *b, size_t n)
{
    return memcmp(a, b, n) == 0;
}

/* ---- what keeper says ---- */

static void on_sealed(struct actor *a, const struct outbox_told *t)
{
    struct world *w = a->world;
    struct outbox_sent is = {.epoch = t->epoch, .seq = t->seq, .digest = t->digest};

    if (ledger_find(&w->ledger, a->number, &is) != NULL) {
        world_violated(w, "an identity was used for a second batch", a->number, t->seq);
        return;
    }
    struct promise *p = ledger_add(&w->ledger, a->number, &is);
    p->content = t->content;
    p->readings = t->count;
    p->run = a->run;
    p->generation = a->life.generation;
    p->identity = a->life.identity;
    p->sealed_ms = w->now_ms;
    p->sealed = true;
    a->sealed += t->count;
    a->run_sealed += t->count;
    if (a->st.outbox.open_alarm)
        reach(a, REACHED_ALARM_BATCH);
    if (a->st.outbox.thinning)
        reach(a, REACHED_THINNED);
}

static struct promise *known(
    struct actor *a, const struct outbox_told *t, const char *what)
{
    struct outbox_sent is = {.epoch = t->epoch, .seq = t->seq, .digest = t->digest};
    struct promise *p = ledger_find(&a->world->ledger, a->number, &is);

    if (p == NULL || !same_bytes(&p->is.digest, &t->digest, sizeof t->digest)) {
        world_violated(a->world, what, a->number, t->seq);
        return NULL;
    }
    return p;
}

static void on_acknowledged(struct actor *a, const struct outbox_told *t)
{
    struct promise *p = known(a, t, "a batch was acknowledged that was never sealed");

    if (p == NULL)
        return;
    if (!p->stored && !p->restored_away)
        world_violated(a->world, "acknowledged, but the store has not committed it",
            a->number, t->seq);
    p->acknowledged = true;
    if (p->run != a->run)
        reach(a, REACHED_ACK_AFTER_REBOOT);
    if (t->outcome == OUTCOME_ALREADY)
        reach(a, REACHED_ALREADY);
}

static void on_set_aside(struct actor *a, const struct outbox_told *t)
{
    struct promise *p = known(a, t, "a batch was set aside that was never sealed");

    if (p == NULL)
        return;
    if (!p->refused)
        world_violated(
            a->world, "set aside, but the store has not refused it", a->number, t->seq);
    if (t->outcome == OUTCOME_CONFLICT && !p->clone)
        world_violated(a->world, "in conflict with itself", a->number, t->seq);
    p->aside = true;
    a->twice_maybe += p->declared; /* read, and refused: its loss is declared again */
    reach(a, t->outcome == OUTCOME_CONFLICT ? REACHED_CONFLICT : REACHED_SCHEMA);
}

static void on_lost(struct actor *a, const struct outbox_told *t)
{
    struct promise *p = known(a, t, "a batch was lost that was never sealed");

    if (p == NULL)
        return;
    if (p->readings != t->count || p->lost)
        world_violated(a->world, "a loss was told wrongly", a->number, t->seq);
    p->lost = true;
    if (p->run != a->run)
        a->twice_maybe += p->declared;
    reach(a, REACHED_RING_FULL);
}

void watch_told(void *actor, const struct outbox_told *t)
{
    struct actor *a = actor;

    if (a->world->trace)
        printf("%12.3f dev %u run %u note %u seq %u count %u outcome %u\n",
            (double)a->world->now_ms / 1e3, a->number, a->run, t->note, t->seq,
            t->count, t->outcome);
    if (a->told_fault > 0 && t->note != OUTBOX_FLASH_FAULT)
        world_violated(
            a->world, "something counts after flash has failed", a->number, t->seq);
    switch (t->note) {
    case OUTBOX_SEALED: on_sealed(a, t); break;
    case OUTBOX_ACKNOWLEDGED: on_acknowledged(a, t); break;
    case OUTBOX_SET_ASIDE: on_set_aside(a, t); break;
    case OUTBOX_LOST: on_lost(a, t); break;
    case OUTBOX_CONFIG_TAKEN: reach(a, REACHED_CONFIG_TAKEN); break;
    case OUTBOX_CONFIG_REFUSED: reach(a, REACHED_CONFIG_REFUSED); break;
    case OUTBOX_CLOCK_SET: reach(a, REACHED_CLOCK_SET); break;
    case OUTBOX_CLOCK_STEPPED:
        if (a->st.outbox.open.record_count > 0)
            reach(a, REACHED_CLOCK_STEPPED);
        break;
    case OUTBOX_STORE_RESTORED: reach(a, REACHED_OFFERED_AGAIN); break;
    case OUTBOX_FLASH_FAULT:
        if (station_failed(&a->st) == a->failed)
            world_violated(a->world, "a flash fault that nobody made", a->number, 0);
        if (++a->told_fault > 1)
            world_violated(a->world, "one flash fault is told twice", a->number, 0);
        break;
    case OUTBOX_RENEWAL:
    case OUTBOX_ENDING: life_told(a, t); break;
    case OUTBOX_LOG_SEALED: /* no world has a service ticket */
    case OUTBOX_LOG_ACKNOWLEDGED:
    case OUTBOX_FOREIGN: /* watch_anew() has looked for itself */
    case OUTBOX_CLOSED: break;
    case OUTBOX_PINS: pins_given(a, t->m2); break;
    case OUTBOX_ANSWER_REFUSED:
    case OUTBOX_ANSWER_SCHEMA: break;
    }
}

/* ---- what the store does ---- */

/* Sealed by the copy of a disk, and by nobody else. */
static bool is_copys(const struct world *w, const struct store_row *row)
{
    const struct copy *c = &w->copy[row->device];
    return c->on && same_bytes(&c->sealer.epoch, &row->is.epoch, sizeof row->is.epoch);
}

void watch_suspected(void *world, uint8_t device)
{
    struct world *w = world;

    if (!w->copy[device].on)
        world_violated(w, "an honest device is called a clone", device, 0);
}

void watch_opened(void *world, const struct store_row *row)
{
    struct world *w = world;
    struct actor *a = w->actor[row->device];

    if (is_copys(w, row))
        return;

    if (row->pins_version > w->rotation.told[row->device])
        w->rotation.told[row->device] = row->pins_version;
    if (row->start_count >= RUNS_MAX)
        world_violated(w, "a start count from nowhere", row->device, row->is.seq);
    struct promise *p = ledger_find(&w->ledger, row->device, &row->is);
    if (p != NULL && same_bytes(&p->is.digest, &row->is.digest, sizeof p->is.digest))
        p->declared = row->lost_count;
    if (row->start_count < RUNS_MAX && row->lost_count > a->declared[row->start_count])
        a->declared[row->start_count] = row->lost_count;
}

void watch_committed(void *world, const struct store_row *row)
{
    struct world *w = world;
    struct actor *a = w->actor[row->device];
    struct promise *p = ledger_find(&w->ledger, row->device, &row->is);

    if (row->generation < w->store.safe[row->device].generation
        && row->generation < w->store.keys_low[row->device])
        world_violated(
            w, "stored under keys that are closed", row->device, row->is.seq);
    if (w->store.ended[row->device])
        world_violated(w, "stored after the end", row->device, row->is.seq);
    if (is_copys(w, row))
        return;
    if (p == NULL) {
        world_violated(w, "stored, but never sealed", row->device, row->is.seq);
        return;
    }
    bool same = same_bytes(&p->is.digest, &row->is.digest, sizeof p->is.digest);
    if (!same && p->clone)
        return; /* the clone's; ours will be in conflict */
    if (p->stored || !same) {
        world_violated(w, p->stored ? "stored twice" : "other bytes stored than sealed",
            row->device, row->is.seq);
        return;
    }
    if (p->sealed
        && (p->readings != row->readings
            || !same_bytes(&p->content, &row->content, sizeof p->content)))
        world_violated(
            w, "stored readings are not the sealed ones", row->device, row->is.seq);
    p->stored = true;
    if (same_bytes(&a->last_stored.epoch, &row->is.epoch, sizeof row->is.epoch)
        && row->is.seq < a->last_stored.seq)
        reach(a, REACHED_REORDERED);
    a->last_stored = row->is;
}

void watch_restore(struct world *w)
{
    for (uint32_t i = w->store.backup; i < w->store.durable; i++) {
        const struct store_row *row = &w->store.rows[i];
        struct promise *p = ledger_find(&w->ledger, row->device, &row->is);
        if (p == NULL || !p->stored
            || !same_bytes(&p->is.digest, &row->is.digest, sizeof p->is.digest))
            continue;
        p->stored = false;
        p->restored_away = true;
    }
    w->reached[REACHED_RESTORED]++;
}

/* ---- start and end of a run ---- */

/* Which batches are in the journal, by what the index says and the records hold. */
static void look_into_journal(struct actor *a)
{
    struct world *w = a->world;
    struct outbox *o = &a->st.outbox;

    station_hold_faults(&a->st, true);
    for (uint32_t i = 0; i < w->ledger.count; i++)
        if (w->ledger.at[i].device == a->number)
            w->ledger.at[i].in_journal = false;
    for (uint8_t ring = 0; ring < JOURNAL_CLASSES; ring++)
        for (uint32_t i = 0; i < rows_count(&o->rows, ring); i++) {
            const struct row *row = rows_see(&o->rows, ring, i);
            struct journal_place place = {ring, row->at, row->number};
            struct outbox_sent is = {0};
            struct entry e;

            if (row->state == ROW_GONE
                || outbox_record(o, &place, ROOM_OF(o->record), &e, &is) != OK)
                continue;
            struct promise *p = ledger_find(&w->ledger, a->number, &is);
            if (p == NULL) {
                p = ledger_add(&w->ledger, a->number, &is);
                p->readings = e.readings;
                p->run = e.start_count;
                p->generation = e.start_count > 0 && e.start_count < RUNS_MAX
                    ? a->generation_of[e.start_count - 1]
                    : 0;
                p->identity = a->life.identity;
                p->sealed_ms = w->now_ms;
                a->run_sealed += e.run == a->st.run ? e.readings : 0;
                reach(a, REACHED_SEALED_UNTOLD);
            }
            p->in_journal = true;
            if (row->state == ROW_DONE && !p->stored && !p->restored_away)
                world_violated(w, "a mark that no answer made", a->number, p->is.seq);
            /* Power was lost in telling; and a mark that such a cut left is offered again when
             * the store was restored meanwhile: its row then says `again`, not done. */
            p->acknowledged |= row->state == ROW_DONE
                || (row->again && (p->stored || p->restored_away));
            p->aside |= row->state == ROW_ASIDE;
            if (p->acknowledged && row->state == ROW_HELD && !row->again)
                reach(a, REACHED_MARK_LOST);
        }
    station_hold_faults(&a->st, false);
}

static void watch_epoch(struct actor *a)
{
    struct world *w = a->world;
    const struct epoch *epoch = &a->st.outbox.sealer.epoch;

    for (uint32_t i = 0; i + 1 < a->run; i++)
        if (same_bytes(&a->epochs[i], epoch, sizeof *epoch))
            world_violated(w, "an epoch was used a second time", a->number, 0);
    a->epochs[a->run - 1] = *epoch;
    if (a->st.outbox.memory.start_count != a->run)
        world_violated(w, "the start counter did not rise", a->number, a->run);
}

/* Read by the store, and the device cannot know: no answer said so. */
static void watch_declared_unheard(struct actor *a)
{
    const struct ledger *l = &a->world->ledger;
    uint32_t heard[RUNS_MAX] = {0};

    for (uint32_t i = 0; i < l->count; i++) {
        const struct promise *p = &l->at[i];
        if (p->device == a->number && p->acknowledged && p->run < RUNS_MAX
            && p->declared > heard[p->run])
            heard[p->run] = p->declared;
    }
    for (uint32_t run = a->life.first_run_before + 1; run < RUNS_MAX; run++)
        a->twice_maybe += a->declared[run] - heard[run];
}

/* What is not acknowledged on flash is lost with the identity that sealed it, each reading once. */
static void leave(struct actor *a, const struct outbox_sent *is, const struct entry *e,
    enum journal_mark mark)
{
    struct world *w = a->world;
    struct promise *p = ledger_find(&w->ledger, a->number, is);

    if (e->readings == 0)
        return;
    if (p == NULL) {
        p = ledger_add(&w->ledger, a->number, is);
        p->readings = e->readings;
        p->run = e->start_count;
        p->sealed_ms = w->now_ms;
        reach(a, REACHED_SEALED_UNTOLD);
    }
    p->acknowledged |= mark == JOURNAL_ACKNOWLEDGED;
    p->aside |= mark == JOURNAL_SET_ASIDE;
    if (mark != JOURNAL_UNMARKED)
        return;
    p->lost = true;
    reach(a, REACHED_ANEW_LOST);
}

void watch_anew(struct actor *a)
{
    static uint8_t room[JOURNAL_RECORD_MAX];
    struct station *st = &a->st;
    struct journal j;

    if (a->life.looked)
        return; /* before a start that flash did not let through */
    a->life.looked = true;
    watch_declared_unheard(a);
    station_reopen(st);
    station_hold_faults(st, true);
    if (journal_open(&j, &st->flash_port) != OK)
        return;
    for (uint8_t ring = 0; ring < JOURNAL_CLASSES; ring++) {
        struct journal_place place = journal_first((enum journal_class)ring);
        enum journal_mark mark;
        size_t len;

        while (journal_next(&j, &place, &len, &mark) == OK) {
            struct outbox_sent is = {0};
            struct envelope env;
            struct entry e;

            if (journal_read(&j, &place, ROOM_OF(room), &len, &mark) != OK
                || entry_parse((struct bytes){room, len}, &e) != OK
                || envelope_parse(ENVELOPE_BATCH, e.envelope, &env) != OK
                || env.kid.device.b[1] != a->life.started)
                continue;
            is.epoch = env.epoch;
            is.seq = e.seq;
            if (st->crypto->sha256(st->crypto->board, e.envelope, &is.digest) == OK)
                leave(a, &is, &e, mark);
        }
    }
    station_hold_faults(st, false);
}

void watch_changed(struct actor *a)
{
    a->run++;
    a->generation_of[a->run - 1] = a->life.generation;
    watch_epoch(a);
}

/* Without a loss of power: each number is in a batch, or missed, or measure still holds it. */
static void watch_numbers(struct actor *a)
{
    uint64_t settled = outbox_settled(&a->st.outbox);

    if (!a->shown && settled != a->run_sealed + a->run_missing)
        world_violated(a->world,
            "readings that measure may forget are in no batch, or in two", a->number,
            (uint32_t)settled);
}

/* Was the loss that keeper could not say OK to kept all the same? Else it is found again. */
static void watch_missing(struct actor *a)
{
    if (a->maybe_missing > 0 && outbox_settled(&a->st.outbox) >= a->maybe_next) {
        a->drops += a->maybe_missing;
        a->run_missing += a->maybe_missing;
        reach(a, REACHED_FAULT_LANDED);
    }
    a->maybe_missing = 0;
}

void watch_failed_start(struct actor *a)
{
    if (station_failed(&a->st) == a->failed)
        world_violated(a->world, "a start failed, and flash did not", a->number, 0);
    if (a->told_fault != a->st.opened) /* else keeper itself says so */
        world_violated(
            a->world, "a start failed, and nobody was told", a->number, a->told_fault);
    a->failed = station_failed(&a->st);
}

void watch_boot(struct actor *a)
{
    struct world *w = a->world;

    a->failed = station_failed(&a->st);
    a->told_fault = 0;
    watch_epoch(a);
    if (a->st.outbox.lost > 0)
        reach(a, REACHED_LOSS_CARRIED);
    look_into_journal(a);
    for (uint32_t i = 0; i < w->ledger.count; i++) {
        struct promise *p = &w->ledger.at[i];
        if (p->device != a->number)
            continue;
        if (p->lost && p->in_journal) {
            p->lost = false; /* power was lost before it could go */
            reach(a, REACHED_LOSS_UNDONE);
        }
        if (p->sealed && !p->in_journal && !p->acknowledged && !p->aside && !p->lost)
            world_violated(w, "a sealed batch did not survive", a->number, p->is.seq);
    }
    if (a->life.fresh && a->st.outbox.memory.config.version != 0)
        world_violated(w, "the configuration of another identity", a->number, 0);
    a->life.fresh = false;
    a->life.started = a->life.identity;
    a->first_open = 0;
    a->taken = a->sealed = 0;
    watch_missing(a);
    if (a->measure.count > 0)
        reach(a, REACHED_SAID_AGAIN);
    watch_numbers(a);
}

void watch_stopped(struct actor *a)
{
    /* At most what was open, and what was being sealed. */
    uint32_t most = 2 * (60000 / a->period_ms + THIN_READINGS) + 2;

    if (a->st.outbox.flash_broken && !a->st.off && a->told_fault != 1)
        world_violated(a->world, "flash failed, and nobody was told", a->number, 0);
    if (a->taken - a->sealed > most)
        world_violated(a->world, "more than a minute was not sealed", a->number, 0);
    a->answer_sealed_ms = 0;
    a->synchronised = false;
}

void watch_sent(struct actor *a, const struct outbox_sent *is)
{
    struct promise *p = ledger_find(&a->world->ledger, a->number, is);

    if (p == NULL || (!p->sealed && !p->in_journal))
        world_violated(a->world, "sent before it was kept", a->number, is->seq);
}

/* ---- answers ---- */

struct fingerprint { /* what only an answer that counts may change */
    uint32_t batches[ROW_STATES], again, config_version, set_aside_run;
    struct store_id store;
    uint64_t offset_ms, answered_ms;
    uint32_t marks;
    bool known, answered;
};

static void take_fingerprint(const struct outbox *o, struct fingerprint *f)
{
    memset(f, 0, sizeof *f);
    memcpy(f->batches, o->rows.batches, sizeof f->batches);
    f->again = o->rows.again;
    f->config_version = o->memory.config.version;
    f->set_aside_run = o->set_aside_run;
    f->store = o->memory.store;
    f->offset_ms = o->clock.offset_ms;
    f->answered_ms = o->answered_ms;
    f->marks = o->marks;
    f->known = o->clock.known;
    f->answered = o->answered;
}

/* Would an honest reader of the protocol let this body count? */
static bool should_count(const struct actor *a, const struct packet *p, bool *uses_up)
{
    const struct flight *f = &a->flight;
    bool fresh = f->open && p->genuine
        && same_bytes(&p->nonce, &f->nonce, sizeof f->nonce)
        && same_bytes(&p->body_nonce, &f->nonce, sizeof f->nonce)
        && a->world->now_ms - f->drawn_ms <= LIMIT_NONCE_MS;
    *uses_up = fresh;
    return fresh && p->truthful;
}

void watch_answer(struct actor *a, const struct packet *p)
{
    struct world *w = a->world;
    struct fingerprint before, after;
    bool uses_up;
    bool good = should_count(a, p, &uses_up);

    if (p->genuine && p->truthful && !good)
        reach(a, a->flight.open ? REACHED_LATE_ANSWER : REACHED_ANSWER_AGAIN);
    take_fingerprint(&a->st.outbox, &before);
    enum status s =
        outbox_answer(&a->st.outbox, &p->nonce, (struct bytes){p->bytes, p->len});
    world_power(a);
    if (!a->alive)
        return;
    take_fingerprint(&a->st.outbox, &after);
    if (uses_up)
        a->flight.open = false;
    if (good && s != OK)
        world_violated(w, "a good answer did not count", a->number, p->about.seq);
    if (!good && (s == OK || !same_bytes(&before, &after, sizeof before)))
        world_violated(w, "an answer that must not count has moved something",
            a->number, p->about.seq);
    if (good)
        pins_counted(a);
    if (!a->alive)
        return;
    if (good && p->sent_ms > a->answer_sealed_ms)
        a->answer_sealed_ms = p->sent_ms;
    if (good && w->store.not_now)
        reach(a, REACHED_NOT_NOW);
    if (a->st.outbox.set_aside_run == LIMIT_SET_ASIDE_RUN)
        reach(a, REACHED_SENDING_STOPPED);
}

/* ---- what a person sees ---- */

/* The oldest promise that no answer has spoken for; what is set aside is left out here. */
static const struct promise *oldest_open(struct actor *a)
{
    const struct ledger *l = &a->world->ledger;

    for (; a->first_open < l->count; a->first_open++) {
        const struct promise *p = &l->at[a->first_open];
        if (p->device == a->number && !p->acknowledged && !p->aside && !p->lost)
            return p;
    }
    return NULL;
}

void watch_state(struct actor *a)
{
    struct world *w = a->world;
    struct outbox_state s;

    const struct outbox *o = &a->st.outbox;
    watch_numbers(a);
    if (a->taken
        != a->sealed + o->left_over_count
            + o->open.record_count * (o->open.merged ? o->open.merged : 1u))
        world_violated(w, "readings were taken, and are nowhere", a->number, a->taken);
    if (o->memory.config.version < a->config_version)
        world_violated(w, "an older configuration was taken", a->number, 0);
    a->config_version = o->memory.config.version;
    outbox_state(o, &s);
    if (a->synchronised && !s.synchronised)
        reach(a, REACHED_FELL_OUT);
    a->synchronised = s.synchronised;
    if (a->st.mono_ms >> 32 != 0)
        reach(a, REACHED_PAST_32_BITS);
    if (!s.synchronised)
        return;
    reach(a, REACHED_SYNCHRONISED);
    a->synchronised_at_end |= w->healed;
    if (a->answer_sealed_ms == 0 || w->now_ms - a->answer_sealed_ms > LIMIT_SYNC_AGE_MS)
        world_violated(w, "synchronised without a young answer", a->number, 0);
    const struct promise *p = oldest_open(a);
    if (p != NULL && w->now_ms - p->sealed_ms > LIMIT_SYNC_AGE_MS)
        world_violated(
            w, "synchronised with an old unacknowledged batch", a->number, p->is.seq);
}

/* ---- the end ---- */

static void check_promise(struct world *w, const struct promise *p)
{
    if (p->stored || p->lost || p->aside)
        return;
    const struct life *life = &w->actor[p->device]->life;
    if (p->acknowledged && p->restored_away
        && (!p->in_journal || p->generation < life->generation
            || p->identity < life->identity || life->ended))
        return; /* the restore took it after the ring had let it go, or its keys were closed */
    if (life->ended && !p->acknowledged)
        return; /* it went with the keys, and the receipt says so */
    world_violated(w,
        p->restored_away ? "held, but not offered again after the restore"
                         : "sealed, and neither stored nor declared lost",
        p->device, p->is.seq);
}

static void check_sum(struct actor *a)
{
    struct world *w = a->world;
    uint64_t declared = 0, lost = a->drops;

    for (uint32_t i = 0; i < RUNS_MAX; i++)
        declared += a->declared[i];
    for (uint32_t i = 0; i < w->ledger.count; i++)
        if (w->ledger.at[i].device == a->number && w->ledger.at[i].lost)
            lost += w->ledger.at[i].readings;
    if (declared >= lost && declared <= lost + a->drops_maybe + a->twice_maybe)
        return;
    for (uint32_t i = 0; i < RUNS_MAX && w->trace; i++)
        if (a->declared[i] > 0)
            printf("run %u declared %u\n", i, a->declared[i]);
    char text[120];
    (void)snprintf(text, sizeof text, "declared lost %llu, lost %llu (+%u)",
        (unsigned long long)declared, (unsigned long long)lost,
        a->drops_maybe + a->twice_maybe);
    world_violated(w, text, a->number, 0);
}

void watch_end(struct world *w)
{
    for (uint8_t d = 0; d < DEVICES; d++) {
        struct actor *a = w->actor[d];
        struct outbox_state s;

        if (a->life.ended)
            continue;
        if (!a->alive) {
            world_violated(w, "a device did not come back", d, 0);
            return;
        }
        outbox_state(&a->st.outbox, &s);
        if (s.batches_held > 0)
            world_violated(w, "not drained after everything was well again", d,
                (uint32_t)s.batches_held);
        if (!a->synchronised_at_end && a->st.outbox.rows.batches[ROW_ASIDE] == 0)
            world_violated(w, "never synchronised after all was well again", d, 0);
        if (a->st.flash.faults + a->st.kept.faults > 0)
            world_violated(w, "the flash contract was broken", d, 0);
        look_into_journal(a);
        check_sum(a);
    }
    for (uint32_t i = 0; i < w->ledger.count; i++)
        check_promise(w, &w->ledger.at[i]);
    life_watch_end(w);
    pins_watch_end(w);
}
