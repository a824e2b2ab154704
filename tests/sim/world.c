/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sim/world.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct moment {
    uint64_t at_ms, order;
    enum moment_kind kind;
    uint8_t device;
    uint32_t connection;
    struct packet *packet;
};

enum {
    HOUR = 3600000,
    TROUBLE_MS = 8 * HOUR,
    WELL_MS = 3 * HOUR,
    LAST_READING_MS = TROUBLE_MS + 2 * HOUR,
};
static const uint64_t utc_base_ms = UINT64_C(1795000000000);

/* ---- events in order of time ---- */

static bool before(const struct moment *a, const struct moment *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

static void push(struct world *w, struct moment e)
{
    if (w->heap_len == w->heap_cap) {
        w->heap_cap = w->heap_cap ? 2 * w->heap_cap : 1024;
        w->heap = realloc(w->heap, w->heap_cap * sizeof *w->heap);
        assert(w->heap != NULL);
    }
    size_t i = w->heap_len++;
    for (; i > 0 && before(&e, &w->heap[(i - 1) / 2]); i = (i - 1) / 2)
        w->heap[i] = w->heap[(i - 1) / 2];
    w->heap[i] = e;
}

static struct moment pop(struct world *w)
{
    struct moment first = w->heap[0], e = w->heap[--w->heap_len];
    size_t i = 0;

    for (size_t c; (c = 2 * i + 1) < w->heap_len; i = c) {
        if (c + 1 < w->heap_len && before(&w->heap[c + 1], &w->heap[c]))
            c++;
        if (before(&e, &w->heap[c]))
            break;
        w->heap[i] = w->heap[c];
    }
    w->heap[i] = e;
    return first;
}

void world_later(struct world *w, uint64_t in_ms, enum moment_kind kind, uint8_t device,
    uint32_t connection, struct packet *packet)
{
    push(w,
        (struct moment){
            w->now_ms + in_ms, ++w->order, kind, device, connection, packet});
}

void world_violated(struct world *w, const char *what, uint8_t device, uint32_t seq)
{
    if (w->violation[0] == 0)
        (void)snprintf(w->violation, sizeof w->violation,
            "%s (device %u, seq %u, %.1f s)", what, device, seq,
            (double)w->now_ms / 1e3);
}

uint64_t world_utc_ms(const struct world *w)
{
    return utc_base_ms + w->now_ms + (uint64_t)w->utc_step_ms;
}

/* ---- devices ---- */

static void set_time(struct actor *a)
{
    uint64_t ms = a->mono_base_ms + a->world->now_ms - a->boot_ms;
    a->st.mono_ms = ms;
    a->st.real_ms = ms;
}

static void stop_keeper(struct actor *a)
{
    a->alive = false;
    watch_stopped(a);
    courier_reset(a);
}

/* What measure held is gone, too. */
static void lose_power(struct actor *a)
{
    a->powered = false;
    a->drops_maybe += a->maybe_missing;
    a->maybe_missing = 0;
    a->run_sealed = a->run_missing = 0;
    a->shown = false;
    a->measure = (struct measure){.run = a->measure.run + 1};
}

/* Or power goes as well, before it does. */
void world_starts_anew(struct actor *a)
{
    struct world *w = a->world;

    stop_keeper(a);
    if (!w->healed && draw_below(&w->fault_draw, 3) == 0) {
        lose_power(a);
        w->reached[REACHED_CUT_AFTER_FAULT]++;
    }
    world_later(
        w, 20 + draw_below(&w->fault_draw, 5000), AT_DEVICE_UP, a->number, 0, NULL);
}

void world_power(struct actor *a)
{
    struct world *w = a->world;

    if (!a->alive)
        return;
    if (!a->st.off) {
        if (!a->st.outbox.flash_broken)
            return;
        w->reached[REACHED_FLASH_FAILED]++;
        world_starts_anew(a);
        return;
    }
    w->reached[REACHED_POWER_CUT]++;
    stop_keeper(a);
    lose_power(a);
    world_later(w, 500 + draw_below(&w->draw, 90000), AT_DEVICE_UP, a->number, 0, NULL);
}

/* ---- measure, and keeper's door to it ---- */

static void measure_forgets(struct actor *a)
{
    struct measure *m = &a->measure;

    if (outbox_settled(&a->st.outbox) > m->kept)
        m->kept = outbox_settled(&a->st.outbox);
    while (m->count > 0 && m->held[m->first].number < m->kept) {
        m->first = (m->first + 1) % MEASURE_HOLDS;
        m->count--;
    }
}

static void measure_holds(struct actor *a, const struct reading *r)
{
    struct measure *m = &a->measure;

    if (m->count == MEASURE_HOLDS) { /* the oldest one: keeper finds the gap */
        m->first = (m->first + 1) % MEASURE_HOLDS;
        m->count--;
    }
    m->held[(m->first + m->count++) % MEASURE_HOLDS] = *r;
}

static void missing(struct actor *a, uint64_t number)
{
    uint32_t n = (uint32_t)(number - a->next);

    if (!a->world->healed && a->world->h.fault > 0
        && draw_below(&a->world->fault_draw, 4) == 0)
        station_fail_at(&a->st, true, (long)draw_below(&a->world->fault_draw, 4), 1,
            SIM_FAIL_WRITES);
    a->next = number;
    if (outbox_missing(&a->st.outbox, n, number) == OK) {
        a->drops += n;
        a->run_missing += n;
    } else {
        a->maybe_missing = n;
        a->maybe_next = number;
    }
    world_power(a);
}

/* As keeper takes it. */
static void hand_over(struct actor *a, const struct reading *r)
{
    if (r->number < a->next)
        return;
    if (r->number > a->next)
        missing(a, r->number);
    if (!a->alive)
        return;
    a->next = r->number + 1;
    if (a->life.ending) { /* it is shown, and kept no more */
        a->measure.kept = a->next;
        a->shown = true;
        return;
    }
    a->taken++;
    enum status s = outbox_take(&a->st.outbox, r);
    world_power(a);
    if (a->alive && s != OK)
        world_violated(
            a->world, "the newest reading was not taken", a->number, a->counter);
}

static void measure_says(struct actor *a)
{
    struct measure *m = &a->measure;

    for (uint32_t i = 0; i < m->count && a->alive; i++)
        hand_over(a, &m->held[(m->first + i) % MEASURE_HOLDS]);
    if (a->alive)
        measure_forgets(a);
}

/* A keeper that starts anew goes on where measure knows, or where flash does. */
static void measure_greets(struct actor *a)
{
    measure_forgets(a);
    a->next = a->measure.kept;
    measure_says(a);
}

/* ---- its starts and stops ---- */

static void cut_in_anew(struct actor *a)
{
    struct draw *d = &a->world->anew_draw;

    if (draw_below(d, 3) == 0)
        flash_sim_cut_at(&a->st.kept, (long)draw_below(d, 5));
    else if (draw_below(d, 2) == 0)
        flash_sim_cut_at(&a->st.flash, (long)draw_below(d, 40));
}

static void power_up(struct actor *a)
{
    struct world *w = a->world;

    a->boot_ms = w->now_ms;
    a->mono_base_ms = draw_one_in(&w->draw, 4)
        ? UINT32_MAX - draw_below(&w->draw, 2 * HOUR)
        : draw_below(&w->draw, 60000);
    a->powered = true;
}

/* A start that flash did not let through: again in five seconds, as keeper does. */
static void start_later(struct actor *a)
{
    struct world *w = a->world;

    w->reached[REACHED_FAULT_AT_START]++;
    world_later(w, 5000, AT_DEVICE_UP, a->number, 0, NULL);
}

static void boot(struct actor *a)
{
    struct world *w = a->world;
    enum status s = BROKEN;

    if (a->life.ended || a->alive)
        return; /* nothing to start: it offers its receipt; or it runs */
    bool cut = !a->powered;
    if (cut)
        power_up(a);
    set_time(a);
    if (!life_settles(a, cut)) {
        start_later(a);
        return;
    }
    life_before_boot(a);
    a->st.run = a->measure.run;
    for (int tries = 0; s != OK && tries < 20; tries++) {
        if (cut || a->st.off)
            station_power_cycle(&a->st, draw_u64(&w->draw));
        if (tries == 0 && a->life.fresh)
            watch_anew(a);
        if (!w->healed && tries < 10 && draw_one_in(&w->draw, w->h.cut_again))
            flash_sim_cut_at(&a->st.kept, (long)draw_below(&w->draw, 4));
        if (tries < 10 && a->life.fresh)
            cut_in_anew(a);
        a->told_fault = 0;
        s = station_boot(&a->st);
        if (s != OK && !a->st.off) {
            watch_failed_start(a);
            start_later(a);
            return;
        }
        if (a->st.off) {
            lose_power(a);
            a->powered = true;
            a->st.run = a->measure.run;
        }
        w->reached[REACHED_CUT_IN_ANEW] += a->st.off && a->life.fresh;
        if (a->st.off)
            w->reached[REACHED_CUT_IN_RECOVERY]++;
        if (a->st.off && a->st.outbox.memory.start_count > a->run) {
            /* the counter may have risen on flash: then it will be one more */
        }
    }
    if (s != OK) {
        world_violated(w, "the device does not start any more", a->number, 0);
        return;
    }
    a->run = a->st.outbox.memory.start_count;
    if (a->run == 0 || a->run > RUNS_MAX - 1) {
        world_violated(w, "a start count from nowhere", a->number, a->run);
        return;
    }
    a->alive = true;
    courier_reset(a);
    life_booted(a);
    pins_booted(a);
    watch_boot(a);
    measure_greets(a);
}

static void stop_and_start(struct actor *a)
{
    if (!a->alive)
        return;
    stop_keeper(a);
    lose_power(a);
    boot(a);
}

static void enrol_anew(struct actor *a)
{
    bool was_alive = a->alive;

    if (was_alive) {
        stop_keeper(a);
        lose_power(a);
    }
    life_anew(a);
    if (was_alive)
        boot(a); /* else it is on its way */
}

static struct reading read_sensor(struct actor *a)
{
    struct world *w = a->world;
    struct reading r = station_reading(&a->st, a->counter++);

    if (draw_one_in(&w->draw, w->h.alarm * 60000 / a->period_ms))
        a->alarm_until_ms = w->now_ms + draw_below(&w->draw, 120000);
    r.alarm = w->now_ms < a->alarm_until_ms;
    if (!w->healed && draw_one_in(&w->draw, w->h.drops * 60000 / a->period_ms)) {
        a->measure.next += 1 + draw_below(&w->draw, 30);
        w->reached[REACHED_DROPS_DECLARED]++;
    }
    r.number = a->measure.next++;
    return r;
}

static void take(struct actor *a)
{
    struct world *w = a->world;

    if (w->now_ms < LAST_READING_MS)
        world_later(w, a->period_ms, AT_TAKE, a->number, 0, NULL);
    if (!a->powered || a->life.ended || w->now_ms >= LAST_READING_MS)
        return;
    struct reading r = read_sensor(a);
    measure_holds(a, &r);
    if (a->alive)
        measure_says(a);
}

/* Close what is open; the second batch declares what the first one pushed out. */
static void last_reading(struct actor *a)
{
    if (!a->alive || a->life.ending)
        return;
    enum status s = outbox_close_batch(&a->st.outbox);
    struct reading r = station_reading(&a->st, a->counter++);
    r.number = a->measure.next++;
    measure_holds(a, &r);
    measure_says(a);
    if (s == OK)
        s = outbox_close_batch(&a->st.outbox);
    if (s != OK || !a->alive)
        world_violated(a->world, "the newest reading was not taken", a->number, 0);
}

static void poll(struct actor *a)
{
    world_later(a->world, 1000 + draw_below(&a->world->draw, 1000), AT_POLL, a->number,
        0, NULL);
    if (a->life.ended)
        life_end_on(a);
    if (!a->alive)
        return;
    courier_poll(a);
    if (a->alive)
        watch_state(a);
    if (a->alive)
        life_go_on(a);
}

/* ---- what goes wrong ---- */

static uint32_t rate(struct world *w, uint32_t low, uint32_t high)
{
    return draw_below(&w->draw, 3) == 0 ? 0
                                        : low + draw_below(&w->draw, high - low + 1);
}

static void draw_hazards(struct world *w)
{
    struct hazards *h = &w->h;

    h->loss = rate(w, 4, 60);
    h->twice = rate(w, 5, 60);
    h->late = rate(w, 10, 200);
    h->delay_ms = 5 + draw_below(&w->draw, 400);
    h->jitter_ms = draw_below(&w->draw, draw_one_in(&w->draw, 6) ? 40000 : 1500);
    h->cut = rate(w, 10, 180);
    h->cut_again = rate(w, 2, 4);
    h->drops = rate(w, 10, 120);
    h->alarm = rate(w, 5, 120);
    h->crash = rate(w, 10, 200);
    h->restore = draw_one_in(&w->draw, 3) ? 60 + draw_below(&w->draw, 300) : 0;
    h->partition = rate(w, 30, 240);
    h->partition_min = draw_one_in(&w->draw, 2) ? 5 + draw_below(&w->draw, 60)
                                                : 60 + draw_below(&w->draw, 360);
    h->lie = rate(w, 3, 40);
    h->clone = draw_one_in(&w->draw, 3) ? 50 + draw_below(&w->draw, 200) : 0;
    h->schema = draw_one_in(&w->draw, 4) ? 60 + draw_below(&w->draw, 200) : 0;
    h->not_now = rate(w, 60, 300);
    h->config = rate(w, 30, 200);
    h->refuse =
        draw_below(&w->proof_draw, 3) == 0 ? 0 : 2 + draw_below(&w->proof_draw, 39);
    h->step = rate(w, 60, 400);
    h->renew = rate(w, 20, 200);
    h->end = draw_one_in(&w->draw, 4) ? 300 : 0;
    h->rotate = 10 + draw_below(&w->pin_draw, 50);
    h->pin_lie =
        draw_below(&w->pin_draw, 3) == 0 ? 0 : 10 + draw_below(&w->pin_draw, 90);
    h->anew =
        draw_below(&w->anew_draw, 2) == 0 ? 0 : 60 + draw_below(&w->anew_draw, 240);
    h->fault =
        draw_below(&w->fault_draw, 3) != 0 ? 0 : 20 + draw_below(&w->fault_draw, 200);
    h->copy = draw_one_in(&w->draw, 3) ? 120 + draw_below(&w->draw, 300) : 0;
}

static void begin_partition(struct world *w)
{
    uint64_t ms = draw_below(&w->draw, w->h.partition_min * 60000u);

    w->partition = true;
    w->partition_since_ms = w->now_ms;
    world_later(w, ms, AT_PARTITION_END, 0, 0, NULL);
}

static void end_partition(struct world *w)
{
    if (w->partition && w->now_ms - w->partition_since_ms > HOUR)
        w->reached[REACHED_PARTITION_HOUR]++;
    w->partition = false;
}

static void crash_store(struct world *w, bool restore)
{
    if (restore) {
        watch_restore(w);
        store_restore(&w->store, &w->draw);
        pins_restore(w);
    } else {
        w->reached[w->commit_due ? REACHED_CRASH_BEFORE : REACHED_CRASH_AFTER] +=
            w->commit_due;
        store_crash(&w->store);
    }
    w->store_up = false;
    memset(w->proof_known, 0, sizeof w->proof_known); /* in memory only */
    world_later(w, 1000 + draw_below(&w->draw, 120000), AT_STORE_UP, 0, 0, NULL);
}

/* Commit, unless the store crashes in this very moment. */
static void commit(struct world *w)
{
    bool crash = !w->healed && draw_one_in(&w->draw, w->h.crash);

    if (w->store_up && crash && draw_below(&w->draw, 2) == 0) {
        crash_store(w, false);
    } else if (w->store_up) {
        w->crash_after_commit = crash;
        store_commit(&w->store);
        w->crash_after_commit = false;
        w->reached[REACHED_CRASH_AFTER] += crash;
        if (crash)
            crash_store(w, false);
    }
    w->commit_due = false;
}

static void heal(struct world *w)
{
    w->healed = true;
    end_partition(w);
    w->store.not_now = false;
    w->store.schema_left = 0;
    w->h.delay_ms = 5;
    w->h.jitter_ms = 200;
    for (uint8_t d = 0; d < DEVICES; d++) {
        station_cut_at(&w->actor[d]->st, -1);
        station_fail_at(&w->actor[d]->st, false, -1, 0, 0);
        station_fail_at(&w->actor[d]->st, true, -1, 0, 0);
        if (w->actor[d]->alive
            && w->actor[d]->st.outbox.set_aside_run >= LIMIT_SET_ASIDE_RUN)
            stop_and_start(w->actor[d]); /* a person has come */
    }
}

static void back_up(struct world *w)
{
    store_backup(&w->store);
    w->rotation.kept = w->rotation.published;
}

static void device_trouble(struct world *w, struct actor *a)
{
    if (a->alive && draw_one_in(&w->draw, w->h.cut)) {
        if (draw_below(&w->draw, 4) == 0)
            flash_sim_cut_at(&a->st.kept, (long)draw_below(&w->draw, 4));
        else
            flash_sim_cut_at(&a->st.flash, (long)draw_below(&w->draw, 24));
    }
}

/* A call fails, or some, or all of them for a while; then flash works again. */
static void flash_trouble(struct world *w, struct actor *a)
{
    struct draw *d = &w->fault_draw;

    if (!draw_one_in(d, w->h.fault))
        return;
    bool kept = draw_below(d, 3) == 0, reads = draw_below(d, 4) == 0;
    uint32_t within = reads ? 400 : kept ? 6 : 40;
    long run = draw_below(d, 2) == 0 ? 1 : 1 + (long)draw_below(d, 8);

    station_fail_at(&a->st, kept, (long)draw_below(d, within), run,
        reads ? SIM_FAIL_READS : SIM_FAIL_WRITES);
    w->reached[REACHED_READ_FAULT] += reads;
}

static void minute(struct world *w)
{
    struct hazards *h = &w->h;

    world_later(w, 60000, AT_MINUTE, 0, 0, NULL);
    if (w->now_ms >= TROUBLE_MS && !w->healed)
        heal(w);
    life_minute(w);
    pins_minute(w);
    if (w->healed)
        return;
    for (uint8_t d = 0; d < DEVICES; d++)
        device_trouble(w, w->actor[d]);
    for (uint8_t d = 0; d < DEVICES; d++)
        flash_trouble(w, w->actor[d]);
    if (!w->partition && draw_one_in(&w->draw, h->partition))
        begin_partition(w);
    if (draw_one_in(&w->draw, 60))
        back_up(w);
    if (w->store_up && draw_one_in(&w->draw, h->restore))
        crash_store(w, true);
    if (draw_one_in(&w->draw, h->schema))
        w->store.schema_left = 1 + draw_below(&w->draw, 60);
    w->store.not_now = draw_one_in(&w->draw, h->not_now)
        || (w->store.not_now && !draw_one_in(&w->draw, 5));
    if (draw_one_in(&w->draw, h->config))
        w->config_version++;
    if (draw_one_in(&w->draw, h->step))
        w->utc_step_ms += (int64_t)draw_below(&w->draw, 4 * HOUR) - 2 * HOUR;
}

/* ---- a run ---- */

static void handle(struct world *w, struct moment *e)
{
    struct actor *a = w->actor[e->device];
    struct packet *p = e->packet;

    for (uint8_t d = 0; d < DEVICES; d++)
        if (w->actor[d]->powered)
            set_time(w->actor[d]);
    switch (e->kind) {
    case AT_TAKE: take(a); break;
    case AT_POLL: poll(a); break;
    case AT_SECURED:
        if (a->alive && e->connection == a->connection)
            courier_step(a, a->tpm ? UPLINK_PROVE : UPLINK_SECURED, 0);
        break;
    case AT_PROVED:
        if (a->alive && e->connection == a->connection)
            courier_proved(a);
        break;
    case AT_GONE:
        if (a->alive && e->connection == a->connection)
            courier_step(a, UPLINK_LOST, 0);
        break;
    case AT_UP: network_up(w, p); break;
    case AT_DOWN: network_down(w, p); break;
    case AT_COMMIT: commit(w); break;
    case AT_MINUTE: minute(w); break;
    case AT_DEVICE_UP: boot(a); break;
    case AT_STORE_UP: w->store_up = true; break;
    case AT_PARTITION_END: end_partition(w); break;
    case AT_LAST_READING: last_reading(a); break;
    case AT_ANEW: enrol_anew(a); break;
    }
    free(p);
}

static void keys_of(void *world, uint8_t device, uint32_t generation, struct key *up)
{
    struct key down;
    life_keys(((struct world *)world)->actor[device], generation, up, &down);
}

static void world_init(struct world *w, uint64_t seed, bool trace)
{
    uint64_t reached[REACHED_COUNT];

    memcpy(reached, w->reached, sizeof reached);
    *w = (struct world){.seed = seed,
        .trace = trace,
        .draw = {seed * UINT64_C(0x2545f4914f6cdd1d) + 1},
        .proof_draw = {seed * UINT64_C(0x9e3779b97f4a7c15) + 1},
        .pin_draw = {seed * UINT64_C(0xd1342543de82ef95) + 1},
        .anew_draw = {seed * UINT64_C(0xda942042e4dd58b5) + 1},
        .fault_draw = {seed * UINT64_C(0xaef17502108ef2d9) + 1}};
    memcpy(w->reached, reached, sizeof reached);
    w->store_up = true;
    draw_hazards(w);
    ledger_init(&w->ledger);
    store_init(&w->store,
        (struct store_ear){w, watch_opened, watch_committed, network_answer, keys_of,
            watch_suspected});
    for (uint8_t d = 0; d < DEVICES; d++) {
        struct actor *a = calloc(1, sizeof *a);
        assert(a != NULL);
        w->actor[d] = a;
        a->world = w;
        a->number = d;
        a->tpm = d == 1;
        a->measure.run = 1;
        a->period_ms = draw_one_in(&w->draw, 2) ? 1000 : 2000;
        station_init(&a->st, 32 + draw_below(&w->draw, 33), d, seed);
        life_init(a);
        pins_init(a);
        a->st.ear = (struct outbox_ear){a, watch_told};
        a->st.poisons = draw_below(&w->fault_draw, 2) == 0;
        w->store.device[d] = &a->st;
        world_later(w, draw_below(&w->draw, 60000), AT_DEVICE_UP, d, 0, NULL);
        world_later(w, 1000 + d, AT_TAKE, d, 0, NULL);
        world_later(w, 1500 + d, AT_POLL, d, 0, NULL);
        world_later(w, LAST_READING_MS + 1, AT_LAST_READING, d, 0, NULL);
    }
    world_later(w, 60000, AT_MINUTE, 0, 0, NULL);
}

void world_free(struct world *w)
{
    for (size_t i = 0; i < w->heap_len; i++)
        free(w->heap[i].packet);
    free(w->heap);
    for (uint8_t d = 0; d < DEVICES; d++) {
        if (w->actor[d] != NULL) {
            life_free(w->actor[d]);
            pins_free(w->actor[d]);
            free(w->actor[d]->old);
        }
        free(w->actor[d]);
        w->actor[d] = NULL;
    }
    store_free(&w->store);
    ledger_free(&w->ledger);
}

const char *world_run(struct world *w, uint64_t seed, bool trace)
{
    world_init(w, seed, trace);
    while (w->violation[0] == 0) {
        struct moment e = pop(w);
        if (e.at_ms > TROUBLE_MS + WELL_MS) {
            free(e.packet);
            break;
        }
        w->now_ms = e.at_ms;
        handle(w, &e);
    }
    if (w->violation[0] == 0)
        watch_end(w);
    world_free(w);
    return w->violation;
}
