/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The slots under cuts of power: every operation of every write cut in every form, the next
 * write cut again; always the old or the new content, whole, and writable.
 */
#include "core/journal/slots.h"

#include "tests/fault/power.h"
#include "tests/support/flash_sim.h"

#include <string.h>

enum { WRITES = 40, SECTORS = 2 };

enum { OLD_STAYED, NEW_CAME, SECOND_CUT };

static const char *const sometimes[] = {
    "the old content stayed", "the new content came", "a second write was cut"};

struct content {
    uint32_t id; /* 0: none yet */
    uint32_t len;
};

struct run {
    struct power *p;
    uint64_t seed;
    long step;
    uint64_t random;
};

static void fill(uint8_t *buf, struct content c)
{
    uint64_t state = c.id;

    for (uint32_t i = 0; i < c.len; i += 8) {
        uint64_t v = power_draw(&state);
        memcpy(buf + i, &v, c.len - i < 8 ? c.len - i : 8);
    }
}

static bool reads_as(const struct slots *s, struct content c)
{
    uint8_t want[SLOTS_MAX];
    uint8_t got[SLOTS_MAX];
    size_t len;
    enum status st = slots_read(s, ROOM_OF(got), &len);

    if (c.id == 0)
        return st == AGAIN;
    fill(want, c);
    return st == OK && len == c.len && memcmp(got, want, len) == 0;
}

static enum status put(struct slots *s, struct content c)
{
    uint8_t buf[SLOTS_MAX];

    fill(buf, c);
    return slots_write(s, (struct bytes){buf, c.len});
}

static struct content draw_content(struct run *run)
{
    uint64_t d = power_draw(&run->random);
    return (struct content){(uint32_t)d | 1, (uint32_t)(d >> 32) % (SLOTS_MAX + 1)};
}

static void bad(struct run *run, const char *why)
{
    power_bad(run->p, run->seed, run->step, why);
}

/* Old or new? Then one more write must come and stay. */
static bool judge(
    struct run *run, struct flash_sim *sim, struct content *old, struct content new)
{
    struct slots s;

    if (slots_open(&s, &sim->port, 0) != OK) {
        bad(run, "does not open after a cut");
        return false;
    }
    if (reads_as(&s, new)) {
        power_sometimes(run->p, NEW_CAME);
        *old = new;
    } else if (reads_as(&s, *old)) {
        power_sometimes(run->p, OLD_STAYED);
    } else {
        bad(run, "neither the old nor the new content");
        return false;
    }
    return true;
}

static void judge_life_after(struct run *run, struct flash_sim *sim)
{
    struct slots s;
    struct content next = draw_content(run);

    if (slots_open(&s, &sim->port, 0) != OK || put(&s, next) != OK
        || !reads_as(&s, next)) {
        bad(run, sim->fault != NULL ? sim->fault : "not writable after a cut");
        return;
    }
    flash_sim_power_cycle_form(sim, 0);
    if (slots_open(&s, &sim->port, 0) != OK || !reads_as(&s, next))
        bad(run, "a synced content is lost");
}

static void cut_all(
    struct run *run, const struct flash_sim *before, struct content old, int depth);

static void in_each_form(struct run *run, const struct flash_sim *cut,
    struct content old, struct content new, int depth)
{
    static struct flash_sim states[3];
    struct flash_sim *state = &states[depth];
    size_t forms = flash_sim_forms(cut);
    uint64_t expected = (uint64_t)old.id << 32 ^ new.id;

    for (size_t form = 0; form < forms && !power_over(run->p); form++) {
        bool sampled = depth > 1 || !power_all(run->p);
        if (sampled && power_draw(&run->random) % (depth > 1 ? 32 : 4) != 0)
            continue;
        struct content now = old;
        flash_sim_copy(state, cut);
        flash_sim_power_cycle_form(state, form);
        if (!power_state(run->p, flash_sim_hash(state), expected))
            continue;
        if (!judge(run, state, &now, new))
            continue;
        if (depth == 1 && power_second(run->p, power_draw(&run->random)))
            cut_all(run, state, now, 2);
        judge_life_after(run, state);
    }
}

/* Open and write, cut at each operation. */
static void cut_all(
    struct run *run, const struct flash_sim *before, struct content old, int depth)
{
    static struct flash_sim cuts[3];
    struct flash_sim *cut = &cuts[depth];
    struct content new = draw_content(run);

    for (long n = 0; !power_over(run->p); n++) {
        struct slots s;
        flash_sim_copy(cut, before);
        flash_sim_cut_at(cut, n);
        enum status st = slots_open(&s, &cut->port, 0);
        if (st == OK)
            st = put(&s, new);
        if (!cut->off)
            return;
        if (st == OK)
            bad(run, "OK although the power was cut");
        if (depth > 1)
            power_sometimes(run->p, SECOND_CUT);
        in_each_form(run, cut, old, new, depth);
    }
}

static void run_seed(struct power *p, uint64_t seed)
{
    static struct flash_sim sim;
    struct run run = {.p = p, .seed = seed, .random = seed * 104729};
    struct content now = {0};
    struct slots s;

    power_name_sometimes(p, sometimes, sizeof sometimes / sizeof sometimes[0]);
    flash_sim_init(&sim, SECTORS, seed);
    for (run.step = 0; run.step < WRITES && !power_over(p); run.step++) {
        cut_all(&run, &sim, now, 1);
        struct content next = draw_content(&run);
        if (slots_open(&s, &sim.port, 0) != OK || put(&s, next) != OK
            || !reads_as(&s, next)) {
            bad(&run, sim.fault != NULL ? sim.fault : "fails without a cut");
            return;
        }
        flash_sim_power_cycle(&sim, run.random);
        now = next;
    }
}

int main(int argc, char **argv)
{
    return power_main(
        argc, argv, "test_power_cut_leaves_the_old_or_the_new_content", run_seed);
}
