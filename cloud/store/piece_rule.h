/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Piece rule: may this device have a piece of that bundle? Only while the release is offered to it.
 */
#pragma once

#include "cloud/store/device_state.h"
#include "wire/types.h"

struct piece_case {
    enum device_state state;
    bool offered; /* rolled out to this device, not stopped, not settled by it */
    const struct digest *stated,
        *asked; /* of the bundle, in the newest statement and by the device */
};

bool piece_rule(const struct piece_case *c);
