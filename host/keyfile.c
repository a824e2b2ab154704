/* SPDX-License-Identifier: Apache-2.0 */
#include "host/keyfile.h"

#include "core/base/secret.h"
#include "host/keyfile_rule.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 4096 };

static enum status not_opened(const char **why)
{
    if (errno == ENOENT) {
        *why = "missing";
        return AGAIN;
    }
    *why = errno == ELOOP ? "a symbolic link" : "cannot be opened";
    return REFUSED;
}

/* OK: read to the end, 1..cap bytes. */
static enum status read_whole(int fd, struct room into, size_t *len, const char **why)
{
    size_t have = 0;

    for (;;) {
        uint8_t extra;
        bool full = have == into.cap;
        ssize_t n =
            read(fd, full ? &extra : into.at + have, full ? 1 : into.cap - have);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            *why = "cannot be read";
            return BROKEN;
        }
        if (n == 0)
            break;
        if (full) {
            *why = "too long";
            return REFUSED;
        }
        have += (size_t)n;
    }
    if (have == 0) {
        *why = "empty";
        return REFUSED;
    }
    *len = have;
    return OK;
}

/* Req: HF-KEY-001 "A key file that anyone but its role may read shall be refused." */
enum status keyfile_read(
    const char *path, uid_t owner, struct room into, size_t *len, const char **why)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0)
        return not_opened(why);

    enum status s = REFUSED;
    if (fstat(fd, &st) != 0)
        *why = "cannot be examined";
    else if (keyfile_rule(&st, owner, why))
        s = read_whole(fd, into, len, why);
    close(fd);
    if (s != OK)
        wipe(into.at, into.cap);
    return s;
}

static bool write_whole(int fd, struct bytes b)
{
    while (b.len > 0) {
        ssize_t n = write(fd, b.at, b.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        b.at += n;
        b.len -= (size_t)n;
    }
    return true;
}

static bool fill_new(const char *path, uid_t owner, gid_t group, struct bytes secret)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0400);
    if (fd < 0)
        return false;
    bool mine = owner == geteuid() && group == getegid();
    bool ok = fchmod(fd, 0400) == 0 && write_whole(fd, secret) && fsync(fd) == 0
        && (mine || fchown(fd, owner, group) == 0);
    return close(fd) == 0 && ok;
}

static bool sync_folder_of(const char *path)
{
    char folder[PATH_ROOM];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash == NULL)
        snprintf(folder, sizeof folder, ".");
    else if (slash == folder)
        slash[1] = '\0';
    else
        *slash = '\0';
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool ok = fsync(fd) == 0;
    close(fd);
    return ok;
}

enum status keyfile_write(
    const char *path, uid_t owner, gid_t group, struct bytes secret, bool replace)
{
    char fresh[PATH_ROOM];

    if (snprintf(fresh, sizeof fresh, "%s.new", path) >= (int)sizeof fresh)
        return BROKEN;
    if (unlink(fresh) != 0 && errno != ENOENT)
        return BROKEN;
    if (!fill_new(fresh, owner, group, secret)) {
        unlink(fresh);
        return BROKEN;
    }
    if (renameat2(AT_FDCWD, fresh, AT_FDCWD, path, replace ? 0 : RENAME_NOREPLACE)
        != 0) {
        enum status s = errno == EEXIST ? REFUSED : BROKEN;
        unlink(fresh);
        return s;
    }
    return sync_folder_of(path) ? OK : BROKEN;
}

enum status keyfile_settle(const char *path)
{
    errno = 0;
    if (sync_folder_of(path))
        return OK;
    return errno == ENOENT ? OK : BROKEN; /* no folder, and nothing in it */
}

static bool overwrite(const char *path, off_t len)
{
    static const uint8_t zeros[512];
    int fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    bool good = fd >= 0;

    while (good && len > 0) {
        size_t n = len > (off_t)sizeof zeros ? sizeof zeros : (size_t)len;
        good = write_whole(fd, (struct bytes){zeros, n});
        len -= (off_t)n;
    }
    good = good && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return good;
}

enum status keyfile_erase(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0)
        return errno == ENOENT ? keyfile_settle(path) : BROKEN;
    /* 0400: its owner may not write it before he may. */
    bool good = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && fchmod(fd, 0600) == 0;
    close(fd);
    if (!good || !overwrite(path, st.st_size) || unlink(path) != 0)
        return BROKEN;
    return sync_folder_of(path) ? OK : BROKEN;
}
