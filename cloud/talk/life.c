/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/talk/life.h"

#include "host/supervise.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { BEAT_MS = 500 };

static void on_signal(void *ctx, int fd, uint32_t events)
{
    (void)fd, (void)events;
    loop_stop(((struct life *)ctx)->loop);
}

static void beat(void *ctx)
{
    if (life_beat(ctx) != OK)
        loop_stop(((struct life *)ctx)->loop);
}

enum status life_begin(struct life *life, struct loop *loop)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        return BROKEN;
    life->loop = loop;
    life->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (life->signals < 0)
        return BROKEN;
    return loop_watch(loop, life->signals, EPOLLIN, on_signal, life);
}

enum status life_confine(struct log *log, const struct confine_plan *plan)
{
    const char *what = "?";
    enum status s = confine_enter(plan, &what);
    if (s != OK)
        LOG(log, LOG_FAULT, REASON_CONFINE_FAILED, F_WORD("what", what));
    return s;
}

enum status life_beat(struct life *life)
{
    role_beat();
    return loop_after(life->loop, BEAT_MS, beat, life);
}

void life_end(struct life *life)
{
    if (!life->loop)
        return;
    confine_try_end(&life->attempt);
    loop_cancel(life->loop, beat, life);
    loop_forget(life->loop, life->signals);
    close(life->signals);
    life->loop = NULL;
}

static void tried(void *ctx, int succeeded)
{
    struct life *life = ctx;
    LOG(life->log, succeeded == 0 ? LOG_INFO : LOG_FAULT, REASON_ROLE_SELF_TEST,
        F_NUM("acts", 10), F_NUM("succeeded", succeeded));
}

enum status life_self_test(
    struct life *life, struct log *log, const char *sister_socket)
{
    life->log = log;
    return confine_try_begin(&life->attempt, life->loop, STDERR_FILENO, sister_socket,
        getppid(), tried, life);
}
