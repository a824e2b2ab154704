/* SPDX-License-Identifier: Apache-2.0 */
#include "core/outbox/outbox_inside.h"

#include <assert.h>
#include <string.h>

enum { UTC_DRIFT_MS = 500 };

static bool anything_open(const struct outbox *o)
{
    return o->open.record_count > 0 || o->left_over_count > 0;
}

static void begin_batch(struct outbox *o, const struct reading *r, uint8_t merged)
{
    struct batch *b = &o->open;
    uint64_t real = outbox_real(o), now = outbox_now(o), utc = 0;
    uint64_t ago = now > r->mono_ms ? now - r->mono_ms : 0;

    b->start_count = o->memory.start_count;
    b->mono_ms = r->mono_ms;
    b->has_utc = r->has_utc;
    b->utc_ms = r->has_utc ? r->utc_ms : 0;
    b->clock = CLOCK_FREE_RUNNING;
    if (!r->has_utc) {
        b->clock = (uint8_t)outbox_clock_state(&o->clock, real);
        b->has_utc = outbox_clock_utc(&o->clock, real, &utc) && ago <= utc;
        b->utc_ms = b->has_utc ? utc - ago : 0;
        o->clock.stepped = false;
    }
    b->assignment = o->memory.config.assignment;
    memcpy(b->algorithm, o->ports.algorithm, sizeof b->algorithm);
    b->config_version = o->memory.config.version;
    b->test_data = r->test_data;
    b->merged = merged;
    b->tpm = o->ports.tpm;
    o->last_record_ms = r->mono_ms;
}

/* The first status that is not OK wins, and nothing is skipped because of it. */
static enum status worse(enum status a, enum status b)
{
    return a == OK ? b : a;
}

/* One record, of the time of `at`. */
static enum status add(
    struct outbox *o, const struct reading *at, struct record rec, uint8_t merged)
{
    struct batch *b = &o->open;

    enum status s = OK;

    if (b->record_count > 0 && at->mono_ms - o->last_record_ms > UINT16_MAX)
        s = outbox_keep(o);
    if (b->record_count == 0)
        begin_batch(o, at, merged);
    rec.dt_ms = (uint16_t)(at->mono_ms - o->last_record_ms);
    o->last_record_ms = at->mono_ms;
    b->records[b->record_count++] = rec;
    o->upto = (merged > 0 ? o->last.number : at->number) + 1;
    return b->record_count == LIMIT_BATCH_RECORDS ? worse(s, outbox_keep(o)) : s;
}

static struct record record_of(const struct reading *r)
{
    return (struct record){.spo2 = r->spo2,
        .pulse = r->pulse,
        .pi = r->pi,
        .status = r->status,
        .quality = r->quality};
}

static struct maybe_u16 lower(struct maybe_u16 a, struct maybe_u16 b)
{
    return !b.set || (a.set && a.v <= b.v) ? a : b;
}

static struct maybe_u16 higher(struct maybe_u16 a, struct maybe_u16 b)
{
    return !b.set || (a.set && a.v >= b.v) ? a : b;
}

static struct record merge(const struct reading *r, size_t n)
{
    struct record m = record_of(&r[0]);

    for (size_t i = 1; i < n; i++) {
        m.spo2 = lower(m.spo2, r[i].spo2);
        m.pulse = higher(m.pulse, r[i].pulse);
        m.pi = lower(m.pi, r[i].pi);
        m.status |= r[i].status;
        m.quality = r[i].quality < m.quality ? r[i].quality : m.quality;
    }
    return m;
}

/* Close everything: what is left over of a thinned batch becomes a plain one. */
static enum status close_all(struct outbox *o)
{
    enum status s = outbox_keep(o);

    for (uint8_t i = 0; i < o->left_over_count; i++)
        s = worse(s, add(o, &o->left_over[i], record_of(&o->left_over[i]), 0));
    o->left_over_count = 0;
    o->close_soon = false;
    return worse(s, outbox_keep(o));
}

/* Nothing of what is open may share a batch with this reading. */
static bool parts(const struct outbox *o, const struct reading *r)
{
    const struct reading *f = &o->first;

    if (o->close_soon || r->alarm != o->open_alarm || r->test_data != f->test_data)
        return true;
    if (r->mono_ms < o->last.mono_ms || r->mono_ms - o->last.mono_ms > UINT16_MAX)
        return true;
    if (r->has_utc != f->has_utc)
        return true;
    uint64_t drift = (r->utc_ms - f->utc_ms) - (r->mono_ms - f->mono_ms) + UTC_DRIFT_MS;
    return r->has_utc && drift > 2 * UTC_DRIFT_MS;
}

static bool old_enough(const struct outbox *o, uint64_t now_ms)
{
    return o->open.record_count > 0 && now_ms > o->open.mono_ms
        && now_ms - o->open.mono_ms >= o->memory.config.batch_s * UINT64_C(1000);
}

static void begin(struct outbox *o, const struct reading *r)
{
    o->close_soon = false; /* there was nothing to close */
    o->first = *r;
    o->open_alarm = r->alarm;
    o->thinning = !r->alarm
        && journal_fill_permille(o->ports.journal, JOURNAL_ROUTINE) > THIN_PERMILLE;
}

static bool in_range(const struct reading *r)
{
    return r->quality <= 100 && (!r->spo2.set || r->spo2.v <= 1000)
        && (!r->pulse.set || r->pulse.v <= 3000) && (!r->pi.set || r->pi.v <= 2000)
        && r->mono_ms >> 53 == 0 && (!r->has_utc || r->utc_ms >> 53 == 0);
}

enum status outbox_take(struct outbox *o, const struct reading *r)
{
    enum status s = OK;

    assert(in_range(r));
    o->readings++;
    if (anything_open(o) && parts(o, r))
        s = close_all(o);
    else if (old_enough(o, r->mono_ms))
        s = outbox_keep(o);
    if (!anything_open(o))
        begin(o, r);
    o->last = *r;
    if (!o->thinning)
        return worse(s, add(o, r, record_of(r), 0));

    o->left_over[o->left_over_count++] = *r;
    if (o->left_over_count < THIN_READINGS)
        return s;
    o->left_over_count = 0;
    return worse(
        s, add(o, &o->left_over[0], merge(o->left_over, THIN_READINGS), THIN_READINGS));
}

enum status outbox_close_batch(struct outbox *o)
{
    return close_all(o);
}

/* No reading comes to close it: called from time to time. */
enum status outbox_close_old(struct outbox *o)
{
    uint64_t now_ms = outbox_now(o),
             limit_ms = o->memory.config.batch_s * UINT64_C(1000);

    if (o->close_soon && anything_open(o))
        return close_all(o);
    if (old_enough(o, now_ms))
        return outbox_keep(o);
    if (o->left_over_count > 0 && now_ms > o->left_over[0].mono_ms
        && now_ms - o->left_over[0].mono_ms >= limit_ms)
        return close_all(o);
    return OK;
}
