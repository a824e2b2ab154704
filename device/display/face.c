/* SPDX-License-Identifier: Apache-2.0 */
#include "device/display/face.h"

#include "device/display/words.h"

#include <stdio.h>

enum { BAR = 42 }; /* height of the bar that says whether the device is synchronised */

enum {
    GROUND = 0x080b10,
    LINE = 0x2a323c,
    PLAIN = 0xe6edf3,
    PALE = 0x6e7a86,
    LABEL = 0x9aa7b4,
    PLETH = 0x9ecbff,
};

static void text(
    struct canvas *c, float x, float y, float size, uint32_t colour, const char *s)
{
    (void)canvas_text(c, (struct spot){x, y}, size, (struct pen){colour, size / 6}, s);
}

static void text_right(
    struct canvas *c, float x, float y, float size, uint32_t colour, const char *s)
{
    text(c, x - canvas_text_width(size, s), y, size, colour, s);
}

static void draw_sync(struct canvas *c, const struct view *v, const struct words *w)
{
    bool good = v->sync == VIEW_SYNCHRONISED;
    uint32_t ink = good ? LABEL : 0x0b0d10;

    canvas_box(c, 0, 0, CANVAS_W, BAR, good ? 0x141a21 : 0xf0f3f6);
    text(c, 10, 19, 14, ink, w->sync);
    text(c, 10, 36, 9, ink, w->held);
}

static void draw_number(struct canvas *c, float x, const char *label, const char *unit,
    const char *number, uint32_t colour)
{
    text(c, x, 62, 12, LABEL, label);
    text(c, x + canvas_text_width(12, label) + 6, 62, 9, LABEL, unit);
    float size = 80, width = canvas_text_width(size, number);
    if (width > 222) /* three digits */
        size *= 222 / width;
    (void)canvas_text(
        c, (struct spot){x + 4, 158}, size, (struct pen){colour, size / 9}, number);
}

static void draw_quality(struct canvas *c, const struct view *v, const struct words *w)
{
    enum { BARS = 10 };

    for (int i = 0; i < BARS; i++)
        canvas_box(c, 10 + i * 9, 176, 7, 10, v->quality > i * 10 ? LABEL : LINE);
    text(c, 112, 185, 10, PLAIN, w->quality);

    char pi[WORDS_LEN + 8];
    (void)snprintf(pi, sizeof pi, "PI %s %%", w->pi);
    text_right(c, CANVAS_W - 8, 185, 10, LABEL, pi);
}

static void draw_pleth(struct canvas *c, const struct view *v, const struct words *w)
{
    enum { TOP = 202, HEIGHT = 74, STRIP = 18 };
    struct pen pen = {PLETH, 2};
    struct spot last = {0, 0};
    bool strip =
        w->service[0] != '\0'; /* takes its room from the curve, from no value */
    int top = strip ? TOP + STRIP : TOP, height = strip ? HEIGHT - STRIP : HEIGHT;

    canvas_box(c, 0, TOP - 6, CANVAS_W, 1, LINE);
    if (strip) {
        float size = 10, width = canvas_text_width(size, w->service);
        if (width > CANVAS_W - 20)
            size *= (float)(CANVAS_W - 20) / width;
        canvas_box(c, 0, TOP - 5, CANVAS_W, STRIP, 0xf0f3f6);
        text(c, 10, TOP + 8, size, 0x0b0d10, w->service);
    }
    for (int i = 0; i < v->pleth_count && i < VIEW_PLETH; i++) {
        float up = (float)(v->pleth[i] > 1000 ? 1000 : v->pleth[i]) / 1000;
        struct spot next = {(float)(i * CANVAS_W) / (float)VIEW_PLETH,
            (float)(top + height) - up * (float)height};
        if (i > 0)
            canvas_stroke(c, last, next, pen);
        last = next;
    }
}

static void draw_foot(struct canvas *c, const struct view *v, const struct words *w)
{
    canvas_box(c, 0, 284, CANVAS_W, 1, LINE);
    text(c, 10, 299, 9, PLAIN, w->note[0] ? w->note : w->foot);
    if (w->note[0])
        text(c, 10, 315, 8, PALE, w->foot);
    text_right(c, CANVAS_W - 8, 299, 9, PLAIN, w->clock);
    if (v->test_data)
        text_right(c, CANVAS_W - 8, 315, 9, PLAIN, "TEST DATA");
}

void face_draw(struct canvas *c, const struct view *view)
{
    struct words w;

    words_of(view, &w);
    canvas_box(c, 0, 0, CANVAS_W, CANVAS_H, GROUND);
    draw_sync(c, view, &w);
    draw_number(c, 10, "SpO2", "%", w.spo2, w.stale || !view->has_spo2 ? PALE : PLAIN);
    draw_number(
        c, 250, "PULSE", "/min", w.pulse, w.stale || !view->has_pulse ? PALE : PLAIN);
    draw_quality(c, view, &w);
    draw_pleth(c, view, &w);
    draw_foot(c, view, &w);
}
