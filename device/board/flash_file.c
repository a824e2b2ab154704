/* SPDX-License-Identifier: Apache-2.0 */
#include "device/board/flash_file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static bool write_all(int fd, struct bytes b, uint32_t at)
{
    size_t done = 0;

    while (done < b.len) {
        ssize_t n = pwrite(fd, b.at + done, b.len - done, (off_t)(at + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

static bool read_all(int fd, struct room into, uint32_t at)
{
    size_t done = 0;

    while (done < into.cap) {
        ssize_t n = pread(fd, into.at + done, into.cap - done, (off_t)(at + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

static enum status unless_poisoned(struct flash_file *f, bool went_well)
{
    f->poisoned = f->poisoned || !went_well;
    return f->poisoned ? BROKEN : OK;
}

static bool inside(const struct flash_file *f, uint32_t at, size_t len)
{
    uint32_t end = f->port.sector_count * FLASH_FILE_SECTOR;
    return at <= end && len <= end - at;
}

static enum status file_read(void *board, uint32_t at, struct room into)
{
    struct flash_file *f = board;

    assert(inside(f, at, into.cap));
    return unless_poisoned(f, !f->poisoned && read_all(f->fd, into, at));
}

static enum status file_program(void *board, uint32_t at, struct bytes from)
{
    struct flash_file *f = board;

    assert(inside(f, at, from.len));
    assert(at % FLASH_FILE_UNIT == 0 && from.len % FLASH_FILE_UNIT == 0);
    if (f->read_only)
        return BROKEN;
    return unless_poisoned(f, !f->poisoned && write_all(f->fd, from, at));
}

static enum status file_erase(void *board, uint32_t sector)
{
    struct flash_file *f = board;
    uint8_t blank[FLASH_FILE_SECTOR];

    assert(sector < f->port.sector_count);
    if (f->read_only)
        return BROKEN;
    memset(blank, 0xff, sizeof blank);
    return unless_poisoned(f,
        !f->poisoned && write_all(f->fd, BYTES_OF(blank), sector * FLASH_FILE_SECTOR));
}

/* Never tried again into success: after an error the kernel may have dropped the writes and
 * would say yes the next time. */
static enum status file_sync(void *board)
{
    struct flash_file *f = board;

    if (f->read_only)
        return OK;
    return unless_poisoned(f, !f->poisoned && fdatasync(f->fd) == 0);
}

static bool sync_folder_of(const char *path)
{
    char copy[PATH_MAX];

    if (strlen(path) >= sizeof copy)
        return false;
    memcpy(copy, path, strlen(path) + 1);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool went_well = fsync(fd) == 0;
    close(fd);
    return went_well;
}

static bool write_blank(int fd, uint32_t size)
{
    uint8_t blank[FLASH_FILE_SECTOR];

    if (posix_fallocate(fd, 0, (off_t)size) != 0)
        return false;
    memset(blank, 0xff, sizeof blank);
    for (uint32_t at = 0; at < size; at += FLASH_FILE_SECTOR)
        if (!write_all(fd, BYTES_OF(blank), at))
            return false;
    return fsync(fd) == 0;
}

/* Under another name first: a half-made flash is never found. OK: it exists now. */
static enum status create(const char *path, uint32_t size)
{
    char made[PATH_MAX];
    int n = snprintf(made, sizeof made, "%s.new", path);

    if (n < 0 || (size_t)n >= sizeof made)
        return BROKEN;
    int fd = open(made, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return BROKEN;
    bool went_well = write_blank(fd, size);
    close(fd);
    /* link, not rename: whoever else made it first keeps it */
    went_well = went_well && (link(made, path) == 0 || errno == EEXIST);
    int why = errno;
    unlink(made);
    errno = why;
    return went_well && sync_folder_of(path) ? OK : BROKEN;
}

static void connect_port(struct flash_file *f, uint32_t sectors)
{
    f->port = (struct flash){.board = f,
        .sector_len = FLASH_FILE_SECTOR,
        .unit_len = FLASH_FILE_UNIT,
        .sector_count = sectors,
        .read = file_read,
        .program = file_program,
        .erase = file_erase,
        .sync = file_sync};
}

static enum status judge(const struct flash_file *f, const struct stat *st)
{
    if (!S_ISREG(st->st_mode) || (st->st_mode & 077) != 0)
        return REFUSED;
    if (!f->read_only && st->st_uid != geteuid())
        return REFUSED;
    if (st->st_size <= 0 || st->st_size % FLASH_FILE_SECTOR != 0
        || st->st_size > INT32_MAX)
        return DAMAGED;
    return OK;
}

/* What earlier runs wrote goes to the disk, and what is read comes from there. */
static enum status settle(struct flash_file *f)
{
    if (f->read_only)
        return OK;
    if (flock(f->fd, LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK ? AGAIN : BROKEN;
    if (fdatasync(f->fd) != 0)
        return BROKEN;
    return posix_fadvise(f->fd, 0, 0, POSIX_FADV_DONTNEED) == 0 ? OK : BROKEN;
}

static enum status take(struct flash_file *f)
{
    struct stat st;

    if (fstat(f->fd, &st) != 0)
        return BROKEN;
    TRY(judge(f, &st));
    TRY(settle(f));
    connect_port(f, (uint32_t)(st.st_size / FLASH_FILE_SECTOR));
    return OK;
}

static enum status open_existing(struct flash_file *f, const char *path)
{
    int how = f->read_only ? O_RDONLY : O_RDWR;

    /* O_NONBLOCK: a pipe in its place must not hold us up */
    f->fd = open(path, how | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (f->fd < 0)
        return errno == ELOOP ? REFUSED : BROKEN;
    enum status s = take(f);
    if (s != OK)
        flash_file_close(f);
    return s;
}

enum status flash_file_open(struct flash_file *f, const char *path, uint32_t size)
{
    assert(size > 0 && size % FLASH_FILE_SECTOR == 0 && size <= INT32_MAX);
    *f = (struct flash_file){.fd = -1};
    enum status s = open_existing(f, path);
    if (s != BROKEN || f->fd >= 0 || errno != ENOENT)
        return s;
    TRY(create(path, size));
    return open_existing(f, path);
}

enum status flash_file_open_to_read(struct flash_file *f, const char *path)
{
    *f = (struct flash_file){.fd = -1, .read_only = true};
    return open_existing(f, path);
}

enum status flash_file_settle(struct flash_file *f)
{
    TRY(settle(f));
    f->poisoned = false;
    return OK;
}

void flash_file_close(struct flash_file *f)
{
    int why = errno;

    if (f->fd >= 0)
        close(f->fd);
    f->fd = -1;
    f->poisoned = true;
    errno = why;
}
