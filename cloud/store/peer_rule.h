/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Peer rule: envelope, certificate and path must name one and the same device.
 *
 * What gate says of peer and path can make store refuse here, never accept: the device that is
 * written down is the one of the envelope that opened. A control of its own.
 */
#pragma once

#include "core/base/reason.h"
#include "core/base/status.h"
#include "wire/types.h"

/* REFUSED with the reason. */
MUST_USE enum status peer_rule(const struct device_id *envelope,
    const struct device_id *peer, const struct device_id *path, enum reason *why);
