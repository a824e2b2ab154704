/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pin rule: whether a pin set may take the place of the one in force; each line a control of its own.
 */
#pragma once

#include "wire/pins.h"

bool pin_signed_by(const struct crypto *crypto, const struct ed25519_public *key,
    const struct signed_pins *p);
/* Later than the one in force, so that nobody brings back an authority that was taken out. */
bool pin_follows(uint32_t in_force, uint32_t version);
/* At least one authority stays: a slip of the pen cannot lock every device out at once. */
bool pin_keeps_one(
    const struct pin *in_force, uint8_t count, const struct pin_set *set);
