/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boot files: the boot port on one folder of boot images, as systemd-boot counts starts.
 *
 *   holdfast-a.efi          open
 *   holdfast-a+3.efi        on trial, three starts left (+2-1 after the first, and so on)
 *   holdfast-a.shut         shut: no name that the boot loader looks at
 *
 * One file for each slot, one rename for each change, then a sync of the folder. Of two open ones
 * the boot loader takes the newer version, which it reads out of the signed image.
 * A restart is for whoever started us: the flag only says that it is wanted.
 */
#pragma once

#include "core/port/boot.h"

#include <stdbool.h>

struct boot_files { /* fields belong to boot_files.c, but for port and wanted */
    struct boot port;
    int folder;  /* descriptor */
    bool wanted; /* a restart */
};

/* folder is owned by `b` from here on. running: slot 0 (a) or 1 (b). */
void boot_files_init(struct boot_files *b, int folder, uint8_t running);
void boot_files_close(struct boot_files *b);
/* Opens the image of a slot that is shut, empty, to be written. BROKEN: errno. */
MUST_USE enum status boot_files_image(struct boot_files *b, uint8_t slot, int *fd);
