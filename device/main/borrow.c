/* SPDX-License-Identifier: Apache-2.0 */
#include "device/main/borrow.h"

#include "device/talk/place.h"
#include "host/supervise.h"
#include "host/talk.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READY_MS = 10000 };

static bool runs_already(const struct role_env *env)
{
    char door[PLACE_MAX];
    int fd = -1;

    if (place_of(env->root, PLACE_DOOR_WRAP, door) != OK
        || talk_connect_to(door, env->uids[ROLE_AGENT], &fd) != OK)
        return false;
    close(fd);
    return true;
}

static void become_agent(const struct role_env *env, const char *tpm, int ready)
{
    char root[PLACE_MAX], spec[PLACE_MAX];
    char *const argv[] = {(char[]){"agent"}, (char[]){"--role"}, (char[]){"agent"},
        (char[]){"--root"}, root, (char[]){"--tpm"}, spec, NULL};

    strncpy(root, env->root, sizeof root - 1);
    strncpy(spec, tpm, sizeof spec - 1);
    root[sizeof root - 1] = spec[sizeof spec - 1] = '\0';
    signal(SIGPIPE, SIG_IGN); /* as the supervisor's roles have it */
    if (dup2(ready, SUPERVISE_FD) < 0 || fcntl(SUPERVISE_FD, F_SETFD, 0) != 0)
        _exit(1);
    execv("/proc/self/exe", argv); /* everything else is close-on-exec */
    _exit(1);
}

enum status agent_borrow(
    struct borrowed *b, const struct role_env *env, const char *tpm)
{
    int ends[2];

    *b = (struct borrowed){0};
    if (runs_already(env))
        return OK;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return BROKEN;
    b->pid = fork();
    if (b->pid == 0)
        become_agent(env, tpm, ends[1]);
    close(ends[1]);
    struct pollfd p = {.fd = ends[0], .events = POLLIN};
    char said;
    bool ready =
        b->pid > 0 && poll(&p, 1, READY_MS) == 1 && read(ends[0], &said, 1) == 1;
    close(ends[0]);
    if (ready)
        return OK;
    agent_return(b);
    return AGAIN;
}

void agent_return(struct borrowed *b)
{
    if (b->pid <= 0)
        return;
    kill(b->pid, SIGTERM);
    while (waitpid(b->pid, NULL, 0) < 0)
        ;
    b->pid = 0;
}
