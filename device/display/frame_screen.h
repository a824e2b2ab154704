/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frame screen: the face on a frame buffer, as large as whole multiples allow, in its middle.
 *
 * What is mapped once is drawn to without another system call, so that the role can give up
 * every right before the first frame. Not here: whose screen it is before and after.
 */
#pragma once

#include "core/base/bytes.h"
#include "core/port/screen.h"
#include "device/display/canvas.h"

struct frame { /* 32 bits a pixel; where in them the colours begin, in bits */
    struct room pixels;
    uint32_t width, height, stride; /* stride in bytes */
    uint8_t red_at, green_at, blue_at;
};

struct frame_screen {
    struct screen port;
    struct frame frame;
    struct canvas canvas;
};

/* REFUSED: smaller than the canvas, or its numbers do not fit its pixels. */
MUST_USE enum status frame_screen_init(struct frame_screen *s, struct frame frame);
/* The frame buffer of Linux at `path`, mapped for good. BROKEN: none, or not of 32 bits. */
MUST_USE enum status frame_open(const char *path, struct frame *out);
