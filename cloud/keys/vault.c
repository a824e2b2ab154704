/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/keys/vault.h"

#include "core/base/hex.h"
#include "core/base/writer.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    IV_LEN = 12,
    RECORD_MAX = IV_LEN + VAULT_PLAIN_MAX + TAG_LEN,
    AAD_LEN = 32 + KID_LEN
};

static const char *const names[VAULT_KINDS] = {
    [VAULT_INVITE] = "invite",
    [VAULT_MASTER] = "master",
    [VAULT_PENDING] = "pending",
    [VAULT_TOMBSTONE] = "tombstone",
    [VAULT_ATTESTED] = "attested",
};

static void kid_bytes(const struct kid *kid, uint8_t out[KID_LEN])
{
    struct writer w = writer_over((struct room){out, KID_LEN});
    put(&w, BYTES_OF(kid->device.b));
    put_u32(&w, kid->generation);
}

static void path_of(const struct vault *v, enum vault_kind kind, const struct kid *kid,
    const char *suffix, char out[VAULT_PATH + 80])
{
    uint8_t raw[KID_LEN];
    char hex[2 * KID_LEN + 1];
    kid_bytes(kid, raw);
    hex_of(BYTES_OF(raw), (struct room){(uint8_t *)hex, sizeof hex});
    snprintf(out, VAULT_PATH + 80, "%s/%s/%s%s", v->folder, names[kind], hex, suffix);
}

/* The kind's name, zero-filled, then the kid: a record cannot be moved to another place. */
static void aad_of(enum vault_kind kind, const struct kid *kid, uint8_t out[AAD_LEN])
{
    memset(out, 0, AAD_LEN);
    snprintf((char *)out, AAD_LEN - KID_LEN, "holdfast/1 %s", names[kind]);
    kid_bytes(kid, out + AAD_LEN - KID_LEN);
}

static enum status sync_folder(const struct vault *v, enum vault_kind kind)
{
    char path[VAULT_PATH + 80];
    snprintf(path, sizeof path, "%s/%s", v->folder, names[kind]);
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return BROKEN;
    enum status s = fsync(fd) == 0 ? OK : BROKEN;
    close(fd);
    return s;
}

/* Owned as the folder that it is in: keys opens its vault before it gives up being root. */
static enum status make_folder(const char *path, const char *above)
{
    struct stat st;

    if (mkdir(path, 0700) != 0)
        return errno == EEXIST ? OK : BROKEN;
    return stat(above, &st) == 0 && chown(path, st.st_uid, st.st_gid) == 0 ? OK
                                                                           : BROKEN;
}

enum status vault_open(struct vault *v, const char *folder, const struct crypto *crypto,
    const struct entropy *entropy, const struct key *kek)
{
    int n = snprintf(v->folder, sizeof v->folder, "%s", folder);
    if (n < 0 || n >= (int)sizeof v->folder)
        return REFUSED;
    v->crypto = crypto;
    v->entropy = entropy;
    v->kek = kek;
    for (int k = 0; k < VAULT_KINDS; k++) {
        char path[VAULT_PATH + 80];
        snprintf(path, sizeof path, "%s/%s", v->folder, names[k]);
        TRY(make_folder(path, v->folder));
    }
    return OK;
}

static enum status write_all(int fd, struct bytes b)
{
    while (b.len) {
        ssize_t n = write(fd, b.at, b.len);
        if (n <= 0)
            return BROKEN;
        b.at += n;
        b.len -= (size_t)n;
    }
    return fsync(fd) == 0 ? OK : BROKEN;
}

static enum status write_file(const char *tmp, const char *path, struct bytes record)
{
    if (unlink(tmp) != 0 && errno != ENOENT)
        return BROKEN;
    int fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return BROKEN;
    enum status s = write_all(fd, record);
    close(fd);
    if (s == OK && rename(tmp, path) != 0)
        s = BROKEN;
    if (s != OK)
        unlink(tmp);
    return s;
}

enum status vault_put(const struct vault *v, enum vault_kind kind,
    const struct kid *kid, struct bytes plain)
{
    uint8_t record[RECORD_MAX], aad[AAD_LEN];
    char tmp[VAULT_PATH + 80], path[VAULT_PATH + 80];
    struct iv iv;

    assert(plain.len <= VAULT_PLAIN_MAX);
    aad_of(kind, kid, aad);
    TRY(v->entropy->fill(v->entropy->board, ROOM_OF(iv.b)));
    memcpy(record, iv.b, IV_LEN);
    TRY(v->crypto->aead_seal(v->crypto->board, BYTES_OF(v->kek->b), &iv, BYTES_OF(aad),
        plain, (struct room){record + IV_LEN, sizeof record - IV_LEN}));
    path_of(v, kind, kid, ".new", tmp);
    path_of(v, kind, kid, "", path);
    TRY(write_file(tmp, path, (struct bytes){record, IV_LEN + plain.len + TAG_LEN}));
    return sync_folder(v, kind);
}

static enum status read_file(const char *path, struct room into, size_t *len)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? AGAIN : BROKEN;
    enum status s = DAMAGED;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size >= IV_LEN + TAG_LEN
        && (uint64_t)st.st_size <= into.cap) {
        ssize_t n = read(fd, into.at, into.cap);
        *len = n > 0 ? (size_t)n : 0;
        s = n == (ssize_t)st.st_size ? OK : BROKEN;
    }
    close(fd);
    return s;
}

enum status vault_get(const struct vault *v, enum vault_kind kind,
    const struct kid *kid, struct room plain, size_t *len)
{
    uint8_t record[RECORD_MAX], aad[AAD_LEN];
    char path[VAULT_PATH + 80];
    struct iv iv;
    size_t n = 0;

    path_of(v, kind, kid, "", path);
    TRY(read_file(path, ROOM_OF(record), &n));
    size_t plain_len = n - IV_LEN - TAG_LEN;
    if (plain_len > plain.cap)
        return DAMAGED;
    memcpy(iv.b, record, IV_LEN);
    aad_of(kind, kid, aad);
    enum status s = v->crypto->aead_open(v->crypto->board, BYTES_OF(v->kek->b), &iv,
        BYTES_OF(aad), (struct bytes){record + IV_LEN, n - IV_LEN}, plain);
    if (s != OK)
        return s == REFUSED ? DAMAGED : s;
    *len = plain_len;
    return OK;
}

enum status vault_remove(
    const struct vault *v, enum vault_kind kind, const struct kid *kid)
{
    static const uint8_t zeros[RECORD_MAX];
    char path[VAULT_PATH + 80];
    struct stat st;

    path_of(v, kind, kid, "", path);
    int fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? OK : BROKEN;
    enum status s = BROKEN;
    if (fstat(fd, &st) == 0 && st.st_size <= RECORD_MAX)
        s = write_all(fd, (struct bytes){zeros, (size_t)st.st_size});
    close(fd);
    if (unlink(path) != 0 || s != OK)
        return BROKEN;
    return sync_folder(v, kind);
}

bool vault_has(const struct vault *v, enum vault_kind kind, const struct kid *kid)
{
    char path[VAULT_PATH + 80];
    path_of(v, kind, kid, "", path);
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    /* Only "there is none" is a no: a tombstone that cannot be read is still a tombstone. */
    if (fd < 0)
        return errno != ENOENT;
    close(fd);
    return true;
}

static bool kid_of_name(const char *name, struct kid *kid)
{
    uint8_t raw[KID_LEN];
    if (hex_parse((struct bytes){(const uint8_t *)name, strlen(name)}, ROOM_OF(raw))
        != OK)
        return false;
    memcpy(kid->device.b, raw, DEVICE_ID_LEN);
    kid->generation = (uint32_t)raw[16] << 24 | (uint32_t)raw[17] << 16
        | (uint32_t)raw[18] << 8 | raw[19];
    return true;
}

enum status vault_remove_all(
    const struct vault *v, enum vault_kind kind, const struct device_id *device)
{
    char path[VAULT_PATH + 80];
    snprintf(path, sizeof path, "%s/%s", v->folder, names[kind]);
    DIR *d = opendir(path);
    if (!d)
        return BROKEN;
    enum status s = OK;
    for (const struct dirent *e; (e = readdir(d));) {
        struct kid kid;
        if (!kid_of_name(e->d_name, &kid)
            || memcmp(&kid.device, device, sizeof *device) != 0)
            continue;
        if (vault_remove(v, kind, &kid) != OK)
            s = BROKEN;
    }
    closedir(d);
    return s;
}

enum status vault_list(const struct vault *v, enum vault_kind kind, struct kid *kids,
    size_t max, size_t *count)
{
    char path[VAULT_PATH + 80];
    snprintf(path, sizeof path, "%s/%s", v->folder, names[kind]);
    DIR *d = opendir(path);
    if (!d)
        return BROKEN;
    enum status s = OK;
    *count = 0;
    for (const struct dirent *e; s == OK && (e = readdir(d));) {
        struct kid kid;
        if (!kid_of_name(e->d_name, &kid))
            continue;
        if (*count == max)
            s = FULL;
        else
            kids[(*count)++] = kid;
    }
    closedir(d);
    return s;
}
