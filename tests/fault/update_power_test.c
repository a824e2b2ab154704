/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An update under cuts of power: every write of record, slot, boot loader and counter is cut, in
 * every form, after a write that failed too; the life after the cut is cut again. Always a whole
 * release starts; a good one is in force in the end, unless it came to nothing as often as it may, a
 * bad one never; the counter follows and never leads.
 */
#include "tests/fault/power.h"
#include "tests/support/update_world.h"

#include <string.h>

enum { STEPS = 80, STARTS = 60, OFFERS = 4, VARIANTS = 12 };

enum {
    CAME,
    RETURNED,
    CUT_IN_TRIAL,
    CUT_IN_SLOT,
    CUT_AFTER_HEALTH,
    SECOND_CUT,
    FAILED
};

static const char *const sometimes[] = {"the new release came into force",
    "the old release stayed or came back", "a cut in a trial",
    "a cut while the slot was written", "a cut between health and confirmation",
    "a second cut", "a cut after a write that failed"};

struct run {
    struct power *p;
    uint64_t seed, random;
    const struct world_image *offered;
};

static void judge(struct run *run, struct world *w, const char *what)
{
    if (w->bad == NULL)
        w->bad = what;
    power_bad(run->p, run->seed, w->ops, w->bad);
}

/* The cloud offers until the device runs it, has returned from it too often, or a cut comes. */
static void live(struct run *run, struct world *w, unsigned starts)
{
    unsigned offers = 0;

    for (unsigned i = 0; i < starts && !w->off && w->bad == NULL; i++) {
        if (!world_start(w))
            return;
        if (w->running != run->offered && offers < OFFERS
            && world_offer(w, run->offered) == OK)
            offers++;
        w->offered = run->offered;
        world_run(w, STEPS);
        bool idle = !w->off && !w->restarted && !w->no_update && !w->update.broken
            && !update_busy(w->update.record.state);
        if (idle && (w->running == run->offered || offers >= OFFERS))
            return;
    }
}

/* As many mishaps as tries: it is not offered anew, and the release of before is what runs. */
static bool spent(const struct run *run, const struct world *w)
{
    return w->mishaps >= LIMIT_UPDATE_TRIES && w->running != run->offered
        && update_tries(&w->update.record, &run->offered->release.bundle_digest)
        == LIMIT_UPDATE_TRIES;
}

static void judge_end(struct run *run, struct world *w)
{
    bool good = run->offered->kind == IMAGE_GOOD;
    uint32_t want = good ? run->offered->release.security_version : 5;

    live(run, w, STARTS);
    if (good && spent(run, w)) {
        good = false;
        want = w->running->release.security_version;
    }
    if (w->bad != NULL)
        judge(run, w, w->bad);
    else if (w->sim.faults != 0)
        judge(run, w, w->sim.fault);
    else if ((w->running == run->offered) != good)
        judge(run, w, good ? "a good release is not in force" : "a bad one is");
    else if (w->counter != want)
        judge(run, w, "the counter does not stand where it should");
    else if (update_busy(w->update.record.state))
        judge(run, w, "it never comes to an end");
    else if (w->trials > LIMIT_UPDATE_TRIES && !good)
        judge(run, w, "tried more often than it may be");
    power_sometimes(run->p, good ? CAME : RETURNED);
}

static void note_where(struct run *run, const struct world *w)
{
    switch (w->update.record.state) {
    case UPDATE_TRIAL: power_sometimes(run->p, CUT_IN_TRIAL); break;
    case UPDATE_WRITING: power_sometimes(run->p, CUT_IN_SLOT); break;
    case UPDATE_HEALTHY:
    case UPDATE_RAISING: power_sometimes(run->p, CUT_AFTER_HEALTH); break;
    case UPDATE_IDLE:
    case UPDATE_OFFERED:
    case UPDATE_CHECKED:
    case UPDATE_WRITTEN:
    case UPDATE_CONFIRMED:
    case UPDATE_REVERTED:
    case UPDATE_REFUSED:
    case UPDATE_STATES: break;
    }
}

static void cut_all(struct run *run, const struct world *before, int depth);

static void in_each_form(struct run *run, const struct world *cut, int depth)
{
    static struct world states[3];
    struct world *state = &states[depth];
    size_t forms = flash_sim_forms(&cut->sim);

    for (size_t form = 0; form < forms && !power_over(run->p); form++) {
        if (depth > 1 && power_draw(&run->random) % 8 != 0)
            continue;
        world_copy(state, cut);
        world_power(state, form);
        if (!power_state(run->p, world_hash(state), run->offered->kind))
            continue;
        if (depth == 1 && power_second(run->p, power_draw(&run->random)))
            cut_all(run, state, 2);
        judge_end(run, state);
    }
}

/* One write or two before the cut fail, and the device goes on. */
static void fail_before(struct run *run, struct world *w, long n)
{
    w->fail_at = w->ops + (long)(power_draw(&run->random) % (uint64_t)(n + 1));
    w->fail_run = 1 + (long)(power_draw(&run->random) % 2);
}

/* The whole life from here, cut at each write (a second time at some): as if it had not happened,
 * and as if it had; and, a sample, after a write that failed. */
static void cut_all(struct run *run, const struct world *before, int depth)
{
    static struct world cuts[3];
    struct world *cut = &cuts[depth];

    for (long n = 0; !power_over(run->p);
         n += depth == 1 ? 1 : 1 + (long)(power_draw(&run->random) % 6))
        for (unsigned way = 0; way < 4; way++) {
            bool failed = way >= 2;
            if (failed && power_draw(&run->random) % 4 != 0)
                continue;
            world_copy(cut, before);
            cut->cut_at = cut->ops + n;
            cut->cut_done = way % 2 == 1;
            if (failed)
                fail_before(run, cut, n);
            live(run, cut, STARTS);
            if (cut->bad != NULL) {
                judge(run, cut, cut->bad);
                return;
            }
            if (!cut->off && !failed)
                return;
            if (!cut->off)
                continue;
            note_where(run, cut);
            if (failed && cut->fail_at < cut->cut_at)
                power_sometimes(run->p, FAILED);
            if (depth > 1)
                power_sometimes(run->p, SECOND_CUT);
            in_each_form(run, cut, depth);
        }
}

/* One of VARIANTS lives: which release is offered, and what is wrong with it or the slot. */
static void begin(struct run *run, struct world *w, uint64_t variant)
{
    static struct world_image images[WORLD_IMAGES];
    static const size_t offers[] = {3, 1, 4};

    world_images(images);
    if (variant % 6 >= 3)
        images[4].kind = IMAGE_OTHER;
    run->offered = &images[offers[variant % 3]];
    world_init(w, images, run->seed);
    w->bad_block = variant == 8; /* the slot reads back otherwise */
}

static bool comes_into_force(uint64_t variant)
{
    return variant % 3 == 1;
}

/* And the next release after that one, into the other slot. */
static void begin_next(struct run *run, struct world *w)
{
    live(run, w, STARTS);
    run->offered = &w->images[2];
}

static void run_seed(struct power *p, uint64_t seed)
{
    static struct world w;
    struct run run = {.p = p, .seed = seed, .random = seed * 104729};

    power_name_sometimes(p, sometimes, sizeof sometimes / sizeof sometimes[0]);
    for (uint64_t v = 0; v < VARIANTS && !power_over(p); v++) { /* without any cut */
        begin(&run, &w, v);
        judge_end(&run, &w);
        if (comes_into_force(v)) {
            begin_next(&run, &w);
            judge_end(&run, &w);
        }
    }
    begin(&run, &w, seed % VARIANTS);
    cut_all(&run, &w, 1);
    if (!comes_into_force(seed % VARIANTS) || power_over(p))
        return;
    begin_next(&run, &w);
    cut_all(&run, &w, 1);
}

int main(int argc, char **argv)
{
    return power_main(argc, argv,
        "test_power_cut_in_an_update_leaves_a_whole_release_and_a_true_counter",
        run_seed);
}
