/* SPDX-License-Identifier: Apache-2.0 */
#include "device/main/watcher.h"

#include <poll.h>
#include <unistd.h>

enum status watcher_init(struct watcher *w, const char *root)
{
    *w = (struct watcher){.fd = -1};
    return place_of(root, PLACE_DOOR_STATUS, w->path);
}

void watcher_close(struct watcher *w)
{
    if (w->fd >= 0)
        close(w->fd);
    w->fd = -1;
    w->asked = false;
}

static enum status ask(struct watcher *w)
{
    if (w->fd < 0 && talk_connect(w->path, &w->fd) != OK) {
        w->fd = -1;
        return AGAIN;
    }
    if (!w->asked && talk_send(w->fd, SAY_TELL, (struct bytes){0}) != OK) {
        watcher_close(w);
        return AGAIN;
    }
    w->asked = true;
    return OK;
}

static enum status hear(struct watcher *w)
{
    uint8_t into[TALK_HEAD_LEN + LIMIT_TALK_BODY];
    size_t doors = 0;
    const struct talk_door *table = messages_heard(PEOPLE_OF_KEEPER, &doors);
    uint16_t what = 0;
    struct bytes body;

    enum status s = talk_recv(w->fd, table, doors, ROOM_OF(into), &what, &body);
    if (s == AGAIN)
        return AGAIN;
    w->asked = false;
    if (s == OK)
        s = what == SAY_STATE ? state_parse(body, &w->state) : MALFORMED;
    if (s != OK) {
        watcher_close(w);
        return AGAIN;
    }
    w->has_state = true;
    return OK;
}

enum status watcher_look(struct watcher *w)
{
    enum status s = w->asked ? hear(w) : AGAIN;
    (void)ask(w);
    return s;
}

enum status watcher_ask(struct watcher *w, unsigned wait_ms)
{
    TRY(ask(w));
    struct pollfd p = {.fd = w->fd, .events = POLLIN};
    if (poll(&p, 1, (int)wait_ms) != 1)
        return AGAIN;
    return hear(w);
}
