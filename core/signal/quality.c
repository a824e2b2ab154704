/* SPDX-License-Identifier: Apache-2.0 */
#include "core/signal/quality.h"

#include "core/signal/middle.h"

#include <math.h>
#include <string.h>

struct evidence {
    size_t gap_count;
    float beat_gap;   /* samples, mean of those near the median */
    float unevenness; /* of the gaps: median distance over median */
    size_t odd_gaps;  /* far from the median: a beat missed or invented */
    float size_even;  /* 0..1: beats are of one size */
    float together;   /* 0..1: red and infrared move together */
    float shape_even; /* median correlation of a beat with those before */
    float odd_shapes; /* share of beats that look like nothing before */
    float swing;      /* AC / DC */
    struct rate_found rate;
    float disagreement; /* of the two rates, relative */
};

static float ramp(float value, float zero_at, float one_at)
{
    float part = (value - zero_at) / (one_at - zero_at);

    return part < 0.0f ? 0.0f : part > 1.0f ? 1.0f : part;
}

static void weigh_gaps(const struct signal *s, struct evidence *e)
{
    float gaps[SIGNAL_BEATS];
    float sum = 0.0f;
    size_t near = 0;

    e->gap_count = s->beat_count > 0 ? (size_t)s->beat_count - 1 : 0;
    if (e->gap_count == 0)
        return;
    for (size_t i = 0; i < e->gap_count; i++)
        gaps[i] = s->beats[i + 1].at - s->beats[i].at;
    float usual = middle(gaps, e->gap_count);
    e->unevenness = middle_spread(gaps, e->gap_count, usual) / usual;
    for (size_t i = 0; i < e->gap_count; i++) {
        if (gaps[i] < 0.6f * usual || gaps[i] > 1.6f * usual)
            continue;
        sum += gaps[i];
        near++;
    }
    e->beat_gap = sum / (float)near;
    e->odd_gaps = e->gap_count - near;
}

static void weigh_sizes(const struct signal *s, struct evidence *e)
{
    float heights[SIGNAL_BEATS], swings[SIGNAL_BEATS], alike[SIGNAL_BEATS];
    float shapes[SIGNAL_BEATS];
    size_t n = s->beat_count;

    for (size_t i = 0; i < n; i++) {
        heights[i] = s->beats[i].height;
        swings[i] = s->beats[i].swing;
        alike[i] = s->beats[i].alike;
        shapes[i] = s->beats[i].shape;
    }
    if (n == 0)
        return;
    float usual = middle(heights, n);
    e->size_even = 1.0f - ramp(middle_spread(heights, n, usual) / usual, 0.12f, 0.5f);
    size_t compared = s->shape_due && n > 1 ? n - 1 : n;
    e->shape_even = middle(shapes, compared);
    for (size_t i = 0; i < compared; i++)
        e->odd_shapes += (shapes[i] < 0.7f ? 1.0f : 0.0f) / (float)compared;
    e->swing = middle(swings, n);
    /* A faint pulse is drowned by the part's own noise first in red; movement is not faint. */
    bool faint = e->swing < 0.003f;
    e->together = ramp(middle(alike, n), faint ? 0.3f : 0.6f, faint ? 0.8f : 0.92f);
}

static void weigh(const struct signal *s, struct evidence *e)
{
    memset(e, 0, sizeof *e);
    weigh_gaps(s, e);
    weigh_sizes(s, e);
    e->disagreement = 1.0f;
    if (e->gap_count == 0 || !rate_answer(&s->rate, &e->rate))
        return;
    float by_beats = e->beat_gap / (float)SENSOR_HZ;
    /* Breathing makes every second beat alike: ask whether single beats repeat as well. */
    if (fabsf(e->rate.period_s / by_beats - 1.0f) > 0.12f)
        (void)rate_supports(&s->rate, by_beats, &e->rate);
    e->disagreement = fabsf(e->rate.period_s / by_beats - 1.0f);
}

static bool enough_beats(const struct signal *s, const struct evidence *e)
{
    if (e->gap_count < 2 || (e->gap_count < 3 && e->beat_gap < 140.0f))
        return false;
    float age = (float)s->since_start - s->beats[s->beat_count - 1].at;
    return age < 250.0f && age < 3.0f * e->beat_gap;
}

static float trust(const struct evidence *e)
{
    float agree = 1.0f - ramp(e->disagreement, 0.03f, 0.12f);
    float even = 1.0f - ramp((float)e->odd_gaps / (float)e->gap_count, 0.1f, 0.4f);
    float together = e->together;

    if (agree > 0.0f) {
        float clear = ramp(e->rate.clarity, 0.45f, 0.9f);
        return together * even * ramp(e->shape_even, 0.4f, 0.85f)
            * (0.4f * agree + 0.35f * clear + 0.25f * e->size_even);
    }
    /* Irregular rhythm: nothing repeats, but every beat is like the next. */
    if (e->gap_count >= 5 && e->unevenness > 0.05f)
        return 0.65f * together * even * e->size_even * ramp(e->shape_even, 0.8f, 0.95f)
            * (1.0f - ramp(e->odd_shapes, 0.1f, 0.35f));
    return 0.0f;
}

static float beats_a_minute(const struct evidence *e)
{
    float by_beats = 60.0f * (float)SENSOR_HZ / e->beat_gap;

    if (e->unevenness > 0.05f || e->disagreement > 0.05f)
        return by_beats;
    return 0.5f * (by_beats + 60.0f / e->rate.period_s);
}

static bool ratio_of(const struct signal *s, float *out)
{
    float ratios[SIGNAL_BEATS], weights[SIGNAL_BEATS];
    size_t n = 0;

    for (size_t i = 0; i < s->beat_count; i++) {
        const struct signal_beat *b = &s->beats[i];
        float weight = ramp(b->alike, 0.6f, 0.95f);
        if (!b->ratio_is_good || weight <= 0.0f)
            continue;
        ratios[n] = b->ratio;
        weights[n] = weight;
        n++;
    }
    if (n < 3 || 2 * n < s->beat_count)
        return false;
    *out = middle_weighted(ratios, weights, n);
    float doubt = 1.85f * middle_spread(ratios, n, *out) / sqrtf((float)n);
    return doubt <= 0.07f;
}

static void saturation(const struct signal *s, struct vital *out)
{
    float ratio;

    if (!ratio_of(s, &ratio))
        return;
    if (ratio < s->cal.r_min || ratio > s->cal.r_max) {
        out->status |= STATUS_PROCESSING_IRREGULARITY; /* the line says nothing there */
        return;
    }
    float percent = s->cal.a + s->cal.b * ratio + s->cal.c * ratio * ratio;
    percent = percent < 0.0f ? 0.0f : percent > 100.0f ? 100.0f : percent;
    out->spo2_permille = (uint16_t)(10.0f * percent + 0.5f);
    out->has_spo2 = true;
}

static void perfusion(float swing, struct vital *out)
{
    float hundredths = 10000.0f * swing + 0.5f;

    out->pi_centipercent = hundredths > 2000.0f ? 2000 : (uint16_t)hundredths;
    out->has_pi = true;
    if (out->pi_centipercent < 30)
        out->status |= STATUS_LOW_PERFUSION;
}

static bool much_larger_than_usual(const struct signal *s, const struct evidence *e)
{
    return s->usual_swing > 0.0f && e->swing > 3.0f * s->usual_swing;
}

void quality_judge(const struct signal *s, bool pulse_only, struct vital *out)
{
    struct evidence e;

    weigh(s, &e);
    if (!enough_beats(s, &e))
        return;
    float quality = 100.0f * trust(&e);
    if (s->step_rate > 3.0f || much_larger_than_usual(s, &e)) {
        quality = quality < 40.0f ? quality : 40.0f; /* motion repeats too */
        out->status |= STATUS_INTERFERENCE;
    }
    out->quality = (uint8_t)quality;
    if (e.unevenness > 0.10f || e.odd_gaps * 4 > e.gap_count)
        out->status |= STATUS_ERRATIC;
    float bpm = beats_a_minute(&e);
    if (out->quality < QUALITY_SHOWN || bpm > 250.0f || bpm < 25.0f)
        return;
    out->has_pulse = true;
    out->pulse_decibpm = (uint16_t)(10.0f * bpm + 0.5f);
    if (out->quality < QUALITY_GOOD)
        out->status |= STATUS_SIGNAL_POOR;
    if (e.disagreement > 0.12f)
        out->status |= STATUS_PULSE_QUESTIONABLE;
    if (pulse_only)
        return; /* one channel, made-up zero: neither ratio nor AC / DC means anything */
    perfusion(e.swing, out);
    saturation(s, out);
}
