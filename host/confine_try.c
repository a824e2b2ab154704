/* SPDX-License-Identifier: Apache-2.0 */
/* Ten things that a role which was taken over would like to do, tried by the role itself. */
#include "host/confine.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct sister {
    const char *socket;
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
    return ptrace(PTRACE_ATTACH, s->pid, NULL, NULL) == 0 || !denied();
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

/* Connected and kept for five seconds: the sister would listen to us. A busy machine needs time to refuse. */
static bool talk_to_sister(const struct sister *s)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return !denied();
    snprintf(at.sun_path, sizeof at.sun_path, "%s", s->socket);
    bool kept = connect(fd, (const struct sockaddr *)&at, sizeof at) == 0;
    if (kept) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        char byte;
        kept = poll(&p, 1, 5000) == 0 || recv(fd, &byte, 1, MSG_DONTWAIT) > 0;
    }
    close(fd);
    return kept;
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
    {"talk to a sister that does not expect it", talk_to_sister},
    {"make memory executable", make_code},
    {"become root", become_root},
};

int confine_try_forbidden(int out_fd, const char *sister_socket, int sister_pid)
{
    struct sister s = {sister_socket, sister_pid};
    int succeeded = 0;

    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        char line[128];
        bool bad = acts[i].succeeds(&s);
        int len = snprintf(
            line, sizeof line, "%s: %s\n", bad ? "POSSIBLE" : "denied", acts[i].name);
        succeeded += bad ? 1 : 0;
        if (write(out_fd, line, (size_t)len) != len)
            succeeded++;
    }
    return succeeded;
}
