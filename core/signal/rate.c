/* SPDX-License-Identifier: Apache-2.0 */
#include "core/signal/rate.h"

#include <math.h>
#include <string.h>

void rate_init(struct rate *r)
{
    memset(r, 0, sizeof *r);
}

void rate_take(struct rate *r, float in)
{
    r->ring[r->at] = in;
    r->at = (uint16_t)((r->at + 1) % RATE_KEPT);
    if (r->count < RATE_KEPT)
        r->count++;
}

void rate_start(struct rate *r)
{
    uint16_t n = r->count;
    uint16_t from = (uint16_t)((r->at + RATE_KEPT - n) % RATE_KEPT);
    float sum = 0.0f, squares = 0.0f;

    r->copy_count = n;
    r->next_lag = 0;
    if (n < RATE_LEAST)
        return;
    for (uint16_t i = 0; i < n; i++) {
        r->copy[i] = r->ring[(from + i) % RATE_KEPT];
        sum += r->copy[i];
    }
    float mean = sum / (float)n;
    for (uint16_t i = 0; i < n; i++) {
        r->copy[i] -= mean;
        squares += r->copy[i] * r->copy[i];
    }
    float limit = 3.0f * sqrtf(squares / (float)n);
    for (uint16_t i = 0; i < n; i++) {
        if (r->copy[i] > limit)
            r->copy[i] = limit;
        else if (r->copy[i] < -limit)
            r->copy[i] = -limit;
    }
}

uint32_t rate_work(struct rate *r)
{
    if (r->next_lag >= RATE_LAGS || r->copy_count < RATE_LEAST)
        return 0;
    uint16_t lag = (uint16_t)(RATE_LAG_FIRST + r->next_lag);
    uint16_t steps = (uint16_t)(r->copy_count - lag);
    float product = 0.0f, energy = 0.0f;

    for (uint16_t i = 0; i < steps; i++) {
        float a = r->copy[i], b = r->copy[i + lag];
        product += a * b;
        energy += a * a + b * b;
    }
    r->alike[r->next_lag] = energy > 0.0f ? 2.0f * product / energy : 0.0f;
    r->next_lag++;
    return steps;
}

static bool is_top(const struct rate *r, int i)
{
    return r->alike[i] > 0.0f && r->alike[i] >= r->alike[i - 1]
        && r->alike[i] > r->alike[i + 1];
}

/* Lag and height of the parabola through a top and its neighbours. */
static float finer(const struct rate *r, int i, float *height)
{
    float before = r->alike[i - 1], here = r->alike[i], after = r->alike[i + 1];
    float bend = before - 2.0f * here + after;
    float part = bend < 0.0f ? 0.5f * (before - after) / bend : 0.0f;

    *height = here - 0.25f * (before - after) * part;
    return (float)(RATE_LAG_FIRST + i) + part;
}

/* A top at twice, three times ... the lag says the period more finely. */
static float by_multiples(const struct rate *r, float lag, float height)
{
    float best = lag;

    for (int k = 2; k <= 8; k++) {
        float there = best * (float)k;
        int centre = (int)(there + 0.5f) - RATE_LAG_FIRST;
        for (int i = centre - 1; i <= centre + 1; i++) {
            float h;
            if (i < 1 || i >= RATE_LAGS - 1 || !is_top(r, i))
                continue;
            float at = finer(r, i, &h);
            if (h >= 0.8f * height && fabsf(at - there) < 1.5f) {
                best = at / (float)k;
                break;
            }
        }
    }
    return best;
}

static float best_top(const struct rate *r)
{
    float best = 0.0f;

    for (int i = 1; i < RATE_LAGS - 1; i++)
        if (is_top(r, i) && r->alike[i] > best)
            best = r->alike[i];
    return best;
}

static void fill(const struct rate *r, int i, struct rate_found *out)
{
    float height;
    float coarse = finer(r, i, &height);
    float lag = by_multiples(r, coarse, height);
    int half = (int)(0.5f * lag + 0.5f) - RATE_LAG_FIRST;

    out->period_s = lag / (float)RATE_HZ;
    out->clarity = height > 1.0f ? 1.0f : height;
    out->half = half >= 0 ? r->alike[half] : 0.0f;
}

bool rate_answer(const struct rate *r, struct rate_found *out)
{
    if (r->next_lag < RATE_LAGS)
        return false;
    float best = best_top(r);
    for (int i = 1; i < RATE_LAGS - 1; i++) {
        if (!is_top(r, i) || r->alike[i] < 0.88f * best)
            continue;
        fill(r, i, out);
        return true;
    }
    return false;
}

bool rate_supports(const struct rate *r, float period_s, struct rate_found *out)
{
    if (r->next_lag < RATE_LAGS)
        return false;
    float best = best_top(r), lag = period_s * (float)RATE_HZ;
    for (int i = 1; i < RATE_LAGS - 1; i++) {
        float away = (float)(RATE_LAG_FIRST + i) - lag;
        if (!is_top(r, i) || fabsf(away) > 0.08f * lag || r->alike[i] < 0.6f * best)
            continue;
        fill(r, i, out);
        return true;
    }
    return false;
}
