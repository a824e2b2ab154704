/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Slot files: the slot port on a root partition (or a file in its place) and a boot image.
 *
 * The partition is opened before we are confined; the boot image is made in the folder of
 * boot_files.h when its first byte is written. What is read back comes from the medium: what the
 * kernel remembers is dropped first.
 */
#pragma once

#include "core/port/slot.h"
#include "device/update/boot_files.h"

#include <openssl/evp.h>

struct slot_files { /* fields belong to slot_files.c, but for port */
    struct slot port;
    struct boot_files *boot;
    uint8_t which;
    int fd[SLOT_PARTS]; /* -1: none */
    EVP_MD *sha256;
};

enum { SLOT_BOOT_ROOM = 128 * 1024 * 1024 };

/* root_fd: of the inactive slot, owned from here on. BROKEN: its size cannot be told. */
MUST_USE enum status slot_files_adopt(
    struct slot_files *s, int root_fd, struct boot_files *boot, uint8_t which);
void slot_files_close(struct slot_files *s);
