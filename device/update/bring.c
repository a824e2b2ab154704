/* SPDX-License-Identifier: Apache-2.0 */
#include "device/update/bring.h"

#include "core/base/hex.h"
#include "device/talk/hear.h"
#include "device/talk/messages.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    COURIER_AGAIN_MS = 500, /* between knocks */
    DISK_AGAIN_MS = 60000,  /* after a write that failed */
    SYNC_EACH = 64,         /* pieces that a cut of power may cost */
    NAMED = 8,              /* bytes of the digest in a part's name */
    NAME = 5 + 2 * NAMED + 1,
    PATH = PLACE_MAX + NAME
};

static const char part[] = "part-";

enum status bring_init(
    struct bring *b, struct role_env *env, struct loop *loop, uint8_t *talk)
{
    *b = (struct bring){.env = env,
        .loop = loop,
        .log = env->log,
        .courier_fd = -1,
        .part_fd = -1,
        .talk = talk};
    TRY(place_of(env->root, PLACE_DOOR_PIECES, b->door));
    TRY(place_of(env->root, PLACE_BUNDLE, b->bundle));
    return place_of(env->root, PLACE_UPDATER, b->folder);
}

/* ---- courier's door ---- */

static void lose_courier(struct bring *b)
{
    if (b->courier_fd < 0)
        return;
    loop_forget(b->loop, b->courier_fd);
    close(b->courier_fd);
    b->courier_fd = -1;
    b->asked = false;
}

static void say(struct bring *b, enum message what, struct bytes body)
{
    if (b->courier_fd >= 0 && talk_send(b->courier_fd, (uint16_t)what, body) != OK)
        lose_courier(b);
}

static void ask(struct bring *b)
{
    struct said_fetch wish = {b->digest, b->fetch.next};
    uint8_t body[FETCH_LEN];

    b->asked = true;
    say(b, SAY_FETCH, fetch_build(&wish, ROOM_OF(body)));
}

/* ---- the part ---- */

static const char *path_of(const struct bring *b, const char *name, char out[PATH])
{
    (void)snprintf(out, PATH, "%s/%s", b->folder, name);
    return out;
}

static void part_of(const struct digest *d, char out[NAME])
{
    memcpy(out, part, sizeof part);
    hex_of((struct bytes){d->b, NAMED},
        (struct room){(uint8_t *)out + sizeof part - 1, NAME - sizeof part + 1});
}

static void close_part(struct bring *b)
{
    if (b->part_fd >= 0)
        close(b->part_fd);
    b->part_fd = -1;
}

/* Parts of other bundles; keep: a name, or "". */
static void remove_parts(struct bring *b, const char *keep)
{
    DIR *d = opendir(b->folder);
    char path[PATH];

    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
        if (strncmp(e->d_name, part, sizeof part - 1) == 0
            && strlen(e->d_name) == NAME - 1 && strcmp(e->d_name, keep) != 0)
            (void)unlink(path_of(b, e->d_name, path));
    if (d != NULL)
        closedir(d);
}

static void disk_failed(struct bring *b)
{
    LOG(b->log, LOG_FAULT, REASON_UPDATE_FETCH, F_WORD("what", "disk"),
        F_NUM("piece", b->fetch.next));
    close_part(b);
    lose_courier(b);
    b->knock_due_ms = loop_now_ms() + DISK_AGAIN_MS;
}

/* What is there is gone on with, from a whole piece. */
static bool open_part(struct bring *b, uint32_t bundle_len)
{
    char path[PATH], name[NAME];
    struct stat st;

    part_of(&b->digest, name);
    b->part_fd = open(path_of(b, name, path),
        O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (b->part_fd < 0 || fstat(b->part_fd, &st) != 0 || !S_ISREG(st.st_mode))
        return false;
    uint32_t begun = b->fetch.begun;
    fetch_begin(&b->fetch, bundle_len, (uint64_t)st.st_size);
    if (begun > 0)
        b->fetch.begun = begun;
    off_t have = (off_t)fetch_have(&b->fetch);
    return ftruncate(b->part_fd, have) == 0
        && lseek(b->part_fd, have, SEEK_SET) == have;
}

static bool finish(struct bring *b)
{
    char path[PATH], name[NAME];

    part_of(&b->digest, name);
    int folder = open(b->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = folder >= 0 && fsync(b->part_fd) == 0
        && rename(path_of(b, name, path), b->bundle) == 0 && fsync(folder) == 0;
    if (folder >= 0)
        close(folder);
    close_part(b);
    b->fetched = good;
    return good;
}

static bool append(struct bring *b, struct bytes piece)
{
    if (write(b->part_fd, piece.at, piece.len) != (ssize_t)piece.len)
        return false;
    b->fetch.next++;
    return b->fetch.next % SYNC_EACH != 0 || fdatasync(b->part_fd) == 0;
}

static enum status take_piece(struct bring *b, struct bytes body)
{
    struct said_fetch got;
    struct bytes piece;

    TRY(piece_parse(body, &got, &piece));
    if (!b->on || !b->asked || memcmp(&got.bundle, &b->digest, sizeof got.bundle) != 0)
        return OK; /* of a fetch that has ended meanwhile */
    b->asked = false;
    if (!fetch_fits(&b->fetch, got.number, piece.len)) {
        LOG(b->log, LOG_REFUSE, REASON_UPDATE_FETCH, F_WORD("what", "piece"),
            F_NUM("piece", got.number), F_NUM("n", piece.len));
        return REFUSED;
    }
    if (!append(b, piece))
        disk_failed(b);
    return OK;
}

static void on_courier(void *ctx, int fd, uint32_t events)
{
    struct bring *b = ctx;
    uint16_t what = 0;
    struct bytes body;

    (void)events;
    enum status s = hear_one(
        fd, UPDATER_OF_COURIER, (struct room){b->talk, TALK_DATAGRAM}, &what, &body);
    if (s == OK)
        s = take_piece(b, body);
    if (hear_ends(s, b->log, "courier"))
        lose_courier(b);
}

static void find_courier(struct bring *b)
{
    uint64_t now = loop_now_ms();
    int fd = -1;

    if (b->courier_fd >= 0 || now < b->knock_due_ms)
        return;
    b->knock_due_ms = now + COURIER_AGAIN_MS;
    if (talk_connect_to(b->door, b->env->uids[ROLE_COURIER], &fd) != OK)
        return;
    if (loop_watch(b->loop, fd, EPOLLIN, on_courier, b) != OK) {
        close(fd);
        return;
    }
    b->courier_fd = fd;
    b->asked = false;
}

/* ---- what updater asks for ---- */

static void begin(struct bring *b, const struct release *r)
{
    char name[NAME];

    if (!b->on || memcmp(&b->digest, &r->bundle_digest, sizeof b->digest) != 0) {
        close_part(b);
        b->fetch.begun = 0;
        b->digest = r->bundle_digest;
        b->fetched = b->asked = false;
        part_of(&b->digest, name);
        remove_parts(b, name);
    }
    b->on = true;
    b->clean = false;
    if (!open_part(b, r->bundle_len)) {
        disk_failed(b);
        return;
    }
    LOG(b->log, LOG_INFO, REASON_UPDATE_FETCH, F_WORD("what", "fetch"),
        F_NUM("piece", b->fetch.next));
}

void bring_want(struct bring *b, const struct release *r)
{
    bool same = b->on && memcmp(&b->digest, &r->bundle_digest, sizeof b->digest) == 0;

    if ((!same || b->part_fd < 0) && (!same || loop_now_ms() >= b->knock_due_ms))
        begin(b, r);
    if (b->part_fd < 0)
        return;
    if (fetch_whole(&b->fetch)) {
        if (!finish(b))
            disk_failed(b);
        return;
    }
    find_courier(b);
    if (b->courier_fd >= 0 && !b->asked)
        ask(b);
}

void bring_stop(struct bring *b)
{
    if (b->on && !b->fetched)
        LOG(b->log, LOG_INFO, REASON_UPDATE_FETCH, F_WORD("what", "stop"),
            F_NUM("piece", b->fetch.next));
    if (b->on) {
        say(b, SAY_FETCH_END, (struct bytes){0});
        lose_courier(b);
        close_part(b);
    }
    if (!b->clean)
        remove_parts(b, "");
    b->clean = true;
    b->on = b->fetched = false;
}

bool bring_wrong(struct bring *b)
{
    if (!b->on || !b->fetched)
        return false;
    b->fetched = false;
    LOG(b->log, LOG_REFUSE, REASON_UPDATE_FETCH, F_WORD("what", "digest"),
        F_NUM("time", b->fetch.begun));
    if (!fetch_anew(&b->fetch))
        return false;
    (void)unlink(b->bundle);
    return true;
}
