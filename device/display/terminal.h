/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Terminal: the same view as text, 80 columns by 18 lines, drawn over itself.
 *
 * Not a terminal library: a handful of ANSI sequences that every terminal of today knows. A
 * terminal that does not read costs a frame, never time.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/port/screen.h"

enum { TERMINAL_FRAME_MAX = 8192, TERMINAL_COLUMNS = 80 };

struct terminal {
    struct screen port;
    int fd; /* non-blocking, borrowed */
};

void terminal_init(struct terminal *t, int fd);
/* One frame as bytes; out.cap >= TERMINAL_FRAME_MAX. Returns its length. */
size_t terminal_draw(const struct view *view, struct room out);
