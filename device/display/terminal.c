/* SPDX-License-Identifier: Apache-2.0 */
#include "device/display/terminal.h"

#include "core/base/writer.h"
#include "device/display/words.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { DIGIT_ROWS = 5, PLETH_ROWS = 5 };

/* Digits 3 columns wide; each column drawn twice as wide. */
static const char *const digits[11][DIGIT_ROWS] = {
    {"###", "# #", "# #", "# #", "###"},
    {" # ", "## ", " # ", " # ", "###"},
    {"###", "  #", "###", "#  ", "###"},
    {"###", "  #", " ##", "  #", "###"},
    {"# #", "# #", "###", "  #", "  #"},
    {"###", "#  ", "###", "  #", "###"},
    {"###", "#  ", "###", "# #", "###"},
    {"###", "  #", "  #", "  #", "  #"},
    {"###", "# #", "###", "# #", "###"},
    {"###", "# #", "###", "  #", "###"},
    {"   ", "   ", "###", "   ", "   "},
};

static void out(struct writer *w, const char *s)
{
    put(w, (struct bytes){(const uint8_t *)s, strlen(s)});
}

/* Left part, padding, right part: exactly 80 columns (ASCII only), cut if longer. */
static void line_of(struct writer *w, const char *left, const char *right)
{
    char line[TERMINAL_COLUMNS + 1];
    size_t r = strlen(right);
    (void)snprintf(line, sizeof line, " %-*.*s%s ", (int)(TERMINAL_COLUMNS - 2 - r),
        (int)(TERMINAL_COLUMNS - 2 - r), left, right);
    out(w, line);
}

static int big(struct writer *w, const char *number, int row)
{
    int columns = 0;
    for (const char *p = number; *p; p++) {
        const char *d = digits[*p >= '0' && *p <= '9' ? *p - '0' : 10][row];
        for (int i = 0; i < 3; i++)
            out(w, d[i] == '#' ? "\xe2\x96\x88\xe2\x96\x88" : "  ");
        out(w, "  ");
        columns += 8;
    }
    return columns;
}

static void numbers(struct writer *w, const struct words *words)
{
    out(w, "\r\n  SpO2 %                                  PULSE /min\x1b[K\r\n");
    for (int row = 0; row < DIGIT_ROWS; row++) {
        out(w, words->stale ? "  \x1b[2m" : "  \x1b[1m");
        for (int at = big(w, words->spo2, row); at < 40; at++)
            out(w, " ");
        (void)big(w, words->pulse, row);
        out(w, "\x1b[0m\x1b[K\r\n");
    }
}

static void pleth(struct writer *w, const struct view *v)
{
    /* Eighths of a cell, so that a curve and not a staircase is seen. */
    static const char *const level[] = {" ", "\xe2\x96\x81", "\xe2\x96\x82",
        "\xe2\x96\x83", "\xe2\x96\x84", "\xe2\x96\x85", "\xe2\x96\x86", "\xe2\x96\x87",
        "\xe2\x96\x88"};

    for (int row = PLETH_ROWS - 1; row >= 0; row--) {
        out(w, "  ");
        for (int x = 0; x < 76; x++) {
            int i = x * VIEW_PLETH / 76;
            int up =
                i < v->pleth_count ? v->pleth[i] * PLETH_ROWS * 8 / 1000 - row * 8 : 0;
            out(w, level[up < 0 ? 0 : up > 8 ? 8 : up]);
        }
        out(w, "\x1b[K\r\n");
    }
}

size_t terminal_draw(const struct view *view, struct room into)
{
    struct words words;
    struct writer w = writer_over(into);
    char left[2 * WORDS_LEN + 16];

    assert(into.cap >= TERMINAL_FRAME_MAX);
    words_of(view, &words);
    out(&w, "\x1b[H");
    out(&w, view->sync == VIEW_SYNCHRONISED ? "\x1b[0m" : "\x1b[7m");
    line_of(&w, words.sync, words.held);
    out(&w, "\x1b[0m");
    numbers(&w, &words);
    if (words.service[0] != '\0') {
        out(&w, "\x1b[7m");
        line_of(&w, words.service, "");
        out(&w, "\x1b[0m");
    }
    out(&w, "\x1b[K\r\n");
    (void)snprintf(left, sizeof left, "quality %3u  %s", view->quality, words.quality);
    char pi[WORDS_LEN + 8];
    (void)snprintf(pi, sizeof pi, "PI %.20s %%", words.pi);
    line_of(&w, left, pi);
    out(&w, "\r\n");
    pleth(&w, view);
    line_of(&w, words.note[0] ? words.note : words.foot, words.clock);
    out(&w, "\r\n");
    line_of(&w, words.note[0] ? words.foot : "", view->test_data ? "TEST DATA" : "");
    out(&w, "\x1b[J");
    assert(writer_done(&w));
    return w.len;
}

static enum status show(void *board, const struct view *view)
{
    struct terminal *t = board;
    uint8_t frame[TERMINAL_FRAME_MAX];
    size_t len = terminal_draw(view, ROOM_OF(frame));
    ssize_t n = write(t->fd, frame, len);

    if (n < 0)
        return errno == EAGAIN ? AGAIN : BROKEN;
    return (size_t)n == len ? OK : AGAIN;
}

void terminal_init(struct terminal *t, int fd)
{
    *t = (struct terminal){.port = {.board = t, .show = show}, .fd = fd};
}
