/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Read back: what stands in a slot is what was stated, on the medium and not only in memory.
 */
#pragma once

#include "core/port/slot.h"
#include "wire/release.h"

/* REFUSED: something else stands there. */
MUST_USE enum status read_back(
    const struct slot *slot, uint8_t part, const struct release_part *stated);
