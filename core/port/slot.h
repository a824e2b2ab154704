/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Slot port: the inactive slot, to be written and read back.
 *
 * Part 0 holds the root file system, part 1 (where there is one) the boot image. Nothing is
 * promised of a slot that is written half: it is shut (core/port/boot.h) meanwhile.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/secret.h"
#include "core/base/status.h"

enum { SLOT_PARTS = 2 };

struct slot {
    void *board;
    uint8_t part_count;
    uint32_t room[SLOT_PARTS]; /* bytes that each part can take */
    enum status (*write)(void *board, uint8_t part, uint32_t at, struct bytes from);
    /* Everything written so far is on the medium. */
    enum status (*sync)(void *board);
    /* SHA-256 of the first len bytes of a part, read from the medium, not from memory. */
    enum status (*digest)(void *board, uint8_t part, uint32_t len, struct digest *out);
};
