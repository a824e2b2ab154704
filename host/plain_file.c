/* SPDX-License-Identifier: Apache-2.0 */
#include "host/plain_file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int plain_file_fd(const char *path, struct stat *st)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (fd < 0)
        return -1;
    if (fstat(fd, st) == 0 && S_ISREG(st->st_mode))
        return fd;
    close(fd);
    errno = EINVAL;
    return -1;
}

FILE *plain_file_open(const char *path)
{
    struct stat st;
    int fd = plain_file_fd(path, &st);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "r");

    if (fd >= 0 && f == NULL)
        close(fd);
    return f;
}
