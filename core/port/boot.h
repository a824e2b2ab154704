/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boot port: which of two slots runs, and which may run next.
 *
 * A slot is shut (never chosen), open (chosen before the other, for ever), or on trial: chosen
 * before the other for so many starts, and shut when they are used up. Behind it stands a boot
 * loader that counts starts without our help (systemd-boot: the +tries of a file name; RAUC: its
 * back-end script), so that an image that hangs before any of our code runs still falls back.
 * OK means durable: the next start sees it. BROKEN: as it was, or as it was asked for.
 */
#pragma once

#include "core/base/status.h"

#include <stdint.h>

enum { BOOT_SLOTS = 2 };

struct boot {
    void *board;
    uint8_t running; /* slot that this very start came from */
    enum status (*shut)(void *board, uint8_t slot);
    enum status (*trial)(void *board, uint8_t slot, uint8_t starts);
    enum status (*open)(void *board, uint8_t slot);
    void (*restart)(void *board); /* soon; the caller does nothing more */
};
