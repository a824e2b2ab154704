/* SPDX-License-Identifier: Apache-2.0 */
#include "device/main/screen_role.h"

#include "device/display/frame_screen.h"
#include "device/display/png_screen.h"
#include "device/display/terminal.h"
#include "device/talk/messages.h"
#include "device/talk/place.h"
#include "host/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

static const char png_word[] = "png:";
static const char frame_word[] = "framebuffer:";

enum { PICTURE_EVERY_MS = 250, FRAMES_AT_ONCE = 32 };

struct screen_role {
    struct role_env *env;
    struct loop *loop;
    struct role_lock lock;
    struct terminal terminal;
    struct png_screen png;
    struct frame_screen frame;
    struct screen *screen; /* NULL: draws nowhere */
    bool is_png;
    uint64_t picture_every_ms, due_ms;
    int listen_fd, measure_fd;
    char frames[PLACE_MAX];
    uint8_t talk[TALK_HEAD_LEN + LIMIT_TALK_BODY];
};

/* What stands behind the word, or NULL: it is another word, or nothing stands there. */
static const char *behind(const char *spec, const char *word)
{
    size_t n = strlen(word);

    return strncmp(spec, word, n) == 0 && spec[n] != '\0' ? spec + n : NULL;
}

bool screen_spec_good(const char *spec)
{
    return strcmp(spec, "terminal") == 0 || strcmp(spec, "none") == 0
        || behind(spec, png_word) != NULL || behind(spec, frame_word) != NULL;
}

static void draw(struct screen_role *r, const struct view *view)
{
    uint64_t now = loop_now_ms();

    if (r->screen == NULL || now < r->due_ms)
        return;
    r->due_ms = now + r->picture_every_ms;
    if (r->screen->show(r->screen->board, view) == BROKEN)
        LOG(r->env->log, LOG_WARN, REASON_ROLE_STOPPED, F_WORD("what", "screen"));
}

/* Only the newest of what waits is drawn. */
static void on_measure(void *ctx, int fd, uint32_t events)
{
    struct screen_role *r = ctx;
    size_t doors = 0;
    const struct talk_door *table = messages_heard(SCREEN_OF_MEASURE, &doors);
    struct view view;
    bool fresh = false;
    enum status s = OK;

    (void)events;
    for (int i = 0; i < FRAMES_AT_ONCE && s == OK; i++) {
        uint16_t what = 0;
        struct bytes body;
        s = talk_recv(fd, table, doors, ROOM_OF(r->talk), &what, &body);
        if (s == OK)
            s = view_parse(body, &view);
        fresh = fresh || s == OK;
    }
    if (fresh)
        draw(r, &view);
    if (s == OK || s == AGAIN)
        return;
    if (s == MALFORMED)
        LOG(r->env->log, LOG_REFUSE, REASON_TALK_MALFORMED, F_WORD("from", "measure"));
    loop_forget(r->loop, fd);
    close(fd);
    r->measure_fd = -1;
}

static void on_knock(void *ctx, int fd, uint32_t events)
{
    struct screen_role *r = ctx;
    int new = -1;

    (void)events;
    enum status s = talk_accept(fd, &r->env->uids[ROLE_MEASURE], 1, &new, NULL);
    if (s == REFUSED)
        LOG(r->env->log, LOG_REFUSE, REASON_TALK_PEER, F_WORD("door", "view"));
    if (s != OK)
        return;
    if (r->measure_fd >= 0) {
        loop_forget(r->loop, r->measure_fd);
        close(r->measure_fd);
    }
    r->measure_fd = loop_watch(r->loop, new, EPOLLIN, on_measure, r) == OK ? new : -1;
    if (r->measure_fd < 0)
        close(new);
}

/* As in host/log: opened once more for this process alone, so that it never waits. */
static int own_terminal(void)
{
    int fd = open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    return fd < 0 ? STDOUT_FILENO : fd;
}

/*
 * DIR belongs to whoever started us; what this role writes is in DIR/frames, which is its own,
 * and DIR/screen.png leads there.
 */
static enum status open_png(struct screen_role *r, const char *folder)
{
    char link[PLACE_MAX];
    struct stat st;

    if (snprintf(r->frames, sizeof r->frames, "%s/frames", folder)
            >= (int)sizeof r->frames
        || snprintf(link, sizeof link, "%s/screen.png", folder) >= (int)sizeof link)
        return BROKEN;
    if ((mkdir(folder, 0755) != 0 && errno != EEXIST)
        || (mkdir(r->frames, 0755) != 0 && errno != EEXIST))
        return BROKEN;
    int fd = open(r->frames, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return BROKEN;
    if (geteuid() == 0
        && fchown(fd, r->env->uids[ROLE_SCREEN], r->env->gids[ROLE_SCREEN]) != 0)
        return BROKEN;
    if (lstat(link, &st) != 0 && symlink("frames/screen.png", link) != 0)
        return BROKEN;
    png_screen_init(&r->png, fd);
    r->screen = &r->png.port;
    r->is_png = true;
    r->picture_every_ms = PICTURE_EVERY_MS;
    return OK;
}

static enum status open_frame(struct screen_role *r, const char *path)
{
    struct frame frame;

    TRY(frame_open(path, &frame));
    TRY(frame_screen_init(&r->frame, frame));
    r->screen = &r->frame.port;
    r->picture_every_ms = PICTURE_EVERY_MS;
    return OK;
}

static enum status open_screen(struct screen_role *r, const char *spec)
{
    if (strcmp(spec, "none") == 0)
        return OK;
    if (behind(spec, png_word) != NULL)
        return open_png(r, behind(spec, png_word));
    if (behind(spec, frame_word) != NULL)
        return open_frame(r, behind(spec, frame_word));
    terminal_init(&r->terminal, own_terminal());
    r->screen = &r->terminal.port;
    return OK;
}

int screen_main(struct role_env *env, const char *spec)
{
    static struct screen_role r;
    char door[PLACE_MAX];

    r.env = env;
    r.measure_fd = -1;
    if (loop_new(&r.loop) != OK || place_of(env->root, PLACE_DOOR_VIEW, door) != OK)
        return EXIT_ENVIRONMENT;
    if (open_screen(&r, spec) != OK)
        return cli_error(EXIT_ENVIRONMENT, NULL, 0,
            "--screen: the folder or frame buffer cannot be used",
            "png:DIR, a folder that is there or can be made, or framebuffer:DEVICE of 32 bits");
    if (talk_listen(door, &r.listen_fd) != OK
        || loop_watch(r.loop, r.listen_fd, EPOLLIN, on_knock, &r) != OK)
        return EXIT_ENVIRONMENT;

    struct confine_path folder = {
        r.is_png ? r.frames : "/nonexistent", CONFINE_READ | CONFINE_WRITE};
    struct confine_plan plan = {.role = "screen",
        .user = role_user(ROLE_SCREEN),
        .paths = &folder,
        .path_count = 1,
        .rights = CONFINE_UNIX | (r.is_png ? (unsigned)CONFINE_FILES : 0u)};
    if (role_lock(&r.lock, env, r.loop, ROLE_SCREEN, &plan) != OK)
        return EXIT_ENVIRONMENT;
    return loop_run(r.loop) == OK ? EXIT_DONE : EXIT_INTERNAL;
}
