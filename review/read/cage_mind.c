/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The small parent: forks a child for each task, ends those that take too long, says how each
 * one ended. It never looks at a byte of a document.
 */
#include "review/read/cage_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CHILD_OUT = 3, CHILD_IN = 4, FIRST_OWN = 16, MS = 1000 };

struct mind {
    int talk, ends; /* socket to the caller; signalfd of SIGCHLD */
    struct cage_rules rules;
    struct slot_files slots[CAGE_SLOTS_MAX];
    unsigned count;
    cage_work_fn *work;
    sigset_t before;
    struct {
        pid_t pid; /* 0: free */
        bool late;
        uint8_t kind;
        int64_t deadline_ms;
    } children[CAGE_SLOTS_MAX];
};

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * MS + t.tv_nsec / 1000000;
}

/* Of all descriptors a child keeps 0 to 2 (the null device), its output and its input. */
static void keep_only(int input, int output)
{
    if (dup2(output, CHILD_OUT) < 0 || dup2(input, CHILD_IN) < 0
        || lseek(CHILD_OUT, 0, SEEK_SET) != 0)
        _exit(EXIT_OPEN);
}

static _Noreturn void do_work(const struct mind *m, const struct task *t, int input)
{
    static const uint8_t none[1] = {0};
    struct bytes in = {none, 0};

    keep_only(input, m->slots[t->slot].output);
    if (t->len) {
        void *at = mmap(NULL, t->len, PROT_READ, MAP_PRIVATE, CHILD_IN, 0);
        if (at == MAP_FAILED)
            _exit(EXIT_MEMORY);
        in = (struct bytes){at, t->len};
    }
    cage_close_for_work(&m->rules, CHILD_IN);
    m->work(t->what, in, CHILD_OUT);
    _exit(0);
}

static _Noreturn void do_pdftotext(const struct mind *m, const struct task *t)
{
    /* execve() wants writable strings */
    char name[] = "pdftotext", form[] = "-bbox-layout", utf8[] = "-enc",
         code[] = "UTF-8", from[] = "-", to[] = "-", locale[] = "LC_ALL=C.UTF-8";
    char *const argv[] = {name, form, utf8, code, from, to, NULL};
    char *const envp[] = {locale, NULL};

    keep_only(m->slots[t->slot].input, m->slots[t->slot].text);
    if (lseek(CHILD_IN, 0, SEEK_SET) != 0 || dup2(CHILD_IN, 0) != 0
        || dup2(CHILD_OUT, 1) != 1 || sigprocmask(SIG_SETMASK, &m->before, NULL) != 0)
        _exit(EXIT_OPEN);
    cage_close_for_program(&m->rules, CHILD_OUT);
    execve("/usr/bin/pdftotext", argv, envp);
    _exit(errno == ENOENT ? EXIT_NO_PROGRAM : EXIT_OPEN);
}

static void say_end(const struct mind *m, unsigned slot, enum cage_end end)
{
    const struct ended e = {(uint8_t)slot, (uint8_t)end};
    if (send(m->talk, &e, sizeof e, MSG_NOSIGNAL) != sizeof e)
        _exit(0);
}

/* SIGKILL is the hard limit of CPU time, or the kernel that has no memory left. */
static enum cage_end end_by_signal(
    const struct mind *m, int number, const struct rusage *used)
{
    time_t cpu_s = used->ru_utime.tv_sec + used->ru_stime.tv_sec;
    bool long_enough = cpu_s >= (time_t)m->rules.limits.cpu_s;
    switch (number) {
    case SIGXCPU: return CAGE_TIME;
    case SIGXFSZ: return CAGE_TOO_MUCH;
    case SIGKILL: return long_enough ? CAGE_TIME : CAGE_MEMORY;
    default: return CAGE_CRASH;
    }
}

static enum cage_end end_of(
    const struct mind *m, unsigned slot, int state, const struct rusage *used)
{
    uint8_t kind = m->children[slot].kind;
    if (m->children[slot].late)
        return CAGE_TIME;
    if (WIFSIGNALED(state))
        return end_by_signal(m, WTERMSIG(state), used);
    switch (WEXITSTATUS(state)) {
    case 0: return CAGE_DONE;
    case EXIT_OPEN: return CAGE_OPEN;
    case EXIT_NO_PROGRAM: return CAGE_NO_PROGRAM;
    case EXIT_MEMORY: return kind == TASK_PDFTOTEXT ? CAGE_REFUSED : CAGE_MEMORY;
    default: return kind == TASK_PDFTOTEXT ? CAGE_REFUSED : CAGE_CRASH;
    }
}

static void reap(struct mind *m)
{
    struct signalfd_siginfo unused;
    struct rusage used;
    int state;
    pid_t pid;

    /* One signal may stand for many ends: read it, then ask until nobody is left. */
    if (read(m->ends, &unused, sizeof unused) < 0 && errno != EAGAIN)
        _exit(1);
    while ((pid = wait4(-1, &state, WNOHANG, &used)) > 0)
        for (unsigned i = 0; i < m->count; i++)
            if (m->children[i].pid == pid) {
                m->children[i].pid = 0;
                say_end(m, i, end_of(m, i, state, &used));
            }
}

/* A child must not outlive its parent, whatever the order in which things fall. */
static void start(struct mind *m, const struct task *t)
{
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        if (t->kind == TASK_PDFTOTEXT)
            do_pdftotext(m, t);
        const struct slot_files *f = &m->slots[t->slot];
        do_work(m, t, t->kind == TASK_WORK ? f->input : f->text);
    }
    if (pid < 0) {
        say_end(m, t->slot, CAGE_OPEN);
        return;
    }
    m->children[t->slot].pid = pid;
    m->children[t->slot].kind = t->kind;
    m->children[t->slot].late = false;
    m->children[t->slot].deadline_ms = now_ms() + (int64_t)m->rules.limits.wall_s * MS;
}

static void end_all(const struct mind *m)
{
    for (unsigned i = 0; i < m->count; i++)
        if (m->children[i].pid)
            kill(m->children[i].pid, SIGKILL);
    _exit(0);
}

static void take_task(struct mind *m)
{
    struct task t;
    ssize_t n = recv(m->talk, &t, sizeof t, 0);
    if (n != sizeof t || t.slot >= m->count || m->children[t.slot].pid)
        end_all(m); /* the caller has gone */
    start(m, &t);
}

/* Ends who is late; until when to sleep at most. */
static int end_late(struct mind *m)
{
    int64_t now = now_ms(), next = -1;
    for (unsigned i = 0; i < m->count; i++) {
        if (!m->children[i].pid || m->children[i].late)
            continue;
        int64_t left = m->children[i].deadline_ms - now;
        if (left <= 0) {
            m->children[i].late = true;
            kill(m->children[i].pid, SIGKILL);
        } else if (next < 0 || left < next) {
            next = left;
        }
    }
    return (int)next;
}

static int move_up(int fd)
{
    int up = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_OWN);
    if (up < 0)
        _exit(EXIT_OPEN);
    return up;
}

/* Nothing of what the program held open comes along. */
static void keep_own(struct mind *m, int talk, const struct slot_files *slots)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    m->talk = move_up(talk);
    for (unsigned i = 0; i < m->count; i++)
        m->slots[i] = (struct slot_files){
            move_up(slots[i].input), move_up(slots[i].text), move_up(slots[i].output)};
    null = move_up(null);
    syscall(SYS_close_range, 0, FIRST_OWN - 1, 0);
    for (int fd = 0; fd <= CHILD_IN;
         fd++) /* the last two hold places for a child's own */
        if (dup2(null, fd) < 0)
            _exit(EXIT_OPEN);
    close(null);
}

_Noreturn void cage_mind(int talk, const struct slot_files *slots, unsigned count,
    cage_work_fn *work, const struct cage_limits *limits)
{
    struct mind m = {.count = count, .work = work, .rules.limits = *limits};
    sigset_t chld;

    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    keep_own(&m, talk, slots);
    cage_give_up();
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (sigprocmask(SIG_BLOCK, &chld, &m.before) != 0
        || (m.ends = signalfd(-1, &chld, SFD_CLOEXEC | SFD_NONBLOCK)) < 0
        || cage_rules_make(&m.rules) != OK)
        _exit(EXIT_OPEN);
    for (;;) {
        struct pollfd p[2] = {
            {.fd = m.talk, .events = POLLIN}, {.fd = m.ends, .events = POLLIN}};
        if (poll(p, 2, end_late(&m)) < 0 && errno != EINTR)
            end_all(&m);
        if (p[1].revents)
            reap(&m);
        if (p[0].revents)
            take_task(&m);
    }
}
