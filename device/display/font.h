/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Font: letters as strokes on a grid 4 wide and 6 high (8 with the tail), one for every size.
 *
 * A glyph is a text of lines between spaces; a line is digit pairs, x then y, y downwards: "0006"
 * is the stroke from the top left to the base line. Drawn by us, for us.
 */
#pragma once

struct glyph {
    const char *strokes;
    int width; /* grid units to the next letter's left end, its gap included */
};

/* Of a printable ASCII character; of '?' for any other. */
struct glyph font_glyph(char ch);
