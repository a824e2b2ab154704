/* SPDX-License-Identifier: Apache-2.0 */
#include "core/signal/shape.h"

#include <assert.h>
#include <math.h>
#include <string.h>

void shape_init(struct shape *s)
{
    memset(s, 0, sizeof *s);
}

void shape_take(struct shape *s, float in)
{
    s->now++;
    s->ring[s->now % SHAPE_RING] = in; /* sample n lies at n, counted from 1 */
}

bool shape_ready(const struct shape *s, float at)
{
    return at + (float)SHAPE_AFTER + 1.0f <= (float)s->now;
}

/* The beat's piece of the wave, mean taken off, of length 1. False: it is flat, or not kept. */
static bool piece(const struct shape *s, float at, float out[SHAPE_LEN])
{
    float begin = at - (float)SHAPE_BEFORE;
    float mean = 0.0f, squares = 0.0f;

    if (begin < 1.0f || !shape_ready(s, at) || (float)s->now - begin >= SHAPE_RING - 1)
        return false;
    uint32_t whole = (uint32_t)begin;
    float part = begin - (float)whole;
    for (uint32_t i = 0; i < SHAPE_LEN; i++) {
        float a = s->ring[(whole + i) % SHAPE_RING];
        float b = s->ring[(whole + i + 1) % SHAPE_RING];
        out[i] = a + part * (b - a);
        mean += out[i] / (float)SHAPE_LEN;
    }
    for (int i = 0; i < SHAPE_LEN; i++) {
        out[i] -= mean;
        squares += out[i] * out[i];
    }
    if (squares <= 0.0f)
        return false;
    float length = sqrtf(squares);
    for (int i = 0; i < SHAPE_LEN; i++)
        out[i] /= length;
    return true;
}

float shape_compare(struct shape *s, float at)
{
    float beat[SHAPE_LEN];
    float product = 0.0f, squares = 0.0f;

    if (!piece(s, at, beat))
        return 0.0f;
    if (!s->has_usual)
        memcpy(s->usual, beat, sizeof beat);
    s->has_usual = true;
    for (int i = 0; i < SHAPE_LEN; i++) {
        product += beat[i] * s->usual[i];
        squares += s->usual[i] * s->usual[i];
        s->usual[i] += 0.2f * (beat[i] - s->usual[i]);
    }
    return squares > 0.0f ? product / sqrtf(squares) : 0.0f;
}

void shape_shift(struct shape *s, uint32_t samples)
{
    assert(samples % SHAPE_RING == 0 && s->now >= samples);
    s->now -= samples;
}
