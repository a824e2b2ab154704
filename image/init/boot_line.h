/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boot line: what the signed kernel command line says to our init, as values.
 *
 * Promise: each holdfast.* word is known, stands there exactly once and is within its form, or
 * nothing is taken. A word that stands there twice is no typing error: it is somebody who
 * appended to the line. No two of the four devices are the same. Not here: whether the line is the one that was signed (boot.c).
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/status.h"

enum { BOOT_DEVICE_MAX = 32, BOOT_HASH_TEXT = 65 };

enum { BOOT_LINE_SLOTS = 2 };

struct boot_line {
    char slots[BOOT_LINE_SLOTS]
              [BOOT_DEVICE_MAX]; /* devices of slots a and b, /dev/... */
    uint8_t slot;                /* of them, the one that this image starts from */
    char root[BOOT_DEVICE_MAX];  /* its device: root data and hash tree */
    char boot[BOOT_DEVICE_MAX];  /* device with the folder of kernel images */
    char data[BOOT_DEVICE_MAX];  /* device of the writable partition */
    char hash[BOOT_HASH_TEXT];   /* verity root hash, hex */
    char salt[BOOT_HASH_TEXT];
    uint64_t block_count;      /* of 4096 bytes; the hash tree starts behind them */
    uint64_t security_version; /* below the TPM's counter: refused */
};

/* MALFORMED: not such a line; *out is as it was. */
MUST_USE enum status boot_line_parse(struct bytes in, struct boot_line *out);
