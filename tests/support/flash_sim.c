/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/flash_sim.h"

#include <assert.h>
#include <string.h>

/* What a cut leaves of one operation, in units from its beginning. */
struct part {
    uint32_t from, to; /* whole units [from, to) */
    uint32_t half;     /* this unit is begun but not finished; SIM_UNITS: none */
    bool zero;         /* the units come out as zero bytes */
};

enum {
    NO_HALF = SIM_UNITS,
    ERASE_CUTS = 3, /* a torn erase stops at a quarter, half, three quarters ... */
    ERASE_FORMS = 2 * ERASE_CUTS, /* ... from either end */
    TEAR_AROUND = 2,              /* what else survives: what came before; everything */
};

static uint64_t draw(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static uint32_t units_of(const struct sim_op *op)
{
    return op->len / SIM_UNIT;
}

static struct part all_of(const struct sim_op *op)
{
    return (struct part){0, units_of(op), NO_HALF, false};
}

/* As much as the call did: all, unless it failed. */
static struct part whole_of(const struct sim_op *op)
{
    return (struct part){op->from, op->to, op->half, false};
}

/* Programming clears bits; of a half-programmed unit the first part is done, at least one bit
 * of it visibly where the data has one. */
static void program_unit(uint8_t *unit, const uint8_t *from, bool half)
{
    size_t done = SIM_UNIT;

    if (half) {
        done = 1;
        while (done < SIM_UNIT && from[done - 1] == 0xff)
            done++;
        if (done < SIM_UNIT / 2)
            done = SIM_UNIT / 2;
    }
    for (size_t i = 0; i < done; i++)
        unit[i] &= from[i];
}

static void apply(struct flash_sim *sim, struct sim_image *to, const struct sim_op *op,
    struct part part)
{
    uint8_t *bytes = &to->bytes[0][0] + op->at;
    uint8_t *touched = &to->touched[0][0] + op->at / SIM_UNIT;
    const uint8_t *from = sim->data + op->data;

    for (uint32_t u = 0; u < units_of(op); u++) {
        bool half = u == part.half;
        if (!half && (u < part.from || u >= part.to))
            continue;
        uint8_t *unit = bytes + (size_t)u * SIM_UNIT;
        if (part.zero)
            memset(unit, 0, SIM_UNIT);
        else if (op->erase)
            memset(unit, 0xff, SIM_UNIT);
        else
            program_unit(unit, from + (size_t)u * SIM_UNIT, half);
        touched[u] = !op->erase || part.zero;
    }
}

static size_t bytes_used(const struct flash_sim *sim)
{
    return (size_t)sim->port.sector_count * SIM_SECTOR;
}

static void copy_image(
    const struct flash_sim *sim, struct sim_image *to, const struct sim_image *from)
{
    memcpy(to->bytes, from->bytes, bytes_used(sim));
    memcpy(to->touched, from->touched, bytes_used(sim) / SIM_UNIT);
}

static enum status fault(struct flash_sim *sim, const char *what)
{
    sim->faults++;
    if (sim->fault == NULL)
        sim->fault = what;
    return BROKEN;
}

static bool in_range(const struct flash_sim *sim, uint32_t at, size_t len)
{
    return at <= bytes_used(sim) && len <= bytes_used(sim) - at;
}

/* True: power goes in this call; it is still pending, in part. */
static bool cut_now(struct flash_sim *sim)
{
    if (sim->cut_at >= 0 && sim->ops == sim->cut_at)
        sim->off = true;
    sim->ops++;
    return sim->off;
}

/* True: this call fails, and power stays. */
static bool fails_now(struct flash_sim *sim, unsigned kind)
{
    if (sim->fail_in < 0 || (sim->fail_kinds & kind) == 0)
        return false;
    if (sim->fail_in > 0) {
        sim->fail_in--;
        return false;
    }
    if (--sim->fail_run <= 0)
        sim->fail_in = -1;
    sim->failed++;
    return true;
}

static void begin(
    struct flash_sim *sim, struct sim_op op, struct bytes from, struct part left)
{
    assert(sim->pending_count < SIM_PENDING_MAX);
    assert(from.len <= SIM_DATA_MAX - sim->data_len);
    op.data = sim->data_len;
    op.from = left.from;
    op.to = left.to;
    op.half = left.half;
    if (from.len > 0)
        memcpy(sim->data + sim->data_len, from.at, from.len);
    sim->data_len += (uint32_t)from.len;
    sim->pending[sim->pending_count++] = op;
    apply(sim, &sim->now, &op, whole_of(&op));
}

static struct part random_part(const struct sim_op *op, uint64_t *state);

/* A write that fails is done in part, or not at all, or even whole. */
static enum status begin_badly(
    struct flash_sim *sim, struct sim_op op, struct bytes from)
{
    op.to = units_of(&op);
    op.half = NO_HALF;
    begin(sim, op, from, random_part(&op, &sim->fail_state));
    return BROKEN;
}

/* What was pending is gone from here on, but for what made it to the flash: no later sync helps. */
static enum status sync_badly(struct flash_sim *sim)
{
    for (uint32_t i = 0; i < sim->pending_count; i++)
        apply(sim, &sim->durable, &sim->pending[i],
            random_part(&sim->pending[i], &sim->fail_state));
    sim->pending_count = 0;
    sim->data_len = 0;
    return BROKEN;
}

static enum status sim_read(void *board, uint32_t at, struct room into)
{
    struct flash_sim *sim = board;

    if (sim->off)
        return BROKEN;
    if (!in_range(sim, at, into.cap))
        return fault(sim, "read outside of the flash");
    if (fails_now(sim, SIM_FAIL_READS)) {
        memset(into.at, 0xa5, into.cap); /* nobody may look at it */
        return BROKEN;
    }
    memcpy(into.at, &sim->now.bytes[0][0] + at, into.cap);
    return OK;
}

static enum status sim_program(void *board, uint32_t at, struct bytes from)
{
    struct flash_sim *sim = board;

    if (sim->off)
        return BROKEN;
    if (!in_range(sim, at, from.len) || at % SIM_UNIT != 0 || from.len % SIM_UNIT != 0
        || from.len == 0)
        return fault(sim, "program outside of the flash or of its units");
    for (size_t u = 0; u < from.len / SIM_UNIT; u++)
        if ((&sim->now.touched[0][0])[at / SIM_UNIT + u])
            return fault(sim, "unit programmed twice");
    struct sim_op op = {.at = at, .len = (uint32_t)from.len};
    bool cut = cut_now(sim);
    if (!cut && fails_now(sim, SIM_FAIL_WRITES))
        return begin_badly(sim, op, from);
    begin(sim, op, from, all_of(&op));
    return cut ? BROKEN : OK;
}

static enum status sim_erase(void *board, uint32_t sector)
{
    struct flash_sim *sim = board;

    if (sim->off)
        return BROKEN;
    if (sector >= sim->port.sector_count)
        return fault(sim, "erase outside of the flash");
    struct sim_op op = {.erase = true, .at = sector * SIM_SECTOR, .len = SIM_SECTOR};
    bool cut = cut_now(sim);
    if (!cut && fails_now(sim, SIM_FAIL_WRITES))
        return begin_badly(sim, op, (struct bytes){0});
    begin(sim, op, (struct bytes){0}, all_of(&op));
    return cut ? BROKEN : OK;
}

static enum status sim_sync(void *board)
{
    struct flash_sim *sim = board;

    if (sim->off || cut_now(sim))
        return BROKEN;
    if (sim->fail_sync >= 0 && sim->fail_sync-- == 0) {
        sim->off = true;
        return BROKEN;
    }
    if (fails_now(sim, SIM_FAIL_WRITES))
        return sync_badly(sim);
    sim->syncs++;
    for (uint32_t i = 0; i < sim->pending_count; i++)
        apply(sim, &sim->durable, &sim->pending[i], whole_of(&sim->pending[i]));
    sim->pending_count = 0;
    sim->data_len = 0;
    return OK;
}

static void connect(struct flash_sim *sim, uint32_t sectors)
{
    sim->port = (struct flash){.board = sim,
        .sector_len = SIM_SECTOR,
        .unit_len = SIM_UNIT,
        .sector_count = sectors,
        .read = sim_read,
        .program = sim_program,
        .erase = sim_erase,
        .sync = sim_sync};
}

static void power_on(struct flash_sim *sim)
{
    sim->pending_count = 0;
    sim->data_len = 0;
    copy_image(sim, &sim->now, &sim->durable);
    flash_sim_restart(sim);
}

static void apply_durably(struct flash_sim *sim, size_t i, struct part part)
{
    apply(sim, &sim->durable, &sim->pending[i], part);
}

static void apply_whole(struct flash_sim *sim, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        apply_durably(sim, i, whole_of(&sim->pending[i]));
}

static struct part random_part(const struct sim_op *op, uint64_t *state)
{
    uint32_t units = units_of(op);
    uint32_t at = (uint32_t)(draw(state) % units);
    uint32_t half = op->erase || draw(state) % 2 ? NO_HALF : at;

    switch (draw(state) % 8) {
    case 0:
    case 1: return (struct part){0, 0, NO_HALF, false};
    case 2:
    case 3: return (struct part){0, at, half, false};
    case 4: return (struct part){at + 1, units, half, false};
    case 5: return (struct part){at, at + 1, NO_HALF, draw(state) % 4 == 0};
    default: return whole_of(op);
    }
}

/* Tears of one operation: two for each unit of a program, or ERASE_FORMS. */
static size_t tears_of(const struct sim_op *op)
{
    return op->erase ? ERASE_FORMS : 3 * (size_t)units_of(op);
}

static struct part tear_of(const struct sim_op *op, size_t i)
{
    if (op->erase) {
        uint32_t at = ((uint32_t)i % ERASE_CUTS + 1) * SIM_UNITS / (ERASE_CUTS + 1);
        return i < ERASE_CUTS ? (struct part){0, at, NO_HALF, false}
                              : (struct part){at, SIM_UNITS, NO_HALF, false};
    }
    uint32_t at = (uint32_t)i / 3;
    switch (i % 3) {
    case 0: return (struct part){0, at, NO_HALF, false};
    case 1: return (struct part){0, at, at, false};
    default: return (struct part){at + 1, units_of(op), NO_HALF, false};
    }
}

/* Reverse order, or two neighbours changed over. */
static void apply_reordered(struct flash_sim *sim, size_t form)
{
    size_t n = sim->pending_count;

    for (size_t i = 0; i < n; i++) {
        size_t take = i;
        if (form == 0)
            take = n - 1 - i;
        else if (i == form - 1)
            take = i + 1;
        else if (i == form)
            take = i - 1;
        apply_durably(sim, take, whole_of(&sim->pending[take]));
    }
}

enum shape {
    PREFIX,
    SUFFIX,
    ALL_BUT,
    ONLY,
    ZEROED,
    ZEROED_ALONE,
    REORDERED,
    TORN,
    SHAPES
};

static size_t forms_of(const struct flash_sim *sim, enum shape shape)
{
    size_t n = sim->pending_count;
    size_t tears = 0;

    switch (shape) {
    case PREFIX: return n + 1;
    case SUFFIX:
    case ALL_BUT:
    case ONLY:
    case ZEROED:
    case ZEROED_ALONE:
    case REORDERED: return n;
    case TORN:
        for (size_t i = 0; i < n; i++)
            tears += tears_of(&sim->pending[i]) * TEAR_AROUND;
        return tears;
    case SHAPES: break;
    }
    return 0;
}

static void apply_torn(struct flash_sim *sim, size_t form)
{
    size_t i = 0;
    size_t n = sim->pending_count;

    while (form >= tears_of(&sim->pending[i]) * TEAR_AROUND)
        form -= tears_of(&sim->pending[i++]) * TEAR_AROUND;
    apply_whole(sim, 0, i);
    apply_durably(sim, i, tear_of(&sim->pending[i], form / TEAR_AROUND));
    if (form % TEAR_AROUND)
        apply_whole(sim, i + 1, n);
}

static void apply_zeroed(struct flash_sim *sim, size_t i)
{
    struct part part = whole_of(&sim->pending[i]);
    part.zero = true;
    apply_durably(sim, i, part);
}

static void apply_form(struct flash_sim *sim, enum shape shape, size_t i)
{
    size_t n = sim->pending_count;

    switch (shape) {
    case PREFIX: apply_whole(sim, 0, i); break;
    case SUFFIX: apply_whole(sim, i, n); break;
    case ALL_BUT:
        apply_whole(sim, 0, i);
        apply_whole(sim, i + 1, n);
        break;
    case ONLY: apply_whole(sim, i, i + 1); break;
    case ZEROED:
        apply_whole(sim, 0, i);
        apply_zeroed(sim, i);
        apply_whole(sim, i + 1, n);
        break;
    case ZEROED_ALONE: apply_zeroed(sim, i); break;
    case REORDERED: apply_reordered(sim, i); break;
    case TORN: apply_torn(sim, i); break;
    case SHAPES: break;
    }
}

void flash_sim_init(struct flash_sim *sim, uint32_t sectors, uint64_t seed)
{
    assert(sectors > 0 && sectors <= SIM_SECTORS_MAX);
    memset(sim, 0, sizeof *sim);
    connect(sim, sectors);
    sim->seed = seed;
    sim->fail_in = -1; /* like a power cycle, a fault may last longer than */
    memset(sim->durable.bytes, 0xff, bytes_used(sim));
    power_on(sim);
}

void flash_sim_copy(struct flash_sim *to, const struct flash_sim *from)
{
    connect(to, from->port.sector_count);
    to->seed = from->seed;
    to->ops = from->ops;
    to->cut_at = from->cut_at;
    to->fail_sync = from->fail_sync;
    to->fail_in = from->fail_in;
    to->fail_run = from->fail_run;
    to->fail_kinds = from->fail_kinds;
    to->fail_state = from->fail_state;
    to->failed = from->failed;
    to->off = from->off;
    to->syncs = from->syncs;
    to->faults = from->faults;
    to->fault = from->fault;
    copy_image(to, &to->durable, &from->durable);
    copy_image(to, &to->now, &from->now);
    memcpy(to->pending, from->pending, sizeof to->pending[0] * from->pending_count);
    to->pending_count = from->pending_count;
    memcpy(to->data, from->data, from->data_len);
    to->data_len = from->data_len;
}

void flash_sim_cut_at(struct flash_sim *sim, long n)
{
    sim->cut_at = n < 0 ? -1 : sim->ops + n;
}

void flash_sim_fail_sync(struct flash_sim *sim, long n)
{
    sim->fail_sync = n;
}

void flash_sim_fail_at(
    struct flash_sim *sim, long n, long run, unsigned kinds, uint64_t seed)
{
    sim->fail_in = n < 0 || run <= 0 ? -1 : n;
    sim->fail_run = run;
    sim->fail_kinds = kinds;
    sim->fail_state = sim->seed ^ seed * 0x9e3779b97f4a7c15u;
}

void flash_sim_reopen(struct flash_sim *sim)
{
    copy_image(sim, &sim->now, &sim->durable);
    for (uint32_t i = 0; i < sim->pending_count; i++)
        apply(sim, &sim->now, &sim->pending[i], whole_of(&sim->pending[i]));
}

void flash_sim_power_cycle(struct flash_sim *sim, uint64_t seed)
{
    uint64_t state = sim->seed ^ seed * 0x2545f4914f6cdd1du;
    size_t n = sim->pending_count;
    size_t order[SIM_PENDING_MAX];

    for (size_t i = 0; i < n; i++)
        order[i] = i;
    if (draw(&state) % 4 == 0)
        for (size_t i = n; i > 1; i--) {
            size_t k = draw(&state) % i;
            size_t kept = order[i - 1];
            order[i - 1] = order[k];
            order[k] = kept;
        }
    bool all = draw(&state) % 8 == 0;
    for (size_t i = 0; i < n; i++) {
        const struct sim_op *op = &sim->pending[order[i]];
        apply_durably(sim, order[i], all ? whole_of(op) : random_part(op, &state));
    }
    power_on(sim);
}

void flash_sim_restart(struct flash_sim *sim)
{
    sim->cut_at = -1;
    sim->fail_sync = -1;
    sim->off = false;
}

void flash_sim_rot(struct flash_sim *sim, uint32_t at, unsigned bit)
{
    uint8_t mask = (uint8_t)(1u << bit % 8);

    assert(in_range(sim, at, 1));
    (&sim->durable.bytes[0][0])[at] ^= mask;
    (&sim->now.bytes[0][0])[at] ^= mask;
}

size_t flash_sim_forms(const struct flash_sim *sim)
{
    size_t sum = 0;

    for (unsigned s = 0; s < SHAPES; s++)
        sum += forms_of(sim, (enum shape)s);
    return sum;
}

void flash_sim_power_cycle_form(struct flash_sim *sim, size_t form)
{
    unsigned s = 0;

    assert(form < flash_sim_forms(sim));
    while (form >= forms_of(sim, (enum shape)s))
        form -= forms_of(sim, (enum shape)s++);
    apply_form(sim, (enum shape)s, form);
    power_on(sim);
}

uint64_t flash_sim_hash(const struct flash_sim *sim)
{
    const uint8_t *at = &sim->durable.bytes[0][0];
    uint64_t h = sim->port.sector_count;

    for (size_t i = 0; i < bytes_used(sim); i += 8) {
        uint64_t word;
        memcpy(&word, at + i, sizeof word);
        h = (h ^ word) * 0x9fb21c651e98df25u;
        h ^= h >> 32;
    }
    return h;
}
