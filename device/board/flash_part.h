/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flash part: some sectors of a flash, offered as a flash of their own.
 *
 * So that slots (two sectors) and the journal share one chip or file. Parts of one flash share
 * its sync, and its failure.
 */
#pragma once

#include "core/port/flash.h"

struct flash_part {
    struct flash port; /* valid while *whole and this struct stay where they are */
    const struct flash *whole;
    uint32_t first;
};

void flash_part_init(
    struct flash_part *p, const struct flash *whole, uint32_t first, uint32_t count);
