/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Quality: what the beats and the repetition of the last 8 s are worth, as one second's output.
 *
 * Two ways to the pulse rate must agree, or the beats alone must be very even in size; red and
 * infrared must move together; else there is no value. Repetition alone proves no pulse.
 *
 * Not here: whether there was light at all (signal.c).
 */
#pragma once

#include "core/signal/signal.h"

enum {
    QUALITY_SHOWN = 55, /* below it no value */
    QUALITY_GOOD = 70,  /* below it values are marked poor */
};

/* Fills values, quality and the bits that follow from them. */
void quality_judge(const struct signal *s, bool pulse_only, struct vital *out);
