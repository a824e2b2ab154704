/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flash file: a preallocated file that keeps the contract of the flash port.
 *
 * Sectors of 4096, units of 16, erased is 0xff. All of its space is taken when it is created, so
 * that nobody else's files can take it later. A failed write, read or fdatasync poisons it:
 * everything is BROKEN until it is opened or settled anew, which reads from the disk, not from what
 * the kernel may still hold of writes that failed.
 *
 * Not here: what is kept on it (core/journal), parts of it (flash_part.h).
 */
#pragma once

#include "core/port/flash.h"

#include <stdbool.h>

enum {
    FLASH_FILE_SECTOR = 4096,
    FLASH_FILE_UNIT = 16,
    FLASH_FILE_DEFAULT = 16 * 1024 * 1024,
};

struct flash_file { /* fields belong to flash_file.c, but for port */
    struct flash port;
    int fd;
    bool read_only;
    bool poisoned;
};

/*
 * Open, or create with size bytes (a multiple of the sector). An existing file keeps its own
 * size: a ring of another length would not be found again. Only one process can have it open.
 * AGAIN: another process has it. REFUSED: not a regular file of ours, or readable or writable
 * by others. DAMAGED: its size is no multiple of a sector. BROKEN: the system said no; errno
 * says why. Nothing is held after anything but OK.
 */
MUST_USE enum status flash_file_open(
    struct flash_file *f, const char *path, uint32_t size);
/* To look at, also while another process writes: program and erase are BROKEN, sync does
 * nothing. BROKEN when it does not exist. */
MUST_USE enum status flash_file_open_to_read(struct flash_file *f, const char *path);
/* After a call that failed: what was written goes to the disk, and what is read comes from there, as
 * if it were opened anew; for who may open it no more. BROKEN: it stays poisoned. */
MUST_USE enum status flash_file_settle(struct flash_file *f);
void flash_file_close(struct flash_file *f);
