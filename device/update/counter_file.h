/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counter file: the security counter on two sectors of flash, where no TPM holds it.
 *
 * As strong as the file: who is root can wind it back. It is what `trust: software` means here.
 */
#pragma once

#include "core/journal/slots.h"
#include "core/port/counter.h"

struct counter_file { /* fields belong to counter_file.c, but for port */
    struct counter port;
    struct slots slots;
};

/* The two sectors from first_sector on. BROKEN: flash. */
MUST_USE enum status counter_file_open(
    struct counter_file *c, const struct flash *flash, uint32_t first_sector);
