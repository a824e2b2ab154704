/* SPDX-License-Identifier: Apache-2.0 */
#include "device/keeper/presence_button.h"

static uint64_t asked_for_ms(const struct presence_button *p)
{
    return p->clock->real_ms(p->clock->board) - p->since_ms;
}

static enum status ask(void *board)
{
    struct presence_button *p = board;

    p->since_ms = p->clock->real_ms(p->clock->board);
    p->answer = AGAIN;
    return OK;
}

static enum status here(void *board)
{
    struct presence_button *p = board;
    enum status got = p->answer;

    if (got == AGAIN && asked_for_ms(p) >= BUTTON_ASKS_MS)
        got = REFUSED;
    if (got != AGAIN)
        p->answer = REFUSED; /* once, and the question is over */
    return got;
}

void presence_button_init(struct presence_button *p, const struct clock_port *clock)
{
    *p = (struct presence_button){.port = {.board = p, .ask = ask, .here = here},
        .clock = clock,
        .answer = REFUSED};
}

void presence_button_press(struct presence_button *p)
{
    uint64_t ms = asked_for_ms(p);

    if (p->answer == AGAIN && ms >= BUTTON_BOUNCE_MS && ms < BUTTON_ASKS_MS)
        p->answer = OK;
}
