/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Supervise parse: one packet of what a role says on descriptor 3.
 *
 * 'B' is a heartbeat; 'R' and four u16 is "ready", with the bound ports.
 */
#pragma once

#include "core/base/bytes.h"
#include "host/supervise.h"

enum { SAID_READY_LEN = 1 + 2 * SUPERVISE_PORTS };

struct role_said {
    bool ready; /* else a heartbeat */
    struct role_ready what;
};

MUST_USE enum status role_said_parse(struct bytes in, struct role_said *out);
void role_ready_build(const struct role_ready *ready, uint8_t out[SAID_READY_LEN]);
