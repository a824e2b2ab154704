/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flash port: raw flash, or a file that behaves like one.
 *
 * Erasing sets a sector to 0xff. A program unit is programmed at most once between two
 * erases of its sector. Until sync() has returned OK, what was programmed or erased may be
 * lost, torn or reordered by a loss of power. A failed sync is BROKEN for good: it is never
 * tried again into success (the caller opens anew and verifies).
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/status.h"

struct flash {
    void *board;
    uint32_t sector_len; /* bytes that one erase clears, e.g. 4096 */
    uint32_t
        unit_len; /* bytes of one program unit, e.g. 16; offsets and lengths are multiples */
    uint32_t sector_count;
    enum status (*read)(
        void *board, uint32_t at, struct room into); /* fills all of into */
    enum status (*program)(void *board, uint32_t at, struct bytes from);
    enum status (*erase)(void *board, uint32_t sector);
    enum status (*sync)(void *board);
};
