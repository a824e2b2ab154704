/* SPDX-License-Identifier: Apache-2.0 */
#include "device/board/board_clock.h"

#include <time.h>

uint64_t board_clock_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static uint64_t real_ms(void *board)
{
    (void)board;
    return board_clock_now_ms();
}

static uint64_t mono_ms(void *board)
{
    const struct board_clock *c = board;
    uint64_t now = board_clock_now_ms();
    return now < c->start_ms ? c->start_ms
                             : c->start_ms + (now - c->start_ms) * c->speed;
}

void board_clock_init(struct board_clock *c, uint64_t start_ms, uint32_t speed)
{
    *c = (struct board_clock){
        .port = {.board = c, .mono_ms = mono_ms, .real_ms = real_ms},
        .start_ms = start_ms,
        .speed = speed};
}

uint64_t board_clock_until(const struct board_clock *c, uint64_t at_ms)
{
    uint64_t now = c->port.mono_ms(c->port.board);
    return at_ms <= now ? 0 : (at_ms - now + c->speed - 1) / c->speed;
}
