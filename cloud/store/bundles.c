/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/store/bundles.h"

#include "core/base/hex.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    SYNC_EACH = 64, /* pieces: a long fsync at the end would keep batches waiting */
    PATH = 640,
    NAME = 7 + 2 * (int)sizeof((struct digest *)0)->b + 1
};

static const char part_name[] = "bundle.part";

static void name_of(const struct digest *d, char out[NAME])
{
    memcpy(out, "bundle-", 7);
    hex_of(BYTES_OF(d->b), (struct room){(uint8_t *)out + 7, NAME - 7});
}

static const char *path_of(const struct bundles *b, const char *name, char out[PATH])
{
    (void)snprintf(out, PATH, "%s/%s", b->folder, name);
    return out;
}

static void end_part(struct bundles *b)
{
    char path[PATH];

    if (b->part_fd >= 0) {
        close(b->part_fd);
        (void)unlink(path_of(b, part_name, path));
    }
    EVP_MD_CTX_free(b->part_digest);
    b->part_digest = NULL;
    b->part_fd = -1;
}

void bundles_init(struct bundles *b, const char *folder)
{
    *b = (struct bundles){.folder = folder, .fd = -1, .part_fd = -1};
}

void bundles_clear(struct bundles *b)
{
    char path[PATH];

    (void)unlink(path_of(b, part_name, path));
}

void bundles_close(struct bundles *b)
{
    end_part(b);
    if (b->fd >= 0)
        close(b->fd);
    b->fd = -1;
}

/* Req: HF-UPD-017 "what an add that has ended had put shall go with it" */
void bundles_gone(struct bundles *b, uint64_t peer)
{
    if (b->part_fd >= 0 && b->part_peer == peer)
        end_part(b);
}

static bool is_of_another(const struct bundles *b, uint64_t peer)
{
    return b->part_fd >= 0 && b->part_peer != peer;
}

static enum status begin_part(struct bundles *b, uint64_t peer)
{
    char path[PATH];

    end_part(b);
    b->part_peer = peer;
    b->part_next = 0;
    b->part_len = 0;
    b->part_digest = EVP_MD_CTX_new();
    b->part_fd = open(path_of(b, part_name, path),
        O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool good = b->part_fd >= 0 && b->part_digest != NULL
        && EVP_DigestInit_ex(b->part_digest, EVP_sha256(), NULL) == 1;
    if (!good)
        end_part(b);
    return good ? OK : BROKEN;
}

/* Only the last one may be short. */
static bool is_next(const struct bundles *b, uint32_t number)
{
    return b->part_fd >= 0 && number == b->part_next && number < LIMIT_PIECES
        && b->part_len == (uint64_t)number * LIMIT_PIECE;
}

static enum status append(struct bundles *b, struct bytes piece)
{
    bool syncs = b->part_next % SYNC_EACH == SYNC_EACH - 1;

    if (EVP_DigestUpdate(b->part_digest, piece.at, piece.len) != 1
        || write(b->part_fd, piece.at, piece.len) != (ssize_t)piece.len
        || (syncs && fdatasync(b->part_fd) != 0))
        return BROKEN;
    b->part_next++;
    b->part_len += piece.len;
    return OK;
}

/* Req: HF-UPD-017 "goes on undisturbed, and another that begins meanwhile shall be told to come again" */
enum status bundles_put(struct bundles *b, const struct bundle_piece *p)
{
    if (is_of_another(b, p->peer)) {
        if (p->number != 0)
            return REFUSED; /* its own gave way: it was silent for too long */
        if (p->now_ms - b->part_ms < LIMIT_BUNDLE_IDLE_MS)
            return AGAIN;
    }
    if (p->number == 0)
        TRY(begin_part(b, p->peer));
    bool fits =
        is_next(b, p->number) && p->bytes.len > 0 && p->bytes.len <= LIMIT_PIECE;
    enum status s = fits ? append(b, p->bytes) : REFUSED;
    if (s == OK)
        b->part_ms = p->now_ms;
    else
        end_part(b);
    return s;
}

static enum status give_name(struct bundles *b, const struct digest *digest)
{
    char from[PATH], to[PATH], name[NAME];
    int folder = open(b->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    name_of(digest, name);
    bool good = folder >= 0 && fsync(b->part_fd) == 0
        && rename(path_of(b, part_name, from), path_of(b, name, to)) == 0
        && fsync(folder) == 0;
    if (folder >= 0)
        close(folder);
    return good ? OK : BROKEN;
}

/* Req: HF-UPD-011 "length and digest are those of the statement" */
enum status bundles_keep(struct bundles *b, uint64_t peer, const struct release *r)
{
    struct digest got;
    unsigned len = 0;

    if (b->part_fd < 0 || b->part_peer != peer)
        return REFUSED;
    enum status s = REFUSED;
    if (EVP_DigestFinal_ex(b->part_digest, got.b, &len) == 1 && len == sizeof got.b
        && b->part_len == r->bundle_len
        && memcmp(got.b, r->bundle_digest.b, sizeof got.b) == 0)
        s = give_name(b, &got);
    if (s == OK && b->fd >= 0) { /* it may be another one's */
        close(b->fd);
        b->fd = -1;
    }
    end_part(b);
    return s;
}

static bool is_needed(const char *name, const struct newest_releases *n)
{
    char needed[NAME];

    for (size_t i = 0; i < n->count; i++) {
        name_of(&n->of[i].bundle, needed);
        if (strcmp(name, needed) == 0)
            return true;
    }
    return false;
}

void bundles_trim(const struct bundles *b, const struct newest_releases *n)
{
    DIR *d = opendir(b->folder);
    char path[PATH];

    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
        if (strncmp(e->d_name, "bundle-", 7) == 0 && strlen(e->d_name) == NAME - 1
            && !is_needed(e->d_name, n))
            (void)unlink(path_of(b, e->d_name, path));
    if (d != NULL)
        closedir(d);
}

static enum status open_it(struct bundles *b, const struct digest *bundle)
{
    char path[PATH], name[NAME];

    if (b->fd >= 0 && memcmp(&b->open, bundle, sizeof *bundle) == 0)
        return OK;
    if (b->fd >= 0)
        close(b->fd);
    name_of(bundle, name);
    b->fd = open(path_of(b, name, path), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    b->open = *bundle;
    return b->fd >= 0 ? OK : REFUSED;
}

enum status bundles_read(struct bundles *b, const struct digest *bundle,
    uint32_t number, struct room out, size_t *len)
{
    TRY(open_it(b, bundle));
    ssize_t n = pread(b->fd, out.at, out.cap < LIMIT_PIECE ? out.cap : LIMIT_PIECE,
        (off_t)number * LIMIT_PIECE);
    if (n < 0)
        return BROKEN;
    *len = (size_t)n;
    return n > 0 ? OK : REFUSED;
}
