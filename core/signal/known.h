/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Known: whether this build, on this processor, computes what it should.
 *
 * With a line of its own, an invented wave of known saturation and rate goes through the whole chain, then darkness. It
 * finds a compiler, a library or a floating point unit that computes otherwise; it says nothing
 * of the sensor's light, and nothing of accuracy on people (docs/performance-signal.md).
 */
#pragma once

#include "core/signal/signal.h"

enum {
    KNOWN_LIT_S = 20,
    KNOWN_DARK_S = 5,
    KNOWN_SPO2_PERMILLE = 913, /* 110 - 25 R, R = 0.75 */
    KNOWN_PULSE_DECIBPM = 720,
    KNOWN_WITHIN = 10, /* of either, in its own unit */
};

/* Are these the answers? True: values came, they were right, and darkness had none. *scratch holds
 * nothing afterwards. */
bool signal_known(
    struct signal *scratch, uint16_t spo2_permille, uint16_t pulse_decibpm);
/* What a device shows whose answers are wrong: no value, and that the equipment is at fault. */
void signal_withhold(struct vital *v);
