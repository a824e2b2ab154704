/* SPDX-License-Identifier: Apache-2.0 */
#include "image/init/verity.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

const char verity_device[] = "/dev/holdfast-root";

enum { SECTORS_PER_BLOCK = 8, BLOCK = 4096, REQUEST = 4096, READ_AT_ONCE = 64 * BLOCK };

struct request {
    struct dm_ioctl head;
    struct dm_target_spec target;
    char parameters[REQUEST - sizeof(struct dm_ioctl) - sizeof(struct dm_target_spec)];
};
static_assert(
    sizeof(struct request) == REQUEST, "no padding: the kernel reads it as bytes");

static bool ask(int control, unsigned long what, struct request *r)
{
    r->head.version[0] = DM_VERSION_MAJOR;
    r->head.data_size = sizeof *r;
    r->head.data_start = sizeof r->head;
    (void)snprintf(r->head.name, sizeof r->head.name, "holdfast-root");
    return ioctl(control, what, r) == 0;
}

static bool load(int control, const struct boot_line *l)
{
    struct request r = {.head.target_count = 1,
        .head.flags = DM_READONLY_FLAG,
        .target.length = l->block_count * SECTORS_PER_BLOCK,
        .target.target_type = "verity",
        .target.next = sizeof r.target + sizeof r.parameters};
    int n = snprintf(r.parameters, sizeof r.parameters,
        "1 %s %s %d %d %llu %llu sha256 %s %s 1 panic_on_corruption", l->root, l->root,
        BLOCK, BLOCK, (unsigned long long)l->block_count,
        (unsigned long long)l->block_count, l->hash, l->salt);

    return n > 0 && (size_t)n < sizeof r.parameters && ask(control, DM_TABLE_LOAD, &r);
}

static enum status set_up(int control, const struct boot_line *l)
{
    struct request create = {0}, resume = {0}, state = {0};

    if (!ask(control, DM_DEV_CREATE, &create) || !load(control, l)
        || !ask(control, DM_DEV_SUSPEND, &resume)
        || !ask(control, DM_DEV_STATUS, &state))
        return BROKEN;
    return mknod(verity_device, S_IFBLK | 0400, (dev_t)state.head.dev) == 0 ? OK
                                                                            : BROKEN;
}

/* Req: HF-IMG-005 "An image shall start only if its kernel was signed with the maker's key and every block of its root is the one whose hash was signed with the kernel; a release put on it shall be written, tried, confirmed and then the only way on." */
enum status verity_open(const struct boot_line *line)
{
    int control = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);

    if (control < 0)
        return BROKEN;
    enum status s = set_up(control, line);
    int why = errno;
    close(control);
    errno = why;
    return s;
}

enum status verity_read_all(const struct boot_line *line)
{
    static uint8_t into[READ_AT_ONCE];
    uint64_t left = line->block_count * BLOCK;
    int fd = open(verity_device, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return BROKEN;
    while (left > 0) {
        size_t want = left < sizeof into ? (size_t)left : sizeof into;
        ssize_t n = read(fd, into, want);
        if (n <= 0)
            break;
        left -= (uint64_t)n;
    }
    close(fd);
    return left == 0 ? OK : BROKEN;
}
