/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Self: what runs here, as the image says: etc/holdfast/release in its root, and the slot on its
 * kernel's command line (holdfast.slot=a or b). Both are signed with the image.
 */
#pragma once

#include "core/base/conf.h"
#include "core/update/judge.h"

/* REFUSED: *err says what is missing or wrong. */
MUST_USE enum status self_read(
    const char *path, struct update_self *out, struct conf_error *err);
/* 0 or 1. AGAIN: the command line names no slot. */
MUST_USE enum status self_slot(const char *path, uint8_t *out);
