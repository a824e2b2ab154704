/* SPDX-License-Identifier: Apache-2.0 */
#include "image/init/say.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

enum { LINE = 400, READ_S = 3 };

static void tell(const char *path, const char *line)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0)
        return; /* there is nobody else to tell */
    ssize_t n = write(fd, line, strlen(line));
    (void)n;
    close(fd);
}

__attribute__((format(printf, 2, 0))) static void say_list(
    const char *word, const char *form, va_list list)
{
    char what[LINE], line[LINE + 32];

    (void)vsnprintf(what, sizeof what, form, list);
    (void)snprintf(line, sizeof line, "holdfast: %s%s\n", word, what);
    tell("/dev/kmsg", line);
    tell("/dev/console", line);
}

void say(const char *form, ...)
{
    va_list list;

    va_start(list, form);
    say_list("", form, list);
    va_end(list);
}

void refuse(const char *form, ...)
{
    va_list list;

    va_start(list, form);
    say_list("refused: ", form, list);
    va_end(list);
    sleep(READ_S);
    sync();
    reboot(RB_POWER_OFF);
    for (;;)
        pause();
}
