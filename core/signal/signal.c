/* SPDX-License-Identifier: Apache-2.0 */
#include "core/signal/signal.h"

#include "core/signal/quality.h"

#include <math.h>
#include <string.h>

enum {
    DARK_IR = 4096, /* counts: less light than a finger lets through or throws back */
    DARK_RED = 512,
    DARK_OFF = 30,   /* samples of it: the finger has gone */
    BAD_LOST = 25,   /* saturated samples in a row: begin anew */
    BAD_SECOND = 10, /* saturated samples in a second: no value for it */
    SETTLE = 4,      /* samples absorbed after a gain step */
    WARM = 100,      /* samples until the filters have forgotten the start */
    BEAT_AGE = 800,
    RATE_TICK = 45, /* the lags follow, one a sample, and are done before tick 99 */
    LAST_TICK = SENSOR_HZ - 1,
    SHIFT =
        51200, /* samples by which the origin of time moves on, once they are twice past */
};
static_assert(
    RATE_TICK + RATE_LAGS < LAST_TICK, "all lags are done when the second ends");

static const float jump = 0.08f; /* of ln light in one sample: faster than any pulse */

static void restart(struct signal *s)
{
    s->red = (struct signal_channel){0};
    s->ir = (struct signal_channel){0};
    s->wave_high = (struct filter){0};
    s->wave_low = (struct filter){0};
    beat_init(&s->beat);
    rate_init(&s->rate);
    shape_init(&s->shape);
    s->shape_due = false;
    s->telling = false;
    s->beat_count = 0;
    s->since_start = 0;
    s->settle = 0;
    s->step_rate = 0.0f;
    s->sum_rr = s->sum_ii = s->sum_ri = 0.0f;
    s->top = s->bottom = 0.0f;
    s->disturbed = true; /* the first beat is not a whole one */
    s->wave = 0.0f;
    s->bad_run = 0;
}

void signal_init(struct signal *s, const struct calibration *cal)
{
    memset(s, 0, sizeof *s);
    s->cal = *cal;
    s->off = true;
    restart(s);
}

/* ln of the light, less an offset that swallows whatever is not the finger's doing. */
static float level_of(
    struct signal_channel *c, uint32_t counts, bool swallow, bool *jumped)
{
    float now = logf((float)counts);

    if (!c->seeded) {
        c->offset = now;
        c->last = now;
        c->seeded = true;
    }
    float change = now - c->last;
    *jumped = fabsf(change) > jump;
    if (swallow || *jumped)
        c->offset += change;
    c->last = now;
    return c->offset - now; /* up at systole */
}

static float ratio_wave(struct signal_channel *c, float in)
{
    float high = filter_step(&c->ratio_high, &filter_high_700mhz, in);

    return filter_step(&c->ratio_low, &filter_low_4hz, high);
}

static void forget_old_beats(struct signal *s)
{
    uint16_t old = 0;

    while (old < s->beat_count
        && (float)s->since_start - s->beats[old].at > (float)BEAT_AGE)
        old++;
    if (old == 0 && s->beat_count == SIGNAL_BEATS)
        old = 1;
    s->beat_count = (uint16_t)(s->beat_count - old);
    memmove(s->beats, s->beats + old, s->beat_count * sizeof s->beats[0]);
}

static void compare_shape(struct signal *s)
{
    struct signal_beat *last = &s->beats[s->beat_count - 1];

    if (!shape_ready(&s->shape, last->at))
        return;
    last->shape = shape_compare(&s->shape, last->at);
    s->shape_due = false;
    s->work += SHAPE_LEN;
}

static void begin_beat(struct signal *s)
{
    s->sum_rr = s->sum_ii = s->sum_ri = 0.0f;
    s->top = s->bottom = s->wave;
}

static void close_beat(struct signal *s, const struct beat_found *found)
{
    struct signal_beat b = {.at = found->at, .height = found->height};

    b.swing = s->top - s->bottom;
    if (s->sum_ii > 0.0f && s->sum_rr > 0.0f) {
        b.ratio = s->sum_ri / s->sum_ii;
        b.alike = s->sum_ri / (sqrtf(s->sum_rr) * sqrtf(s->sum_ii));
        b.ratio_is_good = !s->disturbed && s->since_start >= WARM;
    }
    forget_old_beats(s);
    s->beats[s->beat_count++] = b;
    s->shape_due = true;
    begin_beat(s);
    s->disturbed = false;
}

static void follow_wave(struct signal *s, float red, float ir)
{
    float high = filter_step(&s->wave_high, &filter_high_400mhz, ir);
    float r = ratio_wave(&s->red, red), i = ratio_wave(&s->ir, ir);
    struct beat_found found;

    s->wave = filter_step(&s->wave_low, &filter_low_8hz, high);
    s->since_start++;
    if (s->wave > s->top)
        s->top = s->wave;
    if (s->wave < s->bottom)
        s->bottom = s->wave;
    s->sum_rr += r * r;
    s->sum_ii += i * i;
    s->sum_ri += r * i;
    if (beat_take(&s->beat, s->wave, &found))
        close_beat(s, &found);
    shape_take(&s->shape, s->wave);
    if (s->shape_due && s->beat_count > 0)
        compare_shape(s);
    if (s->since_start % (SENSOR_HZ / RATE_HZ) == 0)
        rate_take(&s->rate, s->wave);
}

static void take_light(struct signal *s, const struct sample *in)
{
    bool red_jumped, ir_jumped;

    if (in->flags & SENSOR_GAIN_STEP)
        s->settle = SETTLE + 1;
    bool swallow = s->settle > 0;
    float red = level_of(&s->red, in->red, swallow, &red_jumped);
    float ir = level_of(&s->ir, in->ir, swallow, &ir_jumped);
    if (swallow)
        s->settle--;
    else if (red_jumped || ir_jumped) {
        s->settle = SETTLE;
        s->step_count++;
    }
    if (swallow || red_jumped || ir_jumped)
        s->disturbed = true;
    follow_wave(s, red, ir);
}

/* Time goes on where there is no usable light: the wave stands still. */
static void hold_light(struct signal *s)
{
    s->disturbed = true;
    if (s->red.seeded)
        follow_wave(s, s->red.offset - s->red.last, s->ir.offset - s->ir.last);
}

static void take_sample(struct signal *s, const struct sample *in)
{
    bool dark = in->ir < DARK_IR || in->red < DARK_RED;
    bool saturated = (in->flags & SENSOR_SATURATED) != 0;

    s->flags |= in->flags;
    s->dark_run = (uint16_t)(dark ? s->dark_run + (s->dark_run < DARK_OFF) : 0);
    s->bad_run = (uint16_t)(saturated ? s->bad_run + (s->bad_run < BAD_LOST) : 0);
    s->bad_count = (uint8_t)(s->bad_count + saturated);
    bool off =
        (in->flags & (SENSOR_OFF | SENSOR_FAULT)) != 0 || s->dark_run >= DARK_OFF;
    if (off)
        s->usual_swing = 0.0f; /* the next finger is another */
    if (off || s->off || (in->flags & (SENSOR_GAP | SENSOR_FROZEN))
        || s->bad_run >= BAD_LOST) {
        uint16_t bad_run = s->bad_run;
        restart(s);
        s->bad_run = bad_run;
    }
    s->off = off || (s->off && dark);
    if (s->off || (in->flags & SENSOR_FROZEN))
        return;
    if (dark || saturated)
        hold_light(s);
    else
        take_light(s, in);
}

static void share_rate_work(struct signal *s)
{
    s->work++;
    if (s->tick == RATE_TICK) {
        rate_start(&s->rate);
        s->work += 2u * RATE_KEPT;
    } else if (s->tick > RATE_TICK) {
        s->work += rate_work(&s->rate);
    }
}

static const struct {
    uint32_t flag;
    uint16_t bits;
} flag_bits[] = {
    {SENSOR_FAULT, STATUS_SENSOR_MALFUNCTION | STATUS_SIGNAL_INADEQUATE},
    {SENSOR_FROZEN, STATUS_SENSOR_MALFUNCTION | STATUS_SIGNAL_INADEQUATE},
    {SENSOR_OFF, STATUS_SENSOR_OFF | STATUS_SIGNAL_INADEQUATE},
    {SENSOR_GAP, STATUS_SIGNAL_INADEQUATE},
};

/* What the light itself forbids; true: no value this second. */
static bool light_forbids(const struct signal *s, struct vital *out)
{
    bool forbidden = s->off;

    for (size_t i = 0; i < sizeof flag_bits / sizeof flag_bits[0]; i++) {
        if (!(s->flags & flag_bits[i].flag))
            continue;
        out->status |= flag_bits[i].bits;
        forbidden = true;
    }
    if (s->off && !(s->flags & SENSOR_FAULT))
        out->status |= STATUS_SENSOR_OFF | STATUS_SIGNAL_INADEQUATE;
    if (s->bad_count >= BAD_SECOND) {
        out->status |= STATUS_INTERFERENCE | STATUS_SIGNAL_INADEQUATE;
        forbidden = true;
    }
    return forbidden;
}

/* A beat that never ended must not lend its size to the next one. */
static void drop_stale_beat(struct signal *s)
{
    if (s->beat_count > 0
        && (float)s->since_start - s->beats[s->beat_count - 1].at
            < 3.0f * (float)SENSOR_HZ)
        return;
    begin_beat(s);
    s->disturbed = true;
}

static void say_why_not(const struct signal *s, struct vital *out)
{
    if (out->has_pulse)
        return;
    out->status |= STATUS_SIGNAL_INADEQUATE;
    if (s->since_start < 10 * SENSOR_HZ)
        out->status |= STATUS_SEARCHING;
    else if (s->beat_count == 0 || s->beats[s->beat_count - 1].swing < 0.0004f)
        out->status |= STATUS_NON_PULSATILE;
}

static void remember_swing(struct signal *s, const struct vital *v)
{
    if (v->has_pi && v->quality >= QUALITY_GOOD) {
        float swing = (float)v->pi_centipercent / 10000.0f;
        if (s->usual_swing <= 0.0f)
            s->usual_swing = swing;
        s->usual_swing += 0.05f * (swing - s->usual_swing);
    } else if (v->status & STATUS_INTERFERENCE) {
        s->usual_swing *=
            1.05f; /* a lasting change becomes usual within half a minute */
    }
}

static float mean_gap(const struct signal *s)
{
    if (s->beat_count < 4)
        return 0.0f;
    return (s->beats[s->beat_count - 1].at - s->beats[0].at)
        / (float)(s->beat_count - 1);
}

/* A large dicrotic wave half a beat later would count as a beat of its own. What repeats tells
 * it: the whole period does, the half does not, and is not its opposite either, as it would be
 * between plain beats. Two beats of unequal size repeat at the half, and are left alone. */
static void tell_beats_the_rate(struct signal *s)
{
    struct rate_found found;
    float expected = 0.0f;

    if (rate_answer(&s->rate, &found) && found.clarity >= 0.8f && found.half > -0.3f
        && found.half < 0.4f) {
        float period = found.period_s * (float)SENSOR_HZ;
        float share = mean_gap(s) / period;
        bool doubled = share > 0.42f && share < 0.58f;
        bool still =
            s->telling && (s->beat_count < 4 || (share > 0.42f && share < 1.1f));
        if (doubled || still)
            expected = period;
    }
    if (expected > 0.0f && !s->telling)
        s->beat_count = 0; /* half of them were none */
    s->telling = expected > 0.0f;
    beat_expect(&s->beat, expected);
}

/* Times are float32 for their fractions: they must not grow with the days. */
static void keep_times_small(struct signal *s)
{
    if (s->since_start < 2u * SHIFT)
        return;
    s->since_start -= SHIFT;
    beat_shift(&s->beat, SHIFT);
    shape_shift(&s->shape, SHIFT);
    for (uint16_t i = 0; i < s->beat_count; i++)
        s->beats[i].at -= (float)SHIFT;
}

static void end_second(struct signal *s, struct vital *out)
{
    struct vital v = {0};

    forget_old_beats(s);
    drop_stale_beat(s);
    keep_times_small(s);
    tell_beats_the_rate(s);
    s->step_rate = 0.8f * s->step_rate + (float)s->step_count;
    if (!light_forbids(s, &v)) {
        quality_judge(s, (s->flags & SENSOR_PULSE_ONLY) != 0, &v);
        say_why_not(s, &v);
        remember_swing(s, &v);
    }
    s->flags = 0;
    s->bad_count = 0;
    s->step_count = 0;
    *out = v;
}

bool signal_take(struct signal *s, const struct sample *in, struct vital *out)
{
    assert(in->red <= SENSOR_COUNT_MAX && in->ir <= SENSOR_COUNT_MAX);
    s->work = 0;
    take_sample(s, in);
    share_rate_work(s);
    if (s->tick < LAST_TICK) {
        s->tick++;
        return false;
    }
    s->tick = 0;
    end_second(s, out);
    return true;
}

float signal_wave(const struct signal *s)
{
    return s->off ? 0.0f : s->wave;
}
