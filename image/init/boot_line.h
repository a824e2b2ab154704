/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boot line: what the signed kernel command line says to our init, as values.
 *
 * Promise: each holdfast.* word is known, stands there exactly once and is within its form, or
 * nothing is taken. A word that stands there twice is no typing error: it is somebody who
 * appended to the line. Not here: whether the line is the one that was signed (boot.c).
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/status.h"

enum { BOOT_DEVICE_MAX = 32, BOOT_HASH_TEXT = 65 };

struct boot_line {
    char root[BOOT_DEVICE_MAX]; /* device with root data and hash tree, /dev/... */
    char data[BOOT_DEVICE_MAX]; /* device of the writable partition */
    char hash[BOOT_HASH_TEXT];  /* verity root hash, hex */
    char salt[BOOT_HASH_TEXT];
    uint64_t block_count;      /* of 4096 bytes; the hash tree starts behind them */
    uint64_t security_version; /* below the TPM's counter: refused */
};

/* MALFORMED: not such a line; *out is as it was. */
MUST_USE enum status boot_line_parse(struct bytes in, struct boot_line *out);
