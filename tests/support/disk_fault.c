/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/disk_fault.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct content {
    bool there;
    mode_t mode;
    size_t len;
    unsigned char bytes[DISK_FILE_MAX];
};

struct change {              /* of names, that no sync of the folder has settled */
    char from[256], to[256]; /* to: empty for a removal */
    struct content at_from, at_to;
};

static struct change open_changes[DISK_OPEN_MAX];
static int open_count;
static long fail_in = -1, fail_run, fired;

ssize_t __real_write(int fd, const void *from, size_t len);
int __real_fsync(int fd);
int __real_rename(const char *from, const char *to);
int __real_renameat2(int at, const char *from, int at_to, const char *to, unsigned how);
int __real_unlink(const char *path);
ssize_t __wrap_write(int fd, const void *from, size_t len);
int __wrap_fsync(int fd);
int __wrap_rename(const char *from, const char *to);
int __wrap_renameat2(int at, const char *from, int at_to, const char *to, unsigned how);
int __wrap_unlink(const char *path);

void disk_fault_at(long n, long run)
{
    fail_in = n;
    fail_run = run;
    fired = 0;
    open_count = 0;
}

long disk_fault_fired(void)
{
    return fired;
}

void disk_fault_ends(void)
{
    fail_in = -1;
}

bool disk_sweep_next(struct disk_sweep *w)
{
    if (!w->begun) {
        w->begun = true;
        return true;
    }
    if (++w->form < w->forms)
        return true;
    w->form = 0;
    w->n++;
    if (w->fired > 0)
        return true;
    w->n = 0;
    bool more = !w->all;
    w->all = true;
    return more;
}

void disk_sweep_arm(const struct disk_sweep *w)
{
    disk_fault_at(w->n, w->all ? 1000 : 1);
}

void disk_sweep_ends(struct disk_sweep *w)
{
    w->fired = disk_fault_fired();
    disk_fault_ends();
    w->forms = disk_forms();
}

static bool fails_now(void)
{
    if (fail_in < 0 || fail_in-- > 0)
        return false;
    fail_in = --fail_run > 0 ? 0 : -1;
    fired++;
    errno = EIO;
    return true;
}

static void look(const char *path, struct content *c)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

    memset(c, 0, sizeof *c);
    if (fd < 0)
        return;
    bool good = fstat(fd, &st) == 0 && st.st_size <= DISK_FILE_MAX;
    assert(good);
    ssize_t n = read(fd, c->bytes, sizeof c->bytes);
    assert(n == st.st_size);
    c->there = true;
    c->mode = st.st_mode & 07777;
    c->len = (size_t)n;
    close(fd);
}

static void put_back(const char *path, const struct content *c)
{
    (void)__real_unlink(path);
    if (!c->there)
        return;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool good = fd >= 0 && __real_write(fd, c->bytes, c->len) == (ssize_t)c->len
        && fchmod(fd, c->mode) == 0;
    assert(good);
    close(fd);
}

static struct change *begin_change(const char *from, const char *to)
{
    assert(open_count < DISK_OPEN_MAX);
    struct change *c = &open_changes[open_count];
    (void)snprintf(c->from, sizeof c->from, "%s", from);
    (void)snprintf(c->to, sizeof c->to, "%s", to);
    look(from, &c->at_from);
    if (to[0] != '\0')
        look(to, &c->at_to);
    return c;
}

ssize_t __wrap_write(int fd, const void *from, size_t len)
{
    if (!fails_now())
        return __real_write(fd, from, len);
    (void)!__real_write(fd, from, len / 2);
    errno = ENOSPC;
    return -1;
}

int __wrap_fsync(int fd)
{
    struct stat st;

    if (fails_now())
        return -1;
    int s = __real_fsync(fd);
    if (s == 0 && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
        open_count = 0;
    return s;
}

int __wrap_rename(const char *from, const char *to)
{
    if (fails_now())
        return -1;
    (void)begin_change(from, to);
    int s = __real_rename(from, to);
    open_count += s == 0;
    return s;
}

int __wrap_renameat2(int at, const char *from, int at_to, const char *to, unsigned how)
{
    if (fails_now())
        return -1;
    (void)begin_change(from, to);
    int s = __real_renameat2(at, from, at_to, to, how);
    int why = errno;
    open_count += s == 0;
    errno = why;
    return s;
}

int __wrap_unlink(const char *path)
{
    if (fails_now())
        return -1;
    (void)begin_change(path, "");
    int s = __real_unlink(path);
    int why = errno;
    open_count += s == 0;
    errno = why;
    return s;
}

int disk_forms(void)
{
    return open_count + 1;
}

void disk_cut(int form)
{
    assert(form >= 0 && form < disk_forms());
    while (open_count > form) {
        const struct change *c = &open_changes[--open_count];
        if (c->to[0] != '\0')
            put_back(c->to, &c->at_to);
        put_back(c->from, &c->at_from);
    }
    open_count = 0;
    fail_in = -1;
}
