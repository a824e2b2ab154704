/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal under cuts of power: seeded appends and marks in both rings, every flash operation
 * cut in every form, recovery cut again at every operation, and life after it.
 *
 * The oracle knows what was promised: each record whose append returned OK, with its bytes and
 * place, until it was told to be going; nothing else but the record that was being appended; in
 * order; each mark that was synced, none that was never set.
 */
#include "core/journal/journal.h"

#include "tests/fault/power.h"
#include "tests/support/flash_sim.h"

#include <string.h>

enum {
    KNOWN_MAX = 512,
    RECORD_LONGEST = 900,
    STEPS = 140,
    SECTORS_LEAST = 8,
    SECTORS_SPREAD = 4,
    SECOND_FORMS = 2, /* of a second cut, for each operation of recovery */
};

enum {
    CUT_IN_ERASE,
    RECORD_TORN,
    WRAPPED,
    LOST,
    CUT_IN_OPEN,
    MARK_LOST,
    GONE_CAME_BACK
};

static const char *const sometimes[] = {"cut in an append that makes room",
    "record not found", "ring wrapped", "unacknowledged records overwritten",
    "second cut in the open", "unsynced mark lost",
    "record that was going is there after the cut"};

struct known { /* one record that may be there */
    uint64_t number;
    uint32_t at, id, len;
    uint8_t may_read; /* bit of each mark that it may have */
    uint8_t mark;     /* that it has without a cut */
    bool going;       /* told to make room: may be gone */
    bool in_flight;   /* its append has not returned OK: may be missing */
};

struct shelf {
    struct known known[KNOWN_MAX];
    size_t count;
    uint64_t lost_least, lost_most;
};

struct world {
    struct flash_sim sim;
    struct journal j;
    struct shelf shelf[JOURNAL_CLASSES];
    uint32_t next_id;
    const char *wrong; /* the first broken promise */
};

enum step_kind { STEP_APPEND, STEP_MARK, STEP_SYNC, STEP_KILL, STEP_CYCLE, STEP_FAIL };

struct step {
    enum step_kind kind;
    enum journal_class ring;
    enum journal_mark mark;
    uint32_t len;
    uint64_t seed;
};

static uint8_t bit(unsigned mark)
{
    return (uint8_t)(1u << mark);
}

static void wrong(struct world *w, const char *why)
{
    if (w->wrong == NULL)
        w->wrong = why;
}

static void fill(uint8_t *buf, uint32_t id, uint32_t len)
{
    uint64_t state = id;

    for (uint32_t i = 0; i < len; i += 8) {
        uint64_t v = power_draw(&state);
        memcpy(buf + i, &v, len - i < 8 ? len - i : 8);
    }
}

static bool holds(const uint8_t *buf, size_t len, const struct known *k)
{
    uint8_t want[RECORD_LONGEST];

    fill(want, k->id, k->len);
    return len == k->len && memcmp(buf, want, len) == 0;
}

static void copy_world(struct world *to, const struct world *from)
{
    flash_sim_copy(&to->sim, &from->sim);
    to->j = from->j;
    to->j.flash = &to->sim.port;
    for (size_t r = 0; r < JOURNAL_CLASSES; r++) {
        const struct shelf *s = &from->shelf[r];
        memcpy(to->shelf[r].known, s->known, s->count * sizeof s->known[0]);
        to->shelf[r].count = s->count;
        to->shelf[r].lost_least = s->lost_least;
        to->shelf[r].lost_most = s->lost_most;
    }
    to->next_id = from->next_id;
    to->wrong = from->wrong;
}

static struct known *find_known(struct shelf *s, uint64_t number)
{
    for (size_t i = 0; i < s->count; i++)
        if (!s->known[i].in_flight && s->known[i].number == number)
            return &s->known[i];
    return NULL;
}

static enum status on_losing(
    void *ctx, const struct journal_place *place, enum journal_mark mark)
{
    struct world *w = ctx;
    struct shelf *s = &w->shelf[place->ring];
    struct known *k = find_known(s, place->number);
    uint8_t buf[RECORD_LONGEST];
    enum journal_mark now;
    size_t len;

    if (k == NULL || k->at != place->at || k->going) {
        wrong(w, "told of losing a record that is not there");
        return OK;
    }
    if (k > s->known && !k[-1].going)
        wrong(w, "a newer record goes before an older one");
    if (mark != k->mark)
        wrong(w, "told of losing a record with another mark");
    if (journal_read(&w->j, place, ROOM_OF(buf), &len, &now) != OK
        || !holds(buf, len, k))
        wrong(w, "told of losing a record when it was gone already");
    k->going = true;
    s->lost_most += mark == JOURNAL_UNMARKED;
    return OK;
}

/* What was set since the last sync is durable now. */
static void all_synced(struct world *w)
{
    for (size_t r = 0; r < JOURNAL_CLASSES; r++)
        for (size_t i = 0; i < w->shelf[r].count; i++)
            w->shelf[r].known[i].may_read = bit(w->shelf[r].known[i].mark);
}

static void forget_gone(struct shelf *s)
{
    size_t kept = 0;

    for (size_t i = 0; i < s->count; i++)
        if (!s->known[i].going)
            s->known[kept++] = s->known[i];
    s->count = kept;
}

static enum status do_append(struct world *w, enum journal_class ring, uint32_t len)
{
    struct shelf *s = &w->shelf[ring];
    uint8_t buf[RECORD_LONGEST];
    struct journal_place place;
    struct known *k = &s->known[s->count++];

    *k = (struct known){.id = w->next_id++,
        .len = len,
        .may_read = bit(JOURNAL_UNMARKED),
        .in_flight = true};
    fill(buf, k->id, len);
    enum status got = journal_append(&w->j, ring, (struct bytes){buf, len},
        (struct journal_losing){w, on_losing}, &place);
    if (got != OK)
        return got;
    k->number = place.number;
    k->at = place.at;
    k->in_flight = false;
    forget_gone(s);
    all_synced(w);
    s->lost_least = s->lost_most;
    if (journal_lost(&w->j, ring) != s->lost_most)
        wrong(w, "lost is not what was told");
    return OK;
}

static enum status do_mark(struct world *w, struct step st)
{
    struct shelf *s = &w->shelf[st.ring];

    if (s->count == 0)
        return OK;
    struct known *k = &s->known[st.seed % s->count];
    struct journal_place place = {(uint8_t)st.ring, k->at, k->number};
    if (k->mark != JOURNAL_ACKNOWLEDGED) {
        k->mark = (uint8_t)st.mark;
        k->may_read |= bit(st.mark);
    }
    return journal_mark(&w->j, &place, st.mark);
}

/* Look a walked record up among those that may be there, from s->known[*next] on. */
static struct known *match(struct world *w, struct shelf *s, size_t *next,
    const struct journal_place *place, const uint8_t *buf, size_t len)
{
    for (; *next < s->count; (*next)++) {
        struct known *k = &s->known[*next];
        bool same = k->in_flight || (k->number == place->number && k->at == place->at);
        if (same && holds(buf, len, k))
            return &s->known[(*next)++];
        if (!k->going && !k->in_flight) {
            wrong(w, "a record that was promised is missing or changed");
            return NULL;
        }
    }
    wrong(w, "a record is there that was never appended");
    return NULL;
}

static void take_over(struct world *w, struct power *p, struct known *k,
    const struct journal_place *place, enum journal_mark mark)
{
    uint8_t may = k->may_read;

    if (k->going)
        may |= bit(JOURNAL_UNMARKED); /* half erased, its mark first */
    if (!(may & bit(mark)))
        wrong(w,
            mark == JOURNAL_UNMARKED ? "a synced mark is lost" : "a mark is invented");
    if (k->mark != mark)
        power_sometimes(p, MARK_LOST);
    if (k->going)
        power_sometimes(p, GONE_CAME_BACK);
    k->number = place->number;
    k->at = place->at;
    k->mark = (uint8_t)mark;
    k->may_read = bit(mark);
    k->going = false;
    k->in_flight = false;
}

/* Walk one ring; what is found becomes what must be there from now on. */
static void judge_ring(struct world *w, struct power *p, enum journal_class ring)
{
    struct shelf *s = &w->shelf[ring];
    struct journal_place at = journal_first(ring);
    uint8_t buf[RECORD_LONGEST];
    enum journal_mark mark;
    enum journal_mark again;
    size_t next = 0;
    size_t kept = 0;
    size_t len;
    size_t len_again;

    while (journal_next(&w->j, &at, &len, &mark) == OK) {
        if (journal_read(&w->j, &at, ROOM_OF(buf), &len_again, &again) != OK
            || again != mark || len_again != len) {
            wrong(w, "what was walked to does not read the same");
            return;
        }
        struct known *k = match(w, s, &next, &at, buf, len);
        if (k == NULL)
            return;
        take_over(w, p, k, &at, mark);
        s->known[kept++] = *k;
    }
    for (; next < s->count; next++)
        if (!s->known[next].going && !s->known[next].in_flight)
            wrong(w, "the newest promised record is missing");
        else
            power_sometimes(p, RECORD_TORN);
    s->count = kept;
    uint64_t lost = journal_lost(&w->j, ring);
    if (lost < s->lost_least || lost > s->lost_most)
        wrong(w, "the count of lost records is not what was told");
    s->lost_least = s->lost_most = lost;
    if (lost > 0)
        power_sometimes(p, LOST);
}

static void judge(struct world *w, struct power *p)
{
    judge_ring(w, p, JOURNAL_ALARM);
    judge_ring(w, p, JOURNAL_ROUTINE);
    if (w->sim.faults > 0)
        wrong(w, w->sim.fault);
}

/* Recovery, and one append of each class after it: what a second cut may come into. */
static enum status recover(struct world *w, struct power *p, uint64_t seed)
{
    static const struct step none = {0};
    struct step st = none;

    st.ring = seed % 2 ? JOURNAL_ALARM : JOURNAL_ROUTINE;
    st.len = (uint32_t)(seed / 2 % RECORD_LONGEST) + 1;
    TRY(journal_open(&w->j, &w->sim.port));
    judge(w, p);
    TRY(do_append(w, st.ring, st.len));
    return do_append(
        w, st.ring == JOURNAL_ALARM ? JOURNAL_ROUTINE : JOURNAL_ALARM, 1 + st.len / 7);
}

/* Readable is half of it: it must go on. */
static void judge_life_after(struct world *w, struct power *p, uint64_t seed)
{
    enum status s = recover(w, p, seed);

    if (s != OK)
        wrong(w, w->sim.fault != NULL ? w->sim.fault : "not writable after the cut");
    judge(w, p);
}

static uint64_t expected_of(const struct world *w)
{
    uint64_t h = 1;

    for (size_t r = 0; r < JOURNAL_CLASSES; r++)
        for (size_t i = 0; i < w->shelf[r].count; i++) {
            const struct known *k = &w->shelf[r].known[i];
            uint64_t v = k->number << 20 ^ (uint64_t)k->id << 5 ^ k->may_read
                ^ (uint64_t)k->going << 3 ^ (uint64_t)k->in_flight << 4;
            h = (h ^ v) * 0x9fb21c651e98df25u;
            h ^= h >> 29;
        }
    return h;
}

struct run {
    struct power *p;
    uint64_t seed;
    long step;
    uint64_t random;
};

static void report(struct run *run, const struct world *w)
{
    if (w->wrong != NULL)
        power_bad(run->p, run->seed, run->step, w->wrong);
}

/* Cut recovery at each of its operations. */
static void cut_again(struct run *run, const struct world *after_first)
{
    static struct world cut;
    static struct world state;
    uint64_t how = power_draw(&run->random);

    for (long n = 0;; n++) {
        copy_world(&cut, after_first);
        flash_sim_cut_at(&cut.sim, n);
        if (recover(&cut, run->p, how) == OK || cut.wrong != NULL || !cut.sim.off) {
            report(run, &cut);
            return;
        }
        if (n == 0)
            power_sometimes(run->p, CUT_IN_OPEN);
        uint64_t expected = expected_of(&cut);
        for (int i = 0; i < SECOND_FORMS; i++) {
            copy_world(&state, &cut);
            flash_sim_power_cycle_form(
                &state.sim, power_draw(&run->random) % flash_sim_forms(&state.sim));
            if (!power_state(run->p, flash_sim_hash(&state.sim), expected))
                continue;
            judge_life_after(&state, run->p, how + 1);
            report(run, &state);
        }
    }
}

/* Every form, or one in eight of the many torn ones. */
static void cut_in_all_forms(struct run *run, const struct world *cut)
{
    static struct world state;
    static struct world before;
    size_t forms = flash_sim_forms(&cut->sim);
    uint64_t expected = expected_of(cut);
    size_t always = 7 * (size_t)cut->sim.pending_count + 1;

    for (size_t form = 0; form < forms && !power_over(run->p); form++) {
        if (form >= always && !power_all(run->p) && power_draw(&run->random) % 8 != 0)
            continue;
        copy_world(&state, cut);
        flash_sim_power_cycle_form(&state.sim, form);
        if (!power_state(run->p, flash_sim_hash(&state.sim), expected))
            continue;
        bool again = power_second(run->p, power_draw(&run->random));
        if (again)
            copy_world(&before, &state);
        judge_life_after(&state, run->p, power_draw(&run->random));
        report(run, &state);
        if (again && state.wrong == NULL)
            cut_again(run, &before);
    }
}

static struct step draw_step(struct run *run)
{
    uint64_t d = power_draw(&run->random);
    struct step st = {.seed = d >> 20};
    uint32_t kind = (uint32_t)(d % 32);

    st.kind = kind < 16 ? STEP_APPEND
        : kind < 27     ? STEP_MARK
        : kind < 28     ? STEP_SYNC
        : kind < 29     ? STEP_KILL
        : kind < 30     ? STEP_CYCLE
        : kind < 31     ? STEP_FAIL
                        : STEP_APPEND;
    st.ring = d >> 8 & 3 ? JOURNAL_ROUTINE : JOURNAL_ALARM;
    st.mark = d >> 10 & 3 ? JOURNAL_ACKNOWLEDGED : JOURNAL_SET_ASIDE;
    st.len = (uint32_t)((d >> 12) % RECORD_LONGEST) + 1;
    return st;
}

static enum status reopen(struct world *w, struct power *p)
{
    TRY(journal_open(&w->j, &w->sim.port));
    judge(w, p);
    return OK;
}

static enum status perform(struct world *w, struct power *p, struct step st)
{
    switch (st.kind) {
    case STEP_APPEND: return do_append(w, st.ring, st.len);
    case STEP_MARK: return do_mark(w, st);
    case STEP_SYNC:
        TRY(journal_sync(&w->j));
        all_synced(w);
        return OK;
    case STEP_KILL: return reopen(w, p);
    case STEP_CYCLE: flash_sim_power_cycle(&w->sim, st.seed); return reopen(w, p);
    case STEP_FAIL:
        flash_sim_fail_sync(&w->sim, (long)(st.seed % 2));
        enum status s = do_append(w, st.ring, st.len);
        if (w->sim.off && s == OK)
            wrong(w, "OK although the sync failed");
        flash_sim_power_cycle(&w->sim, st.seed);
        return reopen(w, p);
    }
    return OK;
}

/* These cut by themselves. */
static bool cuts_itself(struct step st)
{
    return st.kind == STEP_CYCLE || st.kind == STEP_FAIL;
}

static void cut_each_operation(
    struct run *run, const struct world *before, struct step st)
{
    static struct world cut;

    for (long n = 0; !power_over(run->p); n++) {
        copy_world(&cut, before);
        flash_sim_cut_at(&cut.sim, n);
        enum status s = perform(&cut, run->p, st);
        if (!cut.sim.off)
            return; /* the step has no n-th operation */
        if (s == OK)
            wrong(&cut, "OK although the power was cut");
        report(run, &cut);
        for (size_t i = 0; i < cut.sim.pending_count; i++)
            if (cut.sim.pending[i].erase)
                power_sometimes(run->p, CUT_IN_ERASE);
        if (cut.wrong == NULL)
            cut_in_all_forms(run, &cut);
    }
}

static void run_seed(struct power *p, uint64_t seed)
{
    static struct world w;
    static struct world before;
    struct run run = {.p = p, .seed = seed, .random = seed * 7919};

    power_name_sometimes(p, sometimes, sizeof sometimes / sizeof sometimes[0]);
    memset(&w, 0, sizeof w);
    w.next_id = (uint32_t)(seed << 16) + 1;
    flash_sim_init(&w.sim, SECTORS_LEAST + (uint32_t)(seed % SECTORS_SPREAD), seed);
    if (journal_open(&w.j, &w.sim.port) != OK) {
        power_bad(p, seed, -1, "a blank flash does not open");
        return;
    }
    for (run.step = 0; run.step < STEPS && !power_over(p); run.step++) {
        struct step st = draw_step(&run);
        copy_world(&before, &w);
        if (perform(&w, p, st) != OK)
            wrong(&w, w.sim.fault != NULL ? w.sim.fault : "fails without a cut");
        report(&run, &w);
        if (w.wrong != NULL)
            return;
        if (w.j.ring[JOURNAL_ROUTINE].tail > w.j.ring[JOURNAL_ROUTINE].sector_count)
            power_sometimes(p, WRAPPED);
        if (!cuts_itself(st))
            cut_each_operation(&run, &before, st);
    }
}

int main(int argc, char **argv)
{
    return power_main(argc, argv,
        "test_power_cut_at_any_operation_keeps_every_promised_record", run_seed);
}
