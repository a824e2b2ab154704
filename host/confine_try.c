/* SPDX-License-Identifier: Apache-2.0 */
/* Ten things that a role which was taken over would like to do, tried by the role itself. */
#include "host/confine.h"

#include "host/loop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* A connection that the sister has not ended by then is one that it keeps. Time enough for a busy machine. */
enum { JUDGED_MS = 20000 };

struct sister {
    int pid;
};

static bool denied(void)
{
    return errno == EPERM || errno == EACCES;
}

static bool opens(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static bool read_shadow(const struct sister *s)
{
    (void)s;
    return opens("/etc/shadow", O_RDONLY);
}

static bool write_outside(const struct sister *s)
{
    (void)s;
    return opens("/tmp/holdfast-forbidden", O_WRONLY | O_CREAT)
        || opens("/dev/shm/holdfast-forbidden", O_WRONLY | O_CREAT);
}

/* Port 1 is nobody's: a connection refused by the other end means that we got that far. */
static bool reach_tcp(const struct sister *s)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
        .sin_port = htons(1),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)s;
    if (fd < 0)
        return !denied();
    bool out = connect(fd, (const struct sockaddr *)&at, sizeof at) == 0 || !denied();
    at.sin_port = 0;
    bool in =
        bind(fd, (const struct sockaddr *)&at, sizeof at) == 0 || listen(fd, 1) == 0;
    close(fd);
    return out || in;
}

static bool run_program(const struct sister *s)
{
    char *const none[] = {NULL};
    (void)s;
    return execve("/nonexistent", none, none) == 0 || !denied();
}

static bool trace_sister(const struct sister *s)
{
    if (ptrace(PTRACE_ATTACH, s->pid, NULL, NULL) != 0)
        return !denied();
    (void)waitpid(s->pid, NULL,
        0); /* it has stopped: let go, so that it can judge the tenth act */
    (void)ptrace(PTRACE_DETACH, s->pid, NULL, NULL);
    return true;
}

static bool kill_sister(const struct sister *s)
{
    return kill(s->pid, 0) == 0 || !denied();
}

static bool read_sister(const struct sister *s)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/mem", s->pid);
    return opens(path, O_RDONLY);
}

static bool make_code(const struct sister *s)
{
    enum { PAGE = 4096 };
    void *page =
        mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    void *direct =
        mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)s;
    if (page == MAP_FAILED)
        return true;
    bool made =
        mprotect(page, PAGE, PROT_READ | PROT_EXEC) == 0 || direct != MAP_FAILED;
    munmap(page, PAGE);
    return made;
}

static bool become_root(const struct sister *s)
{
    (void)s;
    return setresuid(0, 0, 0) == 0 || setuid(0) == 0 || !denied();
}

static const struct act {
    const char *name;
    bool (*succeeds)(const struct sister *s);
} acts[] = {
    {"read the password file", read_shadow},
    {"write outside its own folder", write_outside},
    {"reach or serve a TCP port that is not its own", reach_tcp},
    {"run a program", run_program},
    {"trace a sister process", trace_sister},
    {"send a signal to a sister process", kill_sister},
    {"read a sister's memory", read_sister},
    {"make memory executable", make_code},
    {"become root", become_root},
};

static int tell(int out_fd, bool bad, const char *act)
{
    char line[128];
    int len = snprintf(line, sizeof line, "%s: %s\n", bad ? "POSSIBLE" : "denied", act);

    return write(out_fd, line, (size_t)len) != len || bad ? 1 : 0;
}

static int try_alone(int out_fd, int sister_pid)
{
    struct sister s = {sister_pid};
    int succeeded = 0;

    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        succeeded += tell(out_fd, acts[i].succeeds(&s), acts[i].name);
    return succeeded;
}

/* ---- the tenth act: talk to a sister that does not expect it ---- */

/* -> a connection, which the sister has yet to judge, or -1; then *bad says whether confinement let us try. */
static int dial(const char *sister_socket, bool *bad)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

    *bad = fd < 0 && !denied();
    if (fd < 0)
        return -1;
    snprintf(at.sun_path, sizeof at.sun_path, "%s", sister_socket);
    if (connect(fd, (const struct sockaddr *)&at, sizeof at) == 0)
        return fd;
    close(fd);
    return -1;
}

/* Something has come: a word of the sister, or the end. */
static bool was_told(int fd)
{
    char byte;
    return recv(fd, &byte, 1, MSG_DONTWAIT) > 0;
}

static int tell_sister(int out_fd, bool bad)
{
    return tell(out_fd, bad, "talk to a sister that does not expect it");
}

int confine_try_forbidden(int out_fd, const char *sister_socket, int sister_pid)
{
    int succeeded = try_alone(out_fd, sister_pid);
    bool bad = false;
    int fd = dial(sister_socket, &bad);

    if (fd >= 0) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        bad = poll(&p, 1, JUDGED_MS) <= 0 || was_told(fd);
        close(fd);
    }
    return succeeded + tell_sister(out_fd, bad);
}

static void kept(void *ctx);

static void over(struct confine_try *t, bool bad)
{
    confine_try_end(t);
    t->succeeded += tell_sister(t->out_fd, bad);
    t->done(t->ctx, t->succeeded);
}

static void judged(void *ctx, int fd, uint32_t events)
{
    (void)events;
    over(ctx, was_told(fd));
}

static void kept(void *ctx)
{
    over(ctx, true);
}

enum status confine_try_begin(struct confine_try *t, struct loop *loop, int out_fd,
    const char *sister_socket, int sister_pid, confine_tried_fn *done, void *ctx)
{
    bool bad = false;

    *t = (struct confine_try){.out_fd = out_fd, .done = done, .ctx = ctx};
    t->succeeded = try_alone(out_fd, sister_pid);
    t->fd = dial(sister_socket, &bad);
    if (t->fd < 0) {
        over(t, bad);
        return OK;
    }
    t->loop = loop;
    enum status s = loop_watch(loop, t->fd, EPOLLIN, judged, t);
    if (s == OK)
        s = loop_after(loop, JUDGED_MS, kept, t);
    if (s != OK)
        confine_try_end(t);
    return s;
}

void confine_try_end(struct confine_try *t)
{
    if (!t->loop)
        return;
    loop_cancel(t->loop, kept, t);
    loop_forget(t->loop, t->fd);
    close(t->fd);
    t->loop = NULL;
}
