/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Button: presses of an input device that has one key and nothing else (evdev of Linux). What a
 * power button tells of a wake-up is no press.
 *
 * A keyboard is none: whoever plugs one in shall not stand before the device by that. What the
 * kernel tells is read by one function here; a line that says anything but whole events is
 * closed by the caller.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/base/status.h"

enum { BUTTON_EVENT_LEN = 24, BUTTON_READ_MAX = 16 * BUTTON_EVENT_LEN };

/* REFUSED: no input device, or one that can say more than a single key. BROKEN: it cannot be opened. */
MUST_USE enum status button_open(const char *path, int *fd);
/* struct input_event of 64-bit kernels, whole ones: how many presses are among them. */
MUST_USE enum status button_parse(struct bytes in, unsigned *presses);
/* Does not wait. AGAIN: nothing was pressed. BROKEN, MALFORMED: close it. */
MUST_USE enum status button_read(int fd, unsigned *presses);
