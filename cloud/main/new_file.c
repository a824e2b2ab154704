/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/main/new_file.h"

#include "host/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int new_file_keep(const char *path, struct bytes whole)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);

    if (fd < 0)
        return cli_error(
            EXIT_USAGE, path, 0, strerror(errno), "a new file that may be written");
    bool good = write(fd, whole.at, whole.len) == (ssize_t)whole.len && fsync(fd) == 0;
    close(fd);
    if (good)
        return EXIT_DONE;
    unlink(path);
    return cli_error(
        EXIT_ENVIRONMENT, path, 0, "cannot be written", "room on the disk");
}
