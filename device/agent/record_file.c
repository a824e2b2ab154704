/* SPDX-License-Identifier: Apache-2.0 */
#include "device/agent/record_file.h"

#include "host/keyfile.h"

static enum status find(
    const char *path, uid_t owner, struct room into, size_t *len, const char **why)
{
    *why = "record";
    TRY(keyfile_settle(path));
    return keyfile_read(path, owner, into, len, why);
}

enum status tpm_record_find(
    const char *path, uid_t owner, struct tpm_record *out, const char **why)
{
    uint8_t text[RECORD_LEN];
    size_t len = 0;

    enum status s = find(path, owner, ROOM_OF(text), &len, why);
    if (s == OK && record_parse((struct bytes){text, len}, out) != OK) {
        *why = "record";
        s = REFUSED;
    }
    wipe(text, sizeof text);
    return s;
}

enum status tpm_record_keep(
    const char *path, uid_t owner, gid_t group, const struct tpm_record *r)
{
    uint8_t text[RECORD_LEN];

    record_build(r, text);
    enum status s = keyfile_write(path, owner, group, BYTES_OF(text), true);
    wipe(text, sizeof text);
    return s;
}

enum status attest_record_find(
    const char *path, uid_t owner, struct attest_record *out, const char **why)
{
    uint8_t text[ATTEST_RECORD_LEN];
    size_t len = 0;

    TRY(find(path, owner, ROOM_OF(text), &len, why));
    *why = "record";
    return attest_record_parse((struct bytes){text, len}, out) == OK ? OK : REFUSED;
}

enum status attest_record_keep(
    const char *path, uid_t owner, gid_t group, const struct attest_record *r)
{
    uint8_t text[ATTEST_RECORD_LEN];

    attest_record_build(r, text);
    return keyfile_write(path, owner, group, BYTES_OF(text), true);
}
