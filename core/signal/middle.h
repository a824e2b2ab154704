/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Middle: medians of short lists, on the stack.
 */
#pragma once

#include <stddef.h>

enum { MIDDLE_MAX = 32 };

/* Median of 1..MIDDLE_MAX values. */
float middle(const float *values, size_t count);

/* Value at which half of the weight is reached; weights are not negative, their sum is not 0. */
float middle_weighted(const float *values, const float *weights, size_t count);

/* Median distance from `centre`. */
float middle_spread(const float *values, size_t count, float centre);
