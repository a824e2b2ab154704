/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filter: second-order sections at 100 samples a second.
 *
 * Butterworth, bilinear transform with pre-warping, coefficients worked out beforehand. A
 * filter at rest that is fed zeros stays at rest: callers seed by offset, not by state.
 */
#pragma once

struct filter {
    float z1, z2;
};

struct filter_shape { /* y = b0 x + b1 x' + b2 x'' - a1 y' - a2 y'' */
    float b0, b1, b2, a1, a2;
};

extern const struct filter_shape filter_high_400mhz; /* high-pass 0.4 Hz */
extern const struct filter_shape filter_high_700mhz; /* high-pass 0.7 Hz */
extern const struct filter_shape filter_low_4hz;
extern const struct filter_shape filter_low_8hz;

float filter_step(struct filter *f, const struct filter_shape *shape, float in);
