/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Store: keeper's flash: two sectors of settings, then the journal, in one file.
 */
#pragma once

#include "core/journal/journal.h"
#include "core/journal/slots.h"
#include "device/board/flash_file.h"
#include "device/board/flash_part.h"

enum { STORE_SLOT_SECTORS = 2 };

struct store { /* must stay where it is while open */
    struct flash_file file;
    struct flash_part slots_part, journal_part;
    struct slots slots;
    struct journal journal;
};

/* Like flash_file_open(); `path` is made when it is not there. */
MUST_USE enum status store_open(struct store *s, const char *path, uint32_t size);
/* To look at, also while keeper writes. */
MUST_USE enum status store_open_to_read(struct store *s, const char *path);
void store_close(struct store *s);
