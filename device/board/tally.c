/* SPDX-License-Identifier: Apache-2.0 */
#include "device/board/tally.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

static enum status map(int fd, struct tally **out)
{
    void *at = mmap(NULL, sizeof **out, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    (void)close(fd);
    if (at == MAP_FAILED)
        return BROKEN;
    *out = at;
    return OK;
}

enum status tally_create(const char *path, uid_t owner, gid_t group, struct tally **out)
{
    (void)unlink(path);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return BROKEN;
    if (ftruncate(fd, sizeof **out) != 0
        || (geteuid() == 0 && fchown(fd, owner, group) != 0)) {
        (void)close(fd);
        return BROKEN;
    }
    return map(fd, out);
}

enum status tally_open(const char *path, struct tally **out)
{
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    return fd < 0 ? BROKEN : map(fd, out);
}
