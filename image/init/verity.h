/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verity: a block device that gives only what the root hash vouches for.
 *
 * The kernel's dm-verity, set up by ioctl: a block that differs, of data or of the hash tree,
 * ends the machine (panic_on_corruption). Not here: who vouches for the root hash.
 */
#pragma once

#include "image/init/boot_line.h"

extern const char verity_device[]; /* where the device appears */

/* BROKEN with errno. */
MUST_USE enum status verity_open(const struct boot_line *line);
/* Reads everything once: dm-verity looks only at what is read, and a device shall not find out in
 * the middle of the night. Returns at all only if every block is right, or BROKEN with errno. */
MUST_USE enum status verity_read_all(const struct boot_line *line);
