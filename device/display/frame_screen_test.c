/* SPDX-License-Identifier: Apache-2.0 */
#include "device/display/frame_screen.h"

#include "device/display/face.h"

#include "tests/support/check.h"

static const struct view some_view = {.mono_ms = 5000,
    .has_spo2 = true,
    .spo2_permille = 974,
    .sync = VIEW_SYNCHRONISED,
    .trust = "software"};

static struct frame_screen screen;
static struct canvas want;

static uint32_t pixel_at(const struct frame *f, size_t x, size_t y)
{
    uint32_t p = 0;

    memcpy(&p, f->pixels.at + y * f->stride + x * sizeof p, sizeof p);
    return p;
}

static uint32_t colour(size_t x, size_t y)
{
    const uint8_t *c = want.rgb[y][x];
    return (uint32_t)c[0] << 16 | (uint32_t)c[1] << 8 | c[2];
}

/* A picture of w x h with a margin behind each line and one line behind it. */
static struct frame frame_of(uint32_t w, uint32_t h)
{
    struct frame f = {
        .width = w, .height = h, .stride = w * 4 + 32, .red_at = 16, .green_at = 8};

    f.pixels.cap = (size_t)f.stride * (h + 1);
    f.pixels.at = malloc(f.pixels.cap);
    if (f.pixels.at == NULL)
        exit(1);
    memset(f.pixels.at, 0xee, f.pixels.cap);
    return f;
}

static void test_the_face_stands_in_the_middle_at_the_largest_whole_multiple(void)
{
    static const struct {
        uint32_t w, h, times;
    } sizes[] = {
        {480, 320, 1}, {800, 480, 1}, {960, 640, 2}, {1280, 800, 2}, {480, 4000, 1}};

    face_draw(&want, &some_view);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct frame f = frame_of(sizes[i].w, sizes[i].h);
        uint32_t t = sizes[i].times, wrong = 0;
        size_t left = (f.width - t * CANVAS_W) / 2, top = (f.height - t * CANVAS_H) / 2;

        CHECK(frame_screen_init(&screen, f) == OK);
        CHECK(screen.port.show(screen.port.board, &some_view) == OK);
        for (size_t y = 0; y < f.height; y++)
            for (size_t x = 0; x < f.width; x++) {
                bool inside = x >= left && y >= top && x < left + t * CANVAS_W
                    && y < top + t * CANVAS_H;
                uint32_t is = pixel_at(&f, x, y);
                wrong += is != (inside ? colour((x - left) / t, (y - top) / t) : 0);
            }
        CHECK(wrong == 0);
        for (size_t n = (size_t)f.stride * f.height; n < f.pixels.cap; n++)
            wrong += f.pixels.at[n] != 0xee;
        CHECK(wrong == 0);
        free(f.pixels.at);
    }
}

static void test_a_frame_that_is_too_small_or_lies_about_itself_is_refused(void)
{
    struct frame good = frame_of(480, 320);
    struct frame narrow = good, low = good, stride = good, room = good, shift = good;

    narrow.width--;
    low.height--;
    stride.stride = stride.width * 4 - 4;
    room.pixels.cap = (size_t)good.stride * good.height - 1;
    shift.red_at = 25;
    CHECK(frame_screen_init(&screen, good) == OK);
    CHECK(frame_screen_init(&screen, narrow) == REFUSED);
    CHECK(frame_screen_init(&screen, low) == REFUSED);
    CHECK(frame_screen_init(&screen, stride) == REFUSED);
    CHECK(frame_screen_init(&screen, room) == REFUSED);
    CHECK(frame_screen_init(&screen, shift) == REFUSED);
    free(good.pixels.at);
}

static void test_what_is_no_frame_buffer_is_said_to_be_none(void)
{
    struct frame f;

    CHECK(frame_open("/dev/null", &f) == BROKEN);
    CHECK(frame_open("/nonexistent", &f) == BROKEN);
}

int main(void)
{
    static const struct test tests[] = {
        {"the face stands in the middle at the largest whole multiple",
            test_the_face_stands_in_the_middle_at_the_largest_whole_multiple},
        {"a frame that is too small or lies about itself is refused",
            test_a_frame_that_is_too_small_or_lies_about_itself_is_refused},
        {"what is no frame buffer is said to be none",
            test_what_is_no_frame_buffer_is_said_to_be_none},
    };
    return run_tests(tests, sizeof tests / sizeof tests[0]);
}
