/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Canvas: a picture in memory, drawn with boxes, soft-edged strokes and stroke letters.
 *
 * Colours are 0xrrggbb, lengths are pixels in float, the origin is top left. What lies outside
 * the picture is not drawn. Not here: what the picture means (face.h), where it goes (png.h).
 */
#pragma once

#include <stdint.h>

enum { CANVAS_W = 480, CANVAS_H = 320 };

struct canvas {
    uint8_t rgb[CANVAS_H][CANVAS_W][3];
};

struct pen {
    uint32_t colour;
    float width;
};

struct spot {
    float x, y;
};

void canvas_box(struct canvas *c, int x, int y, int w, int h, uint32_t colour);
void canvas_stroke(struct canvas *c, struct spot from, struct spot to, struct pen pen);
/* Printable ASCII; anything else is drawn as '?'. `at` is the left end of the base line; size
 * is the height of a capital. Returns the x behind the text. */
float canvas_text(
    struct canvas *c, struct spot at, float size, struct pen pen, const char *text);
float canvas_text_width(float size, const char *text);
