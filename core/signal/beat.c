/* SPDX-License-Identifier: Apache-2.0 */
#include "core/signal/beat.h"

#include "core/signal/middle.h"

#include <assert.h>
#include <string.h>

static const float settle = 50.0f;     /* samples before anything is believed */
static const float learn = 250.0f;     /* samples in which the first level is learnt */
static const float refractory = 25.0f; /* samples: 240 beats a minute */
static const float threshold = 0.30f;  /* share of the level */
static const float guard = 0.30f;  /* of the usual height, and of the usual interval */
static const float decay = 0.996f; /* a sample without a beat: 1/e in 2.5 s */

void beat_init(struct beat *b)
{
    memset(b, 0, sizeof *b);
    b->closest = refractory;
}

void beat_expect(struct beat *b, float gap)
{
    b->closest = 0.55f * gap > refractory ? 0.55f * gap : refractory;
}

static float slope_sum(struct beat *b, float rise)
{
    float up = rise > 0.0f ? rise : 0.0f;

    b->rise[b->rise_at] = up;
    b->rise_at = (uint8_t)((b->rise_at + 1) % BEAT_SLOPE);
    b->sum = 0.0f; /* summed anew: a running sum would gather rounding */
    for (int i = 0; i < BEAT_SLOPE; i++)
        b->sum += b->rise[i];
    return b->sum;
}

static float usual_gap(const struct beat *b)
{
    return b->gap_count > 0 ? middle(b->gaps, b->gap_count) : 0.0f;
}

static void keep(float *list, uint8_t *count, float value)
{
    if (*count == BEAT_KEPT)
        memmove(list, list + 1, (BEAT_KEPT - 1) * sizeof *list);
    else
        (*count)++;
    list[*count - 1] = value;
}

static void follow_steepest(struct beat *b, float rise)
{
    if (b->want_after) {
        b->steep_after = rise;
        b->want_after = false;
    }
    if (rise > b->steepest) {
        b->steepest = rise;
        b->steep_before = b->rise_before;
        b->steep_after = 0.0f;
        b->steep_at = (float)b->now;
        b->want_after = true;
    }
}

static float steepest_moment(const struct beat *b)
{
    float bend = b->steep_before - 2.0f * b->steepest + b->steep_after;

    if (bend >= 0.0f)
        return b->steep_at;
    float part = 0.5f * (b->steep_before - b->steep_after) / bend;
    if (part > 0.5f || part < -0.5f)
        return b->steep_at;
    return b->steep_at + part;
}

static bool is_beat(const struct beat *b, float at)
{
    if (!b->have_last)
        return true;
    float gap = at - b->last_at;
    if (gap < b->closest)
        return false;
    return b->top >= guard * b->level && gap >= guard * usual_gap(b);
}

static void accept(struct beat *b, float at)
{
    if (b->have_last && at - b->last_at < 250.0f)
        keep(b->gaps, &b->gap_count, at - b->last_at);
    keep(b->heights, &b->height_count, b->top);
    b->level = middle(b->heights, b->height_count);
    b->last_at = at;
    b->have_last = true;
}

static void fade(struct beat *b)
{
    float patience = b->gap_count > 0 ? 1.5f * usual_gap(b) : 150.0f;

    if (b->have_last && (float)b->now - b->last_at > patience)
        b->level *= decay;
}

bool beat_take(struct beat *b, float in, struct beat_found *out)
{
    float rise = in - b->last;
    float sum = slope_sum(b, rise);
    bool found = false;

    b->last = in;
    b->now++;
    if ((float)b->now < settle) {
        b->rise_before = rise;
        return false;
    }
    if ((float)b->now
        < learn) { /* the level grows with what is seen, and forgets slowly */
        b->level = sum > b->level ? sum : b->level * 0.999f;
        if ((float)b->now < 0.5f * learn) {
            b->rise_before = rise;
            return false;
        }
    }
    float bar = threshold * b->level;
    if (!b->climbing && sum > bar && rise > 0.0f) {
        b->climbing = true;
        b->top = 0.0f;
        b->steepest = 0.0f;
        b->want_after = false;
    }
    if (b->climbing) {
        follow_steepest(b, rise);
        if (sum > b->top)
            b->top = sum;
        else if (sum < 0.8f * b->top || sum < bar) {
            float at = steepest_moment(b);
            b->climbing = false;
            if (is_beat(b, at)) {
                accept(b, at);
                *out = (struct beat_found){.at = at, .height = b->top};
                found = true;
            }
        }
    }
    fade(b);
    b->rise_before = rise;
    return found;
}

void beat_shift(struct beat *b, uint32_t samples)
{
    assert(b->now >= samples);
    b->now -= samples;
    b->last_at -= (float)samples;
    b->steep_at -= (float)samples;
}
