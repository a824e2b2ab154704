/* SPDX-License-Identifier: Apache-2.0 */
#include "device/update/slot_files.h"

#include "core/base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { PIECE = 65536 };

static enum status write_all(int fd, uint32_t at, struct bytes b)
{
    size_t done = 0;

    while (done < b.len) {
        ssize_t n = pwrite(fd, b.at + done, b.len - done, (off_t)(at + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return BROKEN;
        done += (size_t)n;
    }
    return OK;
}

static enum status slot_write(void *board, uint8_t part, uint32_t at, struct bytes from)
{
    struct slot_files *s = board;

    if (part == 1 && at == 0) {
        if (s->fd[1] >= 0)
            close(s->fd[1]);
        s->fd[1] = -1;
        TRY(boot_files_image(s->boot, s->which, &s->fd[1]));
    }
    return s->fd[part] < 0 ? BROKEN : write_all(s->fd[part], at, from);
}

static enum status slot_sync(void *board)
{
    struct slot_files *s = board;

    for (size_t i = 0; i < SLOT_PARTS; i++) {
        if (s->fd[i] < 0)
            continue;
        if (fsync(s->fd[i]) != 0)
            return BROKEN;
        (void)posix_fadvise(s->fd[i], 0, 0, POSIX_FADV_DONTNEED);
    }
    return OK;
}

static enum status digest_of(int fd, uint32_t len, EVP_MD_CTX *ctx)
{
    uint8_t piece[PIECE];
    uint32_t at = 0;

    while (at < len) {
        size_t want = len - at < PIECE ? len - at : PIECE;
        ssize_t n = pread(fd, piece, want, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 || EVP_DigestUpdate(ctx, piece, (size_t)n) != 1)
            return BROKEN;
        at += (uint32_t)n;
    }
    return OK;
}

static enum status slot_digest(
    void *board, uint8_t part, uint32_t len, struct digest *out)
{
    struct slot_files *s = board;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    enum status st = BROKEN;

    if (ctx && s->fd[part] >= 0 && EVP_DigestInit_ex(ctx, s->sha256, NULL) == 1)
        st = digest_of(s->fd[part], len, ctx);
    if (st == OK && EVP_DigestFinal_ex(ctx, out->b, NULL) != 1)
        st = BROKEN;
    EVP_MD_CTX_free(ctx);
    return st;
}

enum status slot_files_adopt(
    struct slot_files *s, int root_fd, struct boot_files *boot, uint8_t which)
{
    off_t size = lseek(root_fd, 0, SEEK_END); /* of a block device too */
    uint32_t room = size < 0         ? 0
        : size > LIMIT_UPDATE_BUNDLE ? LIMIT_UPDATE_BUNDLE
                                     : (uint32_t)size;

    *s = (struct slot_files){.port = {s, SLOT_PARTS, {room, SLOT_BOOT_ROOM}, slot_write,
                                 slot_sync, slot_digest},
        .boot = boot,
        .which = which,
        .fd = {root_fd, -1},
        .sha256 = EVP_MD_fetch(NULL, "SHA256", NULL)};
    if (size > 0 && s->sha256)
        return OK;
    slot_files_close(s);
    return BROKEN;
}

void slot_files_close(struct slot_files *s)
{
    for (size_t i = 0; i < SLOT_PARTS; i++)
        if (s->fd[i] >= 0)
            close(s->fd[i]);
    EVP_MD_free(s->sha256);
}
