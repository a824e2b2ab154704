/* SPDX-License-Identifier: Apache-2.0 */
#include "device/net/fetcher.h"

#include "device/talk/hear.h"
#include "device/talk/place.h"

#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { STEP_MS = 100 };

static void later(struct fetcher *f, uint64_t in_ms)
{
    f->due_ms = loop_now_ms() + in_ms;
}

/* Said no, or never answered: it is asked for less and less often. */
static void back_off(struct fetcher *f)
{
    uint64_t next = f->pause_ms * 2;

    if (f->pause_ms == 0)
        next = FETCH_AGAIN_MS;
    f->pause_ms = next > FETCH_AGAIN_MAX_MS ? FETCH_AGAIN_MAX_MS : next;
    later(f, f->pause_ms);
}

void fetcher_arm(struct fetcher *f)
{
    uint64_t now = loop_now_ms(), wait = STEP_MS;

    if (!f->wanted && !f->asked)
        return;
    if (!f->asked)
        wait = f->due_ms > now ? f->due_ms - now : FETCH_GAP_MS;
    if (loop_after(f->loop, wait, f->pump, f->ctx) != OK)
        loop_stop(f->loop);
}

/* ---- updater's door ---- */

static void lose_updater(struct fetcher *f)
{
    if (f->fd >= 0) {
        loop_forget(f->loop, f->fd);
        close(f->fd);
    }
    f->fd = -1;
    f->wanted = false;
}

static enum status take(struct fetcher *f, uint16_t what, struct bytes body)
{
    struct said_fetch wish;

    if (what == SAY_FETCH_END) {
        f->wanted = false;
        return OK;
    }
    TRY(fetch_parse(body, &wish));
    if (memcmp(&wish.bundle, &f->wish.bundle, sizeof wish.bundle) != 0) {
        f->pause_ms = 0;
        later(f, 0);
    }
    f->wish = wish;
    f->wanted = true;
    fetcher_arm(f);
    return OK;
}

static void on_updater(void *ctx, int fd, uint32_t events)
{
    struct fetcher *f = ctx;
    uint16_t what = 0;
    struct bytes body;

    (void)events;
    enum status s = hear_one(fd, COURIER_OF_UPDATER, ROOM_OF(f->talk), &what, &body);
    if (s == OK)
        s = take(f, what, body);
    if (hear_ends(s, f->log, "updater"))
        lose_updater(f);
}

static void on_knock(void *ctx, int fd, uint32_t events)
{
    struct fetcher *f = ctx;
    int new = -1;

    (void)events;
    enum status s = talk_accept(fd, &f->updater, 1, &new, NULL);
    if (s == REFUSED)
        LOG(f->log, LOG_REFUSE, REASON_TALK_PEER, F_WORD("door", "pieces"));
    if (s != OK)
        return;
    lose_updater(f);
    if (loop_watch(f->loop, new, EPOLLIN, on_updater, f) != OK)
        close(new);
    else
        f->fd = new;
}

enum status fetcher_listen(struct fetcher *f, const struct role_env *env,
    struct loop *loop, loop_timer_fn *pump, void *ctx)
{
    char path[PLACE_MAX];

    *f = (struct fetcher){.loop = loop,
        .log = env->log,
        .updater = env->uids[ROLE_UPDATER],
        .listen_fd = -1,
        .fd = -1,
        .pump = pump,
        .ctx = ctx};
    TRY(place_of(env->root, PLACE_DOOR_PIECES, path));
    TRY(talk_listen(path, &f->listen_fd));
    return loop_watch(loop, f->listen_fd, EPOLLIN, on_knock, f);
}

/* ---- pieces ---- */

bool fetcher_due(const struct fetcher *f, uint64_t now_ms)
{
    return f->wanted && !f->asked && now_ms >= f->due_ms;
}

enum status fetcher_ask(
    struct fetcher *f, const char *host, struct room out, size_t *len)
{
    TRY(http_piece_build(&f->wish.bundle, f->wish.number, host, out, len));
    f->under_way = f->wish;
    f->asked = true;
    f->asked_ms = loop_now_ms();
    return OK;
}

static void hand_over(struct fetcher *f, struct bytes piece)
{
    static uint8_t body[FETCH_LEN + LIMIT_PIECE];

    f->pause_ms = 0;
    later(f, FETCH_GAP_MS);
    f->wanted = false; /* until updater says which is next */
    if (f->fd >= 0
        && talk_send(f->fd, SAY_PIECE, piece_build(&f->under_way, piece, ROOM_OF(body)))
            != OK)
        lose_updater(f);
}

void fetcher_answered(struct fetcher *f, const struct http_answer *a)
{
    bool good = a->status == 200 && a->body.len > 0 && a->body.len <= LIMIT_PIECE;

    f->asked = false;
    if (good) {
        hand_over(f, a->body);
        return;
    }
    LOG(f->log, LOG_WARN, REASON_UPDATE_FETCH, F_NUM("http", a->status),
        F_NUM("piece", f->under_way.number));
    if (a->status == 429 || a->status == 503)
        later(f, FETCH_LATER_MS);
    else
        back_off(f);
    fetcher_arm(f);
}

void fetcher_line_lost(struct fetcher *f, bool stalled)
{
    if (!f->asked)
        return;
    f->asked = false;
    if (stalled)
        back_off(f);
    else
        later(f, FETCH_LATER_MS);
    fetcher_arm(f);
}
