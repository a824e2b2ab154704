/* SPDX-License-Identifier: Apache-2.0 */
#include "device/display/canvas.h"

#include "device/display/font.h"

#include <math.h>

static void blend(struct canvas *c, int x, int y, uint32_t colour, float cover)
{
    if (x < 0 || y < 0 || x >= CANVAS_W || y >= CANVAS_H || cover <= 0)
        return;
    uint8_t *p = c->rgb[y][x];
    for (int i = 0; i < 3; i++) {
        float want = (float)(colour >> (16 - 8 * i) & 0xff);
        p[i] = (uint8_t)lrintf((float)p[i] + ((want - (float)p[i]) * fminf(cover, 1)));
    }
}

void canvas_box(struct canvas *c, int x, int y, int w, int h, uint32_t colour)
{
    for (int dy = 0; dy < h; dy++)
        for (int dx = 0; dx < w; dx++)
            blend(c, x + dx, y + dy, colour, 1);
}

/* Distance from p to the segment a-b. */
static float distance(struct spot p, struct spot a, struct spot b)
{
    float dx = b.x - a.x, dy = b.y - a.y, len2 = dx * dx + dy * dy;
    float t = len2 > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / len2 : 0;
    t = fmaxf(0, fminf(1, t));
    return hypotf(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

void canvas_stroke(struct canvas *c, struct spot from, struct spot to, struct pen pen)
{
    float reach = pen.width / 2 + 1;
    int x0 = (int)floorf(fmaxf(fminf(from.x, to.x) - reach, 0));
    int x1 = (int)ceilf(fminf(fmaxf(from.x, to.x) + reach, CANVAS_W - 1));
    int y0 = (int)floorf(fmaxf(fminf(from.y, to.y) - reach, 0));
    int y1 = (int)ceilf(fminf(fmaxf(from.y, to.y) + reach, CANVAS_H - 1));

    for (int y = y0; y <= y1; y++) {
        for (int x = x0; x <= x1; x++) {
            struct spot p = {(float)x + 0.5f, (float)y + 0.5f};
            blend(c, x, y, pen.colour, pen.width / 2 + 0.5f - distance(p, from, to));
        }
    }
}

static struct spot grid(struct spot at, float unit, const char *pair)
{
    return (struct spot){
        at.x + unit * (float)(pair[0] - '0'), at.y + unit * (float)(pair[1] - '0' - 6)};
}

static void draw_glyph(
    struct canvas *c, struct spot at, float unit, struct pen pen, const char *s)
{
    while (*s) {
        struct spot last = grid(at, unit, s);
        for (s += 2; *s && *s != ' '; s += 2) {
            struct spot next = grid(at, unit, s);
            canvas_stroke(c, last, next, pen);
            last = next;
        }
        if (*s == ' ')
            s++;
    }
}

float canvas_text(
    struct canvas *c, struct spot at, float size, struct pen pen, const char *text)
{
    float unit = size / 6;
    for (; *text; text++) {
        struct glyph g = font_glyph(*text);
        draw_glyph(c, at, unit, pen, g.strokes);
        at.x += unit * (float)g.width;
    }
    return at.x;
}

float canvas_text_width(float size, const char *text)
{
    int units = 0;
    for (; *text; text++)
        units += font_glyph(*text).width;
    return size / 6 * (float)units;
}
