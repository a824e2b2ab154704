/* SPDX-License-Identifier: Apache-2.0 */
#include "host/supervise.h"

#include "host/cli.h"
#include "host/loop.h"
#include "host/supervise_parse.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    START_MS = 10000,
    DELAY_MIN_MS = 50,
    DELAY_MAX_MS = 2000,
    SETTLED_MS =
        5000, /* a role that lived this long starts over with the shortest delay */
    LOOK_MS = 100,
    FIRST_BEAT_MS = 5000, /* a role may take this long before its first beat */
    TERM_MS = 500, /* each role is given this long to go before the next is asked */
    KILL_MS = 2000,
};

struct role {
    struct supervisor *owner;
    const struct role_spec *spec;
    struct role_state state;
    int pipe_fd; /* -1: none */
    uint32_t delay_ms;
    uint64_t started_ms, beat_ms, settled_ms;
    bool ever_ready;
};

struct supervisor {
    struct loop *loop;
    struct log *log;
    int signal_fd;
    sigset_t old_mask;
    size_t count;
    struct role roles[SUPERVISE_ROLES];
    struct role_spec specs[SUPERVISE_ROLES];
    bool ending, asked_to_stop, refused;
    uint64_t until_ms; /* of the present loop; 0: none */
    bool (*tick)(void *ctx);
    void *tick_ctx;
};

static void start_role(void *ctx);

/* --- in the child, between fork and exec: no heap, no log --- */

static void keep_only(int pipe_fd, bool keep_stdout)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (null < 0 || dup2(null, STDIN_FILENO) < 0)
        _exit(EXIT_INTERNAL);
    if (!keep_stdout && dup2(null, STDOUT_FILENO) < 0)
        _exit(EXIT_INTERNAL);
    if (pipe_fd == SUPERVISE_FD)
        fcntl(pipe_fd, F_SETFD, 0);
    else if (dup2(pipe_fd, SUPERVISE_FD) < 0)
        _exit(EXIT_INTERNAL);
    if (close_range(SUPERVISE_FD + 1, UINT_MAX, 0) != 0)
        _exit(EXIT_INTERNAL);
}

static void become_role(const struct role *r, int pipe_fd, pid_t parent)
{
    const char *argv[SUPERVISE_ARGS + 4] = {r->spec->name, "--role", r->spec->name};
    char *const *args = NULL;
    const char **words = argv;

    for (size_t i = 0; i < SUPERVISE_ARGS && r->spec->args[i] != NULL; i++)
        argv[3 + i] = r->spec->args[i];
    memcpy(&args, &words, sizeof args); /* execv() does not write */
    keep_only(pipe_fd, r->spec->keep_stdout);
    signal(SIGPIPE, SIG_IGN);
    sigprocmask(SIG_SETMASK, &r->owner->old_mask, NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != parent)
        _exit(EXIT_INTERNAL);
    execv("/proc/self/exe", args);
    _exit(EXIT_INTERNAL);
}

/* --- one role's life --- */

static void forget_pipe(struct role *r)
{
    if (r->pipe_fd < 0)
        return;
    loop_forget(r->owner->loop, r->pipe_fd);
    close(r->pipe_fd);
    r->pipe_fd = -1;
}

static void say(struct role *r, enum log_level level, enum reason reason)
{
    LOG(r->owner->log, level, reason, F_NUM("n", r->state.starts),
        F_WORD("name", r->spec->name), F_NUM("pid", r->state.pid),
        F_NUM("exit", r->state.last_exit < 0 ? 0 : r->state.last_exit),
        F_NUM("port", r->state.said.ports[0]));
}

static void kill_role(const struct role *r, int sig)
{
    if (r->state.pid > 0)
        kill(r->state.pid, sig);
}

static void heard(void *ctx, int fd, uint32_t events)
{
    struct role *r = ctx;
    uint8_t packet[64];
    ssize_t n;

    (void)events;
    while ((n = read(fd, packet, sizeof packet)) > 0) {
        struct role_said said;
        if (role_said_parse((struct bytes){packet, (size_t)n}, &said) != OK) {
            LOG(r->owner->log, LOG_REFUSE, REASON_TALK_MALFORMED,
                F_WORD("name", r->spec->name));
            kill_role(r, SIGKILL);
            forget_pipe(r);
            return;
        }
        r->beat_ms = loop_now_ms();
        if (said.ready) {
            r->state.ready = true;
            r->state.said = said.what;
            r->ever_ready = true;
            say(r, LOG_INFO, REASON_ROLE_READY);
        }
    }
    if (n == 0 || (errno != EAGAIN && errno != EINTR))
        forget_pipe(r);
}

static void start_later(struct role *r)
{
    if (loop_after(r->owner->loop, r->delay_ms, start_role, r) != OK)
        r->owner->asked_to_stop = true;
    r->delay_ms = r->delay_ms * 2 > DELAY_MAX_MS ? DELAY_MAX_MS : r->delay_ms * 2;
}

static void start_role(void *ctx)
{
    struct role *r = ctx;
    int ends[2];

    if (r->owner->ending)
        return;
    if (pipe2(ends, O_DIRECT | O_NONBLOCK | O_CLOEXEC) != 0) {
        start_later(r);
        return;
    }
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0)
        become_role(r, ends[1], parent);
    close(ends[1]);
    if (pid < 0 || loop_watch(r->owner->loop, ends[0], EPOLLIN, heard, r) != OK) {
        close(ends[0]);
        start_later(r);
        return;
    }
    r->pipe_fd = ends[0];
    r->state.pid = pid;
    r->state.ready = false;
    r->state.starts++;
    r->started_ms = r->beat_ms = loop_now_ms();
    if (r->state.starts > 1)
        say(r, LOG_WARN, REASON_ROLE_RESTARTED);
}

static void ended(struct role *r, int state)
{
    struct supervisor *s = r->owner;

    r->state.last_exit = WIFEXITED(state) ? WEXITSTATUS(state) : -WTERMSIG(state);
    if (r->pipe_fd >= 0)
        heard(r, r->pipe_fd, 0); /* what it said last */
    forget_pipe(r);
    say(r, s->ending ? LOG_INFO : LOG_WARN, REASON_ROLE_STOPPED);
    r->state.pid = 0;
    r->state.ready = false;
    if (s->ending)
        return;
    if (!r->ever_ready
        && (r->state.last_exit == EXIT_USAGE
            || r->state.last_exit == EXIT_ENVIRONMENT)) {
        s->refused = true;
        loop_stop(s->loop);
        return;
    }
    if (r->spec->end_with && r->state.last_exit == EXIT_DONE) {
        s->asked_to_stop = true;
        return;
    }
    if (loop_now_ms() - r->started_ms >= SETTLED_MS)
        r->delay_ms = DELAY_MIN_MS;
    start_later(r);
}

static void reap(struct supervisor *s)
{
    for (size_t i = 0; i < s->count; i++) {
        struct role *r = &s->roles[i];
        int state = 0;
        if (r->state.pid > 0 && waitpid(r->state.pid, &state, WNOHANG) == r->state.pid)
            ended(r, state);
    }
}

static void on_signal(void *ctx, int fd, uint32_t events)
{
    struct supervisor *s = ctx;
    struct signalfd_siginfo info;

    (void)events;
    while (read(fd, &info, sizeof info) == (ssize_t)sizeof info)
        if (info.ssi_signo == SIGCHLD)
            reap(s);
        else
            s->asked_to_stop = true;
    if (s->asked_to_stop)
        loop_stop(s->loop);
}

/* --- the whole --- */

static void watch_beats(struct supervisor *s)
{
    uint64_t now = loop_now_ms();

    for (size_t i = 0; i < s->count; i++) {
        struct role *r = &s->roles[i];
        uint64_t bound = r->state.ready ? r->spec->beat_ms : FIRST_BEAT_MS;
        if (r->spec->beat_ms == 0 || r->state.pid == 0 || now - r->beat_ms <= bound)
            continue;
        say(r, LOG_FAULT, REASON_ROLE_SILENT);
        kill_role(r, SIGKILL);
        r->beat_ms = now;
    }
}

static bool all_ready(const struct supervisor *s)
{
    for (size_t i = 0; i < s->count; i++)
        if (!s->roles[i].ever_ready)
            return false;
    return true;
}

static void look(void *ctx)
{
    struct supervisor *s = ctx;

    watch_beats(s);
    bool over = s->until_ms != 0 && loop_now_ms() >= s->until_ms;
    bool enough = s->tick != NULL && !s->tick(s->tick_ctx);
    if (over || enough || s->asked_to_stop
        || loop_after(s->loop, LOOK_MS, look, s) != OK)
        loop_stop(s->loop);
}

static bool wait_for_ready(void *ctx)
{
    return !all_ready(ctx);
}

static enum status run_loop(
    struct supervisor *s, uint64_t for_ms, bool (*tick)(void *ctx), void *ctx)
{
    s->until_ms = for_ms == 0 ? 0 : loop_now_ms() + for_ms;
    s->tick = tick;
    s->tick_ctx = ctx;
    TRY(loop_after(s->loop, tick == wait_for_ready ? 10 : LOOK_MS, look, s));
    return loop_run(s->loop);
}

static enum status catch_signals(struct supervisor *s)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    if (sigprocmask(SIG_BLOCK, &set, &s->old_mask) != 0)
        return BROKEN;
    s->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (s->signal_fd < 0)
        return BROKEN;
    return loop_watch(s->loop, s->signal_fd, EPOLLIN, on_signal, s);
}

enum status supervise_start(struct supervisor **out, const struct role_spec *specs,
    size_t count, struct log *log)
{
    assert(count > 0 && count <= SUPERVISE_ROLES);
    struct supervisor *s = calloc(1, sizeof *s);
    if (s == NULL)
        return BROKEN;
    s->log = log;
    s->signal_fd = -1;
    if (loop_new(&s->loop) != OK || catch_signals(s) != OK) {
        supervise_end(s);
        return BROKEN;
    }
    s->count = count;
    for (size_t i = 0; i < count; i++) {
        s->specs[i] = specs[i];
        s->roles[i] = (struct role){
            .owner = s, .spec = &s->specs[i], .pipe_fd = -1, .delay_ms = DELAY_MIN_MS};
        start_role(&s->roles[i]);
    }
    enum status run = run_loop(s, START_MS, wait_for_ready, s);
    if (run == OK && all_ready(s)) {
        *out = s;
        return OK;
    }
    enum status why = s->refused || s->asked_to_stop ? REFUSED : BROKEN;
    supervise_end(s);
    return why;
}

enum status supervise_run(
    struct supervisor *s, uint64_t for_ms, bool (*tick)(void *ctx), void *ctx)
{
    return s->asked_to_stop ? OK : run_loop(s, for_ms, tick, ctx);
}

const struct role_state *supervise_state(const struct supervisor *s, size_t role)
{
    assert(role < s->count);
    return &s->roles[role].state;
}

static void wait_until(struct supervisor *s, const struct role *r, uint64_t until_ms)
{
    const struct timespec nap = {0, 2000000};

    while (r->state.pid > 0 && loop_now_ms() < until_ms) {
        reap(s);
        if (r->state.pid > 0)
            nanosleep(&nap, NULL);
    }
}

void supervise_end(struct supervisor *s)
{
    if (s == NULL)
        return;
    uint64_t started = loop_now_ms();

    s->ending = true;
    for (size_t i = s->count; i-- > 0;) {
        kill_role(&s->roles[i], SIGTERM);
        wait_until(s, &s->roles[i], loop_now_ms() + TERM_MS);
    }
    for (size_t i = s->count; i-- > 0;)
        wait_until(s, &s->roles[i], started + KILL_MS);
    for (size_t i = s->count; i-- > 0;) {
        kill_role(&s->roles[i], SIGKILL);
        wait_until(s, &s->roles[i], UINT64_MAX);
        forget_pipe(&s->roles[i]);
    }
    if (s->signal_fd >= 0) {
        loop_forget(s->loop, s->signal_fd);
        close(s->signal_fd);
        sigprocmask(SIG_SETMASK, &s->old_mask, NULL);
    }
    loop_free(s->loop);
    free(s);
}
