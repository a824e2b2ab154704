/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Png screen: frames as pictures in a folder: screen.png is always the newest, whole.
 *
 * A picture is written beside its place and renamed, so that a reader never sees half of one.
 * Besides, every 10 s of view time one is kept as frame-00.png .. frame-59.png, in turn.
 */
#pragma once

#include "core/port/screen.h"

struct png_screen {
    struct screen port;
    int folder;    /* descriptor, borrowed */
    uint64_t kept; /* view time / 10 s of the frame kept last, plus one */
};

void png_screen_init(struct png_screen *s, int folder_fd);
