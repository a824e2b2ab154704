/* SPDX-License-Identifier: Apache-2.0 */
#include "image/init/watchdog.h"

#include "image/init/say.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/watchdog.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum status watchdog_start(void)
{
    int fd = open("/dev/watchdog0", O_WRONLY | O_CLOEXEC); /* from here on it runs */
    int within_s = WATCHDOG_S;

    if (fd < 0)
        return BROKEN;
    if (ioctl(fd, WDIOC_SETTIMEOUT, &within_s) != 0)
        say("the watchdog keeps its own time: %s", strerror(errno));
    /* Not closed on exec: the root's init has it from us. */
    if (dup2(fd, WATCHDOG_FD) < 0)
        return BROKEN;
    close(fd);
    return OK;
}

bool watchdog_fired(void)
{
    int why = 0;

    return ioctl(WATCHDOG_FD, WDIOC_GETBOOTSTATUS, &why) == 0
        && (why & WDIOF_CARDRESET) != 0;
}

void watchdog_keep(void)
{
    (void)fcntl(WATCHDOG_FD, F_SETFD, FD_CLOEXEC);
}

/* Without one there is nobody to feed, which holdfast-boot has said. */
void watchdog_feed(void)
{
    (void)ioctl(WATCHDOG_FD, WDIOC_KEEPALIVE, 0);
}
