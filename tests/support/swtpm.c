/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/swtpm.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LOOKS = 2000 }; /* 5 ms each: as long as a busy machine may take */

static void become(const struct swtpm *s)
{
    char state[96], server[128], ctrl[128];
    int null = open("/dev/null", O_RDWR);

    snprintf(state, sizeof state, "dir=%s", s->folder);
    snprintf(server, sizeof server, "type=unixio,path=%s/sock", s->folder);
    snprintf(ctrl, sizeof ctrl, "type=unixio,path=%s/sock.ctrl", s->folder);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    execlp("swtpm", "swtpm", "socket", "--tpm2", "--tpmstate", state, "--server",
        server, "--ctrl", ctrl, "--flags", "not-need-init,startup-clear", (char *)NULL);
    _exit(127);
}

static bool listens(const struct swtpm *s)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(at.sun_path, sizeof at.sun_path, "%s/sock", s->folder);
    bool there = connect(fd, (const struct sockaddr *)&at, sizeof at) == 0;
    close(fd);
    return there;
}

bool swtpm_start(struct swtpm *s)
{
    char path[96];

    snprintf(path, sizeof path, "%s/sock", s->folder);
    unlink(path);
    strncat(path, ".ctrl", sizeof path - strlen(path) - 1);
    unlink(path);
    s->pid = fork();
    if (s->pid == 0)
        become(s);
    for (int i = 0; i < LOOKS && waitpid(s->pid, NULL, WNOHANG) == 0; i++) {
        if (listens(s))
            return true;
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
    printf("# swtpm does not run: is the package swtpm installed?\n");
    return false;
}

bool swtpm_place(struct swtpm *s)
{
    *s = (struct swtpm){.folder = "/tmp/holdfast-swtpm-XXXXXX"};
    if (mkdtemp(s->folder) == NULL)
        return false;
    snprintf(s->spec, sizeof s->spec, "swtpm:path=%s/sock", s->folder);
    return true;
}

bool swtpm_begin(struct swtpm *s)
{
    return swtpm_place(s) && swtpm_start(s);
}

void swtpm_stop(struct swtpm *s)
{
    if (s->pid > 0) {
        kill(s->pid, SIGKILL);
        waitpid(s->pid, NULL, 0);
    }
    s->pid = 0;
}

void swtpm_end(struct swtpm *s)
{
    static const char *const files[] = {
        "sock", "sock.ctrl", "tpm2-00.permall", "tpm2-00.volatilestate", ".lock"};
    char path[128];

    swtpm_stop(s);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", s->folder, files[i]);
        unlink(path);
    }
    rmdir(s->folder);
}
