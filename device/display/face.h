/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Face: the device's screen, 480 x 320, drawn from a view.
 *
 * Large enough to read from the door, calm enough for the night. Whether it is synchronised is
 * said in words and by an inverted bar, not by a colour that belongs to an alarm.
 */
#pragma once

#include "core/port/screen.h"
#include "device/display/canvas.h"

void face_draw(struct canvas *c, const struct view *view);
