/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Authority: what a certificate must be to count as the cloud, for whoever makes a pin set, hands it
 * out or takes it.
 *
 * Not here: signature, order and form of a set (wire/pins, device/trust/pin_rule).
 */
#pragma once

#include "wire/pins.h"

/* A whole certificate of an authority that may sign others. */
bool authority_may_sign(const struct pin *pin);
/* Each has a key of its own: two certificates over one key would be lost with it, both. */
bool authorities_have_own_keys(const struct pin_set *set);
