/* SPDX-License-Identifier: Apache-2.0 */
#include "device/display/frame_screen.h"

#include "device/display/face.h"

#include <fcntl.h>
#include <linux/fb.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PIXEL = 4, COLOUR_BITS = 8, SIDE_MAX = 1 << 14 };

static uint32_t pixel_of(const struct frame *f, const uint8_t rgb[3])
{
    return (uint32_t)rgb[0] << f->red_at | (uint32_t)rgb[1] << f->green_at
        | (uint32_t)rgb[2] << f->blue_at;
}

static enum status show(void *board, const struct view *view)
{
    struct frame_screen *s = board;
    const struct frame *f = &s->frame;
    uint32_t times = f->width / CANVAS_W < f->height / CANVAS_H ? f->width / CANVAS_W
                                                                : f->height / CANVAS_H;
    size_t left = (f->width - times * CANVAS_W) / 2;
    size_t top = (f->height - times * CANVAS_H) / 2;

    face_draw(&s->canvas, view);
    for (size_t y = 0; y < CANVAS_H * times; y++) {
        uint8_t *at = f->pixels.at + (top + y) * f->stride + left * PIXEL;
        for (size_t x = 0; x < CANVAS_W * times; x++, at += PIXEL) {
            uint32_t p = pixel_of(f, s->canvas.rgb[y / times][x / times]);
            memcpy(at, &p, sizeof p);
        }
    }
    return OK;
}

enum status frame_screen_init(struct frame_screen *s, struct frame frame)
{
    bool colours = frame.red_at <= 24 && frame.green_at <= 24 && frame.blue_at <= 24;

    if (!colours || frame.width < CANVAS_W || frame.height < CANVAS_H
        || frame.width > SIDE_MAX || frame.height > SIDE_MAX
        || frame.stride / PIXEL < frame.width
        || frame.pixels.cap / frame.stride < frame.height)
        return REFUSED;
    s->frame = frame;
    s->port = (struct screen){.board = s, .show = show};
    memset(frame.pixels.at, 0, (size_t)frame.stride * frame.height);
    return OK;
}

static enum status map(int fd, struct frame *out)
{
    struct fb_var_screeninfo v;
    struct fb_fix_screeninfo x;

    if (ioctl(fd, FBIOGET_VSCREENINFO, &v) != 0
        || ioctl(fd, FBIOGET_FSCREENINFO, &x) != 0
        || v.bits_per_pixel != PIXEL * COLOUR_BITS || v.red.offset > 24
        || v.green.offset > 24 || v.blue.offset > 24)
        return BROKEN;
    void *at = mmap(NULL, x.smem_len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED)
        return BROKEN;
    *out = (struct frame){.pixels = {at, x.smem_len},
        .width = v.xres,
        .height = v.yres,
        .stride = x.line_length,
        .red_at = (uint8_t)v.red.offset,
        .green_at = (uint8_t)v.green.offset,
        .blue_at = (uint8_t)v.blue.offset};
    return OK;
}

enum status frame_open(const char *path, struct frame *out)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);

    if (fd < 0)
        return BROKEN;
    enum status s = map(fd, out);
    close(fd);
    return s;
}
