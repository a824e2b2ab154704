/* SPDX-License-Identifier: Apache-2.0 */
#include "core/signal/filter.h"

const struct filter_shape filter_high_400mhz = {
    0.982385439f, -1.96477088f, 0.982385439f, -1.96446058f, 0.965081174f};
const struct filter_shape filter_high_700mhz = {
    0.969378345f, -1.93875669f, 0.969378345f, -1.93781878f, 0.939694595f};
const struct filter_shape filter_low_4hz = {
    0.0133592f, 0.0267184001f, 0.0133592f, -1.64745998f, 0.700896781f};
const struct filter_shape filter_low_8hz = {
    0.0461318021f, 0.0922636042f, 0.0461318021f, -1.30728503f, 0.491812237f};

float filter_step(struct filter *f, const struct filter_shape *shape, float in)
{
    float out = shape->b0 * in + f->z1;

    f->z1 = shape->b1 * in - shape->a1 * out + f->z2;
    f->z2 = shape->b2 * in - shape->a2 * out;
    return out;
}
