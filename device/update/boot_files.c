/* SPDX-License-Identifier: Apache-2.0 */
#include "device/update/boot_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NAME = 64 };

static char letter(uint8_t slot)
{
    return (char)('a' + slot);
}

/* holdfast-X, then a dot or the count of starts. */
static bool is_of(const char *name, uint8_t slot)
{
    char start[NAME];
    int n = snprintf(start, sizeof start, "holdfast-%c", letter(slot));

    return strncmp(name, start, (size_t)n) == 0 && (name[n] == '.' || name[n] == '+')
        && strlen(name) < NAME;
}

/* AGAIN: it has no file. The newest listing, never a remembered one: the boot loader renames too. */
static enum status find(const struct boot_files *b, uint8_t slot, char out[NAME])
{
    int fd = openat(b->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    enum status s = AGAIN;
    const struct dirent *e;

    if (!d) {
        if (fd >= 0)
            close(fd);
        return BROKEN;
    }
    while (s == AGAIN && (e = readdir(d)) != NULL)
        if (is_of(e->d_name, slot)) {
            (void)snprintf(out, NAME, "%s", e->d_name);
            s = OK;
        }
    (void)closedir(d);
    return s;
}

static enum status call_it(const struct boot_files *b, uint8_t slot, const char *name)
{
    char now[NAME];

    TRY(find(b, slot, now));
    bool good =
        strcmp(now, name) == 0 || renameat(b->folder, now, b->folder, name) == 0;
    return good && fsync(b->folder) == 0 ? OK : BROKEN;
}

static enum status shut(void *board, uint8_t slot)
{
    char name[NAME];

    (void)snprintf(name, sizeof name, "holdfast-%c.shut", letter(slot));
    enum status s = call_it(board, slot, name);
    return s == AGAIN ? OK : s; /* what has no image does not start */
}

static enum status trial(void *board, uint8_t slot, uint8_t starts)
{
    char name[NAME];

    (void)snprintf(name, sizeof name, "holdfast-%c+%u.efi", letter(slot), starts);
    return call_it(board, slot, name) == OK ? OK : BROKEN;
}

static enum status open_(void *board, uint8_t slot)
{
    char name[NAME];

    (void)snprintf(name, sizeof name, "holdfast-%c.efi", letter(slot));
    return call_it(board, slot, name) == OK ? OK : BROKEN;
}

static void restart(void *board)
{
    struct boot_files *b = board;
    b->wanted = true;
}

void boot_files_init(struct boot_files *b, int folder, uint8_t running)
{
    *b = (struct boot_files){
        .port = {b, running, shut, trial, open_, restart}, .folder = folder};
}

void boot_files_close(struct boot_files *b)
{
    close(b->folder);
}

enum status boot_files_image(struct boot_files *b, uint8_t slot, int *fd)
{
    char name[NAME];

    TRY(shut(b, slot));
    (void)snprintf(name, sizeof name, "holdfast-%c.shut", letter(slot));
    *fd = openat(
        b->folder, name, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    return *fd < 0 ? BROKEN : OK;
}
