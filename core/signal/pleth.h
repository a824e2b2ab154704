/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pleth: a window of the wave, scaled so that a person sees its pulses.
 *
 * The straight line through the window is taken out first: a slow drift (breathing, a finger
 * that settles) must not shrink the pulses that it carries. Then the window's own least and
 * most are bottom and top. The scale says nothing about perfusion; the perfusion index does.
 *
 * Not here: the wave itself (signal.h).
 */
#pragma once

#include <stdint.h>

/* wave: count samples, oldest first, any unit, evenly spaced. out: count values of 0..1000, up
 * at systole; all 0 where the window is flat. */
void pleth_scale(const float *wave, uint16_t count, uint16_t *out);
