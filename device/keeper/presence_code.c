/* SPDX-License-Identifier: Apache-2.0 */
#include "device/keeper/presence_code.h"

static uint64_t now_ms(const struct presence_code *p)
{
    return p->clock->real_ms(p->clock->board);
}

/* Each code as likely as any other: what would favour some is drawn again. */
static enum status draw(const struct presence_code *p, uint32_t *code)
{
    const uint32_t fair = UINT32_MAX - UINT32_MAX % PRESENCE_CODES;
    uint32_t v;

    do
        TRY(p->entropy->fill(
            p->entropy->board, (struct room){(uint8_t *)&v, sizeof v}));
    while (v >= fair);
    *code = v % PRESENCE_CODES;
    return OK;
}

static enum status ask(void *board)
{
    struct presence_code *p = board;

    p->answer = REFUSED;
    TRY(draw(p, &p->code));
    p->tries = 0;
    p->until_ms = now_ms(p) + PRESENCE_MS;
    p->answer = AGAIN;
    return OK;
}

static enum status here(void *board)
{
    struct presence_code *p = board;
    enum status got = p->answer;

    if (got == AGAIN && now_ms(p) >= p->until_ms)
        got = REFUSED;
    if (got != AGAIN)
        p->answer = REFUSED; /* once, and the question is over */
    return got;
}

void presence_code_init(struct presence_code *p, const struct entropy *entropy,
    const struct clock_port *clock)
{
    *p = (struct presence_code){.port = {.board = p, .ask = ask, .here = here},
        .entropy = entropy,
        .clock = clock,
        .answer = REFUSED};
}

bool presence_code_shown(const struct presence_code *p, uint32_t *code)
{
    if (p->answer != AGAIN || now_ms(p) >= p->until_ms)
        return false;
    *code = p->code;
    return true;
}

void presence_code_say(struct presence_code *p, uint32_t code)
{
    if (p->answer != AGAIN || now_ms(p) >= p->until_ms)
        return;
    if (code == p->code)
        p->answer = OK;
    else if (++p->tries >= PRESENCE_TRIES)
        p->answer = REFUSED;
}
