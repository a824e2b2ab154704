/* SPDX-License-Identifier: Apache-2.0 */
#include "device/display/png_screen.h"

#include "device/display/face.h"

#include <fcntl.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { KEEP_MS = 10000, KEPT = 60 };

static enum status write_picture(int folder, const char *name, const struct canvas *c)
{
    png_image image = {
        .version = PNG_IMAGE_VERSION,
        .width = CANVAS_W,
        .height = CANVAS_H,
        .format = PNG_FORMAT_RGB,
    };
    int fd = openat(folder, "screen.png.new",
        O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        return BROKEN;
    FILE *f = fdopen(fd, "wb");
    if (!f) {
        (void)close(fd);
        return BROKEN;
    }
    int good = png_image_write_to_stdio(&image, f, 0, c->rgb, 0, NULL);
    good &= fclose(f) == 0;
    if (!good || renameat(folder, "screen.png.new", folder, name) != 0)
        return BROKEN;
    return OK;
}

static enum status show(void *board, const struct view *view)
{
    struct png_screen *s = board;
    struct canvas *c = malloc(sizeof *c);
    char name[32];

    if (!c)
        return BROKEN;
    face_draw(c, view);
    uint64_t turn = view->mono_ms / KEEP_MS + 1;
    enum status st = OK;
    if (turn != s->kept) {
        s->kept = turn;
        (void)snprintf(name, sizeof name, "frame-%02u.png", (unsigned)(turn % KEPT));
        st = write_picture(s->folder, name, c);
    }
    if (st == OK)
        st = write_picture(s->folder, "screen.png", c);
    free(c);
    return st;
}

void png_screen_init(struct png_screen *s, int folder_fd)
{
    *s = (struct png_screen){.port = {.board = s, .show = show}, .folder = folder_fd};
}
