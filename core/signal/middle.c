/* SPDX-License-Identifier: Apache-2.0 */
#include "core/signal/middle.h"

#include <assert.h>
#include <math.h>

static void sort(float *v, float *w, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        float value = v[i], weight = w[i];
        size_t j = i;
        for (; j > 0 && v[j - 1] > value; j--) {
            v[j] = v[j - 1];
            w[j] = w[j - 1];
        }
        v[j] = value;
        w[j] = weight;
    }
}

float middle(const float *values, size_t count)
{
    float v[MIDDLE_MAX], w[MIDDLE_MAX] = {0};

    assert(count >= 1 && count <= MIDDLE_MAX);
    for (size_t i = 0; i < count; i++)
        v[i] = values[i];
    sort(v, w, count);
    return count % 2 ? v[count / 2] : 0.5f * (v[count / 2 - 1] + v[count / 2]);
}

float middle_weighted(const float *values, const float *weights, size_t count)
{
    float v[MIDDLE_MAX], w[MIDDLE_MAX];
    float total = 0.0f, reached = 0.0f;

    assert(count >= 1 && count <= MIDDLE_MAX);
    for (size_t i = 0; i < count; i++) {
        v[i] = values[i];
        w[i] = weights[i];
        total += w[i];
    }
    sort(v, w, count);
    for (size_t i = 0; i < count; i++) {
        reached += w[i];
        if (reached >= 0.5f * total)
            return v[i];
    }
    return v[count - 1];
}

float middle_spread(const float *values, size_t count, float centre)
{
    float away[MIDDLE_MAX];

    assert(count >= 1 && count <= MIDDLE_MAX);
    for (size_t i = 0; i < count; i++)
        away[i] = fabsf(values[i] - centre);
    return middle(away, count);
}
