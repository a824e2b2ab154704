/* SPDX-License-Identifier: Apache-2.0 */
#include "core/signal/pleth.h"

struct line {
    float middle, slope; /* value at the window's middle, rise a sample */
};

/* Least squares over evenly spaced samples. */
static struct line line_through(const float *wave, uint16_t count)
{
    struct line l = {0};
    float centre = (float)(count - 1) / 2.0f, squares = 0.0f;

    for (uint16_t i = 0; i < count; i++)
        l.middle += wave[i] / (float)count;
    for (uint16_t i = 0; i < count; i++) {
        float x = (float)i - centre;
        l.slope += x * (wave[i] - l.middle);
        squares += x * x;
    }
    l.slope = squares > 0.0f ? l.slope / squares : 0.0f;
    return l;
}

void pleth_scale(const float *wave, uint16_t count, uint16_t *out)
{
    struct line l = line_through(wave, count);
    float centre = (float)(count - 1) / 2.0f, least = 0.0f, most = 0.0f;

    for (uint16_t i = 0; i < count; i++) {
        float v = wave[i] - l.slope * ((float)i - centre);
        least = i == 0 || v < least ? v : least;
        most = i == 0 || v > most ? v : most;
    }
    for (uint16_t i = 0; i < count; i++) {
        float part = most > least
            ? (wave[i] - l.slope * ((float)i - centre) - least) / (most - least)
            : 0.0f;
        out[i] = (uint16_t)(1000.0f * (part < 0.0f ? 0.0f : part > 1.0f ? 1.0f : part));
    }
}
