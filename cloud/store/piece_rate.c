/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/piece_rate.h"

#include <string.h>

enum { WINDOW_MS = 1000 };

static void move_window(struct piece_share *s, uint64_t now_ms)
{
    if (now_ms - s->window_ms < WINDOW_MS)
        return;
    s->window_ms = now_ms;
    s->used = 0;
}

/* Its own place, or one whose second is over. NULL: all are taken. */
static struct piece_share *place_of_device(
    struct piece_rate *r, const struct device_id *device, uint64_t now_ms)
{
    struct piece_share *idle = NULL;

    for (size_t i = 0; i < PIECE_DEVICES; i++) {
        struct piece_share *s = &r->each[i];
        move_window(s, now_ms);
        if (s->used > 0 && memcmp(&s->device, device, sizeof *device) == 0)
            return s;
        if (s->used == 0 && idle == NULL)
            idle = s;
    }
    if (idle != NULL)
        *idle = (struct piece_share){now_ms, 0, *device};
    return idle;
}

/* Req: HF-UPD-010 "no more than a stated number of pieces in a second" */
bool piece_rate_take(
    struct piece_rate *r, const struct device_id *device, uint64_t now_ms)
{
    move_window(&r->all, now_ms);
    if (r->all.used >= LIMIT_PIECE_RATE)
        return false;
    struct piece_share *s = place_of_device(r, device, now_ms);
    if (s == NULL || s->used >= LIMIT_DEVICE_PIECE_RATE)
        return false;
    s->used++;
    r->all.used++;
    return true;
}
