/* SPDX-License-Identifier: Apache-2.0 */
#include "review/read/git_child.h"

#include "review/base/handed.h"
#include "review/read/cage_parts.h"
#include "review/read/git_list.h"
#include "review/read/git_serve.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ANSWER_WAIT_MS = 70000, POINTER_MAX = 4096, CHILD_TALK = 3 };

struct git_child {
    int talk;
    pid_t pid;
};

/* The folders that a repository consists of: itself, and of a linked work tree the common one. */
struct repository {
    const char *top, *at, *common, *lead;
};

static bool exists(struct arena *a, struct bytes folder, const char *name)
{
    struct stat st;
    struct bytes path =
        arena_print(a, "%.*s/%s", (int)folder.len, (const char *)folder.at, name);
    return lstat((const char *)path.at, &st) == 0;
}

/* What a file "gitdir: X" or "commondir" points to, as a real path; NULL: nothing. */
static const char *pointed(
    struct arena *a, const char *folder, const char *name, struct bytes front)
{
    uint8_t room[POINTER_MAX];
    struct bytes path = arena_print(a, "%s/%s", folder, name);
    int fd =
        open((const char *)path.at, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, room, sizeof room) : -1;
    if (fd >= 0)
        close(fd);
    struct bytes to =
        git_pointer_parse((struct bytes){room, n > 0 ? (size_t)n : 0}, front);
    if (to.len == 0)
        return NULL;
    path = to.at[0] == '/'
        ? arena_copy(a, to)
        : arena_print(a, "%s/%.*s", folder, (int)to.len, (const char *)to.at);
    char *real = realpath((const char *)path.at, NULL);
    struct bytes kept = real ? arena_copy(a, text_of(real)) : (struct bytes){0};
    free(real);
    return (const char *)kept.at;
}

static bool find(struct arena *a, const char *root, struct repository *r)
{
    char *real = realpath(root, NULL);
    struct stat st;
    if (real == NULL)
        return false;
    struct bytes whole = arena_copy(a, text_of(real)), top = whole;
    free(real);
    if (exists(a, whole, "objects") && exists(a, whole, "HEAD")) { /* no work tree */
        *r = (struct repository){
            (const char *)whole.at, (const char *)whole.at, NULL, ""};
        return true;
    }
    while (top.len && !exists(a, top, ".git"))
        do
            top.len--;
        while (top.len && whole.at[top.len] != '/');
    if (top.len == 0)
        return false;
    struct bytes below = text_from(whole, top.len + 1);
    bool folder = stat((const char *)whole.at, &st) == 0 && S_ISDIR(st.st_mode);
    r->lead = (const char *)arena_print(a, "%.*s%s", (int)below.len,
        (const char *)below.at, below.len && folder ? "/" : "")
                  .at;
    r->top = (const char *)arena_copy(a, top).at;
    const char *linked = pointed(a, r->top, ".git", TEXT("gitdir: "));
    r->at = linked ? linked : (const char *)arena_print(a, "%s/.git", r->top).at;
    r->common = pointed(a, r->at, "commondir", TEXT(""));
    return true;
}

static _Noreturn void be_child(
    int talk, const struct repository *r, enum git_task task, const char *revision)
{
    const struct git_job job = {task, r->at, r->lead, revision};
    const char *paths[] = {r->top, r->at, r->common ? r->common : r->at};
    void *functions = git_load();

    if (functions == NULL) {
        struct git_answer a = {.why = "libgit2 is not installed: expected libgit2-1.x"};
        _exit(send(talk, &a, sizeof a, MSG_NOSIGNAL) < 0);
    }
    if (dup2(talk, CHILD_TALK) < 0)
        _exit(EXIT_OPEN);
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    cage_give_up();
    cage_close_for_files(paths, sizeof paths / sizeof paths[0], CHILD_TALK + 1);
    git_serve(CHILD_TALK, functions, &job);
}

/* The next answer; a descriptor that comes along must be a file, or reading it could wait. */
static bool hear(struct git_child *c, struct git_answer *out, int *fd)
{
    struct pollfd p = {.fd = c->talk, .events = POLLIN};
    struct stat st;

    *fd = -1;
    if (poll(&p, 1, ANSWER_WAIT_MS) <= 0
        || !handed_in(c->talk, (struct room){(uint8_t *)out, sizeof *out}, fd))
        return false;
    out->why[sizeof out->why - 1] = 0;
    if (*fd < 0)
        return true;
    if (fstat(*fd, &st) == 0 && S_ISREG(st.st_mode) && lseek(*fd, 0, SEEK_SET) == 0)
        return true;
    close(*fd);
    *fd = -1;
    return false;
}

static enum status first_answer(struct arena *a, struct git_child *c, const char *root,
    int *list_fd, struct bytes *why)
{
    struct git_answer got;
    if (!hear(c, &got, list_fd))
        *why = arena_print(a, "%s: the repository was not read to its end", root);
    else if (*list_fd < 0)
        *why = arena_print(
            a, "%s: %s: expected a git revision that is there", root, got.why);
    return *list_fd < 0 ? REFUSED : OK;
}

enum status git_child_start(struct arena *a, enum git_task task, const char *root,
    const char *revision, struct git_child **out, int *list_fd, struct bytes *why)
{
    struct repository r = {0};
    int pair[2];

    *list_fd = -1;
    if (!find(a, root, &r)) {
        *why = arena_print(a, "%s: expected a folder in a git repository", root);
        return REFUSED;
    }
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return BROKEN;
    struct git_child *c = arena_take(a, sizeof *c);
    *c = (struct git_child){pair[0], fork()};
    if (c->pid == 0)
        be_child(pair[1], &r, task, revision);
    close(pair[1]);
    enum status s = c->pid < 0 ? BROKEN : first_answer(a, c, root, list_fd, why);
    if (s == OK)
        *out = c;
    else
        git_child_end(c);
    return s;
}

static int ask(struct git_child *c, struct git_request r, struct git_answer *out)
{
    int fd = -1;
    if (send(c->talk, &r, sizeof r, MSG_NOSIGNAL) != sizeof r || !hear(c, out, &fd))
        return -1;
    return fd;
}

int git_child_blob(struct git_child *c, uint32_t number)
{
    struct git_answer got;
    return ask(c, (struct git_request){.wish = GIT_BLOB, .number = number}, &got);
}

int git_child_blob_at(
    struct git_child *c, uint32_t number, int64_t at_s, struct content_name *name)
{
    struct git_answer got = {0};
    int fd = ask(c,
        (struct git_request){.wish = GIT_BLOB_AT, .number = number, .at_s = at_s},
        &got);
    *name = got.name;
    return fd;
}

int git_child_dates(struct git_child *c, int64_t since_s)
{
    struct git_answer got;
    return ask(c, (struct git_request){.wish = GIT_DATES, .at_s = since_s}, &got);
}

/* Killed, not asked: it may be in the middle of a long walk, and holds nothing. */
void git_child_end(struct git_child *c)
{
    close(c->talk);
    if (c->pid > 0) {
        kill(c->pid, SIGKILL);
        while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    c->pid = -1;
}
